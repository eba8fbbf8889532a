"""A visit from its beginning to its end: moments pressed on the way, moments written in later.

The server's clock counts. A press that reaches the server late carries how long ago it was made, and
its time is marked as reported by the device.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import audit
from app.clock import shanghai_date
from app.extensions import db
from app.models.people import User
from app.models.practicum import PracticumMoment, PracticumPlace, PracticumVisit
from app.models.training import Enrolment
from app.practicum import moments, places, wording
from app.practicum.moments import Step
from app.practicum.refusing import PracticumRefused, refuse_persons

AT_ONCE = timedelta(seconds=15)
"""A press that is no older when it arrives has the server's time."""
LATEST = timedelta(hours=24)
BEFORE = timedelta(hours=12)
"""How long before its visit was opened a moment may be written in: the line was down at the door."""
LONGEST_MINUTES = 12 * 60


@dataclass(frozen=True)
class Setting:
    """Where a visit takes place; nothing of whom it is for."""

    place: PracticumPlace
    level: str
    department: str


@dataclass(frozen=True)
class Account:
    """What was done, as the trainee sums it up at the end."""

    tasks: Sequence[str]
    note: str


def steps(visit: PracticumVisit) -> list[Step]:
    """Return what is noted so far, in order of time."""
    return [Step(one.kind, one.mark) for one in visit.moments]


def open_visit(enrolment: Enrolment) -> PracticumVisit | None:
    """Return the visit under way."""
    return db.session.scalar(
        select(PracticumVisit).where(
            PracticumVisit.enrolment_id == enrolment.id, PracticumVisit.state == "open"
        )
    )


def of_enrolment(enrolment: Enrolment) -> list[PracticumVisit]:
    """Return all visits of a person in a class with their moments, the newest first."""
    rows = db.session.scalars(
        select(PracticumVisit)
        .where(PracticumVisit.enrolment_id == enrolment.id)
        .options(selectinload(PracticumVisit.moments))
        .order_by(PracticumVisit.began_at.desc(), PracticumVisit.id)
    )
    return list(rows)


def begin(enrolment: Enrolment, setting: Setting, *, actor: User, now: datetime) -> PracticumVisit:
    """Open a visit; one that is open already is returned, so that a second press opens no other.

    Raises PracticumRefused for somebody who left the class, or a place without an agreement today.
    """
    db.session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    if (found := open_visit(enrolment)) is not None:
        return found
    if enrolment.state != "enrolled":
        raise PracticumRefused(_("你已经离开这个班，不能再记实训。"))
    if setting.place not in places.usable(enrolment.training_class, shanghai_date(now)):
        raise PracticumRefused(
            _("这个实训点今天没有有效的协议，请另选一个，或问培训单位。"), "place"
        )
    visit = PracticumVisit(
        enrolment_id=enrolment.id,
        place_id=setting.place.id,
        level=setting.level,
        department=setting.department,
        began_at=now,
    )
    db.session.add(visit)
    db.session.flush()
    audit.record("practicum.begun", visit, actor=actor, now=now)
    return visit


def press(
    visit: PracticumVisit, step: Step, *, key: str, age: timedelta, actor: User, now: datetime
) -> PracticumMoment:
    """Note a moment. `age` is how long ago it was pressed, by the device; 0 when it came at once.

    The same key again is the same row. Raises PracticumRefused for a moment that cannot come now, or
    an age that leads out of the visit.
    """
    _lock(visit)
    for one in visit.moments:
        if one.key == key:
            return one
    _must_be_open(visit)
    late = age > AT_ONCE
    happened = now - age if late else now
    if age > LATEST or happened < visit.began_at - AT_ONCE:
        raise PracticumRefused(
            _("手机报的时间早于这次陪诊开始，没有记。请用“补记”写明几点、根据什么。")
        )
    before = [Step(one.kind, one.mark) for one in visit.moments if one.happened_at <= happened]
    _must_follow(step, steps(visit) if not late else before)
    return _add(visit, step, key, happened, "device" if late else "server", "", actor, now)


def add_later(
    visit: PracticumVisit,
    step: Step,
    *,
    key: str,
    happened_at: datetime,
    basis: str,
    actor: User,
    now: datetime,
) -> PracticumMoment:
    """Write in a moment that was not pressed, with what its time rests on (course 5.3, 补记).

    Raises PracticumRefused without a basis, or for a time that lies outside the visit.
    """
    _lock(visit)
    for one in visit.moments:
        if one.key == key:
            return one
    if visit.state not in {"open", "ready"}:
        raise PracticumRefused(_("这条已经签过字或作废，不能补记。有错请写一条更正。"))
    basis = refuse_persons(basis, "basis")
    if not basis:
        raise PracticumRefused(_("补记要写明根据，例如：号单、科室登记、记在纸上。"), "basis")
    if not visit.began_at - BEFORE <= happened_at <= now:
        raise PracticumRefused(_("补记的时间要在这次陪诊当中，不能晚于现在。"), "at")
    others = [one for one in visit.moments if one.kind == step.kind and one.mark == step.mark]
    if others and step.kind != moments.TEST:
        raise PracticumRefused(
            _("“%(what)s”已经记过一笔。", what=wording.MOMENTS[step.code]), "step"
        )
    row = _add(visit, step, key, happened_at, "added", basis, actor, now)
    if visit.state == "ready":
        visit.minutes = length(visit)
    return row


def length(visit: PracticumVisit) -> int:
    """Return whole minutes from the first moment to the last."""
    times = [one.happened_at for one in visit.moments]
    return int((max(times) - min(times)).total_seconds()) // 60 if times else 0


def finish(visit: PracticumVisit, account: Account, *, actor: User, now: datetime) -> None:
    """End a visit with what was done; or change that of one that waits for its signature.

    Raises PracticumRefused for persons in the note, fewer than two moments, a test nobody came out
    of, a length nobody works, or another visit at the same time.
    """
    _lock(visit)
    if visit.state not in {"open", "ready"}:
        raise PracticumRefused(_("这条已经签过字或作废，不能改。有错请写一条更正。"))
    note = refuse_persons(account.note, "note")
    if not account.tasks:
        raise PracticumRefused(_("请勾选这次做了哪些事，至少一样。"), "tasks")
    if len(visit.moments) < 2:
        raise PracticumRefused(_("至少要记两个时间点才算得出时长。漏了的请先补记。"))
    if moments.unpaired(steps(visit)):
        raise PracticumRefused(_("有一项检查只记了一笔。进去、出来要各一笔，请先补记。"))
    minutes = length(visit)
    if minutes > LONGEST_MINUTES:
        raise PracticumRefused(_("这次从头到尾超过 12 小时，请检查补记的时间。"))
    _must_not_overlap(visit)
    visit.tasks, visit.note, visit.minutes = sorted(set(account.tasks)), note, minutes
    visit.ended_at = max(one.happened_at for one in visit.moments)
    again = visit.state == "ready"
    visit.state = "ready"
    action = "practicum.changed" if again else "practicum.finished"
    audit.record(action, visit, actor=actor, now=now, minutes=minutes)


def drop(visit: PracticumVisit, reason: str, *, actor: User, now: datetime) -> None:
    """Set an unsigned visit aside, with the reason; it stays to be seen and counts for nothing.

    Raises PracticumRefused without a reason, or for a signed one.
    """
    _lock(visit)
    if visit.state not in {"open", "ready", "refused"}:
        raise PracticumRefused(_("签过字的不能作废，有错请写一条更正。"))
    if visit.corrects_id is not None:
        raise PracticumRefused(_("更正不能作废，写错了可以接着改。"))
    reason = refuse_persons(reason, "reason")
    if not reason:
        raise PracticumRefused(_("请写明为什么作废。"), "reason")
    visit.state, visit.reason = "dropped", reason
    audit.record("practicum.dropped", visit, actor=actor, now=now)


def _add(
    visit: PracticumVisit,
    step: Step,
    key: str,
    happened_at: datetime,
    source: str,
    basis: str,
    actor: User,
    now: datetime,
) -> PracticumMoment:
    row = PracticumMoment(
        visit_id=visit.id,
        key=key,
        kind=step.kind,
        mark=step.mark,
        happened_at=happened_at,
        source=source,
        basis=basis,
        recorded_at=now,
    )
    db.session.add(row)
    db.session.flush()
    db.session.refresh(visit, ["moments"])
    audit.record("practicum.moment", visit, actor=actor, now=now, moment=step.code, source=source)
    return row


def _lock(visit: PracticumVisit) -> None:
    """Two phones may press at once: the second waits and then sees what the first did."""
    db.session.execute(
        select(PracticumVisit.id).where(PracticumVisit.id == visit.id).with_for_update()
    )
    db.session.refresh(visit, ["state", "moments"])


def _must_be_open(visit: PracticumVisit) -> None:
    if visit.state != "open":
        raise PracticumRefused(_("这次陪诊已经结束。漏了的请用“补记”。"))


def _must_follow(step: Step, done: list[Step]) -> None:
    if step not in moments.following(done):
        raise PracticumRefused(
            _("现在不能记“%(what)s”。漏了的请用“补记”。", what=wording.MOMENTS[step.code])
        )


def _must_not_overlap(visit: PracticumVisit) -> None:
    """Nobody accompanies two visits at once; the one a correction replaces does not count."""
    times = [one.happened_at for one in visit.moments]
    others = db.session.scalar(
        select(PracticumVisit.id)
        .join(PracticumVisit.enrolment)
        .join(PracticumMoment, PracticumMoment.visit_id == PracticumVisit.id)
        .where(
            Enrolment.user_id == visit.enrolment.user_id,
            PracticumVisit.id.not_in([visit.id, visit.corrects_id or ""]),
            PracticumVisit.state.in_(("ready", "signed")),
            PracticumMoment.happened_at > min(times),
            PracticumMoment.happened_at < max(times),
        )
        .limit(1)
    )
    if others is not None:
        raise PracticumRefused(
            _("这段时间里你还记了另一次陪诊。一个人同时只能陪一位，请检查时间。")
        )
