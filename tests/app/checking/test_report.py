"""Reports of sites that imitate the check: filed by anybody, answered by the association."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.checking import limits
from app.extensions import db
from app.models.checking import SiteReport
from app.models.journal import AuditLine
from app.models.people import Role
from tests import factories
from tests.client import PageClient

pytestmark = pytest.mark.rows
TOLD = {
    "site": "peizhen-check.example/c",
    "told": "一张传单上的二维码",
    "contact": "",
    "website": "",
}
MAY = {Role.REGISTRAR, Role.CERTIFIER, Role.ADMINISTRATOR}


def _file(client: PageClient, **changes: str):  # type: ignore[no-untyped-def]
    return client.post("/check/report", data={**TOLD, **changes})


def _reports() -> list[SiteReport]:
    return list(db.session.scalars(select(SiteReport)))


def test_it_works(client: PageClient) -> None:
    """Filed without an account, answered by a named person, in the trail without what was told."""
    client.page("/check/report")
    answer = _file(client, contact="13900002222")
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    assert "收到了，谢谢您" in client.page(answer.location)
    row = _reports()[0]
    assert "13900002222" not in row.contact_sealed
    registrar = factories.user(Role.REGISTRAR)
    staff = PageClient(client.application).sign_in(registrar)
    page = staff.page("/sites/reports")
    for text in (TOLD["site"], TOLD["told"], "13900002222", "等人处理"):
        assert text in page
    assert f'href="{"https://" + TOLD["site"]}' not in page
    done = {"outcome": "imitation", "note": "已请网信部门处理"}
    assert staff.send(f"/sites/reports/{row.id}", done).status_code == 302
    page = staff.page("/sites/reports")
    assert "是仿冒网站" in page
    assert "13900002222" not in page
    db.session.refresh(row)
    assert (row.outcome, row.handled_by_id) == ("imitation", registrar.id)
    lines = {line.action: line for line in db.session.scalars(select(AuditLine))}
    assert {"site_report.filed", "site_report.contact_read", "site_report.handled"} <= set(lines)
    assert TOLD["site"] not in str([line.details for line in lines.values()])
    staff.send(f"/sites/reports/{row.id}", {"outcome": "ours", "note": "改主意"})
    db.session.refresh(row)
    assert row.outcome == "imitation"


def test_our_own_address(client: PageClient) -> None:
    """Who reports our own address is told at once, and nobody has to look at it."""
    answer = _file(client, site="http://localhost/c/abc")
    assert "这是我们的网址" in client.page(answer.location)
    assert _reports() == []


def test_the_same_twice(client: PageClient) -> None:
    """A double tap is one report; a program that fills the hidden field is thanked and forgotten."""
    _file(client)
    _file(client)
    assert len(_reports()) == 1
    assert _file(client, site="other.example", website="x").status_code == 303
    assert len(_reports()) == 1


def test_incomplete(client: PageClient) -> None:
    """Each missing field is named."""
    answer = _file(client, site="", told="")
    assert answer.status_code == 400
    assert "请填那个网站的网址" in answer.text
    assert "请写一句" in answer.text
    assert _file(client, told="长" * 501).status_code == 400


@pytest.mark.usefixtures("mid_window")
def test_a_flood(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """One place may tell of many sites, but not of hundreds an hour; others go on."""
    monkeypatch.setattr(limits, "REPORTS", limits.Limit("check.report", 3, limits.QUARTER))
    for turn in range(3):
        assert _file(client, site=f"s{turn}.example").status_code == 303
    assert _file(client, site="s9.example").status_code == 429
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    answer = client.post("/check/report", data=TOLD, environ_base=elsewhere)
    assert answer.status_code == 303


def test_who_may(client: PageClient) -> None:
    """The list is the association's."""
    _file(client)
    row = _reports()[0]
    assert client.get("/sites/reports").status_code == 302
    for role in Role:
        staff = PageClient(client.application).sign_in(factories.user(role))
        assert staff.get("/sites/reports").status_code == (200 if role in MAY else 403)
        if role not in MAY:
            done = {"outcome": "ours", "note": "x"}
            assert staff.send(f"/sites/reports/{row.id}", done).status_code == 403
    staff = PageClient(client.application).sign_in(factories.user(Role.REGISTRAR))
    assert staff.send("/sites/reports/zzz", {"outcome": "ours", "note": "x"}).status_code == 404
    assert staff.send(f"/sites/reports/{row.id}", {"outcome": "?", "note": "x"}).status_code == 404
    staff.send(f"/sites/reports/{row.id}", {"outcome": "ours", "note": ""})
    assert "没有保存" in staff.page("/sites/reports")
