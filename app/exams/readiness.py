"""Whether a sitting is ready (D10), and confirming it: all green, or the candidates are not told.

Each check says what was looked at and what to do. Confirming tells everyone on the roster when and
where; who is added afterwards is told when added.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, clock
from app.errors import Refusal
from app.exams import accommodations, invigilators, telling
from app.exams.papers import RevisionDamaged, frozen_pool
from app.exams.preflight import Check, is_green, why_red
from app.extensions import db
from app.formatting import show_moment
from app.models.exams import Booking, Paper, Sitting, SittingRoom, SittingStaff
from app.models.people import User

NAMED = 5
DAY_BEFORE = timedelta(days=1)


class NotConfirmed(Refusal):
    """The sitting is not ready; the sentence says what is red."""


def of_sitting(sitting: Sitting) -> list[Check]:
    """Return the checks of a sitting, in a constant number of queries."""
    bookings = db.session.scalars(
        select(Booking).where(Booking.sitting_id == sitting.id).order_by(Booking.seat)
    ).all()
    rooms = db.session.scalars(
        select(SittingRoom).where(SittingRoom.sitting_id == sitting.id)
    ).all()
    return [
        _revision(sitting),
        _roster(len(bookings)),
        _rooms(list(rooms), len(bookings)),
        _invigilators(sitting, len(rooms)),
        _accommodations(sitting, list(bookings)),
        _papers(sitting, len(bookings)),
        _dry_run(sitting),
    ]


def confirm(sitting: Sitting, *, actor: User, now: datetime) -> int:
    """Confirm a sitting and tell everyone on its roster. Returns how many; again tells nobody.

    Raises NotConfirmed with every red check, or once the sitting is over.
    """
    db.session.execute(select(Sitting.id).where(Sitting.id == sitting.id).with_for_update())
    db.session.refresh(sitting)
    if sitting.confirmed_at is not None:
        return 0
    if now > sitting.last_start_at:
        raise NotConfirmed(_("这一场已过最晚进场时间，不用再确认。"))
    checks = of_sitting(sitting)
    if not is_green(checks):
        raise NotConfirmed(_("还不能确认：%(why)s", why=why_red(checks)))
    sitting.confirmed_at, sitting.confirmed_by_id = now, actor.id
    bookings = db.session.scalars(select(Booking).where(Booking.sitting_id == sitting.id)).all()
    for booking in bookings:
        telling.confirmed(booking.user, sitting, booking, now=now)
    audit.record("sitting.confirmed", sitting, actor=actor, now=now, people=len(bookings))
    return len(bookings)


def lacks_confirmation(sitting: Sitting, now: datetime) -> bool:
    """Tell whether a sitting that nobody confirmed is near: from the day before until the last start."""
    near = sitting.opens_at - DAY_BEFORE <= now <= sitting.last_start_at
    return sitting.confirmed_at is None and near


def _revision(sitting: Sitting) -> Check:
    title = _("试卷的冻结内容没有变")
    try:
        frozen_pool(sitting.revision)
    except RevisionDamaged as refusal:
        return Check("revision", title, False, refusal.sentence)
    said = _("第 %(n)d 版，内容指纹对得上。", n=sitting.revision.number)
    return Check("revision", title, True, said)


def _roster(people: int) -> Check:
    title = _("有名单")
    if not people:
        return Check("roster", title, False, _("名单是空的。"), _("请先加考生，或开放约考。"))
    return Check("roster", title, True, _("%(n)d 人。", n=people))


def _rooms(rooms: list[SittingRoom], people: int) -> Check:
    title = _("考场和座位够")
    seats = sum(room.seats for room in rooms)
    if seats < people or not rooms:
        said = _(
            "%(rooms)d 个考场 %(seats)d 座，名单 %(n)d 人。",
            rooms=len(rooms),
            seats=seats,
            n=people,
        )
        return Check("rooms", title, False, said, _("请在这一场的“考场和座位”里补上。"))
    said = _(
        "%(rooms)d 个考场 %(seats)d 座，名单 %(n)d 人。", rooms=len(rooms), seats=seats, n=people
    )
    return Check("rooms", title, True, said)


def _invigilators(sitting: Sitting, rooms: int) -> Check:
    title = _("监考员已指定")
    named = db.session.scalar(
        select(func.count(SittingStaff.id)).where(SittingStaff.sitting_id == sitting.id)
    )
    said = _("%(n)d 位监考员，%(m)d 个考场。", n=named or 0, m=rooms)
    without = invigilators.unwatched(sitting)
    if without:
        said = _("这些考场有考生，没有监考员：%(rooms)s。", rooms=_("、").join(without[:NAMED]))
    if not named or named < rooms or without:
        return Check("invigilators", title, False, said, _("每个考场至少指定一位。"))
    return Check("invigilators", title, True, said)


def _accommodations(sitting: Sitting, bookings: list[Booking]) -> Check:
    title = _("合理便利已带入")
    day = clock.shanghai_date(sitting.opens_at)
    standing = accommodations.standing([one.user_id for one in bookings])
    granted, lacking = 0, []
    for booking in bookings:
        row = standing.get(booking.user_id)
        if row is None or (row.valid_until is not None and row.valid_until < day):
            continue
        granted += 1
        has = (
            booking.time_factor_percent,
            booking.large_type,
            booking.reader,
            booking.break_minutes,
        )
        if has != (row.time_factor_percent, row.large_type, row.reader, row.break_minutes):
            lacking.append(str(booking.seat))
    if lacking:
        said = _("这些座位没有带入批准的便利：%(seats)s。", seats=_("、").join(lacking[:NAMED]))
        return Check("accommodations", title, False, said, _("请到“合理便利”里重新批准一次。"))
    return Check("accommodations", title, True, _("%(n)d 人有便利，都已带入。", n=granted))


def _papers(sitting: Sitting, people: int) -> Check:
    title = _("试卷已抽好")
    drawn = db.session.scalar(
        select(func.count(Paper.id))
        .join(Booking, Booking.id == Paper.booking_id)
        .where(Booking.sitting_id == sitting.id)
    )
    said = _("名单 %(n)d 人，抽好 %(m)d 份。", n=people, m=drawn or 0)
    if (drawn or 0) < people:
        return Check("papers", title, False, said, _("请在这一场里按“现在抽”。"))
    return Check("papers", title, True, said)


def _dry_run(sitting: Sitting) -> Check:
    title = _("用手机试过机")
    if sitting.dry_run_at is None:
        to_do = _("请在考场里用手机打开这一页，按“用这部手机试机”，答一题再交卷。")
        return Check("dry_run", title, False, _("还没有人试过。"), to_do)
    who = db.session.get(User, sitting.dry_run_by_id or "")
    said = _("%(name)s，%(at)s。", name=who.name if who else "", at=show_moment(sitting.dry_run_at))
    return Check("dry_run", title, True, said)
