"""Rows of renewal, lists and the directory, for the addresses that name them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app import clock
from app.directory import keeping, own_page
from app.extensions import db
from app.models.awards import Certificate
from app.models.directory import EmployerLink, InstitutionPage
from app.models.hospitals import EarlierCertificate, HospitalKey
from app.models.renewal import Correction, LearningEntry, PracticeEntry, Renewal
from app.renewal import correcting, progress


def values(certificate: Certificate) -> dict[str, Any]:
    """Return a value for each part of an address, by endpoint."""
    now, holder = clock.now(), certificate.user
    renewal = progress.find_open(certificate) or _renewal(certificate)
    entry = _entry(renewal)
    page = db.session.scalars(select(InstitutionPage)).one()
    link = db.session.scalars(
        select(EmployerLink).where(EmployerLink.user_id == holder.id)
    ).first() or own_page.make(holder, shows_learning=True, now=now)
    price = page.prices[0] if page.prices else None
    if price is None:
        price = keeping.add_price(page, "示例", 100, "visit", actor=holder, now=now)
    db.session.commit()
    return {
        "renewal_id": renewal.id,
        **dict.fromkeys(
            (
                "renewal.entry.kind",
                "renewal.remove_entry.kind",
                "renewal.proof.kind",
                "renewal.check_entry.kind",
            ),
            "learning",
        ),
        **dict.fromkeys(
            (
                "renewal.entry.entry_id",
                "renewal.remove_entry.entry_id",
                "renewal.proof.entry_id",
                "renewal.check_entry.entry_id",
            ),
            entry.id,
        ),
        "correction_id": _correction(certificate).id,
        "key_id": db.session.scalars(select(HospitalKey).limit(1)).one().id,
        "earlier_id": db.session.scalars(select(EarlierCertificate).limit(1)).one().id,
        "page_id": page.id,
        "organisation_id": page.organisation_id,
        "price_id": price.id,
        "link_id": link.id,
        "public_directory.own.token": link.token,
    }


def _renewal(certificate: Certificate) -> Renewal:
    row = Renewal(
        user_id=certificate.user_id,
        certificate_id=certificate.id,
        code_version="1",
        lot=9999,
        audited=False,
        handed_in_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    models: list[type[LearningEntry] | type[PracticeEntry]] = [LearningEntry, PracticeEntry]
    for model in models:
        for one in db.session.scalars(
            select(model).where(model.user_id == certificate.user_id, model.renewal_id.is_(None))
        ):
            one.renewal_id = row.id
    db.session.flush()
    return row


def _entry(renewal: Renewal) -> LearningEntry:
    """Return an entry with a proof that was handed in."""
    return db.session.scalars(
        select(LearningEntry)
        .where(LearningEntry.renewal_id == renewal.id, LearningEntry.evidence_blob_id.is_not(None))
        .limit(1)
    ).one()


def _correction(certificate: Certificate) -> Correction:
    found = correcting.find_open(certificate)
    assert found is not None
    return found
