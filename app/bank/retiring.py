"""After the review: from trial to active, out of use, and back as a draft.

A question that a sitting which is not closed may draw stays as it is: retiring it is refused with
the list of those sittings. Retiring many at once asks `why_not_retire` first and `retire` for each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock
from app.bank import wall
from app.bank.approving import is_approved, is_insider, lock, set_status
from app.bank.filing import as_filed
from app.bank.versions import FROM_BROWSER, add_version, make_current
from app.errors import Refusal
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.exams import Exam, ExamRevision, Sitting
from app.models.people import User
from question_bank import load

LONGEST_REASON = 300
LOOKED_UP = 500  # values in one IN (…)
NAMED = 8  # sittings in a sentence


class RetiringRefused(Refusal):
    """The question cannot be taken into use, out of use or back as asked."""


def why_not_activate(version: QuestionVersion, actor: User, on: date) -> str | None:
    """Return why this person cannot make a question on trial count, or None when they can."""
    entry = version.entry
    reason: str | None = None
    if version.number != entry.current_number or entry.status != "trial":
        reason = _("%(code)s 不在试测，不能转为启用。", code=entry.code)
    elif is_insider(version, actor):
        reason = _("这道题是你写的，或由你负责，要由别人决定启用。")
    elif not is_approved(version, on):
        reason = _("%(code)s 的审核现在不够，例如审核规则改过。请先补审。", code=entry.code)
    return reason


def activate(version: QuestionVersion, reason: str, *, actor: User, now: datetime) -> None:
    """Let a question that was on trial count from now on.

    Raises RetiringRefused without a reason, or with why it cannot be.
    """
    wall.refuse_unfit(actor, version.entry, clock.shanghai_date(now))
    said = _reason(reason, _("请写明为什么可以启用，例如试测的结果。"))
    lock(version)
    refusal = why_not_activate(version, actor, clock.shanghai_date(now))
    if refusal is not None:
        raise RetiringRefused(refusal)
    entry = version.entry
    set_status(entry, "active", now)
    audit.record(
        "question.activated", version, actor=actor, now=now, reason=said, shown=entry.times_shown
    )


def why_not_retire(entries: Collection[QuestionEntry]) -> dict[str, str]:
    """Return, by entry id, why a question cannot be retired now; those that can be are left out.

    A constant number of queries for any number of entries.
    """
    sittings = open_sittings(entry.id for entry in entries)
    reasons = {}
    for entry in entries:
        if entry.status == "retired":
            reasons[entry.id] = _("%(code)s 早已停用。", code=entry.code)
        elif entry.id in sittings:
            reasons[entry.id] = _in_use(entry, sittings[entry.id])
    return reasons


def retire(entry: QuestionEntry, reason: str, *, actor: User, now: datetime) -> None:
    """Take a question out of use.

    Raises RetiringRefused without a reason, and while a sitting that is not closed may draw it.
    """
    wall.refuse_unfit(actor, entry, clock.shanghai_date(now))
    said = _reason(reason, _("请写明为什么停用。"))
    db.session.flush()  # refreshing forgets what was not written yet
    db.session.refresh(entry, with_for_update=True)
    refusal = why_not_retire([entry]).get(entry.id)
    if refusal is not None:
        raise RetiringRefused(refusal)
    set_status(entry, "retired", now)
    audit.record("question.retired", entry, actor=actor, now=now, reason=said)


def reopen(entry: QuestionEntry, reason: str, *, actor: User, now: datetime) -> QuestionVersion:
    """Take a retired question back as a draft: the same text as a new version, reviewed anew.

    Raises RetiringRefused without a reason, and for a question that is not retired.
    """
    wall.refuse_unfit(actor, entry, clock.shanghai_date(now))
    said = _reason(reason, _("请写明为什么恢复。"))
    db.session.flush()  # refreshing forgets what was not written yet
    db.session.refresh(entry, with_for_update=True)
    if entry.status != "retired":
        raise RetiringRefused(_("%(code)s 没有停用，不用恢复。", code=entry.code))
    rows = select(QuestionVersion.number, QuestionVersion.body).where(
        QuestionVersion.entry_id == entry.id
    )
    bodies: dict[int, dict[str, Any]] = dict(db.session.execute(rows).all())
    number = max(bodies) + 1
    current = as_filed(entry, load(bodies[entry.current_number]))
    draft = replace(current, version=number, status="draft")
    version = add_version(entry, draft, number, author=actor, now=now)
    make_current(entry, draft, number, now=now)
    audit.record(
        "question.reopened",
        entry,
        actor=actor,
        now=now,
        reason=said,
        version=number,
        origin=FROM_BROWSER,
    )
    return version


def open_sittings(entry_ids: Iterable[str]) -> dict[str, list[str]]:
    """Name, by entry, the sittings that are not closed and whose revision holds a version of it."""
    owners = _versions_of(list(entry_ids))
    rooms = db.session.execute(
        select(Exam.title, Sitting.place, Sitting.opens_at, Sitting.revision_id)
        .join(ExamRevision, ExamRevision.id == Sitting.revision_id)
        .join(Exam, Exam.id == ExamRevision.exam_id)
        .where(Sitting.closed_at.is_(None), Sitting.mock.is_(False))
        .order_by(Sitting.opens_at)
    ).all()
    held = _held({room.revision_id for room in rooms}, owners)
    found: dict[str, list[str]] = {}
    for title, place, opens_at, revision_id in rooms:
        day = clock.shanghai_date(opens_at)
        for entry_id in held[revision_id]:
            found.setdefault(entry_id, []).append(f"{title}（{place}，{day}）")
    return found


def _versions_of(entry_ids: list[str]) -> dict[str, str]:
    """Return version id -> entry id; many entries are asked for as a whole, not one IN by one."""
    query = select(QuestionVersion.id, QuestionVersion.entry_id)
    if len(entry_ids) <= LOOKED_UP:
        query = query.where(QuestionVersion.entry_id.in_(entry_ids))
    wanted = set(entry_ids)
    return {version: entry for version, entry in db.session.execute(query) if entry in wanted}


def _held(revision_ids: Collection[str], owners: dict[str, str]) -> dict[str, set[str]]:
    """Return, by revision, the entries of which it may draw a version."""
    bodies = db.session.execute(
        select(ExamRevision.id, ExamRevision.body).where(ExamRevision.id.in_(revision_ids))
    )
    held = {}
    for revision_id, body in bodies:
        drawn = {one if isinstance(one, str) else one["version"] for one in body["eligible"]}
        held[revision_id] = {owners[version] for version in drawn & owners.keys()}
    return held


def _in_use(entry: QuestionEntry, sittings: list[str]) -> str:
    named = [*sittings[:NAMED], *([_("等 %(n)d 场", n=len(sittings))] if sittings[NAMED:] else [])]
    sentence: str = _(
        "%(code)s 还在没有结束的考试里：%(sittings)s。请等考试结束再停用；"
        "题目有错，先把它退回修改，新的考试就不会再抽到。",
        code=entry.code,
        sittings=_("；").join(named),
    )
    return sentence


def _reason(text: str, missing: str) -> str:
    said = text.strip()[:LONGEST_REASON]
    if not said:
        raise RetiringRefused(missing)
    return said
