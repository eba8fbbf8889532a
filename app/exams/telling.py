"""What candidates are told about their bookings, each in their own language. Decides nothing."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app import messages
from app.formatting import in_english, show_moment
from app.models.exams import Booking, Sitting
from app.models.people import User
from app.models.room import Accommodation


def booked(user: User, sitting: Sitting, booking: Booking, *, now: datetime) -> None:
    """Tell somebody where and when they sit."""
    with force_locale(user.locale or "zh"):
        text = _(
            "你约好了 %(exam)s：%(when)s，%(place)s，%(seat)d 座，准考证号 %(number)s。"
            "登录后在“考试”里下载准考证。",
            exam=_title(sitting),
            when=show_moment(sitting.opens_at),
            place=sitting.place,
            seat=booking.seat,
            number=booking.ticket_number,
        )
        messages.send(user, "exam.booked", _("约考成功"), text, now=now)


def confirmed(user: User, sitting: Sitting, booking: Booking, *, now: datetime) -> None:
    """Tell somebody that the exam they are booked for takes place."""
    with force_locale(user.locale or "zh"):
        text = _(
            "你的考试已确认：%(at)s，%(place)s，%(seat)d 座，准考证号 %(number)s。请带身份证件，提前到场。",
            at=show_moment(sitting.opens_at),
            place=sitting.place,
            seat=booking.seat,
            number=booking.ticket_number,
        )
        messages.send(user, "exam.confirmed", _("考试已确认"), text, now=now)


def cancelled(user: User, sitting: Sitting, *, now: datetime) -> None:
    """Tell somebody that their own cancelling has arrived."""
    with force_locale(user.locale or "zh"):
        text = _(
            "你取消了 %(when)s 在 %(place)s 的 %(exam)s，座位已经放出。需要时可以另约一场。",
            exam=_title(sitting),
            when=show_moment(sitting.opens_at),
            place=sitting.place,
        )
        messages.send(user, "exam.cancelled", _("约考已取消"), text, now=now)


def removed(user: User, sitting: Sitting, why: str, *, now: datetime) -> None:
    """Tell somebody that the office took them from a roster, and why."""
    with force_locale(user.locale or "zh"):
        text = _(
            "考务把你移出了 %(when)s 在 %(place)s 的 %(exam)s。原因：%(why)s。有疑问请找班主任。",
            exam=_title(sitting),
            when=show_moment(sitting.opens_at),
            place=sitting.place,
            why=why.rstrip("。."),
        )
        messages.send(user, "exam.removed", _("考试安排有变"), text, now=now)


def granted(row: Accommodation, *, now: datetime) -> None:
    """Tell somebody that an accommodation was granted."""
    with force_locale(row.user.locale or "zh"):
        text = _("你的合理便利已批准，会自动用到以后每一场考试。登录后在“考试”里可以看到内容。")
        messages.send(row.user, "exam.accommodation", _("合理便利已批准"), text, now=now)


def _title(sitting: Sitting) -> str:
    exam = sitting.revision.exam
    return exam.title_en if in_english() and exam.title_en else exam.title
