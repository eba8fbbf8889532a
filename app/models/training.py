"""Classes (班), enrolments, and the records of presence and practice that open the exam."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.learning import CourseEdition
from app.models.people import Organisation, User


class TrainingClass(RandomId, Base):
    """A class of one training body, in one district, on one edition of the course."""

    __tablename__ = "training_class"
    __retention__ = "training"
    title: Mapped[str] = mapped_column(String(100))
    join_code: Mapped[str] = mapped_column(String(12), unique=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"))
    edition_id: Mapped[str] = mapped_column(ForeignKey("course_edition.id"))
    scheme_id: Mapped[str] = mapped_column(ForeignKey("scheme.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    capacity: Mapped[int]
    open: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    plan: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What trainees should know beforehand, in the body's own words."""

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    edition: Mapped[CourseEdition] = relationship(lazy="joined")
    enrolments: Mapped[list[Enrolment]] = relationship(back_populates="training_class")
    meetings: Mapped[list[ClassMeeting]] = relationship(order_by="ClassMeeting.starts_at")


class ClassInstructor(RandomId, Base):
    """Instructor of record: the basis of the wall around live questions and of impartiality."""

    __tablename__ = "class_instructor"
    __table_args__ = (UniqueConstraint("class_id", "user_id"),)
    __retention__ = "exam"
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]

    user: Mapped[User] = relationship()
    training_class: Mapped[TrainingClass] = relationship()


class Enrolment(RandomId, Base):
    """A person in a class."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("class_id", "user_id"),)
    __retention__ = "training"
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    category: Mapped[str] = mapped_column(String(20))
    """`platform`, `care_institution`, `independent`, `volunteer`."""
    state: Mapped[str] = mapped_column(String(20), default="enrolled")
    """`enrolled`, `left`."""
    enrolled_at: Mapped[datetime]
    via: Mapped[str] = mapped_column(String(20), default="code", server_default="code")
    """Who enrolled: `code` (oneself), `body`, `employer`, `district`."""
    subdistrict: Mapped[str] = mapped_column(String(40), default="", server_default="")
    insurance_note: Mapped[str] = mapped_column(String(200), default="", server_default="")

    user: Mapped[User] = relationship(lazy="joined")
    training_class: Mapped[TrainingClass] = relationship(back_populates="enrolments")


class ClassMeeting(RandomId, Base):
    """A half day of a class."""

    __tablename__ = "class_meeting"
    __retention__ = "training"
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    """Teaching minutes (class hours × 45), the most that attendance can record."""
    ends_at: Mapped[datetime | None]
    """With the breaks; empty for half days made before breaks were known."""
    room_id: Mapped[str | None] = mapped_column(ForeignKey("training_room.id"), index=True)
    lessons: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Codes of the lessons taught, in order."""

    @property
    def over_at(self) -> datetime:
        """When it ends: as planned, or after its teaching minutes."""
        return self.ends_at or self.starts_at + timedelta(minutes=self.minutes)


class Attendance(RandomId, Base):
    """Minutes one person attended one meeting. A correction is a new row with its reason."""

    __tablename__ = "attendance"
    __retention__ = "training"
    meeting_id: Mapped[str] = mapped_column(ForeignKey("class_meeting.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    minutes: Mapped[int]
    current: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(String(200), default="")
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(10), default="hand", server_default="hand")
    """`hand`, `code` (signed in and out), `roll`."""


class PracticalSignOff(RandomId, Base):
    """An instructor's word that a person can do what a practical lesson teaches."""

    __tablename__ = "practical_sign_off"
    __retention__ = "training"
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    lesson_code: Mapped[str] = mapped_column(String(10))
    signed_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    signed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")


class PracticalAssessment(RandomId, Base):
    """The result of the practical assessment, by two examiners. A correction is a new row."""

    __tablename__ = "practical_assessment"
    __retention__ = "exam"
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    first_examiner_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    second_examiner_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    held_on: Mapped[date]
    mark: Mapped[int]
    """Out of 100."""
    critical_error: Mapped[bool]
    passed: Mapped[bool]
    current: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


for _table, _columns in (
    (Attendance, (Attendance.meeting_id, Attendance.enrolment_id)),
    (PracticalAssessment, (PracticalAssessment.enrolment_id,)),
):
    Index(
        f"uq_{_table.__tablename__}_current",
        *_columns,
        unique=True,
        sqlite_where=_table.current.is_(True),
        postgresql_where=_table.current.is_(True),
    )
Index(
    "uq_practical_sign_off_current",
    PracticalSignOff.enrolment_id,
    PracticalSignOff.lesson_code,
    unique=True,
    sqlite_where=PracticalSignOff.withdrawn_at.is_(None),
    postgresql_where=PracticalSignOff.withdrawn_at.is_(None),
)
