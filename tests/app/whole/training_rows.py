"""Rows of training that the demonstration does not have, for the addresses that name them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.classes import OtherCertificate, SignDoubt, TrainingRoom, WaitingPlace
from app.models.people import Affiliation, User
from app.models.training import Enrolment, TrainingClass
from app.training import calendars, codes, importing, invitations
from app.training.group_enrolling import Reach
from app.training.people_rows import Person
from app.training.people_sheet import Read, Row

LISTS = (
    "training.imported_people.import_id",
    "training.take_people.import_id",
    "training.drop_people.import_id",
)


def values(enrolment: Enrolment) -> dict[str, Any]:
    """Return a value for each part of an address of training, by endpoint."""
    now, user = clock.now(), enrolment.user
    found = enrolment.training_class
    rows = _plain_rows(enrolment, now) | _rows_made_once(enrolment, now)
    db.session.add_all(rows.values())
    rows["training.revoke_link.row_id"] = rows["invitation"] = invitations.make(
        Person(1, "", name="示例", phone="13900000009", category="volunteer"),
        found,
        import_id="",
        via="body",
        actor=user,
        now=now,
    )
    token = calendars.make_link(user, now=now)
    affiliation = db.session.scalars(
        select(Affiliation).where(Affiliation.user_id == user.id)
    ).first()
    assert affiliation is not None
    db.session.commit()
    return {part: row.id for part, row in rows.items()} | {
        "way": "in",
        "training.sign.code": codes.code(found.meetings[0].id, "in", now, 5),
        "training.enrol.token": invitations.token_of(rows["invitation"]),
        **dict.fromkeys(LISTS, _list(found, user)),
        "training.calendar_feed.token": token,
        "training.end_employer.row_id": affiliation.id,
    }


def _plain_rows(enrolment: Enrolment, now: datetime) -> dict[str, Any]:
    """Return rows that may be made again and again."""
    user = enrolment.user
    return {
        "training.stop_waiting.row_id": WaitingPlace(
            class_id=enrolment.class_id,
            user_id=user.id,
            category="volunteer",
            since=now - timedelta(days=1),
            state="left",
        ),
        "training.forget_certificate.row_id": OtherCertificate(
            user_id=user.id,
            title="示例证书",
            issuer="示例",
            recorded_by_id=user.id,
            recorded_at=now,
        ),
    }


def _rows_made_once(enrolment: Enrolment, now: datetime) -> dict[str, Any]:
    """Return a room and a doubt: those that are there, or new ones."""
    found = enrolment.training_class
    meeting = found.meetings[0]
    room = db.session.scalar(select(TrainingRoom).where(TrainingRoom.name == "示例教室"))
    doubt = db.session.scalar(select(SignDoubt).where(SignDoubt.meeting_id == meeting.id))
    return {
        "room_id": room
        or TrainingRoom(
            organisation_id=found.organisation_id, name="示例教室", seats=9, created_at=now
        ),
        "training.settle_doubt.row_id": doubt
        or SignDoubt(
            meeting_id=meeting.id,
            enrolment_id=enrolment.id,
            other_enrolment_id=enrolment.id,
            kind="in",
            seen_at=now,
        ),
    }


def _list(found: TrainingClass, owner: User) -> str:
    """Return a sheet of one person that waits to be looked through."""
    row = importing.begin(
        found,
        Read([Row("第 2 行", {"name": "示例", "phone": "13900000008"})]),
        file_name="名单.csv",
        default_category="volunteer",
        reach=Reach("body"),
        actor=owner,
        now=clock.now(),
    )
    db.session.commit()
    return row.id
