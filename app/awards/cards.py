"""The wallet card of a certificate: drawn when its holder first asks, kept, the same ever after.

It says what the certificate says, from the fields kept at issue, and carries the same code. Once a
certificate has ended no card is drawn; one that was drawn is a picture of the past, and the code on
it says so.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, blobs
from app.accounts import consents
from app.awards import files, keys, standing
from app.awards.refusals import AwardRefused, CannotIssue
from app.blobs import BlobDamagedError
from app.config import Settings
from app.credentials import keeping
from app.extensions import db, outside_transaction
from app.formatting import in_english
from app.layouts import choosing
from app.models.awards import Certificate
from app.models.journal import Blob
from app.models.layouts import CertificateCard
from app.models.people import User
from app.models.scheme import Scheme
from certificates.certificate import PRINTED, CertificateData
from certificates.numbers import CertificateNumber
from certificates.sentences import CertificateError
from certificates.stamping import Stamped, stamp

_DATES = ("training_from", "training_until", "issued_on", "valid_from", "valid_until")
_NEEDED = frozenset((*PRINTED, *_DATES, "number_grouped", "hours", "check_address"))


def can_be_drawn(certificate: Certificate) -> bool:
    """Tell whether all that a card says was kept: not so for certificates from before this system."""
    return certificate.printed.keys() >= _NEEDED


def find_card(certificate_id: str) -> CertificateCard | None:
    """Return the card that was drawn, if one was."""
    return db.session.scalar(
        select(CertificateCard).where(CertificateCard.certificate_id == certificate_id)
    )


def file_of(sha256: str) -> str:
    """Return the hash of the certificate's file where `sha256` is its card's, else `sha256`."""
    found = db.session.scalar(
        select(Certificate.pdf_sha256)
        .join(CertificateCard, CertificateCard.certificate_id == Certificate.id)
        .where(CertificateCard.sha256 == sha256)
        .limit(1)
    )
    return found or sha256


def card(certificate: Certificate, *, actor: User, now: datetime) -> bytes:
    """Return a certificate's card as a PDF, drawing it the first time; the caller commits.

    Ends the transaction on the way. Raises AwardRefused for a certificate that is not in force or
    was not drawn here, CannotIssue when it cannot be drawn, BlobDamagedError.
    """
    certificate_id, actor_id = certificate.id, actor.id
    if existing := find_card(certificate_id):
        return _bytes(existing)
    if not standing.verdict_now(certificate, now).may_serve:
        raise AwardRefused(_("证书现在不是“有效”，没有做随身卡。恢复有效以后再来下载。"))
    if not can_be_drawn(certificate):
        raise AwardRefused(_("这张证书不是本系统签发的，内容不全，做不了随身卡。"))
    try:
        stamped = _draw(certificate, now)
    except CertificateError as error:
        raise CannotIssue(error.en if in_english() else error.zh) from error
    db.session.scalars(
        select(Certificate.id).where(Certificate.id == certificate_id).with_for_update()
    ).one()
    if existing := find_card(certificate_id):  # two taps: the first one's card stays
        return _bytes(existing)
    blob = files.keep(stamped, now)
    db.session.flush()
    row = CertificateCard(
        certificate_id=certificate_id,
        blob_id=blob.id,
        sha256=stamped.sha256,
        layout=stamped.layout_version,
        made_at=now,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "certificate.card",
        row,
        actor=db.session.get_one(User, actor_id),
        now=now,
        certificate=certificate_id,
        sha256=stamped.sha256,
    )
    return stamped.pdf


def _draw(certificate: Certificate, now: datetime) -> Stamped:
    settings: Settings = current_app.config["PEIZHEN"]
    scheme = db.session.get_one(Scheme, certificate.scheme_id)
    layout = choosing.layout_for(scheme.code, "card")
    signer, sample = keys.signer(), bool(certificate.printed.get("sample", settings.demo))
    data = _facts(certificate, _photo(certificate))
    credential = keeping.find(certificate)
    token = credential.token if credential else ""
    outside_transaction()
    return stamp(data, signer, now, layout, sample=sample, credential=token)


def _facts(certificate: Certificate, photo: bytes | None) -> CertificateData:
    printed: dict[str, Any] = certificate.printed
    prefix, year, district, serial, check = printed["number_grouped"].split()
    days = {name: date.fromisoformat(printed[name]) if printed[name] else None for name in _DATES}
    return CertificateData(
        number=CertificateNumber(prefix, int(year), district, serial, check),
        hours=printed["hours"],
        check_address=printed["check_address"],
        photo=photo,
        **{name: printed[name] for name in PRINTED},
        **days,  # type: ignore[arg-type]  # of these only the last may be None
    )


def _photo(certificate: Certificate) -> bytes | None:
    """Return the photo that stands on the certificate, if its holder still lets it be printed."""
    if certificate.photo_blob_id is None:
        return None
    if not consents.holds(certificate.user, "photo_on_certificate"):
        return None
    return blobs.get(db.session.get_one(Blob, certificate.photo_blob_id))


def _bytes(row: CertificateCard) -> bytes:
    """Return the card as it was drawn. Raises BlobDamagedError when it is not that any more."""
    whole = files.whole(db.session.get_one(Blob, row.blob_id))
    if hashlib.sha256(whole).hexdigest() != row.sha256:
        raise BlobDamagedError(row.blob_id)
    return whole
