"""The roll on an instructor's device, merged when it has the network again.

Each tap has the device's mark and a running number. The same number again with the same value is the
same tap; with another value it is refused. A tap that contradicts what is recorded needs a reason to
correct it; without one it is kept and held for somebody to look at, and nothing is changed. Whoever
changes their mind before the device has sent anything corrects no record: the last tap counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.errors import Refusal
from app.extensions import db
from app.models.classes import RollMark
from app.models.people import User
from app.models.training import ClassMeeting, Enrolment
from app.training import attendance, signing
from app.training.codes import IN

MOST_MARKS = 2000


class RollRefused(Refusal):
    """What was sent is no roll of this half day; nothing was kept."""

    status = 400


@dataclass(frozen=True)
class Mark:
    """One tap as the device tells it."""

    number: int
    enrolment_id: str
    minutes: int
    reason: str
    marked_at: datetime


@dataclass
class Merged:
    """What became of the taps, by their numbers."""

    taken: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def merge(
    meeting: ClassMeeting,
    people: Mapping[str, Enrolment],
    device: str,
    marks: Sequence[Mark],
    *,
    actor: User,
    now: datetime,
) -> Merged:
    """Keep the taps of one device and record what they say, in the order of their numbers.

    Raises RollRefused before the roll may be called.
    """
    opens, _closes = signing.window(meeting, IN)
    if now < opens:
        raise RollRefused(_("这半天还没有开始，点名没有记下。到时会再送一次。"))
    standing = attendance.locked(meeting)
    known = {
        row.number: row
        for row in db.session.scalars(
            select(RollMark).where(RollMark.meeting_id == meeting.id, RollMark.device == device)
        )
    }
    done = Merged()
    in_order = sorted(marks, key=lambda one: one.number)
    last = {mark.enrolment_id: mark.number for mark in in_order}
    for mark in in_order:
        enrolment = people.get(mark.enrolment_id)
        fault = _fault(mark, enrolment, known.get(mark.number), meeting, actor)
        if fault or enrolment is None:
            done.refused[mark.number] = fault
            continue
        done.taken.append(mark.number)
        if mark.number in known:
            if known[mark.number].held:
                done.held.append(mark.number)
            continue
        row = _keep(meeting, device, mark, actor, now)
        known[mark.number] = row
        before = standing.get(enrolment.id)
        changed_mind = not mark.reason and mark.number != last[enrolment.id]
        if changed_mind or (before is not None and before.minutes == mark.minutes):
            continue
        if before is not None and not mark.reason:
            row.held = True
            done.held.append(mark.number)
            continue
        standing[enrolment.id] = attendance.put(
            meeting,
            enrolment,
            mark.minutes,
            before=before,
            reason=mark.reason,
            source="roll",
            actor=actor,
            now=now,
        )
        db.session.flush()
    return done


def held_marks(meeting: ClassMeeting) -> dict[str, RollMark]:
    """Return the latest held tap of each person that still contradicts what is recorded."""
    standing = attendance.standing(meeting)
    rows = db.session.scalars(
        select(RollMark)
        .where(RollMark.meeting_id == meeting.id)
        .order_by(RollMark.received_at, RollMark.number)
    )
    latest = {row.enrolment_id: row for row in rows}
    return {
        key: row
        for key, row in latest.items()
        if row.held and key in standing and standing[key].minutes != row.minutes
    }


def _fault(
    mark: Mark,
    enrolment: Enrolment | None,
    known: RollMark | None,
    meeting: ClassMeeting,
    actor: User,
) -> str:
    """Return why a tap cannot be kept; empty when it can."""
    if enrolment is None:
        return str(_("这个人不在班里，没有记下。"))
    if known is not None and (known.enrolment_id, known.minutes) != (
        mark.enrolment_id,
        mark.minutes,
    ):
        return str(_("这一条和先前送来的不一样，没有记下。请刷新再点一次。"))
    if not 0 <= mark.minutes <= meeting.minutes:
        return str(_("%(name)s的分钟数不对，没有记下。", name=enrolment.user.name))
    if enrolment.user_id == actor.id:
        return str(_("你自己的出勤要由别人登记。"))
    return ""


def _keep(meeting: ClassMeeting, device: str, mark: Mark, actor: User, now: datetime) -> RollMark:
    row = RollMark(
        meeting_id=meeting.id,
        enrolment_id=mark.enrolment_id,
        device=device,
        number=mark.number,
        minutes=mark.minutes,
        reason=mark.reason,
        marked_at=mark.marked_at,
        received_at=now,
        taken_by_id=actor.id,
        held=False,
    )
    db.session.add(row)
    return row
