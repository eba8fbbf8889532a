"""What running a class takes: rooms, waiting list, signing by code, roll, import of people."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.people import Organisation, User
from app.models.training import Enrolment, TrainingClass


class TrainingRoom(RandomId, Base):
    """A room of a training body. Two classes are never in it at one time."""

    __tablename__ = "training_room"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)
    __retention__ = "scheme"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(120), default="")
    seats: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()


class WaitingPlace(RandomId, Base):
    """Somebody who joined a full class; the earliest moves up when a place becomes free."""

    __tablename__ = "waiting_place"
    __retention__ = "training"
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    category: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    """`waiting`, `moved_up`, `left`."""
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")
    training_class: Mapped[TrainingClass] = relationship()


class CalendarLink(RandomId, Base):
    """The private address under which a calendar program fetches one person's timetable."""

    __tablename__ = "calendar_link"
    __retention__ = "account"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class MeetingSign(RandomId, Base):
    """One person signed in to or out of one half day, by the changing code or let in by name."""

    __tablename__ = "meeting_sign"
    __table_args__ = (
        UniqueConstraint("meeting_id", "enrolment_id", "kind"),
        UniqueConstraint("meeting_id", "kind", "device_hash"),
    )
    __retention__ = "training"
    meeting_id: Mapped[str] = mapped_column(ForeignKey("class_meeting.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    """`in` or `out`."""
    at: Mapped[datetime]
    device_hash: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the browser's random mark; empty where an instructor let the person in."""
    admitted_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")


class SignDoubt(RandomId, Base):
    """A second person tried to sign on a device that another had signed on: for the instructor."""

    __tablename__ = "sign_doubt"
    __table_args__ = (UniqueConstraint("meeting_id", "enrolment_id", "kind"),)
    __retention__ = "training"
    meeting_id: Mapped[str] = mapped_column(ForeignKey("class_meeting.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    other_enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    kind: Mapped[str] = mapped_column(String(5))
    seen_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    admitted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(200), default="")

    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    other: Mapped[Enrolment] = relationship(foreign_keys=[other_enrolment_id])


class HeadCount(RandomId, Base):
    """How many heads an instructor counted. A second count is a new row; the latest is shown."""

    __tablename__ = "head_count"
    __retention__ = "training"
    meeting_id: Mapped[str] = mapped_column(ForeignKey("class_meeting.id"), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    people: Mapped[int]
    counted_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    counted_at: Mapped[datetime]


class RollMark(RandomId, Base):
    """One tap on the roll of an instructor's device. Keyed by device and number, never changed."""

    __tablename__ = "roll_mark"
    __table_args__ = (UniqueConstraint("meeting_id", "device", "number"),)
    __retention__ = "training"
    meeting_id: Mapped[str] = mapped_column(ForeignKey("class_meeting.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    device: Mapped[str] = mapped_column(String(32))
    number: Mapped[int]
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200), default="")
    marked_at: Mapped[datetime]
    """By the device's clock, which may be wrong; `received_at` is the server's."""
    received_at: Mapped[datetime]
    taken_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    held: Mapped[bool] = mapped_column(default=False)
    """True where it contradicts what is recorded and brought no reason: nothing was changed."""


class PeopleImport(RandomId, Base):
    """A sheet of people for one class, read and shown before anybody is invited."""

    __tablename__ = "people_import"
    __retention__ = "passing"
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"), index=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    """The employer who enrols its people; empty for the training body and the district."""
    file_name: Mapped[str] = mapped_column(String(200))
    sealed: Mapped[str] = mapped_column(Text)
    """Rows and problems as JSON, encrypted: they hold identity and phone numbers."""
    state: Mapped[str] = mapped_column(String(10), default="ready")
    """`ready`, `taken`, `dropped`."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    people: Mapped[int] = mapped_column(default=0)
    """How many were taken."""

    training_class: Mapped[TrainingClass] = relationship()


class ClassInvitation(RandomId, Base):
    """A place in a class for one named person who has no account yet, until they open the link."""

    __tablename__ = "class_invitation"
    __retention__ = "training"
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"), index=True)
    import_id: Mapped[str] = mapped_column(String(16), index=True)
    name: Mapped[str] = mapped_column(String(60))
    phone_sealed: Mapped[str] = mapped_column(String(200))
    phone_hash: Mapped[str] = mapped_column(String(80), index=True)
    identity_sealed: Mapped[str] = mapped_column(String(300), default="")
    identity_hash: Mapped[str] = mapped_column(String(80), default="", index=True)
    category: Mapped[str] = mapped_column(String(20))
    subdistrict: Mapped[str] = mapped_column(String(40), default="")
    employer: Mapped[str] = mapped_column(String(100), default="")
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    via: Mapped[str] = mapped_column(String(20))
    invited_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    training_class: Mapped[TrainingClass] = relationship()


class OtherCertificate(RandomId, Base):
    """A certificate of another body, as its holder states it. Nobody here has verified it."""

    __tablename__ = "other_certificate"
    __retention__ = "training"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(100))
    number: Mapped[str] = mapped_column(String(60), default="")
    issued_on: Mapped[date | None]
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


Index(
    "uq_waiting_place_current",
    WaitingPlace.class_id,
    WaitingPlace.user_id,
    unique=True,
    sqlite_where=WaitingPlace.state == "waiting",
    postgresql_where=WaitingPlace.state == "waiting",
)
