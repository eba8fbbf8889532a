"""操作记录: filters by reference, names for few, the chain's state, and the reading noted."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from app import audit, clock, jobs
from app.audit_chain import heads, seal_all
from app.extensions import db
from app.models.journal import AuditLine, Job
from app.models.people import Role, ScopeKind, User
from app.oversight import trail
from tests import factories
from tests.client import PageClient

pytestmark = pytest.mark.rows


def act(person: User, count: int = 1, action: str = "test.acted") -> None:
    for _number in range(count):
        audit.record(action, person, actor=person, now=clock.now(), note="n1")
    db.session.commit()


@pytest.fixture(autouse=True)
def no_heads_of_other_tests(app: Flask) -> None:
    """Heads outlive the tables that are emptied between tests, as they should."""
    heads.heads_file().unlink(missing_ok=True)


@pytest.fixture
def auditor(client: PageClient) -> PageClient:
    return client.sign_in(factories.user(Role.AUDITOR))


def test_it_works(auditor: PageClient) -> None:
    person = factories.user()
    act(person)
    page = auditor.page("/trail")
    assert "test.acted" in page
    assert person.id in page
    assert "note=n1" in page
    assert "等待封存" in page


def test_reading_is_noted_once_a_view(auditor: PageClient) -> None:
    auditor.page("/trail?action=test.acted")
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "audit.read")).all()
    assert [line.details["wanted_action"] for line in lines] == ["test.acted"]


def test_names_are_for_those_who_manage_people(client: PageClient) -> None:
    person = factories.user(name="林测试")
    act(person)
    client.sign_in(factories.user(Role.AUDITOR))
    assert "林测试" not in client.page("/trail")
    client.sign_in(factories.user(Role.ADMINISTRATOR))
    assert "林测试" in client.page("/trail")


def test_filters(auditor: PageClient) -> None:
    first, second = factories.user(), factories.user()
    act(first, action="test.one")
    act(second, action="test.two")
    for query in ("action=test.one", f"object_id={first.id}", f"actor_id={first.id}"):
        page = auditor.page(f"/trail?{query}")
        assert page.count(f"{first.id}</a>") == 1, query
        assert f"{second.id}</a>" not in page, query
    assert "没有这样的记录" in auditor.page("/trail?action=test.three")


def test_a_name_is_no_filter_and_is_not_noted(auditor: PageClient) -> None:
    page = auditor.page("/trail?actor_id=张三", status=400)
    assert "不按姓名" in page
    noted = select(func.count()).select_from(AuditLine).where(AuditLine.action == "audit.read")
    assert db.session.scalar(noted) == 0


def test_older_lines_are_a_page_further(auditor: PageClient) -> None:
    act(factories.user(), trail.PER_PAGE, action="test.old")
    page = auditor.page("/trail")
    assert "更早的记录" in page
    oldest = db.session.scalar(select(func.min(AuditLine.id)).where(AuditLine.action == "test.old"))
    assert "更早的记录" not in auditor.page(f"/trail?before={(oldest or 0) + 5}")


def test_it_costs_the_same_for_one_line_and_fifty(auditor: PageClient) -> None:
    def queries() -> int:
        count = 0

        def note(*_: object) -> None:
            nonlocal count
            count += 1

        event.listen(db.engine, "before_cursor_execute", note)
        auditor.page("/trail")
        event.remove(db.engine, "before_cursor_execute", note)
        return count

    before = queries()
    for _number in range(10):
        act(factories.user(), 4)
    assert queries() == before


def test_a_full_check_is_done_by_the_worker_and_shown(auditor: PageClient) -> None:
    act(factories.user(), 3)
    seal_all(clock.now())
    assert "还没有核对过" in auditor.page("/trail")
    for _click in range(2):
        assert auditor.send("/trail/check").status_code == 302
    assert len(db.session.scalars(select(Job)).all()) == 1
    jobs.run_next(clock.now())
    assert "整条链核对过，没有问题" in auditor.page("/trail")

    first = select(AuditLine.id).order_by(AuditLine.id).limit(1).scalar_subquery()
    db.session.execute(update(AuditLine).where(AuditLine.id == first).values(actor_id="x"))
    db.session.commit()
    auditor.send("/trail/check")
    jobs.run_next(clock.now())
    page = auditor.page("/trail")
    assert "核对发现 1 处问题" in page
    assert "the line was changed" in page


@pytest.mark.parametrize("role", list(Role))
def test_who_may(client: PageClient, role: Role) -> None:
    client.sign_in(factories.user(role))
    allowed = role in {Role.AUDITOR, Role.ADMINISTRATOR}
    assert client.get("/trail").status_code == (200 if allowed else 403)
    assert client.send("/trail/check").status_code == (302 if allowed else 403)


def test_a_grant_of_one_district_does_not_open_the_trail_of_all(client: PageClient) -> None:
    scope = (ScopeKind.DISTRICT, factories.district().code)
    client.sign_in(factories.user(Role.AUDITOR, scope=scope))
    client.page("/trail", status=404)
