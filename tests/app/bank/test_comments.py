"""Remarks on a version: written, answered, settled, opened again; kept where they were made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import commenting, writing
from app.extensions import db
from app.models.bank import QuestionEntry, ReviewComment
from app.models.journal import AuditLine
from app.models.people import Role, User
from app.permissions import REVIEWERS
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def say(client: PageClient, of: QuestionEntry, text: str, *, parent: str = "", to: int = 1) -> int:
    where = f"/bank/questions/{of.id}/versions/{to}/comments"
    return client.send(where, {"text": text, "parent": parent}).status_code


def comments() -> list[ReviewComment]:
    db.session.expire_all()
    return list(db.session.scalars(select(ReviewComment).order_by(ReviewComment.written_at)))


def browser(app: Flask, person: User) -> PageClient:
    return PageClient(app).sign_in(person)


def test_it_works(app: Flask) -> None:
    of, reviewer = rows.entry(), factories.user(Role.ITEM_REVIEWER, name="评一")
    writer = factories.user(Role.ITEM_WRITER, name="答二")
    assert say(browser(app, reviewer), of, "第二项太短。") == 302
    [first] = comments()
    assert say(browser(app, writer), of, "会改长。", parent=first.id) == 302
    html = browser(app, reviewer).page(f"/bank/questions/{of.id}")
    for words in ("评一", "第二项太短。", "答二", "会改长。", "1 条没有了结"):
        assert words in html
    client = browser(app, reviewer)
    assert client.send(f"/bank/comments/{first.id}/settle").status_code == 302
    assert "0 条没有了结" in client.page(f"/bank/questions/{of.id}")
    assert "已了结：评一" in client.page(f"/bank/questions/{of.id}")
    assert client.send(f"/bank/comments/{first.id}/reopen").status_code == 302
    assert "1 条没有了结" in client.page(f"/bank/questions/{of.id}")
    actions = db.session.scalars(
        select(AuditLine.action)
        .where(AuditLine.action.startswith("comment."))
        .order_by(AuditLine.id)
    ).all()
    assert actions == [
        "comment.written",
        "comment.written",
        "comment.settled",
        "comment.reopened",
    ]


def test_they_stay_with_their_version(app: Flask) -> None:
    of, person = rows.entry(), factories.user(Role.ITEM_REVIEWER)
    client = browser(app, person)
    say(client, of, "题干含糊。")
    writing.save(
        of, replace(rows.body(of), stem="改了？"), base=1, actor=factories.user(), now=clock.now()
    )
    db.session.commit()
    say(client, of, "清楚了。", to=2)
    html = client.page(f"/bank/questions/{of.id}")
    second, _sep, first = html.partition("写在第 1 版上</h3>")
    assert "清楚了。" in second
    assert "题干含糊。" in first
    assert [row.version_id for row in comments()] == [one.id for one in of.versions]


def test_an_answer_to_an_answer_joins_the_remark(app: Flask) -> None:
    of, client = rows.entry(), browser(app, factories.user(Role.ITEM_REVIEWER))
    say(client, of, "一")
    root = comments()[0].id
    say(client, of, "二", parent=root)
    answer = next(row for row in comments() if row.text == "二")
    say(client, of, "三", parent=answer.id)
    assert {row.parent_id for row in comments() if row.text != "一"} == {root}


def test_a_double_click_is_one_remark(app: Flask) -> None:
    of, client = rows.entry(), browser(app, factories.user(Role.ITEM_REVIEWER))
    assert [say(client, of, "一样的话"), say(client, of, " 一样的话 ")] == [302, 302]
    [row] = comments()
    for _n in range(2):
        client.send(f"/bank/comments/{row.id}/settle")
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "comment.settled"))
    assert len(lines.all()) == 1


@pytest.mark.parametrize(("text", "told"), [("  ", "请写下意见"), ("长" * 2001, "最多 2000 个字")])
def test_what_is_refused(app: Flask, text: str, told: str) -> None:
    of, client = rows.entry(), browser(app, factories.user(Role.ITEM_REVIEWER))
    answer = client.send(f"/bank/questions/{of.id}/versions/1/comments", {"text": text})
    assert answer.status_code == 409
    assert told in answer.get_data(as_text=True)
    assert comments() == []


def test_the_longest_and_the_strangest_are_kept_as_text(app: Flask) -> None:
    of, client = rows.entry(), browser(app, factories.user(Role.ITEM_REVIEWER))
    strange = "<script>alert(1)</script> ‮ {{ 7*7 }} =1+1 \U0001f9d1‍⚕️"
    assert say(client, of, strange) == 302
    assert say(client, of, "长" * 2000) == 302
    assert {row.text for row in comments()} == {strange, "长" * 2000}
    html = client.page(f"/bank/questions/{of.id}")
    assert "<script>alert" not in html
    assert "{{ 7*7 }}" in html


def test_an_answer_belongs_to_the_same_version(app: Flask) -> None:
    of, other = rows.entry("q1"), rows.entry("q2")
    client = browser(app, factories.user(Role.ITEM_REVIEWER))
    say(client, of, "一")
    assert say(client, other, "二", parent=comments()[0].id) == 409


def test_answers_are_not_settled_alone(app: Flask) -> None:
    of, client = rows.entry(), browser(app, factories.user(Role.ITEM_REVIEWER))
    say(client, of, "一")
    say(client, of, "二", parent=comments()[0].id)
    answer = next(row for row in comments() if row.parent_id)
    assert client.send(f"/bank/comments/{answer.id}/settle").status_code == 409


def test_a_reader_settles_only_their_own(app: Flask) -> None:
    of = rows.entry(pool="practice")
    say(browser(app, factories.user(Role.ITEM_REVIEWER)), of, "审题人的")
    teacher = browser(app, factories.user(Role.INSTRUCTOR))
    say(teacher, of, "老师的")
    own = {row.text: row.id for row in comments()}
    assert teacher.send(f"/bank/comments/{own['审题人的']}/settle").status_code == 409
    assert teacher.send(f"/bank/comments/{own['老师的']}/settle").status_code == 302


def test_the_wall_stands_before_remarks(app: Flask) -> None:
    of, teacher = rows.entry(), factories.user(Role.INSTRUCTOR)
    say(browser(app, factories.user(Role.ITEM_REVIEWER)), of, "活题的意见")
    client = browser(app, teacher)
    assert say(client, of, "老师的") == 403
    assert client.send(f"/bank/comments/{comments()[0].id}/settle").status_code == 403
    assert client.send("/bank/comments/nobody/settle").status_code == 404
    assert len(comments()) == 1


def test_threads_cost_one_query(app: Flask) -> None:
    of, person = rows.entry(), factories.user(Role.ITEM_REVIEWER)
    version = rows.current(of)
    for n in range(5):
        root = commenting.comment(version, f"第{n}条", parent="", actor=person, now=clock.now())
        commenting.comment(version, f"答{n}", parent=root.id, actor=person, now=clock.now())
    db.session.commit()
    of.code  # noqa: B018 — loaded, as on the page
    with rows.counted() as asked:
        found = commenting.threads(of)
    assert [len(thread.answers) for thread in found[version.id]] == [1] * 5
    assert len(asked) == 1


@pytest.mark.parametrize("role", Role)
def test_who_may(app: Flask, role: Role) -> None:
    readers = REVIEWERS | {Role.ITEM_WRITER, Role.EXAM_MANAGER, Role.INSTRUCTOR}
    of = rows.entry(pool="practice")
    expected = 302 if role in readers else 403
    assert say(browser(app, factories.user(role)), of, "意见") == expected
