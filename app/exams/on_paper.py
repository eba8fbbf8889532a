"""Answer sheets on paper become attempts: typed in twice, the differences settled, then handed in.

Two people type each sheet, neither sees what the other typed; where they differ a third looks at the
sheet and decides. What then stands passes the ordinary check of answers, goes into the journal and
is handed in, so that receipt and marking are those of every attempt. Printing is elsewhere.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app import audit
from app.errors import Refusal
from app.exams import answers, handing_in, places, rules, sections, time_account, typed_answers
from app.exams.answers import Asked
from app.exams.questions import asked
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt, Booking, PaperSlot, Sitting
from app.models.people import User
from app.models.room import PaperEntry
from app.saying import said
from app.secrecy import token_hash
from question_bank import ResponseFormatError

THIRD = 3
Texts = Mapping[int, Sequence[str]]
"""What was typed, by slot: one text, or one for each blank."""


class PaperRefused(Refusal):
    """Paper cannot be used so, or not now."""


class NotTyped(PaperRefused):
    """Some answers could not be read, or are not there. Nothing of the sheet was kept."""

    status = 400

    def __init__(self, wrong: dict[int, str], sentence: str = "") -> None:
        self.wrong = wrong
        """Slot -> a sentence."""
        n = len(wrong)
        super().__init__(sentence or _("有 %(n)d 题读不出来，整张都没有存。改好再存一次。", n=n))


@dataclass(frozen=True)
class Sheet:
    """An answer sheet as far as it was typed."""

    booking: Booking
    items: tuple[typed_answers.Item, ...]
    typed: dict[int, dict[int, str]] = field(default_factory=dict)
    """Typing (1, 2; 3 for what was settled) -> slot -> answer as canonical JSON."""
    by: dict[int, str] = field(default_factory=dict)
    """Typing -> id of who typed."""

    @property
    def differing(self) -> list[int]:
        """The slots whose two typings differ; empty before the second."""
        first, second = self.typed.get(1, {}), self.typed.get(2, {})
        return [slot for slot in sorted(second) if first[slot] != second[slot]]

    @property
    def unsettled(self) -> list[int]:
        """The differing slots that nobody has decided."""
        return [slot for slot in self.differing if slot not in self.typed.get(THIRD, {})]

    @property
    def complete(self) -> bool:
        """Tell whether the sheet can be taken over: typed twice, nothing open."""
        return 2 in self.typed and not self.unsettled

    @property
    def standing(self) -> dict[int, str]:
        """The answers that stand, by slot."""
        return self.typed.get(1, {}) | self.typed.get(THIRD, {})

    def said(self, typing: int, slot: int) -> list[str]:
        """Return one answer as it would be typed."""
        return typed_answers.write(self.items[slot - 1], json.loads(self.typed[typing][slot]))


def may_be_seen(sitting: Sitting, now: datetime) -> bool:
    """Tell whether papers may be read by anybody: as on the screens, not before the opening."""
    return now >= sitting.opens_at


def items_of(booking: Booking) -> tuple[typed_answers.Item, ...]:
    """Return what is answered on a booking's paper, in the order of its numbers."""
    groups = booking.paper.shown if booking.paper else []
    return tuple(item for group in groups for item in group["items"])


def sheet(booking: Booking) -> Sheet:
    """Return what was typed of a booking's answer sheet."""
    found = Sheet(booking, items_of(booking))
    rows = select(PaperEntry).where(PaperEntry.booking_id == booking.id)
    for row in db.session.scalars(rows):
        found.typed.setdefault(row.typing, {})[row.slot] = row.value
        found.by[row.typing] = row.by_id
    return found


def refuse_unless_typable(booking: Booking, now: datetime) -> None:
    """Raise PaperRefused when this booking's answer sheet cannot be typed in now."""
    attempt = booking.attempt
    if attempt is not None and attempt.handed_in_how == "on_paper":
        raise PaperRefused(_("%(n)s 座的答题卡已经登记交卷，不能再录。", n=booking.seat))
    if attempt is not None:
        raise PaperRefused(
            _(
                "%(n)s 座已经在屏幕上开始答题，不能再录答题卡，两份答案不会合在一起。"
                "屏幕上没有送出的答案，请用“收答案文件”。",
                n=booking.seat,
            )
        )
    if booking.paper is None:
        raise PaperRefused(_("%(n)s 座还没有抽试卷，没有答题卡可录。", n=booking.seat))
    if booking.check_in == "rejected":
        raise PaperRefused(
            _("%(n)s 座登记的是身份不一致，不能录答题卡。请先在入场核对里更正。", n=booking.seat)
        )
    # From then on nobody can begin on a screen as well.
    if now <= booking.sitting.last_start_at:
        raise PaperRefused(_("过了最晚进场时间才能录答题卡，那时没有人还能在屏幕上开始。"))


def _refuse_own(booking: Booking, actor: User) -> None:
    if booking.user_id == actor.id:
        raise PaperRefused(_("这是你自己的答题卡，要由别人录、由别人登记。"))


def type_in(booking: Booking, texts: Texts, *, actor: User, now: datetime) -> int:
    """Keep one person's typing of a whole sheet. Returns whether it is the first or the second.

    Whoever typed first may type again until somebody else has: a slip noticed at once. Raises
    PaperRefused, and NotTyped with a sentence for each answer that cannot be read.
    """
    _lock(booking)
    refuse_unless_typable(booking, now)
    _refuse_own(booking, actor)
    known = sheet(booking)
    if 2 in known.by:
        raise PaperRefused(_("%(n)s 座的答题卡已经录过两次，不用再录。", n=booking.seat))
    again = known.by.get(1) == actor.id
    typing = 2 if known.by and not again else 1
    values = _read(booking, {number: texts.get(number, ()) for number in _numbers(known)})
    if again:
        db.session.execute(delete(PaperEntry).where(PaperEntry.booking_id == booking.id))
    _keep(booking, typing, values, actor, now)
    audit.record("booking.sheet_typed", booking, actor=actor, now=now, typing=typing, again=again)
    return typing


def settle(booking: Booking, texts: Texts, *, actor: User, now: datetime) -> None:
    """Decide by a third look what stands where the two typings differ, all at once.

    Raises PaperRefused for one of the two who typed, or when there is nothing to decide; NotTyped
    for a difference that was not decided or cannot be read.
    """
    _lock(booking)
    refuse_unless_typable(booking, now)
    _refuse_own(booking, actor)
    known = sheet(booking)
    if not known.unsettled:
        raise PaperRefused(_("%(n)s 座没有要定的差异。", n=booking.seat))
    if actor.id in known.by.values():
        raise PaperRefused(
            _("%(n)s 座的答题卡你录过，差异要由没有录过的人对着答题卡来定。", n=booking.seat)
        )
    undecided = {slot: str(_("这一题还没有定。")) for slot in known.unsettled if slot not in texts}
    if undecided:
        sentence = _("有 %(n)d 题还没有定，什么都没有存。都定好再存一次。", n=len(undecided))
        raise NotTyped(undecided, sentence)
    values = _read(booking, {slot: texts[slot] for slot in known.unsettled})
    _keep(booking, THIRD, values, actor, now)
    numbers = [str(slot) for slot in values]
    audit.record("booking.sheet_settled", booking, actor=actor, now=now, slots=numbers)


def take_over(booking: Booking, *, actor: User, now: datetime) -> Attempt:
    """Make the attempt of a sheet typed in twice, and hand it in. Raises PaperRefused."""
    _lock(booking)
    refuse_unless_typable(booking, now)
    _refuse_own(booking, actor)
    known = sheet(booking)
    if 2 not in known.by:
        raise PaperRefused(_("%(n)s 座的答题卡要两个人各录一次，才能登记交卷。", n=booking.seat))
    if known.unsettled:
        raise PaperRefused(
            _(
                "%(n)s 座还有 %(m)d 题两次录的不一样，要先由第三个人定。",
                n=booking.seat,
                m=len(known.unsettled),
            )
        )
    attempt = _begin(booking, now)
    for sequence, (slot, value) in enumerate(_checked(booking, known.standing).items(), start=1):
        event = AnswerEvent(
            attempt_id=attempt.id, epoch=1, sequence=sequence, slot=slot, value=value, server_at=now
        )
        db.session.add(event)
    db.session.flush()
    typists = [known.by[typing] for typing in sorted(known.by)]
    audit.record("attempt.from_paper", attempt, actor=actor, now=now, typed_by=typists)
    return handing_in.hand_in(attempt, "on_paper", actor=actor, now=now)


def _begin(booking: Booking, now: datetime) -> Attempt:
    """Add the attempt: begun with the sitting, its ordinary time, no device that could go on."""
    place = places.find(booking.id)
    assert place is not None and place.paper_id is not None  # noqa: S101, PT018 — looked at above
    frozen = places.frozen(place.revision_id)
    lines = rules.opening_lines(
        place.opens_at, place.closes_at, frozen.minutes, place.time_factor_percent
    )
    attempt = Attempt(
        booking_id=place.booking_id,
        sitting_id=place.sitting_id,
        user_id=place.user_id,
        paper_id=place.paper_id,
        # Accepted by signing the sheet, which says so.
        rules_version=frozen.rules_version,
        rules_accepted_at=place.opens_at,
        started_at=place.opens_at,
        deadline_at=rules.deadline(place.opens_at, lines),
        grace_seconds=frozen.grace_seconds,
        sections=sections.running(place.sections or [], place.time_factor_percent),
        device_hash=token_hash(secrets.token_urlsafe(32)),
    )
    db.session.add(attempt)
    db.session.flush()
    time_account.open_account(db.session.connection(), attempt.id, place, lines, now)
    db.session.expire(booking, ["attempt"])
    return attempt


def _numbers(known: Sheet) -> range:
    return range(1, len(known.items) + 1)


def _read(booking: Booking, texts: Texts) -> dict[int, str]:
    """Return typed answers as canonical JSON, by slot. Raises NotTyped naming every wrong one."""
    items, slots = items_of(booking), _slots(booking)
    values: dict[int, str] = {}
    wrong: dict[int, str] = {}
    for number, typed in texts.items():
        try:
            values[number] = _canonical(slots[number], typed_answers.read(items[number - 1], typed))
        except typed_answers.NotRead as error:
            wrong[number] = error.sentence
        except ResponseFormatError as error:
            wrong[number] = said(str(error))
    if wrong:
        raise NotTyped(wrong)
    return values


def _checked(booking: Booking, standing: Mapping[int, str]) -> dict[int, str]:
    """Return the answers given, by slot, past the ordinary check once more."""
    slots = _slots(booking)
    checked = {slot: _canonical(slots[slot], json.loads(standing[slot])) for slot in sorted(slots)}
    return {slot: value for slot, value in checked.items() if value != "null"}


def _canonical(slot: PaperSlot, raw: Any) -> str:
    """Return the answer as the journal keeps it. Raises ResponseFormatError, as for a screen."""
    here = Asked(asked(slot.version_id, slot.part), tuple(slot.option_order))
    value = answers.canonical_value(here, raw)
    if len(value) > answers.MOST_VALUE:
        raise ResponseFormatError(
            _("这道题的答案太长，一共最多 %(most)d 个字。", most=answers.MOST_VALUE)
        )
    return value


def _slots(booking: Booking) -> dict[int, PaperSlot]:
    return {slot.number: slot for slot in booking.paper.slots} if booking.paper else {}


def _keep(
    booking: Booking, typing: int, values: Mapping[int, str], actor: User, now: datetime
) -> None:
    db.session.add_all(
        PaperEntry(
            booking_id=booking.id, typing=typing, slot=slot, value=value, by_id=actor.id, at=now
        )
        for slot, value in values.items()
    )
    db.session.flush()


def _lock(booking: Booking) -> None:
    """Hold the booking's row: of two who type at once, the second waits and is the second."""
    db.session.execute(select(Booking.id).where(Booking.id == booking.id).with_for_update())
    db.session.expire(booking, ["attempt", "check_in"])
