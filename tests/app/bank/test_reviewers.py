"""Who answers for a question and who reviews it: two others, with the fields that it asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, rulebook
from app.bank import approving, worklist, writing
from app.extensions import db
from app.models.bank import Approval
from app.models.people import Role
from question_bank.question import Writer
from tests import factories
from tests.app.bank import rows
from tests.app.bank.review_steps import acted, drawn, page, person, status
from tests.days import today

pytestmark = pytest.mark.rows


def test_a_drafted_question_needs_somebody_who_answers_for_it(app: Flask) -> None:
    of = rows.entry(writer=Writer(kind="ai_drafted"))
    other, reviewer = person(Role.ITEM_WRITER, name="商负责"), person(Role.ITEM_REVIEWER)
    assert "AI 起草，0 人审核" in page(app, other, of)
    assert "还没有人负责" in page(app, other, of)
    assert acted(app, reviewer, of, "approve") == 409
    assert acted(app, other, of, "hand-in") == 302
    assert acted(app, reviewer, of, "approve") == 302
    html = page(app, reviewer, of)
    assert "AI 起草，1 人审核" in html
    assert "AI 起草，由 商负责 负责" in html


def test_without_a_responsible_person_nothing_is_drawn(app: Flask) -> None:
    """Whatever status and approvals somebody wrote with SQL."""
    of = rows.activate(rows.entry(writer=Writer(kind="ai_drafted")))
    assert drawn() == ["q1"]
    of.responsible_id = None
    db.session.commit()
    assert drawn() == []


def test_who_answers_for_it_cannot_review_it(app: Flask) -> None:
    of = rows.entry(writer=Writer(kind="ai_drafted"))
    both = factories.user(Role.ITEM_WRITER, Role.ITEM_REVIEWER)
    assert acted(app, both, of, "hand-in") == 302
    assert acted(app, both, of, "approve") == 409
    db.session.add(
        Approval(
            version_id=rows.current(of).id,
            reviewer_id=both.id,
            approves=True,
            given_at=clock.now(),
        )
    )
    db.session.commit()
    assert approving.approvals_of(rows.current(of)) == 0


def test_a_new_version_needs_a_new_word(app: Flask) -> None:
    of = rows.activate(rows.entry(writer=Writer(kind="ai_drafted")))
    changed = replace(rows.body(of), stem="改了？")
    writing.save(of, changed, base=1, actor=person(Role.ITEM_WRITER), now=clock.now())
    assert (of.status, of.responsible_id) == ("draft", None)


@pytest.mark.parametrize(
    ("domain", "asked", "field"),
    [
        ("D", (), Role.CLINICAL_REVIEWER),
        ("A", (), Role.LEGAL_REVIEWER),
        ("E", ("沟通", "法律"), Role.LEGAL_REVIEWER),
        ("E", ("急诊",), Role.CLINICAL_REVIEWER),
    ],
)
def test_one_of_the_two_knows_the_field(
    app: Flask, domain: str, asked: tuple[str, ...], field: Role
) -> None:
    of = rows.hand_in(rows.entry(domain=domain, reviewers_needed=asked))
    assert acted(app, person(Role.ITEM_REVIEWER), of, "approve") == 302
    plain = person(Role.ITEM_REVIEWER)
    assert acted(app, plain, of, "approve", then="active") == 409
    assert "你没有这个角色" in page(app, plain, of)
    assert status(of) == "final_review"
    assert acted(app, person(field), of, "approve", then="active") == 302
    assert status(of) == "active"
    assert drawn() == ["q1"]


def test_where_both_are_needed_both_speak(app: Flask) -> None:
    of = rows.hand_in(rows.entry(domain="D", reviewers_needed=("法律",)))
    assert acted(app, person(Role.ITEM_REVIEWER), of, "approve") == 409
    lawyer_too = factories.user(Role.CLINICAL_REVIEWER, Role.LEGAL_REVIEWER)
    assert acted(app, lawyer_too, of, "approve") == 302
    assert acted(app, person(Role.CLINICAL_REVIEWER), of, "approve") == 409
    assert acted(app, person(Role.LEGAL_REVIEWER), of, "approve", then="active") == 302
    words = db.session.scalars(select(Approval).order_by(Approval.given_at)).all()
    assert [word.field for word in words] == ["clinical", "legal"]


def test_a_rule_may_ask_for_one_more(app: Flask) -> None:
    """A rule from today on that no approval fits takes the question out until somebody speaks."""
    of = rows.hand_in(rows.entry())
    for _n in range(2):
        acted(app, person(Role.ITEM_REVIEWER), of, "approve", then="active")
    assert drawn() == ["q1"]
    rulebook.set_value(
        "bank.legal_domains",
        ["A", "E"],
        from_date=today(),
        source="测试",
        official=False,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    assert drawn() == []
    assert acted(app, person(Role.LEGAL_REVIEWER), of, "approve") == 302
    assert (status(of), drawn()) == ("active", ["q1"])


def test_who_wrote_a_version_in_between_does_not_review(app: Flask) -> None:
    both = factories.user(Role.ITEM_WRITER, Role.ITEM_REVIEWER)
    author = person(Role.ITEM_WRITER)
    of = rows.entry(author=author)
    for number, actor in enumerate((both, author), start=1):
        changed = replace(rows.body(of), explanation=f"第 {number} 次改过。")
        writing.save(of, changed, base=number, actor=actor, now=clock.now())
        db.session.commit()
    rows.hand_in(of)
    assert acted(app, both, of, "approve") == 409
    assert "要由另外两个人审核" in page(app, both, of)
    waits = worklist.work_of(both, ("live", "practice"), today())
    assert waits.counts[worklist.FIRST] == 0
    assert waits.barred == {worklist.FIRST: {worklist.OWN: 1}}
    assert acted(app, person(Role.ITEM_REVIEWER), of, "approve") == 302
