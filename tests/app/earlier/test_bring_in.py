"""Earlier certificates: tried first, brought in whole or not at all, checkable, with a ledger."""

from __future__ import annotations

import io
from datetime import date

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import clock
from app.earlier import bringing_in, finding, sheet
from app.extensions import db
from app.models.hospitals import EarlierCertificate, EarlierImport
from app.models.people import Role
from tests import factories
from tests.app.awards import rows as awards
from tests.client import PageClient

HEAD = "证书编号,姓名,证书名称,发证单位,发证日期,有效期至,工作单位\n"
ROW = "沪陪 2025-001,沈知秋,陪诊师培训证书,示例协会,2025-03-01,2028年2月29日,示例护理院\n"
TODAY = date(2026, 11, 22)
SOURCE = {"source": "2025年发证登记簿"}
STORED = "沪陪2025001"


def _send(client: PageClient, text: str, **more: str) -> TestResponse:
    file = (io.BytesIO(text.encode()), "名册.csv")
    return client.send("/earlier-certificates/bring-in", {**SOURCE, "file": file, **more})


def _bring_in(text: str = HEAD + ROW) -> EarlierCertificate:
    data, actor = text.encode(), factories.user(Role.REGISTRAR)
    _done, sha256 = bringing_in.try_out(data, clock.now())
    bringing_in.bring_in(data, sha256, "a.csv", "登记簿", actor=actor, now=clock.now())
    db.session.commit()
    return db.session.scalars(select(EarlierCertificate)).first()  # type: ignore[return-value]


@pytest.mark.rows
def test_it_works(client: PageClient) -> None:
    client.sign_in(factories.user(Role.REGISTRAR))
    client.page("/earlier-certificates/bring-in")
    tried = _send(client, HEAD + ROW, act="try").get_data(as_text=True)
    assert "读到 1 张，没有错" in tried
    assert db.session.scalar(select(EarlierCertificate)) is None
    sha256 = tried.split('name="tried" type="hidden" value="')[1].split('"')[0]
    assert _send(client, HEAD + ROW, act="bring_in", tried=sha256).status_code == 302
    row = db.session.scalars(select(EarlierCertificate)).one()
    assert (row.number, row.valid_until) == (STORED, date(2028, 2, 29))
    assert STORED in client.page("/earlier-certificates?q=沪陪")
    html = PageClient(client.application).send(
        "/check", {"number": "沪陪 2025-001", "surname": "沈"}
    )
    assert "沈＊秋" in html.get_data(as_text=True)
    assert "以前" in html.get_data(as_text=True)


@pytest.mark.rows
def test_another_file_than_the_one_tried_is_refused(client: PageClient) -> None:
    client.sign_in(factories.user(Role.REGISTRAR))
    answer = _send(client, HEAD + ROW, act="bring_in", tried="0" * 64)
    assert "不是刚才试读的那个文件" in answer.get_data(as_text=True)
    assert db.session.scalar(select(EarlierImport)) is None


@pytest.mark.rows
def test_one_fault_and_none_is_brought_in(client: PageClient) -> None:
    client.sign_in(factories.user(Role.REGISTRAR))
    text = HEAD + ROW + "沪陪2025002,,陪诊师培训证书,示例协会,2025-03-01,,\n"
    html = _send(client, text, act="try").get_data(as_text=True)
    assert "缺姓名" in html
    sha256 = html.split('name="tried" type="hidden" value="')[1].split('"')[0]
    answer = _send(client, text, act="bring_in", tried=sha256).get_data(as_text=True)
    assert "一张也没有补登" in answer
    assert db.session.scalar(select(EarlierCertificate)) is None


@pytest.mark.rows
def test_a_number_that_is_taken_is_a_fault(app: object) -> None:
    ours = awards.certificate()
    text = HEAD + ROW + f"{ours.number},沈知秋,证书,示例协会,2025-03-01,,\n"
    done, _sha256 = bringing_in.try_out(text.encode(), clock.now())
    assert [fault for _place, fault in done.faults] == [f"编号 {ours.number} 已经在登记里。"]
    _bring_in()
    again, _sha256 = bringing_in.try_out((HEAD + ROW).encode(), clock.now())
    assert len(again.faults) == 1


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("A1,,书,会,2025-03-01,,", "缺姓名"),
        ("A1,沈,书,会,昨天,,", "发证日期“昨天”看不懂"),
        ("A1,沈,书,会,2025-02-30,,", "看不懂"),
        ("A1,沈,书,会,2030-03-01,,", "发证日期还没有到"),
        ("A1,沈,书,会,2025-03-01,2025-02-01,", "有效期在发证日期以前"),
        ("A1,沈,国家职业资格证书,会,2025-03-01,,", "国家"),
        (f"A1,{'沈' * 61},书,会,2025-03-01,,", "姓名超过 60 个字"),
        ("A1,沈,书,会,2025-03-01,,\na-1,沈,书,会,2025-03-01,,", "编号和"),
    ],
)
@pytest.mark.rows
def test_each_fault_is_named(app: object, row: str, fault: str) -> None:
    done = sheet.read((HEAD + row).encode(), TODAY)
    assert any(fault in sentence for _place, sentence in done.faults), done.faults


@pytest.mark.rows
def test_its_status_has_a_ledger(client: PageClient) -> None:
    row = _bring_in()
    client.sign_in(factories.user(Role.CERTIFIER))
    path = f"/earlier-certificates/{row.id}"
    client.page(path)
    client.send(path, {"status": "withdrawn", "reason": "证书借给别人用"})
    found = finding.by_number(STORED, clock.now())
    assert found is not None
    assert found.verdict.code == "withdrawn"
    client.send(path, {"status": "valid", "reason": "改错了"})
    again = finding.by_number(STORED, clock.now())
    assert again is not None
    assert again.verdict.code == "withdrawn"
    assert "证书借给别人用" in client.page(path)


@pytest.mark.rows
def test_a_list_check_knows_it(client: PageClient) -> None:
    _bring_in()
    client.sign_in(factories.user(Role.REGISTRAR))
    html = client.send("/list-check", {"numbers": "沪陪2025001,沈"}).get_data(as_text=True)
    assert "1 个，1 个有效" in html
    assert "本系统以前签发的证书" in html


@pytest.mark.rows
def test_who_may(client: PageClient) -> None:
    row = _bring_in()
    path = f"/earlier-certificates/{row.id}"
    for role in Role:
        client.sign_in(factories.user(role))
        reads = role in {Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR}
        assert client.get("/earlier-certificates").status_code == (200 if reads else 403), role
        brings = 200 if role is Role.REGISTRAR else 403
        assert client.get("/earlier-certificates/bring-in").status_code == brings, role
        if role is not Role.CERTIFIER:
            answer = client.send(path, {"status": "withdrawn", "reason": "x"})
            assert answer.status_code == 403, role
    assert finding.histories([row])[row.id] == []
