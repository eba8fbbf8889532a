"""Rows of a certificate's life that the demonstration does not have, for the addresses that name them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app import blobs, clock
from app.complaints import filing
from app.demo.accounts import person
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.complaints import ComplaintPhoto
from app.models.register import Appeal, Hearing


def values(certificate: Certificate) -> dict[str, Any]:
    """Return a value for each part of an address of the register and of complaints."""
    now, today = clock.now(), clock.shanghai_date(clock.now())
    change = db.session.scalars(
        select(StatusChange).where(StatusChange.certificate_id == certificate.id)
    ).first()
    assert change is not None
    open_one = select(Hearing).where(
        Hearing.certificate_id == certificate.id, Hearing.state == "open"
    )
    hearing = db.session.scalars(open_one).first() or Hearing(
        certificate_id=certificate.id,
        status="withdrawn",
        reason_code="misuse",
        reason="x",
        opened_by_id=person("certifier").id,
        opened_at=now,
        reply_until=today + timedelta(days=7),
    )
    appeal = db.session.scalars(select(Appeal).where(Appeal.change_id == change.id)).first()
    appeal = appeal or Appeal(
        change_id=change.id, certificate_id=certificate.id, text="x", filed_at=now, answer_by=today
    )
    told = filing.Told("other", "x", contact="13900000003")
    case = filing.file(told, certificate, [], nonce=hearing.id, network="", now=now)
    if not case.photos:
        blob = blobs.put(b"x", media_type="image/png", purpose=filing.PURPOSE, now=now)
        db.session.flush()
        db.session.add(ComplaintPhoto(complaint_id=case.id, place=1, blob_id=blob.id))
    db.session.add_all((hearing, appeal))
    db.session.commit()
    return {
        "appeal_id": appeal.id,
        "change_id": change.id,
        "complaint_id": case.id,
        "complaints.photo.place": 1,
        "complaints.standing.act": "suspend",
        "complaints.step.act": "note",
        "hearing_id": hearing.id,
        "register.change.act": "suspend",
    }
