"""Sittings (考试场次) and their rosters: who sits where, who invigilates."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, clock
from app.eligibility.panel import exam_panels
from app.errors import Refusal
from app.extensions import db
from app.models.exams import Attempt, Booking, ExamRevision, Result, Sitting, SittingStaff
from app.models.people import District, User
from app.models.training import Enrolment, TrainingClass

CODE_SIGNS = "ACDEFHJKMNPRTUVWXY34679"  # no signs that are mistaken for each other on a board


class BadSitting(Refusal):
    """A sitting cannot be planned so."""


class CannotBook(Refusal):
    """Somebody cannot be put on this roster."""


@dataclass(frozen=True)
class Booked:
    """What came of adding people: how many were added, who was not and why."""

    added: int
    left_out: list[tuple[User, str]]


def plan(
    revision: ExamRevision,
    *,
    district: District,
    place: str,
    opens_at: datetime,
    late_minutes: int,
    closes_at: datetime,
    actor: User,
    now: datetime,
) -> Sitting:
    """Plan a sitting of a frozen revision.

    Raises BadSitting for a window in the past, one too short for the exam's length, or a room
    that has a sitting at that moment already.
    """
    length = timedelta(minutes=revision.body["minutes"])
    if opens_at < now - timedelta(minutes=5):
        raise BadSitting(_("开考时间已经过去，请改成之后的时间。"))
    if closes_at < opens_at + length:
        raise BadSitting(
            _("从开考到结束不足 %(n)d 分钟，准时进场的人也答不完。", n=revision.body["minutes"])
        )
    same_room = select(Sitting.id).where(
        Sitting.district_code == district.code,
        Sitting.place == place,
        Sitting.opens_at < closes_at,
        Sitting.closes_at > opens_at,
    )
    if db.session.scalar(same_room):
        raise BadSitting(_("%(place)s 在这段时间已经排了一场，请换考场或时间。", place=place))
    sitting = Sitting(
        revision=revision,
        district_code=district.code,
        place=place,
        opens_at=opens_at,
        last_start_at=min(opens_at + timedelta(minutes=late_minutes), closes_at),
        closes_at=closes_at,
        room_code="".join(secrets.choice(CODE_SIGNS) for _number in range(4)),
        created_by_id=actor.id,
        created_at=now,
    )
    db.session.add(sitting)
    audit.record("sitting.planned", sitting, actor=actor, now=now)
    return sitting


def name_invigilator(sitting: Sitting, person: User, *, actor: User, now: datetime) -> None:
    """Name an invigilator; naming twice changes nothing."""
    if not any(staff.user_id == person.id for staff in sitting.staff):
        sitting.staff.append(SittingStaff(user=person))
        audit.record(
            "sitting.invigilator_named", sitting, actor=actor, now=now, invigilator=person.id
        )


def add_class(
    sitting: Sitting, training_class: TrainingClass, *, actor: User, now: datetime
) -> Booked:
    """Book everyone of a class who is ready for the exam; name the others with what is missing.

    Raises CannotBook once nobody can come in any more.
    """
    db.session.execute(select(Sitting.id).where(Sitting.id == sitting.id).with_for_update())
    if now > sitting.last_start_at:
        raise CannotBook(_("这一场已过最晚进场时间，不能再加人。"))
    enrolments = db.session.scalars(
        select(Enrolment).where(
            Enrolment.class_id == training_class.id, Enrolment.state == "enrolled"
        )
    ).all()
    panels = exam_panels(enrolments, clock.shanghai_date(now))
    here = set(db.session.scalars(select(Booking.user_id).where(Booking.sitting_id == sitting.id)))
    seat = db.session.scalar(
        select(func.coalesce(func.max(Booking.seat), 0)).where(Booking.sitting_id == sitting.id)
    )
    seat = int(seat or 0)
    busy = _booked_elsewhere(sitting, [enrolment.user_id for enrolment in enrolments], now)
    passed = _passed_already(sitting, [enrolment.user_id for enrolment in enrolments])
    added, left_out = 0, []
    for enrolment in enrolments:
        if enrolment.user_id in here:
            continue
        panel = panels[enrolment.id]
        if not panel.ready:
            left_out.append((enrolment.user, _("还差 %(n)d 项", n=panel.missing)))
        elif enrolment.user_id in passed:
            left_out.append((enrolment.user, _("这门考试已经合格")))
        elif enrolment.user_id in busy:
            left_out.append((enrolment.user, _("已经排在另一场，还没有考")))
        else:
            seat += 1
            _book(sitting, enrolment, seat, now)
            added += 1
    audit.record("sitting.roster_changed", sitting, actor=actor, now=now, added=added)
    return Booked(added, left_out)


def _booked_elsewhere(sitting: Sitting, people: list[str], now: datetime) -> set[str]:
    """Return who waits for another sitting of the same exam."""
    return set(
        db.session.scalars(
            select(Booking.user_id)
            .join(Sitting, Sitting.id == Booking.sitting_id)
            .join(ExamRevision, ExamRevision.id == Sitting.revision_id)
            .outerjoin(Attempt, Attempt.booking_id == Booking.id)
            .where(
                Booking.user_id.in_(people),
                ExamRevision.exam_id == sitting.revision.exam_id,
                Sitting.id != sitting.id,
                Sitting.closed_at.is_(None),
                Sitting.closes_at > now,
                Attempt.id.is_(None),
            )
        )
    )


def _passed_already(sitting: Sitting, people: list[str]) -> set[str]:
    """Return who has a released pass of the same exam."""
    return set(
        db.session.scalars(
            select(Attempt.user_id)
            .join(Result, Result.attempt_id == Attempt.id)
            .join(Sitting, Sitting.id == Attempt.sitting_id)
            .join(ExamRevision, ExamRevision.id == Sitting.revision_id)
            .where(
                Attempt.user_id.in_(people),
                ExamRevision.exam_id == sitting.revision.exam_id,
                Result.passed.is_(True),
                Result.released_at.is_not(None),
            )
        )
    )


def _book(sitting: Sitting, enrolment: Enrolment, seat: int, now: datetime) -> Booking:
    day = clock.shanghai_date(sitting.opens_at)
    booking = Booking(
        sitting_id=sitting.id,
        user_id=enrolment.user_id,
        enrolment_id=enrolment.id,
        seat=seat,
        ticket_number=f"{day:%y%m%d}{secrets.randbelow(1_000_000):06d}",
        created_at=now,
    )
    db.session.add(booking)
    return booking


def set_time_factor(
    booking: Booking, percent: int, why: str, *, actor: User, now: datetime
) -> Booking:
    """Approve an accommodation: 100 to 300 per cent of the ordinary time, with its reason.

    Raises CannotBook once the candidate has started: then time is added in the account instead.
    """
    if booking.attempt is not None:
        raise CannotBook(_("考生已经开始答题，请在监考页补时。"))
    if not 100 <= percent <= 300 or (percent > 100 and not why.strip()):
        raise CannotBook(_("时间系数请填 100 到 300；超过 100 时要写明批准的理由。"))
    booking.time_factor_percent = percent
    booking.time_factor_reason = why.strip()[:200]
    booking.time_factor_by_id = actor.id
    audit.record("booking.time_factor_set", booking, actor=actor, now=now, percent=percent)
    return booking


def unlock(sitting: Sitting, *, actor: User, now: datetime) -> None:
    """Open the start gate for the whole room; candidates then need no code."""
    if sitting.unlocked_at is None:
        sitting.unlocked_at = now
        audit.record("sitting.unlocked", sitting, actor=actor, now=now)
