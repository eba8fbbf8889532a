"""Applications for a certificate, and the public notice (公示) with objections before the decision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.people import User
from app.models.training import Enrolment, TrainingClass


class Application(RandomId, Base):
    """A trainee's application for the certificate of one class. Its ledger is `ApplicationStep`."""

    __tablename__ = "application"
    __retention__ = "exam"
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="draft", index=True)
    """`draft`, `filed`, `returned`, `accepted`, `withdrawn`: the last step, for lists."""
    days: Mapped[int]
    """Days the association gave itself when the application was first filed."""
    created_at: Mapped[datetime]

    enrolment: Mapped[Enrolment] = relationship()
    user: Mapped[User] = relationship()
    steps: Mapped[list[ApplicationStep]] = relationship(order_by="ApplicationStep.number")
    documents: Mapped[list[ApplicationDocument]] = relationship(
        order_by="ApplicationDocument.added_at"
    )


class ApplicationStep(RandomId, Base):
    """One act on an application. Append-only: the clock is computed from these rows."""

    __tablename__ = "application_step"
    __table_args__ = (UniqueConstraint("application_id", "number"),)
    __retention__ = "exam"
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    """`filed`, `returned`, `accepted`, `withdrawn`."""
    faults: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """When returned: what of the application is at fault (a document, a declaration) -> how."""
    declarations: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """When filed: the declarations made, code -> version of its wording."""
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class ApplicationDocument(RandomId, Base):
    """A file sent with an application. One that was taken away or replaced keeps its row."""

    __tablename__ = "application_document"
    __retention__ = "exam"
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    """Empty once the file was taken away."""
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class PublicNotice(RandomId, Base):
    """A list of people proposed for the certificate, shown to the public for some days."""

    __tablename__ = "public_notice"
    __retention__ = "exam"
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"), index=True)
    from_day: Mapped[date]
    until_day: Mapped[date] = mapped_column(index=True)
    """The last day on which an objection is taken."""
    published_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime]

    training_class: Mapped[TrainingClass] = relationship(lazy="joined")
    entries: Mapped[list[NoticeEntry]] = relationship(
        back_populates="notice", order_by="NoticeEntry.place"
    )


class NoticeEntry(RandomId, Base):
    """One person on a public notice, with the name as it was shown: one character hidden."""

    __tablename__ = "notice_entry"
    __table_args__ = (
        UniqueConstraint("notice_id", "enrolment_id"),
        UniqueConstraint("notice_id", "place"),
    )
    __retention__ = "exam"
    notice_id: Mapped[str] = mapped_column(ForeignKey("public_notice.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    place: Mapped[int]
    shown_name: Mapped[str] = mapped_column(String(80))

    notice: Mapped[PublicNotice] = relationship(back_populates="entries")
    enrolment: Mapped[Enrolment] = relationship()


class Objection(RandomId, Base):
    """What somebody outside has against a person on a notice. Filed without an account."""

    __tablename__ = "objection"
    __retention__ = "exam"
    entry_id: Mapped[str] = mapped_column(ForeignKey("notice_entry.id"), index=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """The receipt: with it, who objected reads the answer."""
    text: Mapped[str] = mapped_column(Text)
    contact_sealed: Mapped[str] = mapped_column(String(400), default="")
    """How to reach who objected, encrypted; empty when they gave none."""
    filed_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(10), default="open", index=True)
    """`open`, `upheld`, `dismissed`."""
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]

    entry: Mapped[NoticeEntry] = relationship()


Index(
    "uq_application_document_current",
    ApplicationDocument.application_id,
    ApplicationDocument.kind,
    unique=True,
    sqlite_where=ApplicationDocument.removed_at.is_(None),
    postgresql_where=ApplicationDocument.removed_at.is_(None),
)
