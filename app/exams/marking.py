"""Mark handed-in attempts; hold the results; release them by name.

Every slot gets a `MarkEntry` that names key and rule; nothing is overwritten. A question on trial
gets one too, worth nothing: it is in no total, maximum or domain. The result is held
until a named person, who has not taught the candidates, releases the sitting.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app import audit, audit_chain, clock, jobs, messages
from app.eligibility import impartiality
from app.errors import Refusal
from app.exams import answers, misconduct, paper_list, sections
from app.exams.batches import one_by_one
from app.exams.labels import authored
from app.exams.questions import asked
from app.extensions import db, reading_only
from app.models.bank import MarkingKey
from app.models.exams import Attempt, Booking, MarkEntry, PaperSlot, Result, Sitting
from app.models.people import User
from question_bank import KINDS, Mark, grade, mark_response, parse_response, passes, total


class NotMarked(Refusal):
    """The sitting cannot be released yet."""


def current_keys(version_ids: set[str]) -> dict[str, MarkingKey]:
    """Return the highest-numbered key of each version."""
    rows = db.session.scalars(
        select(MarkingKey).where(MarkingKey.version_id.in_(version_ids)).order_by(MarkingKey.number)
    )
    return {row.version_id: row for row in rows}


def fraction_of(
    slot: PaperSlot, key: MarkingKey, value: Any, rules_by_kind: dict[str, str]
) -> tuple[Fraction, str]:
    """Return what an answer to one slot earns, 0..1, and the rule that said so."""
    question = asked(slot.version_id, slot.part)
    body = key.key["parts"][slot.part] if slot.part else key.key
    rule = rules_by_kind.get(question.kind)
    response = parse_response(question, authored(question, slot.option_order, value))
    fraction = mark_response(question, body, response, rule)
    return fraction, rule or question.rule or KINDS[question.kind].rules[0]


def mark(attempt: Attempt, now: datetime) -> Result:
    """Mark one handed-in attempt. Doing it again returns the result that stands."""
    existing = db.session.scalar(select(Result).where(Result.attempt_id == attempt.id))
    if existing is not None:
        return existing
    sheet = _sheet(attempt)
    for slot, one in sheet.items():
        db.session.add(_entry(attempt, slot, one, reason="first marking", at=now))
    result = Result(attempt_id=attempt.id, **_outcome(attempt, sheet, now))
    attempt.marked_at = now
    if (
        attempt.booking.sitting.mock
    ):  # nothing to hold: it is the candidate's own, and counts nowhere
        result.released_at = attempt.booking.sitting.closed_at = now
    db.session.add(result)
    audit.record("attempt.marked", attempt, actor=None, now=now)
    return result


def mark_again(attempt: Attempt, why: str, *, actor: User, now: datetime) -> int:
    """Mark a locked attempt once more. Returns how many slots earn something else than before.

    Only those get a next `MarkEntry`, which names the mark before. An attempt that waits for its
    first marking is left to it. The caller has made sure that nothing is released.
    """
    result = db.session.scalar(select(Result).where(Result.attempt_id == attempt.id))
    if result is None:
        return 0
    rows = select(MarkEntry).where(MarkEntry.attempt_id == attempt.id).order_by(MarkEntry.number)
    latest = {row.slot: row for row in db.session.scalars(rows)}
    sheet = _sheet(attempt)
    changed = 0
    for slot, one in sheet.items():
        before = latest[slot]
        if Fraction(before.fraction) == one.fraction and before.marking_key_id == one.key.id:
            continue
        row = _entry(attempt, slot, one, reason=why[:200], at=now)
        row.number, row.previous_mark, row.by_id = before.number + 1, before.mark, actor.id
        db.session.add(row)
        changed += 1
    was = result.mark
    for name, value in _outcome(attempt, sheet, now).items():
        setattr(result, name, value)
    audit.record(
        "attempt.marked_again", attempt, actor=actor, now=now, before=was, after=result.mark
    )
    return changed


@dataclass(frozen=True)
class _Marked:
    """What one slot earns, by which key and rule."""

    slot: PaperSlot
    key: MarkingKey
    fraction: Fraction
    rule: str

    @property
    def mark(self) -> Mark:
        return Mark(self.fraction, Fraction(self.slot.maximum))


def _sheet(attempt: Attempt) -> dict[int, _Marked]:
    slots = attempt.paper.slots
    keys = current_keys({slot.version_id for slot in slots})
    given = answers.standing(attempt)
    by_kind = attempt.booking.sitting.revision.body["marking_rules"]
    return {
        slot.number: _Marked(
            slot,
            keys[slot.version_id],
            *fraction_of(slot, keys[slot.version_id], given.get(slot.number), by_kind),
        )
        for slot in slots
    }


def _entry(attempt: Attempt, slot: int, one: _Marked, *, reason: str, at: datetime) -> MarkEntry:
    return MarkEntry(
        attempt_id=attempt.id,
        slot=slot,
        marking_key_id=one.key.id,
        rule=one.rule,
        fraction=str(one.fraction),
        mark=str(one.mark.earned),
        reason=reason,
        at=at,
    )


def _outcome(attempt: Attempt, sheet: dict[int, _Marked], now: datetime) -> dict[str, Any]:
    """Return the figures of a result. Questions on trial have entries, for statistics, and no part."""
    marks: dict[int, Mark] = {}
    by_domain: dict[str, list[Mark]] = defaultdict(list)
    for number, one in sheet.items():
        if not one.slot.trial:
            marks[number] = one.mark
            by_domain[one.slot.domain].append(one.mark)
    whole = total(marks.values())
    parts = sections.results(attempt.paper, marks)
    pass_percent = attempt.booking.sitting.revision.body["pass_percent"]
    return {
        "mark": str(whole.earned),
        "maximum": str(whole.maximum),
        "pass_percent": pass_percent,
        "passed": passes(grade(whole), pass_percent) and all(p["passed"] for p in parts),
        "sections": parts,
        "domains": {
            name: [str(total(found).earned), str(total(found).maximum)]
            for name, found in sorted(by_domain.items())
        },
        "computed_at": now,
    }


@jobs.every(2, "exams.mark")
def mark_waiting(now: datetime) -> int:
    """Mark what was handed in, one attempt a transaction. Returns how many."""
    with reading_only():
        waiting = db.session.scalars(
            select(Attempt.id).where(Attempt.state == "handed_in", Attempt.marked_at.is_(None))
        ).all()
        db.session.rollback()
    return one_by_one(waiting, lambda attempt_id: _mark(attempt_id, now))


def _mark(attempt_id: str, now: datetime) -> Result:
    attempt = db.session.scalars(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update(of=Attempt)
    ).one()
    return mark(attempt, now)


def held(sitting: Sitting) -> list[Result]:
    """Return a sitting's results that may be released and are not yet, in seat order.

    Those of void attempts and of attempts with a case that is not dismissed stay held.
    """
    withheld = misconduct.held_attempts(sitting.id)
    waiting = db.session.scalars(
        select(Result)
        .join(Attempt, Attempt.id == Result.attempt_id)
        .join(Booking, Booking.id == Attempt.booking_id)
        .where(
            Attempt.sitting_id == sitting.id,
            Attempt.state != "void",  # may have been marked before it was made void
            Result.released_at.is_(None),
        )
        .options(selectinload(Result.attempt))
        .order_by(Booking.seat)
    )
    return [result for result in waiting if result.attempt_id not in withheld]


def release(sitting: Sitting, *, actor: User, now: datetime) -> int:
    """Release a sitting's results in the name of one person. Returns how many.

    Raises NotMarked while someone can still start, writes or is not marked, and Impartial when the
    releaser has taught, examined or employs one of the candidates.
    """
    db.session.execute(select(Sitting.id).where(Sitting.id == sitting.id).with_for_update())
    _refuse_unfinished(sitting, now)
    results = held(sitting)
    if not results:
        raise NotMarked(_("这一场没有等待公布的成绩。"))
    today = clock.shanghai_date(now)
    for result in results:
        subject = result.attempt.booking.user
        impartiality.refuse_if_tied(actor, subject, today, _("公布成绩"))
    for result in results:
        result.released_at, result.released_by_id = now, actor.id
        audit.record("result.released", result, actor=actor, now=now)
        _tell(result, now)
    sitting.closed_at = sitting.closed_at or now
    audit.record("sitting.released", sitting, actor=actor, now=now, results=len(results))
    # The signed head that leaves the database then covers this release.
    audit_chain.sign_head_later("release", now)
    return len(results)


def _refuse_unfinished(sitting: Sitting, now: datetime) -> None:
    # A mark tells which answers were right; nobody may hear of it who can still start.
    expected = db.session.scalar(
        select(func.count())
        .select_from(Booking)
        .outerjoin(Attempt, Attempt.booking_id == Booking.id)
        .where(Booking.sitting_id == sitting.id, Attempt.id.is_(None))
    )
    if expected and now <= sitting.last_start_at:
        raise NotMarked(_("还有 %(n)d 人可以进场，过了最晚进场时间才能公布。", n=expected))
    if typing := paper_list.unfinished(sitting):
        raise NotMarked(_("还有 %(n)d 份答题卡录了没有登记交卷，登记完才能公布。", n=typing))
    open_count = db.session.scalar(
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.sitting_id == sitting.id, Attempt.state != "void")
        .where((Attempt.state == "open") | Attempt.marked_at.is_(None))
    )
    if open_count:
        raise NotMarked(_("还有 %(n)d 份试卷没有交或没有评完，评完才能公布。", n=open_count))


def _tell(result: Result, now: datetime) -> None:
    user = result.attempt.booking.user
    with force_locale(user.locale or "zh"):
        messages.send(
            user,
            "exam.result",
            _("理论考试成绩已公布"),
            _("你的理论考试成绩已公布，请登录后在“考试”里查看。"),
            now=now,
        )
