"""Rows of what comes before a certificate and of batches, for the addresses that name them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app import clock
from app.applications import documents, filing
from app.demo.accounts import person
from app.demo.portrait import portrait
from app.extensions import db
from app.models.applications import Application, NoticeEntry, Objection, PublicNotice
from app.models.awards import Certificate
from app.models.bulk import Batch, BatchItem
from app.models.conflicts import CompetenceEntry, ConflictDeclaration
from app.models.training import Enrolment

DOCUMENT_ROUTES = (
    "applications.attach",
    "applications.take_away",
    "applications.document",
    "applications.reviewed_document",
)


def values(certificate: Certificate, enrolment: Enrolment) -> dict[str, Any]:
    """Return a value for each part of an address of applications, notices, files and batches."""
    entry = db.session.scalars(
        select(NoticeEntry).join(PublicNotice).order_by(PublicNotice.published_at)
    ).first()
    objection = db.session.scalars(select(Objection)).first()
    kept = db.session.scalars(select(CompetenceEntry)).first()
    assert entry is not None
    assert objection is not None
    assert kept is not None
    return {
        **{f"{route}.kind": "health" for route in DOCUMENT_ROUTES},
        "application_id": _application(enrolment).id,
        "batch_id": _batch(certificate, enrolment).id,
        "competence.remove_entry.entry_id": kept.id,
        "conflict_id": _conflict(),
        "notice_id": entry.notice_id,
        "objection_id": objection.id,
        "other_id": person("paused").id,
        "public_notices.object_to.entry_id": entry.id,
        "public_notices.objection_form.entry_id": entry.id,
    }


def _application(enrolment: Enrolment) -> Application:
    """Return the holder's application, filed, with a document."""
    now, user = clock.now(), enrolment.user
    row = filing.begin(enrolment, now=now)
    if row.state in filing.APPLICANTS:
        data, media_type = documents.prepare(portrait("paper"))
        filing.attach(row, "health", data, media_type, actor=user, now=now)
        db.session.flush()
        filing.file(row, ("truth", "record", "notice"), actor=user, now=now)
    db.session.commit()
    return row


def _batch(certificate: Certificate, enrolment: Enrolment) -> Batch:
    """Return a batch that is done."""
    now = clock.now()
    row = Batch(
        kind="issue",
        class_id=enrolment.class_id,
        state="done",
        made_by_id=person("certifier").id,
        made_at=now,
        finished_at=now,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(
        BatchItem(
            batch_id=row.id,
            place=1,
            decision_id=certificate.decision_id,
            certificate_id=certificate.id,
            state="done",
        )
    )
    db.session.commit()
    return row


def _conflict() -> str:
    row = db.session.scalars(select(ConflictDeclaration)).first()
    assert row is not None
    return row.id
