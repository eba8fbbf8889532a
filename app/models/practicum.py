"""Practicum: places and supervisors, accompanied visits with their moments, signatures.

There is no column for the person accompanied: neither name nor number, age, illness or bed. The only
free text is screened before it is stored (`app/practicum/screening.py`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.people import Organisation
from app.models.training import Enrolment


class PracticumPlace(RandomId, Base):
    """A hospital or institution that lets trainees of one training body practise, and until when."""

    __tablename__ = "practicum_place"
    __retention__ = "training"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    """The training body that has the agreement."""
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    """`hospital`, `institution`."""
    agreed_from: Mapped[date]
    agreed_until: Mapped[date | None]
    added_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    supervisors: Mapped[list[PracticumSupervisor]] = relationship(
        back_populates="place", order_by="PracticumSupervisor.added_at"
    )


class PracticumSupervisor(RandomId, Base):
    """Who signs at a place, without an account: with a link, and a code only they were told."""

    __tablename__ = "practicum_supervisor"
    __retention__ = "training"
    place_id: Mapped[str] = mapped_column(ForeignKey("practicum_place.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    phone_sealed: Mapped[str] = mapped_column(String(300))
    phone_shown: Mapped[str] = mapped_column(String(20))
    code_hash: Mapped[str] = mapped_column(String(80))
    """Keyed hash of the signing code, with this row's id inside."""
    consented_at: Mapped[datetime]
    """When they agreed that name and phone are kept for signing."""
    added_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime]
    ended_on: Mapped[date | None]

    place: Mapped[PracticumPlace] = relationship(back_populates="supervisors")


class PracticumVisit(RandomId, Base):
    """One accompanied visit. Signed, it never changes: a correction is a new visit naming it."""

    __tablename__ = "practicum_visit"
    __table_args__ = (UniqueConstraint("corrects_id"),)
    __retention__ = "training"
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    place_id: Mapped[str] = mapped_column(ForeignKey("practicum_place.id"), index=True)
    level: Mapped[str] = mapped_column(String(20))
    """`tertiary`, `secondary`, `primary`, `community`, `other`."""
    department: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="open")
    """`open`, `ready` (ended, unsigned), `signed`, `refused`, `replaced`, `dropped`."""
    tasks: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(String(300), default="")
    minutes: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    corrects_id: Mapped[str | None] = mapped_column(ForeignKey("practicum_visit.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it corrects another, was refused or dropped."""
    signed_at: Mapped[datetime | None]
    sha256: Mapped[str] = mapped_column(String(64), default="")
    """Of what the supervisor saw and signed."""

    enrolment: Mapped[Enrolment] = relationship()
    place: Mapped[PracticumPlace] = relationship(lazy="joined")
    moments: Mapped[list[PracticumMoment]] = relationship(
        order_by="(PracticumMoment.happened_at, PracticumMoment.recorded_at, PracticumMoment.id)"
    )


class PracticumMoment(RandomId, Base):
    """One key moment of a visit, and where its time comes from."""

    __tablename__ = "practicum_moment"
    __table_args__ = (UniqueConstraint("visit_id", "key"),)
    __retention__ = "training"
    visit_id: Mapped[str] = mapped_column(ForeignKey("practicum_visit.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    """Given by the page for each press: the same press sent twice is one row."""
    kind: Mapped[str] = mapped_column(String(20))
    """One of the eight; tests have one row going in and one coming out."""
    mark: Mapped[str] = mapped_column(String(5), default="")
    """`in`, `out` for tests; else empty."""
    happened_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(10))
    """`server`; `device`: reported after the line came back; `added`: written in later."""
    basis: Mapped[str] = mapped_column(String(100), default="")
    """What a time written in later rests on."""
    recorded_at: Mapped[datetime]


class PracticumRequest(RandomId, Base):
    """A link sent to a supervisor for one visit: random, used once, expiring."""

    __tablename__ = "practicum_request"
    __retention__ = "training"
    visit_id: Mapped[str] = mapped_column(ForeignKey("practicum_visit.id"), index=True)
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("practicum_supervisor.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(10), default="")
    """Empty while open; `signed`, `refused`, `withdrawn`."""
    reason: Mapped[str] = mapped_column(String(200), default="")
    answered_at: Mapped[datetime | None]

    visit: Mapped[PracticumVisit] = relationship()
    supervisor: Mapped[PracticumSupervisor] = relationship()


class TimeBankAccount(RandomId, Base):
    """A person's account in the time bank (沪助养老时光汇), if they gave one."""

    __tablename__ = "time_bank_account"
    __retention__ = "account"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), unique=True)
    number_sealed: Mapped[str] = mapped_column(String(300))
    shown: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime]


Index(
    "uq_practicum_visit_open",
    PracticumVisit.enrolment_id,
    unique=True,
    sqlite_where=PracticumVisit.state == "open",
    postgresql_where=PracticumVisit.state == "open",
)
Index(
    "uq_practicum_request_open",
    PracticumRequest.visit_id,
    unique=True,
    sqlite_where=PracticumRequest.outcome == "",
    postgresql_where=PracticumRequest.outcome == "",
)
