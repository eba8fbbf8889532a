"""Look at one question, and the wall around live ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.journal import AuditLine
from app.models.people import Role, User
from app.permissions import REVIEWERS
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
LIVE_READERS = REVIEWERS | {Role.ITEM_WRITER, Role.EXAM_MANAGER}


def openings() -> list[AuditLine]:
    query = select(AuditLine).where(AuditLine.action == "question.opened")
    return list(db.session.scalars(query))


def page(app: Flask, of: QuestionEntry, person: User, status: int = 200) -> str:
    return PageClient(app).sign_in(person).page(f"/bank/questions/{of.id}", status)


def test_it_works(app: Flask) -> None:
    of, person = rows.entry(), factories.user(Role.ITEM_REVIEWER, name="韦审题")
    html = page(app, of, person)
    for words in ("q1：先做什么？", "看一看", "等会误事。", "正确答案", "考生看到的样子"):
        assert words in html
    [line] = openings()
    assert (line.actor_id, line.object_id) == (person.id, rows.current(of).id)
    assert '<div class="watermark" aria-hidden="true">' in html
    assert html.count('data-mark="韦审题 ') == 40


def test_a_practice_question_leaves_no_line(app: Flask) -> None:
    html = page(app, rows.entry(pool="practice"), factories.user(Role.INSTRUCTOR))
    assert openings() == []
    assert "watermark" not in html


def test_the_preview_holds_no_key(app: Flask) -> None:
    html = page(app, rows.entry(), factories.user(Role.ITEM_WRITER))
    preview = html.partition('class="frame__screen"')[2].partition("</aside>")[0]
    assert "看一看" in preview
    assert "正确答案" not in preview
    assert "等会误事。" not in preview


def test_an_old_version_can_be_seen(app: Flask) -> None:
    of = rows.entry()
    client = PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))
    client.page(f"/bank/questions/{of.id}?version=1")
    client.page(f"/bank/questions/{of.id}?version=2", 404)


def test_an_instructor_of_record_cannot(app: Flask) -> None:
    person = factories.user(Role.ITEM_WRITER, Role.INSTRUCTOR)
    rows.teach(person)
    assert "“春季一班”的带教老师" in page(app, rows.entry(), person, 403)
    assert openings() == []
    page(app, rows.entry("p", pool="practice"), person)


def test_within_the_months_after_leaving(app: Flask) -> None:
    inside, outside = factories.user(Role.ITEM_WRITER), factories.user(Role.ITEM_WRITER)
    rows.teach(inside, left_days_ago=720, ended_days_ago=720)
    rows.teach(outside, left_days_ago=740, ended_days_ago=740)
    of = rows.entry()
    page(app, of, inside, 403)
    page(app, of, outside)


def test_who_was_never_taken_off_taught_until_the_end(app: Flask) -> None:
    long_ago = factories.user(Role.ITEM_WRITER)
    rows.teach(long_ago, ended_days_ago=800)
    page(app, rows.entry(), long_ago)


def test_used_versions_say_so(app: Flask) -> None:
    of = rows.entry()
    rows.paper(rows.current(of), rows.sitting(rows.current(of)))
    assert "第 1 版用过 1 场、1 份卷。" in page(app, of, factories.user(Role.ITEM_WRITER))


def test_unknown_ids_are_not_found(app: Flask) -> None:
    PageClient(app).sign_in(factories.user(Role.ITEM_WRITER)).page("/bank/questions/nope", 404)


@pytest.mark.parametrize("role", Role)
def test_who_may(app: Flask, role: Role) -> None:
    person = factories.user(role)
    page(app, rows.entry("l"), person, 200 if role in LIVE_READERS else 403)
    practice = role in LIVE_READERS | {Role.INSTRUCTOR}
    page(app, rows.entry("p", pool="practice"), person, 200 if practice else 403)


def test_strangers_sign_in_first(app: Flask, client: PageClient) -> None:
    answer = client.get(f"/bank/questions/{rows.entry().id}")
    assert answer.status_code in {302, 401}


def test_months_before() -> None:
    assert clock.months_before(clock.shanghai_date(clock.now()), 0) == clock.shanghai_date(
        clock.now()
    )
    day = clock.now().date().replace(year=2028, month=2, day=29)
    assert clock.months_before(day, 12) == day - timedelta(days=366)


def test_advice_names_no_field_of_a_file(app: Flask) -> None:
    html = page(app, rows.entry(), factories.user(Role.ITEM_REVIEWER))
    assert "请补上总的解析。" in html
    assert "explanation" not in html.split("<main")[1]
