"""The timed exam: what was frozen, what was drawn, what was answered, how it was marked.

The journal of answers and the time account are append-only. What is cached (`Attempt.deadline_at`)
is written in the transaction of the rows it is computed from.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.bank import ExamBlueprint, QuestionVersion
from app.models.base import Base, RandomId
from app.models.people import User


class Exam(RandomId, Base):
    """What is examined: a blueprint, a length, a pass mark. Sittings use a frozen revision."""

    __tablename__ = "exam"
    __retention__ = "exam"
    title: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(150))
    blueprint_id: Mapped[str] = mapped_column(ForeignKey("exam_blueprint.id"))
    minutes: Mapped[int]
    pass_percent: Mapped[int]
    pass_method: Mapped[str] = mapped_column(String(100))
    """How the pass mark was set: `fixed` or `Angoff` in words."""
    pass_panel: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Who set it, as the minutes of the panel name them."""
    pass_set_on: Mapped[date | None]
    sections: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Parts with their own time and minimum, in order: `{"title", "title_en", "domains",
    "minutes", "minimum_percent"}`. Empty: one part. Minutes 0: no time of its own."""
    purpose: Mapped[str] = mapped_column(String(20), default="certification")
    """`certification` from the live pool, `mock` from the practice pool."""
    created_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]

    blueprint: Mapped[ExamBlueprint] = relationship(lazy="joined")
    revisions: Mapped[list[ExamRevision]] = relationship(
        back_populates="exam", order_by="ExamRevision.number"
    )


class ExamRevision(RandomId, Base):
    """A frozen snapshot with its hash. Never changed; a change of the exam is the next number."""

    __tablename__ = "exam_revision"
    __table_args__ = (UniqueConstraint("exam_id", "number"),)
    __retention__ = "exam"
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id"), index=True)
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    """`blueprint`, `eligible` (version ids), `algorithm`, `minutes`, `grace_seconds`,
    `pass_percent`, `pass_method`, `pass_panel`, `pass_set_on`, `sections`, `purpose`,
    `marking_rules`, `rules_text` (zh, en, version)."""
    hash: Mapped[str] = mapped_column(String(64))
    published_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime]

    exam: Mapped[Exam] = relationship(back_populates="revisions", lazy="joined")


class Sitting(RandomId, Base):
    """考试场次: one revision, one place, one window."""

    __tablename__ = "sitting"
    __retention__ = "exam"
    revision_id: Mapped[str] = mapped_column(ForeignKey("exam_revision.id"), index=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"))
    place: Mapped[str] = mapped_column(String(120))
    opens_at: Mapped[datetime]
    """From here the waiting room opens; the first moment anyone can start."""
    last_start_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    """No deadline lies after this, unless time is added for the room."""
    booking_opens_at: Mapped[datetime | None]
    """From here to the next moment candidates book, change and cancel; None: only by the office."""
    booking_closes_at: Mapped[datetime | None]
    dry_run_at: Mapped[datetime | None]
    """When somebody named tried the exam's screen on a phone in these rooms."""
    dry_run_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None]
    """Found ready and told to the candidates; refused while the pre-flight page shows red."""
    confirmed_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    mock: Mapped[bool] = mapped_column(default=False, server_default=false())
    """One person's own try (模拟考, or a dry run): no room, no roster, counted nowhere."""
    rehearses_id: Mapped[str | None] = mapped_column(ForeignKey("sitting.id"))
    """The sitting whose screen this try is a dry run of."""
    room_code: Mapped[str] = mapped_column(String(8))
    """Told in the room by the invigilator; asked at the start gate until unlocked."""
    unlocked_at: Mapped[datetime | None]
    papers_drawn_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """All attempts are handed in and marked."""
    created_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]

    revision: Mapped[ExamRevision] = relationship(lazy="joined")
    bookings: Mapped[list[Booking]] = relationship(
        back_populates="sitting", order_by="Booking.seat"
    )
    staff: Mapped[list[SittingStaff]] = relationship(back_populates="sitting")
    rooms: Mapped[list[SittingRoom]] = relationship(
        back_populates="sitting", order_by="SittingRoom.number"
    )


class SittingRoom(RandomId, Base):
    """A room of a sitting with its seats; seat numbers run on from room to room."""

    __tablename__ = "sitting_room"
    __table_args__ = (UniqueConstraint("sitting_id", "number"),)
    __retention__ = "exam"
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    number: Mapped[int]
    """From 1, in the order in which seats are given."""
    name: Mapped[str] = mapped_column(String(60))
    seats: Mapped[int]

    sitting: Mapped[Sitting] = relationship(back_populates="rooms")


class SittingStaff(RandomId, Base):
    """An invigilator named for a sitting, perhaps for one of its rooms."""

    __tablename__ = "sitting_staff"
    __table_args__ = (UniqueConstraint("sitting_id", "user_id"),)
    __retention__ = "exam"
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)

    room_id: Mapped[str | None] = mapped_column(ForeignKey("sitting_room.id"))
    """Where they stand; None: in all rooms. It limits nobody's rights."""

    sitting: Mapped[Sitting] = relationship(back_populates="staff")
    user: Mapped[User] = relationship(lazy="joined")
    room: Mapped[SittingRoom | None] = relationship(lazy="joined")


class Booking(RandomId, Base):
    """A person on a sitting's roster, with seat and ticket number."""

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("sitting_id", "user_id"),
        UniqueConstraint("sitting_id", "seat"),
    )
    __retention__ = "exam"
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    enrolment_id: Mapped[str | None] = mapped_column(ForeignKey("enrolment.id"))
    seat: Mapped[int]
    ticket_number: Mapped[str] = mapped_column(String(20), unique=True)
    time_factor_percent: Mapped[int] = mapped_column(default=100)
    """Accommodation: 100 is the ordinary time, 150 half as much again."""
    time_factor_reason: Mapped[str] = mapped_column(String(200), default="")
    time_factor_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    large_type: Mapped[bool] = mapped_column(default=False, server_default=false())
    reader: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A person reads the questions aloud."""
    break_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    """Minutes of breaks granted; the clock stands while the invigilator pauses the attempt."""
    room_id: Mapped[str | None] = mapped_column(ForeignKey("sitting_room.id"))
    check_in: Mapped[str] = mapped_column(String(12), default="", server_default="")
    """What the door found: empty (not come yet), `confirmed`, `rejected`, `late`, `absent`."""
    checked_in_at: Mapped[datetime | None]
    checked_in_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    check_in_note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime]

    sitting: Mapped[Sitting] = relationship(back_populates="bookings", lazy="joined")
    room: Mapped[SittingRoom | None] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")
    paper: Mapped[Paper | None] = relationship(back_populates="booking")
    attempt: Mapped[Attempt | None] = relationship(back_populates="booking")


class Paper(RandomId, Base):
    """The paper drawn for one booking. Its slots are the truth; the seed rebuilds them."""

    __tablename__ = "paper"
    __retention__ = "exam"
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id"), unique=True)
    seed: Mapped[str] = mapped_column(String(40))
    algorithm: Mapped[str] = mapped_column(String(10))
    shown: Mapped[list[Any]] = mapped_column(deferred=True)
    """What the browser receives, in order: an allow-list made once at the draw. Long, so it is
    fetched only where it is asked for."""
    media: Mapped[list[Any]] = mapped_column(default=list)
    """SHA-256 of its pictures and sounds; the browser asks for them by their place here, from 1."""
    seen: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Ids of the questions the draw avoided where it could: the candidate had met them."""
    sections: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Parts in order: `{"title", "title_en", "first", "last", "minutes", "minimum_percent"}`,
    first and last slot. Empty: one part."""
    drawn_at: Mapped[datetime]

    booking: Mapped[Booking] = relationship(back_populates="paper")
    slots: Mapped[list[PaperSlot]] = relationship(order_by="PaperSlot.number")


class PaperSlot(Base):
    """One thing to answer: a question, or one part of a case."""

    __tablename__ = "paper_slot"
    __retention__ = "exam"
    paper_id: Mapped[str] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), index=True)
    part: Mapped[str] = mapped_column(String(40), default="")
    """Which part of a case; empty for a question that stands alone."""
    domain: Mapped[str] = mapped_column(String(4))
    option_order: Mapped[list[Any]]
    maximum: Mapped[str] = mapped_column(String(20))
    """The marks this slot can earn, an exact fraction such as `3/2`; `0` on trial."""
    trial: Mapped[bool] = mapped_column(default=False)
    """On trial: shown like the others, never scored, told to nobody in the room."""

    version: Mapped[QuestionVersion] = relationship()


class Attempt(RandomId, Base):
    """One person sitting one paper. One for each booking: the database refuses a second."""

    __tablename__ = "attempt"
    __retention__ = "exam"
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id"), unique=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    paper_id: Mapped[str] = mapped_column(ForeignKey("paper.id"), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="open")
    """`open`, `handed_in`, `void`."""
    rules_version: Mapped[str] = mapped_column(String(20))
    rules_accepted_at: Mapped[datetime]
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime] = mapped_column(index=True)
    grace_seconds: Mapped[int]
    sections: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """The paper's sections as they run: `{"title", "title_en", "first", "last", "before"}`, ending
    so many seconds before the deadline (None: with it). Here, so that a save need not look
    elsewhere; the accommodation factor is in it."""
    epoch: Mapped[int] = mapped_column(default=1)
    """The live device's epoch; taking over opens the next."""
    device_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the live device's token."""
    takeover_allowed_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    """The clock stands since; resuming writes a `pause` line into the time account."""
    pause_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    handed_in_at: Mapped[datetime | None]
    handed_in_how: Mapped[str | None] = mapped_column(String(12))
    """`candidate`, `deadline`, `invigilator`, `on_paper` (typed in from the paper fallback)."""
    journal_hash: Mapped[str | None] = mapped_column(String(64))
    receipt_code: Mapped[str | None] = mapped_column(String(16))
    marked_at: Mapped[datetime | None]
    late_admitted_until: Mapped[datetime | None]
    """Late answers that arrived up to here count: a named person admitted them."""

    booking: Mapped[Booking] = relationship(back_populates="attempt", lazy="joined")
    paper: Mapped[Paper] = relationship()
    time_entries: Mapped[list[TimeEntry]] = relationship(order_by="TimeEntry.at")
    result: Mapped[Result | None] = relationship(back_populates="attempt")


class DeviceEpoch(Base):
    """A device that sat an attempt. An old device's unsent answers come in under its own epoch."""

    __tablename__ = "device_epoch"
    __retention__ = "exam"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    device_hash: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    """Last sign of life, rewritten once a minute by each process that hears the device."""


class AnswerEvent(Base):
    """One change of one answer. Append-only; the key makes a repeated delivery one row."""

    __tablename__ = "answer_event"
    __retention__ = "exam"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[int]
    value: Mapped[str] = mapped_column(String(2000))
    """The response as canonical JSON; `null` for a cleared answer."""
    client_at: Mapped[datetime | None]
    server_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(default=False)
    """Arrived after deadline and grace, or after hand-in: kept, not counted, unless admitted."""


class TimeEntry(RandomId, Base):
    """One line of the time account: seconds, who, why. The deadline is their sum."""

    __tablename__ = "time_entry"
    __retention__ = "exam"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    """`base`, `window` (cut by the end of the sitting), `factor`, `room`, `person`, `pause`."""
    seconds: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class AttemptEvent(RandomId, Base):
    """What else happened in an attempt: page left, device changed, conflict refused."""

    __tablename__ = "attempt_event"
    __retention__ = "exam"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class MarkEntry(RandomId, Base):
    """One marking of one slot. Never overwritten: a re-mark is the next row."""

    __tablename__ = "mark_entry"
    __retention__ = "exam"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), index=True)
    slot: Mapped[int]
    number: Mapped[int] = mapped_column(default=1)
    marking_key_id: Mapped[str] = mapped_column(ForeignKey("marking_key.id"))
    rule: Mapped[str] = mapped_column(String(30))
    fraction: Mapped[str] = mapped_column(String(20))
    """0..1 as an exact fraction, `2/3`."""
    mark: Mapped[str] = mapped_column(String(20))
    previous_mark: Mapped[str | None] = mapped_column(String(20))
    by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    """None when the machine marked."""
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("attempt_id", "slot", "number"),)


class Result(RandomId, Base):
    """The outcome of an attempt, held until a named person releases it."""

    __tablename__ = "result"
    __retention__ = "exam"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), unique=True)
    mark: Mapped[str] = mapped_column(String(20))
    maximum: Mapped[str] = mapped_column(String(20))
    pass_percent: Mapped[int]
    passed: Mapped[bool]
    domains: Mapped[dict[str, Any]]
    """Domain -> [mark, maximum], exact fractions as text."""
    sections: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """`{"title", "title_en", "mark", "maximum", "minimum_percent", "passed"}` by section; each must
    be passed."""
    note: Mapped[str] = mapped_column(Text, default="")
    computed_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))

    attempt: Mapped[Attempt] = relationship(back_populates="result")


Index("ix_attempt_open", Attempt.state, Attempt.deadline_at)
