"""Changing many questions at once: look, confirm, done; what is refused and why; the way back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock, jobs
from app.bank import change_making, searching, stock
from app.extensions import db
from app.models.bank import Change, ChangeList, QuestionEntry, QuestionLabel, QuestionVersion
from app.models.journal import AuditLine, Job
from app.models.people import Role, User
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
NEW = "/bank/changes/new"


def browser(app: Flask, *roles: Role) -> PageClient:
    return PageClient(app).sign_in(factories.user(*(roles or (Role.ITEM_REVIEWER,))))


def look(client: PageClient, **wish: Any) -> tuple[str, dict[str, Any]]:
    """Look at what a change would do; returns the page and its form, ready to be sent."""
    html = client.page(NEW, query_string=wish)
    form = html.partition('action="/bank/changes"')[2].partition("</form>")[0]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    fields.pop("csrf_token", None)
    return html, fields


def make(client: PageClient, **wish: Any) -> ChangeList:
    """Look, confirm, and return the list that was made."""
    _html, fields = look(client, **wish)
    assert client.send("/bank/changes", fields).status_code == 302
    return db.session.scalars(select(ChangeList).order_by(ChangeList.made_at.desc())).all()[0]


def again(entry: QuestionEntry) -> QuestionEntry:
    db.session.expire_all()
    return db.session.get_one(QuestionEntry, entry.id)


def tags(entry: QuestionEntry) -> list[str]:
    query = select(QuestionLabel.value).where(
        QuestionLabel.entry_id == entry.id, QuestionLabel.kind == "tag"
    )
    return sorted(db.session.scalars(query))


def found(words: str) -> list[str]:
    condition = searching.matching(words)
    assert condition is not None
    return sorted(db.session.scalars(select(QuestionEntry.code).where(condition)))


def test_it_works(app: Flask) -> None:
    one, two, other = (rows.entry(f"q{n}") for n in range(3))
    client = browser(app)
    html, fields = look(client, entry=[one.id, two.id], action="tag", to_tag="复核")
    assert "2 题会改" in html
    assert tags(one) == []  # looking changes nothing
    response = client.send("/bank/changes", fields)
    assert tags(one) == tags(two) == ["复核"]
    assert tags(other) == []
    assert found("复核") == ["q0", "q1"]
    page = client.page(response.location)
    assert "加标签“复核”" in page
    assert "加标签“复核”" in client.page("/bank/changes")
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "question.tagged")).all()
    assert {line.object_id for line in lines} == {one.id, two.id}


@pytest.mark.parametrize(
    ("action", "value", "column", "expected"),
    [
        ("lesson", "4.10", "lesson_code", "4.10"),
        ("domain", "A", "domain", "A"),
        ("difficulty", "hard", "difficulty", "hard"),
        ("review_by", "2999-01-31", "review_by", "2999-01-31"),
    ],
)
def test_filing_makes_no_version_and_no_review(
    app: Flask, action: str, value: str, column: str, expected: str
) -> None:
    entry = rows.activate(rows.entry("q1"))
    before = getattr(entry, column)
    client = browser(app)
    listed = make(client, entry=entry.id, action=action, **{f"to_{action}": value})
    assert str(getattr(again(entry), column)) == expected
    assert again(entry).status == "active"
    assert db.session.scalar(select(func.count()).select_from(QuestionVersion)) == 1
    client.send(f"/bank/changes/{listed.id}/undo")
    assert getattr(again(entry), column) == before


def test_a_draw_follows_the_filing(app: Flask) -> None:
    rows.activate(rows.entry("q1"))
    today = clock.shanghai_date(clock.now())
    assert [one.facts.domain for one in stock.stock(today).live] == ["E"]
    client = browser(app)
    make(client, all="yes", action="domain", to_domain="B")
    make(client, all="yes", action="difficulty", to_difficulty="hard")
    (one,) = stock.stock(today).live
    assert one.facts.domain == "B"
    assert one.facts.asked[0].ease == 450


def test_all_that_fit_the_filters(app: Flask) -> None:
    one = rows.entry("q1", domain="A")
    two = rows.entry("q2", domain="B")
    make(browser(app), all="yes", domain="A", entry=two.id, action="tag", to_tag="甲")
    assert tags(one) == ["甲"]
    assert tags(two) == []


def test_what_changed_since_the_look_is_shown_again(app: Flask) -> None:
    one = rows.entry("q1", domain="A")
    client = browser(app)
    _html, fields = look(client, all="yes", action="tag", to_tag="甲")
    two = rows.entry("q2", domain="A")
    response = client.send("/bank/changes", fields)
    assert response.location.startswith(NEW)
    assert "2 题会改" in client.page(response.location)
    assert tags(one) == tags(two) == []


def test_the_same_sent_twice_is_done_once(app: Flask) -> None:
    rows.entry("q1")
    client = browser(app)
    _html, fields = look(client, all="yes", action="tag", to_tag="甲")
    for _n in range(2):
        client.send("/bank/changes", fields)
    assert db.session.scalar(select(func.count()).select_from(ChangeList)) == 1


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"action": "tag", "to_tag": " "}, "标签写"),
        ({"action": "tag", "to_tag": "长" * 41}, "标签写"),
        ({"action": "lesson", "to_lesson": "第四课"}, "例如 4.3"),
        ({"action": "domain", "to_domain": "Z"}, "领域里选"),
        ({"action": "difficulty"}, "易、中、难"),
        ({"action": "review_by", "to_review_by": "明年"}, "年-月-日"),
        ({"action": "review_by", "to_review_by": "2001-01-01"}, "已经过去"),
        ({"action": "retire"}, "为什么停用"),
        ({"action": "delete"}, "选一种修改"),
    ],
)
def test_a_wish_that_cannot_be_is_told_before(app: Flask, wish: dict[str, str], said: str) -> None:
    entry = rows.entry("q1")
    client = browser(app)
    assert said in client.page(NEW, query_string={"entry": entry.id, **wish})
    assert client.send("/bank/changes", {"entry": entry.id, **wish}).status_code == 409
    assert db.session.scalar(select(func.count()).select_from(ChangeList)) == 0


def test_nothing_chosen_leads_back(app: Flask) -> None:
    response = browser(app).get(f"{NEW}?domain=A")
    assert response.location == "/bank/questions?domain=A"


def test_retiring_leaves_what_an_open_sitting_uses(app: Flask) -> None:
    used, free = (rows.activate(rows.entry(code)) for code in ("used1", "free1"))
    rows.sitting(rows.current(used))
    client = browser(app)
    html, _fields = look(client, all="yes", action="retire", reason="过时")
    assert "春季理论考试" in html
    listed = make(client, all="yes", action="retire", reason="过时")
    assert again(used).status == "active"
    assert again(free).status == "retired"
    page = client.page(f"/bank/changes/{listed.id}")
    assert "春季理论考试" in page
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "question.retired")).one()
    assert (line.object_id, line.details["reason"]) == (free.id, "过时")
    client.send(f"/bank/changes/{listed.id}/undo")
    assert again(free).status == "active"


def test_undo_leaves_what_was_changed_since(app: Flask) -> None:
    one, two = rows.entry("q1"), rows.entry("q2")
    client = browser(app)
    first = make(client, all="yes", action="lesson", to_lesson="1.1")
    make(client, entry=two.id, action="lesson", to_lesson="2.2")
    client.send(f"/bank/changes/{first.id}/undo")
    assert again(one).lesson_code == "4.3"
    assert again(two).lesson_code == "2.2"
    page = client.page(f"/bank/changes/{first.id}")
    assert "1 题恢复了原样，1 题保留现在的样子" in page
    assert "后来又改过" in page
    assert client.send(f"/bank/changes/{first.id}/undo").status_code == 409


def test_a_tag_comes_and_goes(app: Flask) -> None:
    one, two = rows.entry("q1"), rows.entry("q2")
    client = browser(app)
    make(client, entry=one.id, action="tag", to_tag="甲")
    make(client, all="yes", action="tag", to_tag="甲")
    listed = make(client, all="yes", action="untag", to_untag="甲")
    assert tags(one) == tags(two) == []
    assert found("甲") == []
    client.send(f"/bank/changes/{listed.id}/undo")
    assert tags(one) == tags(two) == ["甲"]
    assert found("甲") == ["q1", "q2"]


def test_many_are_left_to_the_worker(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_making, "AT_ONCE", 2)
    monkeypatch.setattr("app.bank.change_jobs.AT_ONCE", 2)
    entries = [rows.entry(f"q{n}") for n in range(5)]
    client = browser(app)
    listed_id = make(client, all="yes", action="tag", to_tag="甲").id
    address = f"/bank/changes/{listed_id}"
    assert client.get(address).headers["Refresh"]
    assert client.send(f"{address}/undo").status_code == 409  # not while it is at it
    assert jobs.run_next(clock.now())
    assert all(tags(entry) == ["甲"] for entry in entries)
    job = db.session.scalars(select(Job)).one()
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    client.send(f"{address}/undo")
    assert jobs.run_next(clock.now())
    assert all(tags(entry) == [] for entry in entries)
    assert "5 题恢复了原样" in client.page(address)


def test_a_stopped_list_can_be_taken_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_making, "AT_ONCE", 2)
    entries = [rows.entry(f"q{n}") for n in range(5)]
    client = browser(app)
    listed = make(client, all="yes", action="tag", to_tag="甲")
    address = f"/bank/changes/{listed.id}"
    person = db.session.get_one(User, listed.made_by_id)
    ids = [entry.id for entry in entries[:2]]
    pools = ("live", "practice")
    change_making.apply(listed, ids, actor=person, pools=pools, now=clock.now())
    db.session.commit()
    assert client.send(f"{address}/stop").status_code == 302
    assert not jobs.run_next(clock.now())
    assert "中途停下了" in client.page(address)
    client.send(f"{address}/undo")
    assert tags(entries[0]) == []
    assert client.send(f"{address}/stop").status_code == 409


def test_a_batch_done_before_the_worker_died_is_not_done_twice(app: Flask) -> None:
    entry = rows.entry("q1")
    client = browser(app)
    listed = make(client, all="yes", action="tag", to_tag="甲")
    person = db.session.get_one(User, listed.made_by_id)
    change_making.apply(listed, [entry.id], actor=person, pools=("live",), now=clock.now())
    assert db.session.scalar(select(func.count()).select_from(Change)) == 1


def test_live_questions_stay_behind_the_wall(app: Flask) -> None:
    live, practice = rows.entry("live1"), rows.entry("practice1", pool="practice")
    teacher = factories.user(Role.ITEM_REVIEWER, Role.INSTRUCTOR)
    rows.teach(teacher)
    client = PageClient(app).sign_in(teacher)
    html, _fields = look(client, entry=[live.id, practice.id], action="tag", to_tag="甲")
    assert "live1" not in html
    assert "1 题你现在打不开" in html
    make(client, entry=[live.id, practice.id], action="tag", to_tag="甲")
    assert tags(live) == []
    listed = make(browser(app), all="yes", action="lesson", to_lesson="1.1")
    page = client.page(f"/bank/changes/{listed.id}")
    assert "practice1" in page
    assert "live1" not in page


def test_writers_refile_only_their_own_drafts(app: Flask) -> None:
    writer = factories.user(Role.ITEM_WRITER)
    own, others = rows.entry("own1", author=writer), rows.entry("other1")
    used = rows.activate(rows.entry("used1", author=writer))
    client = PageClient(app).sign_in(writer)
    html, _fields = look(client, all="yes", action="lesson", to_lesson="1.1")
    assert "不是你写的题" in html
    assert "已经交审" in html
    make(client, all="yes", action="lesson", to_lesson="1.1")
    assert again(own).lesson_code == "1.1"
    assert again(others).lesson_code == again(used).lesson_code == "4.3"
    html, _fields = look(client, all="yes", action="retire", reason="过时")
    assert "停用要由审题人" in html


def test_only_its_maker_or_a_reviewer_takes_back(app: Flask) -> None:
    entry = rows.entry("q1")
    manager = browser(app, Role.EXAM_MANAGER)
    listed = make(manager, all="yes", action="tag", to_tag="甲")
    assert browser(app, Role.ITEM_WRITER).send(f"/bank/changes/{listed.id}/undo").status_code == 409
    assert tags(entry) == ["甲"]
    browser(app).send(f"/bank/changes/{listed.id}/undo")
    assert tags(entry) == []


def test_a_case_keeps_the_difficulty_of_its_parts(app: Flask) -> None:
    parts = tuple(rows.question(f"p{n}", stem="先做什么？") for n in range(2))
    case = rows.entry(
        "c1", kind="case_set", stem="", scene="情景", options=(), key=(), level="", parts=parts
    )
    html, _fields = look(browser(app), entry=case.id, action="difficulty", to_difficulty="hard")
    assert "难度写在每个小题上" in html


def test_a_review_date_brings_a_question_back_into_draws(app: Flask) -> None:
    entry = rows.activate(rows.entry("q1"))
    today = clock.shanghai_date(clock.now())
    entry.review_by = today - timedelta(days=1)
    db.session.commit()
    assert stock.stock(today, fresh=True).live == ()
    make(browser(app), all="yes", action="review_by", to_review_by=str(today + timedelta(days=9)))
    assert len(stock.stock(today).live) == 1


@pytest.mark.parametrize("role", Role)
def test_who_may(app: Flask, role: Role) -> None:
    reviewers = {Role.ITEM_REVIEWER, Role.CLINICAL_REVIEWER, Role.LEGAL_REVIEWER}
    allowed = role in reviewers | {Role.ITEM_WRITER, Role.EXAM_MANAGER}
    entry = rows.entry("q1")
    client = browser(app, role)
    client.page("/bank/changes", 200 if allowed else 403)
    client.page(f"{NEW}?entry={entry.id}", 200 if allowed else 403)
    assert client.send("/bank/changes", {}).status_code == (409 if allowed else 403)
    client.page("/bank/changes/nobodys", 404 if allowed else 403)
