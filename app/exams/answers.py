"""The journal of answers: take what a device sends, once each, and say what is safely stored.

One row per change, keyed (attempt, device epoch, sequence). A repeated delivery is the same row;
the same key with another value is refused and noted. What is acknowledged has been committed:
the view commits before it answers. One statement does the ordinary save (see `ordinary`), two the
first of a device in a process (see `quick`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Connection, Table, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import lazyload

from app import audit, clock_alarms
from app.errors import Refusal
from app.exams import handing_in, known, rules, sections
from app.exams.labels import authored, labelled
from app.exams.questions import asked
from app.exams.quick import QuickDevice, Touched
from app.exams.quick import UnknownDevice as UnknownDevice
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt, AttemptEvent, DeviceEpoch, PaperSlot
from app.saying import said
from app.secrecy import token_hash
from question_bank import Question, ResponseFormatError, parse_response, raw_response

MOST_IN_ONE = 200
MOST_SEQUENCE = 1_000_000
MOST_VALUE = 2000
BETWEEN_NOTES = timedelta(minutes=1)

# The statements of a save are made once: making and reading them over again for each answer cost
# more than half of it.
EVENTS = cast("Table", AttemptEvent.__table__)
JOURNAL = cast("Table", AnswerEvent.__table__)
INSERT = {
    name: insert(JOURNAL).on_conflict_do_nothing().inline()
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
INSERT_MANY = {name: one.returning(JOURNAL.c.sequence) for name, one in INSERT.items()}
# Without this word SQLAlchemy lets go of an insert's count with the cursor, and says -1.
COUNTED = {name: one.execution_options(preserve_rowcount=True) for name, one in INSERT.items()}
FIND_DEVICE = (
    select(Attempt, DeviceEpoch.epoch)
    .join(DeviceEpoch, DeviceEpoch.attempt_id == Attempt.id)
    .where(Attempt.id == bindparam("attempt"), DeviceEpoch.device_hash == bindparam("token"))
    # A save needs neither the booking nor, behind it, the revision with its whole pool.
    .options(lazyload(Attempt.booking))
)
LOCK_DEVICE = FIND_DEVICE.with_for_update(of=Attempt).execution_options(populate_existing=True)
FIND_SLOTS = select(
    PaperSlot.number, PaperSlot.version_id, PaperSlot.part, PaperSlot.option_order
).where(
    PaperSlot.paper_id == bindparam("paper"),
    PaperSlot.number.in_(bindparam("slots", expanding=True)),
)


class BadDelivery(Refusal):
    """What was sent is not a list of changes."""

    status = 400


@dataclass(frozen=True)
class Delivered:
    """One change as a device sends it."""

    sequence: int
    slot: int
    raw: Any
    client_at: datetime | None


@dataclass(frozen=True)
class Asked:
    """What a slot asks, and the order in which its options stand on this paper."""

    question: Question
    order: tuple[str, ...]


@dataclass
class Receipt:
    """What became of a delivery: sequences stored, stored but late, and refused with a sentence."""

    stored: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Device:
    """A device of an attempt, found by its token; live when its epoch is the attempt's."""

    attempt: Attempt
    epoch: int

    @property
    def live(self) -> bool:
        """Tell whether this is the device that may go on."""
        return self.epoch == self.attempt.epoch


def find_device(attempt_id: str, token: str | None, *, lock: bool = False) -> Device:
    """Return the device that a token belongs to.

    Raises UnknownDevice for a missing, forged or foreign token: the same answer for each.
    """
    values = {"attempt": attempt_id, "token": token_hash(token or "")}
    found = db.session.execute(LOCK_DEVICE if lock else FIND_DEVICE, values).first()
    if found is None:
        raise UnknownDevice
    return Device(found[0], found[1])


def read_delivery(body: Any) -> list[Delivered]:
    """Read the JSON a device sends. Raises BadDelivery saying what is wrong with it."""
    changes = body.get("changes") if isinstance(body, dict) else None
    if not isinstance(changes, list) or len(changes) > MOST_IN_ONE:
        raise BadDelivery(_("送来的内容不是答案清单，没有收下。请刷新答题页。"))
    return [_read_change(change) for change in changes]


def _read_change(change: Any) -> Delivered:
    if not isinstance(change, dict):
        raise BadDelivery(_("送来的内容不是答案清单，没有收下。请刷新答题页。"))
    sequence = _whole(change.get("sequence"), 1, MOST_SEQUENCE)
    slot = _whole(change.get("slot"), 0, 10_000)
    return Delivered(sequence, slot, change.get("value"), _client_time(change.get("at")))


def _whole(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise BadDelivery(_("有一条答案没有序号或题号，没有收下。请刷新答题页。"))
    return value


def _client_time(value: Any) -> datetime | None:
    """Read the device's own time in milliseconds since 1970; nonsense is None, never an error."""
    # Kept for the record only: a device clock that is a day wrong changes nothing.
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if not 0 < value < 4_102_444_800_000:  # 2100
        return None
    return datetime.fromtimestamp(value / 1000, UTC)


def record(device: Device | QuickDevice, delivered: Sequence[Delivered], now: datetime) -> Receipt:
    """Write a delivery into the journal. The caller found the device with `lock` and commits."""
    attempt: Touched = device.attempt
    on = device.connection if isinstance(device, QuickDevice) else db.session.connection()
    receipt = Receipt()
    if not delivered:
        return receipt
    over = not counts(attempt, now)
    questions = _questions(on, device, {change.slot for change in delivered})
    rows: dict[int, dict[str, Any]] = {}
    clashes: set[int] = set()
    for change in delivered:
        late = over or sections.ended(attempt, change.slot, now)
        row = journal_row(device, change, questions, now, late, receipt)
        if row is None:
            continue
        earlier = rows.setdefault(change.sequence, row)
        if (earlier["slot"], earlier["value"]) != (row["slot"], row["value"]):
            clashes.add(change.sequence)
    for sequence in clashes:  # one number for two answers: nobody can say which was meant
        del rows[sequence]
    inserted = _insert(on, list(rows.values()))
    clashes |= _differing(on, attempt.id, device.epoch, rows, inserted)
    for sequence in sorted(clashes):
        why = _("这个序号已经有别的答案，没有改动")
        receipt.refused.append({"sequence": sequence, "code": "conflict", "why": why})
    if clashes:
        details = {"epoch": device.epoch, "sequences": sorted(clashes)[:20]}
        note(attempt, "sequence_conflict", details, now, on=on)
        audit.record_on(
            on, "attempt.sequence_conflict", Attempt, attempt.id, now=now, epoch=device.epoch
        )
    for sequence in sorted(set(rows) - clashes):
        (receipt.late if rows[sequence]["late"] else receipt.stored).append(sequence)
    _note_refused(device, delivered, receipt, now, on)
    if late_now := [sequence for sequence in inserted if rows[sequence]["late"]]:
        note(attempt, "late_answers", {"epoch": device.epoch, "count": len(late_now)}, now, on=on)
    return receipt


def _note_refused(
    device: Device | QuickDevice,
    delivered: Sequence[Delivered],
    receipt: Receipt,
    now: datetime,
    on: Connection,
) -> None:
    """Note what was no answer to a question of this paper: one line a minute for each device."""
    why = {one["sequence"]: one["code"] for one in receipt.refused if one["code"] != "conflict"}
    if not why:
        return
    earlier = on.execute(
        select(AttemptEvent.details).where(
            AttemptEvent.attempt_id == device.attempt.id,
            AttemptEvent.kind == "answers_refused",
            AttemptEvent.at > now - BETWEEN_NOTES,
        )
    ).scalars()
    if any(details["epoch"] == device.epoch for details in earlier):
        return
    slots = sorted({change.slot for change in delivered if change.sequence in why})
    details = {"epoch": device.epoch, "slots": slots[:20], "codes": sorted(set(why.values()))}
    note(device.attempt, "answers_refused", details, now, on=on)


def counts(attempt: Touched, now: datetime) -> bool:
    """Tell whether an answer arriving now counts in this attempt."""
    grace = timedelta(seconds=attempt.grace_seconds)
    # While the invigilator has paused it, or the clock has just stepped, nothing is too late.
    return attempt.state == "open" and (
        attempt.paused_at is not None
        or clock_alarms.doubt.raised
        or rules.takes_answers(attempt.deadline_at, grace, now)
    )


def _questions(on: Connection, device: Device | QuickDevice, slots: set[int]) -> dict[int, Asked]:
    """Return what the slots ask. The ordinary save knows already: it came with the device."""
    if isinstance(device, QuickDevice) and device.slot and slots == {device.slot.number}:
        slot = device.slot
        return {slot.number: Asked(asked(slot.version_id, slot.part, on), tuple(slot.option_order))}
    found = on.execute(FIND_SLOTS, {"paper": device.attempt.paper_id, "slots": list(slots)}).all()
    return {
        number: Asked(asked(version_id, part, on), tuple(order))
        for number, version_id, part, order in found
    }


def journal_row(
    device: Device | QuickDevice | known.Known,
    change: Delivered,
    questions: dict[int, Asked],
    now: datetime,
    late: bool,
    receipt: Receipt,
) -> dict[str, Any] | None:
    """Return the journal row of a change, or None after noting in the receipt why it is refused."""
    here = questions.get(change.slot)
    why, code = "", "format"
    value = "null"
    if here is None:
        why, code = _("第 %(n)d 题不在这份试卷上", n=change.slot), "foreign"
    else:
        try:
            value = canonical_value(here, change.raw)
        except ResponseFormatError as error:
            why = said(str(error))
    if why or len(value) > MOST_VALUE:
        why = why or _(
            "这道题的答案太长，一共最多 %(most)d 个字，没有收下。请缩短。", most=MOST_VALUE
        )
        receipt.refused.append({"sequence": change.sequence, "code": code, "why": why})
        return None
    return {
        "attempt_id": device.attempt.id,
        "epoch": device.epoch,
        "sequence": change.sequence,
        "slot": change.slot,
        "value": value,
        "client_at": change.client_at,
        "server_at": now,
        "late": late,
    }


def canonical_value(here: Asked, raw: Any) -> str:
    """Return the one JSON text of an answer in this paper's labels: same answer, same text.

    Raises ResponseFormatError for what is no answer to this question.
    """
    response = parse_response(here.question, authored(here.question, here.order, raw))
    value = labelled(here.question, here.order, raw_response(here.question, response))
    if here.question.kind == "multiple_choice" and value:
        value = sorted(value)
    return json.dumps(value, ensure_ascii=False)


def _insert(on: Connection, rows: list[dict[str, Any]]) -> set[int]:
    """Insert what is new; return the sequences inserted."""
    if not rows:
        return set()
    if len(rows) == 1:  # the ordinary case: a count is cheaper than rows that come back
        inserted = on.execute(COUNTED[on.dialect.name], rows[0]).rowcount
        return {rows[0]["sequence"]} if inserted == 1 else set()
    return set(on.execute(INSERT_MANY[on.dialect.name], rows).scalars())


def _differing(
    on: Connection,
    attempt_id: str,
    epoch: int,
    rows: dict[int, dict[str, Any]],
    inserted: set[int],
) -> set[int]:
    """Return the sequences that were in the journal already with another slot or value.

    A repetition takes over whether its row is late: what came in time does not become late because
    the reply was lost and the same was sent again after the end.
    """
    repeated = set(rows) - inserted
    if not repeated:
        return set()
    kept = on.execute(
        select(AnswerEvent.sequence, AnswerEvent.slot, AnswerEvent.value, AnswerEvent.late).where(
            AnswerEvent.attempt_id == attempt_id,
            AnswerEvent.epoch == epoch,
            AnswerEvent.sequence.in_(repeated),
        )
    )
    differing = set()
    for sequence, slot, value, late in kept:
        rows[sequence]["late"] = late
        if (slot, value) != (rows[sequence]["slot"], rows[sequence]["value"]):
            differing.add(sequence)
    return differing


def record_from_form(device: Device, slot: int, raw: Any, now: datetime) -> Receipt:
    """Write one answer that came as a form post: the server gives it the next sequence."""
    return record(device, [Delivered(next_sequence(device), slot, raw, None)], now)


def next_sequence(device: Device) -> int:
    """Return the sequence a page of this device may begin with."""
    last = db.session.scalar(
        select(AnswerEvent.sequence)
        .where(AnswerEvent.attempt_id == device.attempt.id, AnswerEvent.epoch == device.epoch)
        .order_by(AnswerEvent.sequence.desc())
        .limit(1)
    )
    return (last or 0) + 1


def note(
    attempt: Touched,
    kind: str,
    details: dict[str, Any],
    now: datetime,
    *,
    on: Connection | None = None,
) -> None:
    """Note something that happened in an attempt beside its answers."""
    row = {"attempt_id": attempt.id, "kind": kind, "details": details, "at": now}
    (on or db.session.connection()).execute(insert(EVENTS), row)


def standing(attempt: Attempt) -> dict[int, Any]:
    """Return the answers that count, by slot, as JSON values; cleared ones are left out."""
    return {
        slot: json.loads(value)
        for slot, value in rules.standing_answers(handing_in.changes(attempt)).items()
        if value != "null"
    }
