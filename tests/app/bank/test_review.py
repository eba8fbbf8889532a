"""The way of a question: handed in, reviewed by the right people, tried, used, retired, back again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, rulebook
from app.bank import (
    approving,
    commenting,
    content,
    handing_in,
    pool,
    retiring,
    syncing,
    worklist,
    writing,
)
from app.extensions import db
from app.models.bank import Approval, QuestionEntry, QuestionVersion
from app.models.journal import AuditLine
from app.models.people import Role, User
from app.permissions import REVIEWERS
from question_bank import load
from question_bank.question import Writer
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
TODAY = clock.shanghai_date(clock.now())


def acted(app: Flask, person: User, of: QuestionEntry, act: str, **data: str) -> int:
    """Press a button on the question's page and return the answer's status."""
    client = PageClient(app).sign_in(person)
    if act in ("retire", "reopen"):
        where = f"/bank/questions/{of.id}/{act}"
    else:
        where = f"/bank/questions/{of.id}/versions/{of.current_number}/{act}"
    return client.send(where, data).status_code


def page(app: Flask, person: User, of: QuestionEntry) -> str:
    return PageClient(app).sign_in(person).page(f"/bank/questions/{of.id}")


def status(of: QuestionEntry) -> str:
    db.session.expire_all()
    return db.session.get_one(QuestionEntry, of.id).status


def drawn() -> list[str]:
    """Return what an exam may draw and score."""
    query = (
        select(QuestionEntry.code)
        .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
        .where(pool.usable(TODAY), QuestionEntry.status == pool.SCORED)
        .order_by(QuestionEntry.code)
    )
    return list(db.session.scalars(query))


def person(role: Role, **values: Any) -> User:
    return factories.user(role, **values)


def reasons(of: QuestionEntry, action: str) -> list[str]:
    ids = [of.id, *(version.id for version in of.versions)]
    lines = db.session.scalars(
        select(AuditLine).where(AuditLine.action == action, AuditLine.object_id.in_(ids))
    )
    return [str(line.details.get("reason", "")) for line in lines]


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
        from_date=TODAY,
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
        from_date=TODAY,
        source="测试",
        official=False,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    assert drawn() == []
    assert acted(app, person(Role.LEGAL_REVIEWER), of, "approve") == 302
    assert (status(of), drawn()) == ("active", ["q1"])


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


def test_reopened_it_is_reviewed_anew(app: Flask) -> None:
    of, writer = rows.activate(rows.entry()), person(Role.ITEM_WRITER)
    before = rows.body(of)
    assert acted(app, person(Role.ITEM_REVIEWER), of, "retire", note="旧") == 302
    assert acted(app, writer, of, "reopen", note="") == 302
    assert status(of) == "retired"
    assert acted(app, writer, of, "reopen", note="又要用") == 302
    assert acted(app, writer, of, "reopen", note="又要用") == 302
    of = db.session.get_one(QuestionEntry, of.id)
    assert (of.status, of.current_number, drawn()) == ("draft", 2, [])
    assert rows.body(of) == replace(before, version=2, status="draft")
    assert rows.activate(of).status == "active"


def test_the_open_sittings_are_named_and_refuse_retiring(app: Flask) -> None:
    of = rows.activate(rows.entry())
    rows.sitting(rows.current(of))
    manager = person(Role.EXAM_MANAGER)
    assert acted(app, manager, of, "retire", note="错题") == 302
    client = PageClient(app).sign_in(manager)
    html = client.page(f"/bank/questions/{of.id}")
    assert "春季理论考试（一号教室" in html
    assert "现在不能停用" in html
    assert status(of) == "active"


def test_many_are_asked_about_at_once(app: Flask) -> None:
    made = [rows.entry(f"q{n}") for n in range(3)]
    rows.sitting(rows.current(made[0]))
    rows.sitting(rows.current(made[1]), closed=True)
    made[2].status = "retired"
    db.session.commit()

    def ask(entries: list[QuestionEntry]) -> tuple[dict[str, str], int]:
        for entry in entries:
            entry.code  # noqa: B018 — loaded before, as a caller has them
        with rows.counted() as asked:
            return retiring.why_not_retire(entries), len(asked)

    told, cost = ask(made)
    assert set(told) == {made[0].id, made[2].id}
    assert "春季理论考试" in told[made[0].id]
    assert "早已停用" in told[made[2].id]
    for n in range(3, 20):
        made.append(rows.entry(f"q{n}"))
        rows.sitting(rows.current(made[-1]))
    told, more = ask(made)
    assert len(told) == 19
    assert more == cost


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


def test_the_page_says_where_it_stands(app: Flask) -> None:
    author = person(Role.ITEM_WRITER, name="温命题")
    of = rows.hand_in(rows.entry(author=author, domain="D"))
    first = person(Role.ITEM_REVIEWER, name="初阅人")
    html = page(app, first, of)
    for words in ("草稿 · 温命题", "初审 · 你", "审题人里还要有临床审题人"):
        assert words in html
    acted(app, first, of, "approve")
    html = page(app, author, of)
    for words in ("初审 · 初阅人", "等另一位审题人终审", "送审并负责", "审核通过，到“终审中”"):
        assert words in html


def test_past_its_date_the_page_says_so(app: Flask) -> None:
    of = rows.activate(rows.entry(review_by=date(2026, 1, 1)))
    assert "复核日期已过" in page(app, person(Role.ITEM_REVIEWER), of)


def test_flaws_and_near_duplicates_are_named(app: Flask) -> None:
    of = rows.entry("q1", stem="下列说法错误的是哪一项？")
    rows.entry("q2", stem="下列说法错误的是哪一项？")
    html = page(app, person(Role.ITEM_WRITER), of)
    assert "尽量不用否定的问法" in html
    assert "和 q2 很像" in html


def test_a_live_twin_is_not_told_behind_the_wall(app: Flask) -> None:
    of = rows.entry("q1", pool="practice", stem="先扶稳老人，再做什么？")
    rows.entry("live-twin", stem="先扶稳老人，再做什么？")
    assert "live-twin" not in page(app, person(Role.INSTRUCTOR), of)


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


def test_the_final_approval_asks_about_open_remarks(app: Flask) -> None:
    of, first = rows.hand_in(rows.entry()), person(Role.ITEM_REVIEWER)
    commenting.comment(rows.current(of), "第二项太短。", parent="", actor=first, now=clock.now())
    db.session.commit()
    assert acted(app, first, of, "approve") == 302  # not the final one
    last = person(Role.ITEM_REVIEWER)
    assert "意见都看过，仍然通过" in page(app, last, of)
    for said in ({}, {"note": "太短也看得懂"}, {"despite": "1"}, {"despite": "1", "note": " "}):
        assert acted(app, last, of, "approve", **said) == 409
    assert status(of) == "final_review"
    assert acted(app, last, of, "approve", despite="1", note="太短也看得懂") == 302
    assert status(of) == "trial"
    told = db.session.scalars(
        select(AuditLine)
        .where(AuditLine.action == "question.approved")
        .order_by(AuditLine.id.desc())
    ).first()
    assert told is not None
    assert told.details["open_remarks"] == 1


def test_a_settled_remark_stands_in_nobodys_way(app: Flask) -> None:
    of, first = rows.hand_in(rows.entry()), person(Role.ITEM_REVIEWER)
    row = commenting.comment(
        rows.current(of), "第二项太短。", parent="", actor=first, now=clock.now()
    )
    commenting.settle(row, rows.current(of), actor=first, now=clock.now())
    db.session.commit()
    for reviewer in (first, person(Role.ITEM_REVIEWER)):
        assert acted(app, reviewer, of, "approve") == 302
    assert status(of) == "trial"


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
    waits = worklist.work_of(both, ("live", "practice"), TODAY)
    assert waits.counts[worklist.FIRST] == 0
    assert waits.barred == {worklist.FIRST: {worklist.OWN: 1}}
    assert acted(app, person(Role.ITEM_REVIEWER), of, "approve") == 302
