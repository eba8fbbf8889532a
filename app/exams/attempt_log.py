"""Everything that happened in one attempt, second by second, without what was answered.

Gathered from the rows that already hold it; nothing is written for the log alone. The audit trail
says more about who did it, for those who may read it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.exams.incidents import KINDS
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt, AttemptEvent, Booking, DeviceEpoch, TimeEntry
from app.models.people import User
from app.models.room import Incident, RoomMessage


@dataclass(frozen=True, order=True)
class Line:
    """One line: when, a sign for its icon, what, by whom."""

    at: datetime
    sign: str
    text: str
    by_id: str | None = None


def lines(booking: Booking) -> list[Line]:
    """Return the log of a booking, the earliest first."""
    found = list(_door(booking))
    attempt = booking.attempt
    if attempt is not None:
        found += [Line(attempt.started_at, "arrow", _("开始答题"), attempt.user_id)]
        for source in (_answers, _devices, _events, _time, _messages, _incidents, _end):
            found += source(attempt)
    return sorted(found, key=lambda line: (line.at, line.sign))


def names(found: list[Line]) -> dict[str, str]:
    """Return the names of those who stand in a log, by id."""
    ids = {line.by_id for line in found if line.by_id}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())


def _door(booking: Booking) -> Iterator[Line]:
    words = {
        "confirmed": _("入场核对：身份一致"),
        "late": _("入场核对：迟到入场"),
        "rejected": _("入场核对：身份不一致"),
        "absent": _("入场核对：缺考"),
    }
    if booking.check_in and booking.checked_in_at:
        note = f" · {booking.check_in_note}" if booking.check_in_note else ""
        text = words[booking.check_in] + note
        yield Line(booking.checked_in_at, "person", text, booking.checked_in_by_id)


def _answers(attempt: Attempt) -> Iterator[Line]:
    """Count the changes by minute and device, and name the slots; never say what was chosen."""
    rows = db.session.execute(
        select(AnswerEvent.server_at, AnswerEvent.epoch, AnswerEvent.slot, AnswerEvent.late)
        .where(AnswerEvent.attempt_id == attempt.id)
        .order_by(AnswerEvent.server_at)
    )
    minutes: dict[tuple[datetime, int, bool], list[tuple[datetime, int]]] = {}
    for at, epoch, slot, late in rows:
        key = (at.replace(second=0, microsecond=0), epoch, late)
        minutes.setdefault(key, []).append((at, slot))
    for (_minute, epoch, late), changes in minutes.items():
        slots = "、".join(str(slot) for slot in sorted(Counter(slot for _at, slot in changes)))
        text = ngettext(
            "收到 %(num)d 次改动，第 %(slots)s 题",
            "收到 %(num)d 次改动，第 %(slots)s 题",
            len(changes),
            slots=slots,
        )
        device = _("（第 %(n)d 部设备）", n=epoch) if epoch > 1 else ""
        overdue = _("，迟到") if late else ""
        yield Line(changes[-1][0], "held" if late else "saved", text + device + overdue)


def _devices(attempt: Attempt) -> Iterator[Line]:
    epochs = select(DeviceEpoch).where(DeviceEpoch.attempt_id == attempt.id, DeviceEpoch.epoch > 1)
    for device in db.session.scalars(epochs):
        text = _("换到第 %(n)d 部设备", n=device.epoch)
        yield Line(device.opened_at, "swap", text, attempt.user_id)


def _events(attempt: Attempt) -> Iterator[Line]:
    events = db.session.scalars(select(AttemptEvent).where(AttemptEvent.attempt_id == attempt.id))
    for event in events:
        told = _event_words(event)
        if told is not None:
            yield Line(event.at, *told)


def _event_words(event: AttemptEvent) -> tuple[str, str] | None:
    """Return sign and words of an event; None when another row tells the same."""
    details = event.details
    if event.kind in {"device_changed", "late_answers", "resumed"}:
        return None
    if event.kind == "left_page":
        return "eye-off", _("离开页面 %(s)s 秒", s=round(details["ms"] / 1000, 1))
    if event.kind == "paused":
        return "pause", _("暂停：%(why)s", why=details["reason"])
    if event.kind == "late_admitted":
        n, why = details["changes"], details["reason"]
        return "check", _("补认 %(n)d 次迟到的改动，计分：%(why)s", n=n, why=why)
    if event.kind == "voided":
        return "x", _("作废：%(why)s", why=details["reason"])
    if event.kind == "handed_in_by_invigilator":
        return "hand", _("监考员代交：%(why)s", why=details["reason"])
    if event.kind == "sequence_conflict":
        return "alert", _("送来的序号和已存的不一致，没有改动")
    if event.kind == "answers_refused":
        slots = "、".join(map(str, details["slots"]))
        if details["codes"] == ["foreign"]:
            return "alert", _("送来不在这份试卷上的答案（第 %(slots)s 题），没有收下", slots=slots)
        return "alert", _("送来的内容不是第 %(slots)s 题能有的答案，没有收下", slots=slots)
    if event.kind == "rescued":
        n, m = details["stored"], details["late"]
        return "upload", _("从答案文件收下 %(n)d 条，另有 %(m)d 条迟到", n=n, m=m)
    return "info", event.kind


def _time(attempt: Attempt) -> Iterator[Line]:
    for entry in db.session.scalars(select(TimeEntry).where(TimeEntry.attempt_id == attempt.id)):
        minutes, seconds = divmod(abs(entry.seconds), 60)
        length = f"{'−' if entry.seconds < 0 else '+'}{minutes}:{seconds:02d}"
        text = _("时间账 %(length)s：%(why)s", length=length, why=entry.reason)
        yield Line(entry.at, "clock", text, entry.by_id)


def _messages(attempt: Attempt) -> Iterator[Line]:
    rows = select(RoomMessage).where(
        RoomMessage.sitting_id == attempt.sitting_id,
        or_(RoomMessage.attempt_id.is_(None), RoomMessage.attempt_id == attempt.id),
    )
    for row in db.session.scalars(rows):
        whom = _("留言") if row.attempt_id else _("全场留言")
        yield Line(row.at, "note", _("%(whom)s：%(text)s", whom=whom, text=row.text), row.by_id)


def _incidents(attempt: Attempt) -> Iterator[Line]:
    rows = select(Incident).where(Incident.attempt_id == attempt.id)
    for row in db.session.scalars(rows.options(joinedload(Incident.by))):
        text = _("异常情况（%(kind)s）：%(text)s", kind=KINDS[row.kind], text=row.text)
        yield Line(row.happened_at, "flag", text, row.by_id)


def _end(attempt: Attempt) -> Iterator[Line]:
    words = {
        "candidate": _("考生交卷"),
        "deadline": _("时间到，系统收卷"),
        "invigilator": _("监考员代交"),
        "on_paper": _("按纸质答题卡登记"),
    }
    if attempt.handed_in_at is not None:
        yield Line(attempt.handed_in_at, "certificate", words[attempt.handed_in_how or "candidate"])
