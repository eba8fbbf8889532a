"""The way of a question: handed in, reviewed, tried, used, retired, back again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, rulebook
from app.bank import (
    approving,
    content,
    handing_in,
    retiring,
    syncing,
    writing,
)
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.people import Role
from app.permissions import REVIEWERS
from question_bank import load
from tests import factories
from tests.app.bank import rows
from tests.app.bank.review_steps import acted, drawn, page, person, reasons, status
from tests.client import PageClient
from tests.days import today

pytestmark = pytest.mark.rows


def test_the_whole_way(app: Flask) -> None:
    author = person(Role.ITEM_WRITER)
    of = rows.entry(author=author)
    seen = [status(of)]
    assert acted(app, author, of, "hand-in") == 302
    seen.append(status(of))
    for then in ("", "trial"):
        assert acted(app, person(Role.ITEM_REVIEWER), of, "approve", then=then) == 302
        seen.append(status(of))
    assert drawn() == []
    assert acted(app, person(Role.EXAM_MANAGER), of, "activate", note="四十人答过，答对七成") == 302
    seen.append(status(of))
    assert drawn() == ["q1"]
    assert acted(app, person(Role.EXAM_MANAGER), of, "retire", note="规定改了") == 302
    seen.append(status(of))
    assert acted(app, author, of, "reopen", note="规定又恢复了") == 302
    seen.append(status(of))
    assert seen == [
        "draft",
        "first_review",
        "final_review",
        "trial",
        "active",
        "retired",
        "draft",
    ]
    assert reasons(of, "question.activated") == ["四十人答过，答对七成"]
    assert reasons(of, "question.retired") == ["规定改了"]
    assert reasons(of, "question.reopened") == ["规定又恢复了"]


def test_a_draft_is_not_reviewed(app: Flask) -> None:
    of, reviewer = rows.entry(), person(Role.ITEM_REVIEWER)
    assert acted(app, reviewer, of, "approve") == 409
    assert "还是草稿" in page(app, reviewer, of)
    assert status(of) == "draft"


def test_the_trial_is_the_default_of_a_rule(app: Flask) -> None:
    first = rows.hand_in(rows.entry("q1"))
    for _n in range(2):
        approving.approve(rows.current(first), actor=person(Role.ITEM_REVIEWER), now=clock.now())
    assert first.status == "trial"
    rulebook.set_value(
        "bank.trial_first",
        False,
        from_date=today(),
        source="测试",
        official=False,
        actor=None,
        now=clock.now(),
    )
    second = rows.hand_in(rows.entry("q2"))
    for _n in range(2):
        approving.approve(rows.current(second), actor=person(Role.ITEM_REVIEWER), now=clock.now())
    assert second.status == "active"


def test_a_practice_question_has_no_trial(app: Flask) -> None:
    of = rows.hand_in(rows.entry(pool="practice"))
    for _n in range(2):
        assert acted(app, person(Role.ITEM_REVIEWER), of, "approve", then="trial") == 302
    assert status(of) == "active"


def test_no_other_stage_can_be_asked_for(app: Flask) -> None:
    of = rows.hand_in(rows.entry())
    assert acted(app, person(Role.ITEM_REVIEWER), of, "approve", then="retired") == 409
    with pytest.raises(approving.ApprovalRefused, match="试测或启用"):
        approving.approve(
            rows.current(of), then="draft", actor=person(Role.ITEM_REVIEWER), now=clock.now()
        )
    assert status(of) == "first_review"


def test_only_the_author_hands_in(app: Flask) -> None:
    of = rows.entry()
    assert acted(app, person(Role.ITEM_WRITER), of, "hand-in") == 409
    assert status(of) == "draft"


def test_handed_in_twice_is_once(app: Flask) -> None:
    author = person(Role.ITEM_WRITER)
    of = rows.entry(author=author)
    assert acted(app, author, of, "hand-in") == 302
    assert acted(app, author, of, "hand-in") == 409
    assert len(reasons(of, "question.handed_in")) == 1


def test_a_returned_version_is_not_handed_in_again(app: Flask) -> None:
    author = person(Role.ITEM_WRITER)
    of = rows.hand_in(rows.entry(author=author))
    assert acted(app, person(Role.ITEM_REVIEWER), of, "return", note="改选项") == 302
    assert acted(app, author, of, "hand-in") == 409
    assert "已退回修改" in page(app, author, of)
    changed = replace(rows.body(of), stem="改了？")
    writing.save(of, changed, base=1, actor=author, now=clock.now())
    db.session.commit()
    assert acted(app, author, of, "hand-in") == 302
    assert status(of) == "first_review"


def test_trial_ends_by_a_reason_and_not_by_the_author(app: Flask) -> None:
    author = factories.user(Role.ITEM_WRITER, Role.ITEM_REVIEWER)
    of = rows.hand_in(rows.entry(author=author))
    for _n in range(2):
        acted(app, person(Role.ITEM_REVIEWER), of, "approve", then="trial")
    assert acted(app, person(Role.EXAM_MANAGER), of, "activate", note=" ") == 302
    assert acted(app, author, of, "activate", note="我看行") == 302
    assert "要由别人决定启用" in PageClient(app).sign_in(author).page(f"/bank/questions/{of.id}")
    assert status(of) == "trial"
    assert "没有计分" in page(app, person(Role.EXAM_MANAGER), of)


def test_a_status_without_approvals_is_not_activated(app: Flask) -> None:
    of = rows.entry()
    of.status = "trial"
    db.session.commit()
    with pytest.raises(retiring.RetiringRefused, match="审核现在不够"):
        retiring.activate(rows.current(of), "快", actor=person(Role.ITEM_REVIEWER), now=clock.now())


def test_a_private_pool_goes_the_same_way(app: Flask, tmp_path: Path) -> None:
    """A live question from a folder that says `trial` and names reviewers is a draft all the same."""
    text = rows.FILE.replace("level: use\n", "level: use\n    status: trial\n", 1)
    text = text.replace("    key: [o1]\n", "    key: [o1]\n    reviewers_needed: [临床]\n", 1)
    read = content.read_content([rows.folder(tmp_path, text)])
    assert syncing.sync_questions(clock.now(), read).problems == ()
    db.session.commit()
    of = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "t1")).one()
    assert (of.status, of.author_id, load(rows.current(of).body).status) == ("draft", None, "trial")
    assert acted(app, person(Role.ITEM_WRITER), of, "hand-in") == 302
    assert acted(app, person(Role.ITEM_REVIEWER), of, "approve") == 302
    assert acted(app, person(Role.CLINICAL_REVIEWER), of, "approve", then="trial") == 302
    assert acted(app, person(Role.ITEM_REVIEWER), of, "activate", note="可以") == 302
    assert drawn() == ["t1"]


def test_hand_in_refuses_what_is_not_current(app: Flask) -> None:
    author = person(Role.ITEM_WRITER)
    of = rows.entry(author=author)
    old = rows.current(of)
    writing.save(of, replace(rows.body(of), stem="改了？"), base=1, actor=author, now=clock.now())
    with pytest.raises(handing_in.HandingInRefused, match="第 1 版不是现行的版本"):
        handing_in.hand_in(old, actor=author, now=clock.now())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", ["hand-in", "activate", "retire", "reopen"])
def test_who_may(app: Flask, role: Role, act: str) -> None:
    of = rows.entry(pool="practice")
    allowed = (
        {Role.ITEM_WRITER} if act in ("hand-in", "reopen") else REVIEWERS | {Role.EXAM_MANAGER}
    )
    answer = acted(app, person(role), of, act, note="试试")
    assert (answer != 403) == (role in allowed)
