"""The list check: pasted, uploaded, as a table and as CSV."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock, rulebook
from app.extensions import db
from app.hospitals import reading
from app.hospitals.reading import Asked
from app.hospitals.refusing import ListRefused
from app.models.people import Role
from tests import factories
from tests.app.awards import rows as awards
from tests.client import PageClient

CHECKERS = {
    Role.INSTITUTION_MANAGER,
    Role.DISTRICT_OFFICER,
    Role.REGISTRAR,
    Role.CERTIFIER,
    Role.AUDITOR,
}


@pytest.mark.rows
def test_it_works(client: PageClient) -> None:
    good = awards.certificate()
    withdrawn = awards.certificate(serial=43)
    awards.change(withdrawn, "withdrawn", factories.user())
    client.sign_in(factories.user(Role.INSTITUTION_MANAGER))
    client.page("/list-check")
    typed = f"{good.printed['number_grouped']} 林\n{withdrawn.number}\n{good.number},王\nPZ123\n"
    html = client.send("/list-check", {"numbers": typed}).get_data(as_text=True)
    assert "4 个，2 个有效" in html
    assert "已撤销" in html
    assert "相符" in html
    assert "不符" in html
    assert "查不到" in html
    assert good.printed["name"] not in html


@pytest.mark.rows
def test_the_same_as_a_table_to_keep(client: PageClient) -> None:
    good = awards.certificate()
    client.sign_in(factories.user(Role.DISTRICT_OFFICER))
    answer = client.send("/list-check", {"numbers": good.number + "\n=1+1", "as": "csv"})
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert answer.mimetype == "text/csv"
    assert lines[1].startswith(f"{good.number},有效,")
    assert lines[2].startswith("'=1+1,")


@pytest.mark.rows
def test_a_sheet_is_read_by_its_headers(client: PageClient) -> None:
    good = awards.certificate()
    client.sign_in(factories.user(Role.REGISTRAR))
    sheet = f"序号,姓名,证书编号\n1,林知秋,{good.number}\n".encode("gb18030")
    html = client.send("/list-check", {"file": (io.BytesIO(sheet), "名单.csv")})
    assert "1 个，1 个有效" in html.get_data(as_text=True)
    assert "相符" in html.get_data(as_text=True)


@pytest.mark.rows
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "没有读到编号"), ("PZ1\n" * 501, "这里有 501 个")],
)
def test_none_and_too_many_are_said(client: PageClient, typed: str, sentence: str) -> None:
    client.sign_in(factories.user(Role.REGISTRAR))
    response = client.send("/list-check", {"numbers": typed})
    assert response.status_code == 400
    assert sentence in response.get_data(as_text=True)


@pytest.mark.rows
def test_a_day_has_its_limit(client: PageClient) -> None:
    rulebook.set_value(
        "hospital.numbers_a_day",
        2,
        from_date=clock.shanghai_date(clock.now()) - timedelta(days=1),
        source="测试",
        official=False,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    client.sign_in(factories.user(Role.REGISTRAR))
    assert client.send("/list-check", {"numbers": "PZ1\nPZ2"}).status_code == 200
    answer = client.send("/list-check", {"numbers": "PZ1"})
    assert "今天的已经用完" in answer.get_data(as_text=True)


@pytest.mark.rows
def test_who_may(client: PageClient) -> None:
    assert client.get("/list-check").status_code == 302
    for role in Role:
        client.sign_in(factories.user(role))
        assert client.get("/list-check").status_code == (200 if role in CHECKERS else 403), role


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("PZ2026310110000426", Asked("PZ2026310110000426")),
        ("pz 2026 310110 00042 6 林知秋", Asked("pz 2026 310110 00042 6", "林知秋")),
        ("ＰＺ2026310110000426，LIN Zhiqiu", Asked("PZ2026310110000426", "LIN Zhiqiu")),
        ("林知秋", Asked("林知秋")),
    ],
)
def test_a_line_is_number_and_name(line: str, read: Asked) -> None:
    assert reading.from_text(line) == [read]


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    try:
        found = reading.from_text(text)
    except ListRefused:
        assert not text.strip()
    else:
        assert all(len(one.number) <= reading.MOST_SIGNS for one in found)
        assert len(found) <= len(text.splitlines())
