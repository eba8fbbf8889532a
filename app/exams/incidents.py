"""Irregularities (异常情况): what was seen, when, where, about whom, perhaps with a photo.

A report is a record, not a verdict: it is listed in the room and shown when results are released.
Photos are drawn anew before they are kept and have a purpose of their own in the blob store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import audit, blobs
from app.bank.media import Cleaned
from app.errors import Refusal
from app.extensions import db
from app.models.exams import Attempt, Sitting
from app.models.journal import Blob
from app.models.people import User
from app.models.room import Incident

PURPOSE = "incident"
LONGEST = 2000
DOUBLE_CLICK = timedelta(seconds=30)
KINDS: dict[str, Any] = {
    "device": _l("设备故障"),
    "network": _l("网络"),
    "power": _l("停电"),
    "health": _l("身体不适"),
    "behaviour": _l("行为异常"),
    "identity": _l("身份存疑"),
    "question": _l("试题"),
    "other": _l("其他"),
}


class IncidentRefused(Refusal):
    """The report is not complete."""

    status = 400


@dataclass(frozen=True)
class Report:
    """What an invigilator filled in."""

    kind: str
    text: str
    place: str
    happened_at: datetime


def report(
    sitting: Sitting,
    attempts: Sequence[Attempt],
    told: Report,
    photo: Cleaned | None,
    *,
    actor: User,
    now: datetime,
) -> list[Incident]:
    """Keep a report: one row for the room, or one for each candidate it is about.

    Raises IncidentRefused for an unknown kind, no words, a time to come or long before the sitting,
    or the same once more within half a minute.
    """
    text = told.text.strip()
    if told.kind not in KINDS:
        raise IncidentRefused(_("请选异常情况的种类。"))
    if not text or len(text) > LONGEST:
        raise IncidentRefused(_("请写看到了什么，最多 %(n)d 个字。", n=LONGEST))
    if not sitting.opens_at - timedelta(days=1) <= told.happened_at <= now + timedelta(minutes=1):
        raise IncidentRefused(_("发生的时间要在考试前一天到现在之间，请检查。"))
    if _told_just_now(sitting, text, actor, now):
        raise IncidentRefused(_("半分钟内刚记过同样的情况，没有再记一次。"))
    blob = _keep(photo, now)
    made = []
    about: Sequence[Attempt | None] = attempts or [None]
    for attempt in about:
        row = Incident(
            sitting_id=sitting.id,
            attempt_id=attempt.id if attempt else None,
            kind=told.kind,
            place=told.place.strip()[:60],
            text=text,
            happened_at=told.happened_at,
            photo_id=blob.id if blob else None,
            by_id=actor.id,
            at=now,
        )
        db.session.add(row)
        audit.record("incident.reported", row, actor=actor, now=now, kind=told.kind)
        made.append(row)
    return made


def _keep(photo: Cleaned | None, now: datetime) -> Blob | None:
    if photo is None:
        return None
    blob = blobs.put(photo.data, media_type=photo.media_type, purpose=PURPOSE, now=now)
    db.session.flush()
    return blob


def _told_just_now(sitting: Sitting, text: str, actor: User, now: datetime) -> bool:
    same = select(Incident.id).where(
        Incident.sitting_id == sitting.id,
        Incident.text == text,
        Incident.by_id == actor.id,
        Incident.at > now - DOUBLE_CLICK,
    )
    return db.session.scalar(same.limit(1)) is not None


def of_sitting(sitting_id: str) -> list[Incident]:
    """Return a sitting's reports, the latest first."""
    return list(
        db.session.scalars(
            select(Incident)
            .where(Incident.sitting_id == sitting_id)
            .options(joinedload(Incident.attempt), joinedload(Incident.by))
            .order_by(Incident.happened_at.desc(), Incident.id)
        )
    )
