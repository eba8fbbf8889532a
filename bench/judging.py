"""The judge of a chaos run: what phones recorded against what stands in the database afterwards.

Each complaint names a check, an attempt and what is wrong; a check without complaints is met. It uses
the rows, the questions' files and the protocol, and nothing that the product computes with.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.exams import AnswerEvent, Attempt, MarkEntry, PaperSlot, Result, TimeEntry
from app.models.journal import AuditLine, OutboxMessage
from bench import remarking
from bench.behaving import Sitter
from bench.remarking import Key, Line, stored_text

TOLERANCE = 1.5
"""Seconds by which two clocks' words may differ: the way there and back, a slow processor."""
CHECKS = (
    "acknowledged changes lost",
    "acknowledged changes different",
    "changes doubled or invented",
    "changes never acknowledged",
    "answers the protocol does not know",
    "people who never finished",
    "deadlines not start + account",
    "time cut short",
    "answers late though in time",
    "answers counted after the grace",
    "not handed in exactly once",
    "handed in the wrong way",
    "marks unlike the re-marking",
    "receipt codes wrong",
)


@dataclass
class Timeline:
    """The server's wall clock against the true monotonic one."""

    steps: Sequence[tuple[float, int]]
    base: float = field(default_factory=lambda: time.time() - time.monotonic())

    def moments(self, at: datetime) -> list[float]:
        """Return when (monotonic) the server's clock showed a time: after a step back, twice."""
        found = []
        for place, (since, offset) in enumerate(self.steps):
            until = self.steps[place + 1][0] if place + 1 < len(self.steps) else float("inf")
            moment = at.timestamp() - self.base - offset
            if since - TOLERANCE <= moment <= until + TOLERANCE:
                found.append(moment)
        return found or [at.timestamp() - self.base - self.steps[-1][1]]


@dataclass
class Judgement:
    """What was found: complaints by check, and how much there was to judge."""

    complaints: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    acknowledged: int = 0
    late: int = 0
    conflicts: int = 0
    automatic: int = 0
    slowest_hand_in: float = 0.0
    """Seconds between the end of the grace and the automatic hand-in, at most."""

    def complain(self, check: str, sitter: Sitter, what: str) -> None:
        """Note what is wrong."""
        assert check in CHECKS, check
        self.complaints[check].append(f"{sitter.device.seat.login} ({sitter.habit}): {what}")


@dataclass(frozen=True)
class Case:
    """One attempt with all that the judge reads of it."""

    sitter: Sitter
    attempt: Attempt
    rows: Sequence[AnswerEvent]
    account: Sequence[TimeEntry]
    hand_ins: Sequence[AuditLine]


def judge(app: Flask, sitters: Sequence[Sitter], timeline: Timeline) -> Judgement:
    """Judge every attempt."""
    found, keys = Judgement(), remarking.keys()
    with app.app_context():
        for sitter in sitters:
            if sitter.broke_off:
                found.complain("people who never finished", sitter, sitter.broke_off)
            for text in sitter.device.record.wrong:
                found.complain("answers the protocol does not know", sitter, text)
            case = _case(sitter)
            if case is None:
                found.complain("people who never finished", sitter, "never started")
                continue
            _journal(case, found)
            _time(case, found, timeline)
            _hand_in(case, found, timeline)
            _marks(case, found, keys)
            _receipt(case, found)
        db.session.remove()
        db.engine.dispose()
    return found


def _case(sitter: Sitter) -> Case | None:
    of = select(Attempt).where(Attempt.booking_id == sitter.device.seat.booking)
    attempt = db.session.scalar(of)
    if attempt is None:
        return None

    def all_of(model: Any) -> Sequence[Any]:
        return db.session.scalars(select(model).where(model.attempt_id == attempt.id)).all()

    lines = select(AuditLine).where(
        AuditLine.object_id == attempt.id, AuditLine.action == "attempt.handed_in"
    )
    rows, account = all_of(AnswerEvent), all_of(TimeEntry)
    return Case(sitter, attempt, rows, account, db.session.scalars(lines).all())


def _journal(case: Case, found: Judgement) -> None:
    """What was acknowledged is there, as it was; nothing else is."""
    device = case.sitter.device
    kinds = {slot: kind for slot, kind, _options in device.slots}
    rows = {row.sequence: row for row in case.rows if row.epoch == 1}
    for sequence, (fate, change) in device.record.acknowledged.items():
        row = rows.get(sequence)
        if fate not in ("stored", "late"):
            found.complain("answers the protocol does not know", case.sitter, f"refused: {fate}")
        elif row is None:
            found.complain("acknowledged changes lost", case.sitter, f"{sequence} {fate}")
        elif (row.slot, row.value, row.late) != (
            change.slot,
            stored_text(kinds[change.slot], change.value),
            fate == "late",
        ):
            what = f"{sequence}: {fate} {change}, stored {row.slot} {row.value} late={row.late}"
            found.complain("acknowledged changes different", case.sitter, what)
        found.acknowledged += 1
        found.late += fate == "late"
    for row in case.rows:
        made = device.record.made.get(row.sequence, []) if row.epoch == 1 else []
        said = [(one.slot, stored_text(kinds[one.slot], one.value), one.at) for one in made]
        at = round(row.client_at.timestamp() * 1000) if row.client_at else 0
        if (row.slot, row.value, at) not in said:
            what = f"{row.epoch}/{row.sequence}: {row.slot} {row.value} {at}, chosen {said}"
            found.complain("changes doubled or invented", case.sitter, what)
    if device.waits:
        what = f"{len(device.waits)} changes still wait"
        found.complain("changes never acknowledged", case.sitter, what)


def _time(case: Case, found: Judgement, timeline: Timeline) -> None:
    """The deadline is the account's, and by a true clock nobody got less than it says."""
    attempt, sitter = case.attempt, case.sitter
    due = attempt.started_at + timedelta(seconds=sum(one.seconds for one in case.account))
    told = sitter.device.deadline
    # A phone whose page came when all was over was told no deadline.
    if attempt.deadline_at != due or (told and abs(due.timestamp() * 1000 - told) > 1):
        what = f"{attempt.deadline_at} instead of {due}, the phone was told {told}"
        found.complain("deadlines not start + account", sitter, what)
    end = _true_end(case, timeline)
    if attempt.handed_in_how != "deadline":
        if sitter.habit == "zero" and case.hand_ins:
            early = end - attempt.grace_seconds - max(timeline.moments(case.hand_ins[0].at))
            if early > TOLERANCE:
                found.complain("time cut short", sitter, f"zero was {early:.1f} s too early")
        return
    for line in case.hand_ins:
        early = end - max(timeline.moments(line.at))
        if early > TOLERANCE:
            found.complain("time cut short", sitter, f"handed in {early:.1f} s too early")
    for row in case.rows:
        moments = timeline.moments(row.server_at)
        if row.late and max(moments) < end - TOLERANCE:
            what = f"{row.sequence}, {end - max(moments):.1f} s before the end"
            found.complain("answers late though in time", sitter, what)
        if not row.late and min(moments) > end + TOLERANCE:
            what = f"{row.sequence}, {min(moments) - end:.1f} s after the end"
            found.complain("answers counted after the grace", sitter, what)


def _true_end(case: Case, timeline: Timeline) -> float:
    """Return when (monotonic) time and grace are over; steps of the clock neither give nor take."""
    given = sum(one.seconds for one in case.account if one.kind != "clock")
    # The clock may show the time of the start once more later: the phone knows which it was.
    moments = timeline.moments(case.attempt.started_at)
    start = min(moments, key=lambda moment: abs(moment - case.sitter.started_at))
    return start + given + case.attempt.grace_seconds


def _hand_in(case: Case, found: Judgement, timeline: Timeline) -> None:
    """Handed in once: by the person who pressed the button, else by the server after the grace."""
    attempt, sitter = case.attempt, case.sitter
    receipts = db.session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.user_id == attempt.user_id, OutboxMessage.kind == "exam.receipt"
        )
    ).all()
    if attempt.state != "handed_in" or len(case.hand_ins) != 1 or len(receipts) != 1:
        what = f"{attempt.state}, {len(case.hand_ins)} lines, {len(receipts)} messages"
        found.complain("not handed in exactly once", sitter, what)
        return
    line, how = case.hand_ins[0], attempt.handed_in_how
    by_machine = line.actor_id is None
    pressed = sitter.device.record.handed_in
    if how not in ("candidate", "deadline") or by_machine != (how == "deadline"):
        found.complain("handed in the wrong way", sitter, f"{how}, by {line.actor_id}")
    elif how == "candidate" and not pressed:
        found.complain("handed in the wrong way", sitter, "the phone never asked for it")
    elif how == "deadline":
        found.automatic += 1
        after = min(timeline.moments(line.at)) - _true_end(case, timeline)
        found.slowest_hand_in = max(found.slowest_hand_in, after)
        grace = timedelta(seconds=attempt.grace_seconds)
        if line.at <= attempt.deadline_at + grace:
            found.complain("handed in the wrong way", sitter, f"within the grace: {line.at}")


def _lines(case: Case) -> list[Line]:
    """Return the journal as the phone knows it; what it forgot by a reload is the server's word."""
    device = case.sitter.device
    kinds = {slot: kind for slot, kind, _options in device.slots}
    known = device.record.acknowledged
    found = [
        (1, n, one.slot, stored_text(kinds[one.slot], one.value))
        for n, (fate, one) in known.items()
        if fate == "stored"
    ]
    forgotten = [row for row in case.rows if row.sequence not in known and not row.late]
    return found + [(1, row.sequence, row.slot, row.value) for row in forgotten]


def _marks(case: Case, found: Judgement, keys: dict[str, Key]) -> None:
    """Every slot's mark and the sum are what the questions' files say."""
    rule = case.attempt.booking.sitting.revision.body["marking_rules"]["multiple_choice"]
    given = remarking.standing(_lines(case))
    whole = Fraction(0)
    expected = {}
    for slot, code in db.session.execute(
        select(PaperSlot, QuestionEntry.code)
        .join(QuestionVersion, QuestionVersion.id == PaperSlot.version_id)
        .join(QuestionEntry, QuestionEntry.id == QuestionVersion.entry_id)
        .where(PaperSlot.paper_id == case.attempt.paper_id)
    ):
        share = Fraction(0)
        if slot.number in given:
            key = keys[slot.part or code]
            share = remarking.fraction(key, slot.option_order, given[slot.number], rule)
        expected[slot.number] = share * Fraction(slot.maximum)
        whole += expected[slot.number]
    results = db.session.scalars(select(Result).where(Result.attempt_id == case.attempt.id)).all()
    entries = db.session.scalars(
        select(MarkEntry).where(MarkEntry.attempt_id == case.attempt.id)
    ).all()
    marks = {one.slot: Fraction(one.mark) for one in entries}
    if len(results) != 1 or len(entries) != len(expected) or marks != expected:
        wrong = [n for n in expected if marks.get(n) != expected[n]]
        what = f"{len(results)} results, {len(entries)} marks, unlike in slots {wrong}"
        found.complain("marks unlike the re-marking", case.sitter, what)
    elif Fraction(results[0].mark) != whole:
        what = f"{results[0].mark} instead of {whole}"
        found.complain("marks unlike the re-marking", case.sitter, what)


def _receipt(case: Case, found: Judgement) -> None:
    """The code that the candidate saw derives from the phone's own journal."""
    expected = remarking.receipt_code(case.attempt.id, _lines(case))
    shown = case.sitter.device.record.receipts
    if shown != {expected} or case.attempt.receipt_code != expected:
        what = f"seen {sorted(shown)}, kept {case.attempt.receipt_code}, derived {expected}"
        found.complain("receipt codes wrong", case.sitter, what)
