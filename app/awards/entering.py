"""Entering drawn certificates into the register: their rows, lines in the trail and messages.

One or many alike, in the acting transaction; what is slow (drawing, signing, writing files) was
done before. The proposals are locked and weighed by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.awards import deciding, files, keys, telling
from app.awards.contents import Contents
from app.awards.refusals import CannotIssue
from app.credentials import keeping
from app.credentials.keeping import Signed
from app.eligibility.panel import Panel
from app.extensions import db, insert_rows
from app.formatting import show_moment
from app.models.awards import Certificate, Decision, StatusChange
from app.models.base import new_id
from app.models.journal import Blob
from app.models.people import User
from certificates.signing import Signer
from certificates.stamping import Stamped, stamp

SKEW = timedelta(minutes=5)
"""How far the clocks of two servers may be apart."""


@dataclass(frozen=True)
class Drawn:
    """A certificate ready to be entered: what it says, its bytes, the row of its file."""

    contents: Contents
    stamped: Stamped
    blob: Mapping[str, Any]
    credential: Signed | None
    """None for one that is only tried."""


def draw(made: Contents, signer: Signer, blob_id: str, now: datetime) -> Drawn:
    """Draw and sign a certificate with its credential inside, and write its file.

    Slow, so no transaction is open. `now` is the moment of issue. Raises CertificateError, OSError.
    """
    if made.place is None:
        raise ValueError("no place was taken for the credential")
    signed = keeping.sign(_unentered(made, now), made.place, now=now)
    stamped = stamp(
        made.data, signer, now, made.layout, sample=made.sample, credential=signed.token
    )
    return Drawn(made, stamped, files.write(stamped, blob_id, now), signed)


def attempt(made: Contents, signer: Signer, now: datetime) -> Drawn:
    """Draw and sign a certificate for nobody to have: whether it can be made. Raises CertificateError."""
    stamped = stamp(made.data, signer, now, made.layout, sample=made.sample)
    return Drawn(made, stamped, {}, None)


def able_signer(now: datetime) -> Signer:
    """Return the key for documents where nothing stands against issuing now.

    Asked before a number is taken. Raises a CertificateError or CannotIssue.
    """
    signer = keys.signer()
    signer.refuse_unless_valid(now)
    keeping.refuse_without_key(now)
    _refuse_if_clock_went_back(now)
    return signer


def _refuse_if_clock_went_back(now: datetime) -> None:
    """Raise CannotIssue when the last certificate was issued later than now.

    Its number and its day would stand before those of certificates that people hold.
    """
    last = db.session.scalar(select(func.max(Certificate.issued_at)))
    if last is not None and now < last - SKEW:
        raise CannotIssue(
            _(
                "没有签发：服务器的时钟是 %(now)s，比上一张证书签发的时间 %(last)s 还早。请管理员先校准时钟。",
                now=show_moment(now),
                last=show_moment(last),
            )
        )


def enter(
    drawn: Sequence[tuple[Decision, Panel, Drawn]], *, actor: User, now: datetime
) -> list[str]:
    """Settle the proposals as granted and write all rows of their certificates; return their ids."""
    if not drawn:
        return []
    for decision, panel, _one in drawn:
        deciding.settle(decision, "granted", panel, actor=actor, now=now)
    made = register([(decision, one) for decision, _panel, one in drawn], actor=actor, now=now)
    granted = {one.decision_id: {"certificate": one.id} for one in made}
    audit.record_each("award.granted", Decision, granted, actor=actor, now=now)
    telling.issued(made, now=now)
    return [one.id for one in made]


def register(
    drawn: Sequence[tuple[Decision, Drawn]], *, actor: User, now: datetime, **said: str
) -> list[Certificate]:
    """Write all rows of certificates that rest on these decisions, a statement for each table.

    `said` goes into the trail with each. Returns what was written, apart from the session.
    """
    for stamped in {one.stamped.template_sha256: one.stamped for _d, one in drawn}.values():
        files.keep_template(stamped, now)
    insert_rows(Blob, [dict(one.blob) for _decision, one in drawn])
    rows = [_row(decision, one, now) for decision, one in drawn]
    insert_rows(Certificate, rows)
    first = {"number": 1, "status": "valid", "reason": "", "by_id": actor.id, "at": now}
    insert_rows(StatusChange, [{"certificate_id": row["id"], **first} for row in rows])
    made = [Certificate(**row) for row in rows]
    signed = [one.credential for _decision, one in drawn if one.credential]
    keeping.enter([(new.id, one) for new, one in zip(made, signed, strict=True)])
    hashes = {one.id: {"sha256": one.pdf_sha256, **said} for one in made}
    audit.record_each("certificate.issued", Certificate, hashes, actor=actor, now=now)
    return made


def _unentered(made: Contents, now: datetime) -> Certificate:
    """Return what the credential repeats of a certificate that has no row yet."""
    return Certificate(
        scheme_id=made.scheme_id,
        number=str(made.data.number),
        printed=made.printed(),
        valid_from=made.data.valid_from,
        valid_until=made.data.valid_until,
        issued_at=now,
    )


def _row(decision: Decision, one: Drawn, now: datetime) -> dict[str, Any]:
    made = one.contents
    return {
        "id": new_id(),
        "decision_id": decision.id,
        "user_id": decision.user_id,
        "scheme_id": made.scheme_id,
        "number": str(made.data.number),
        "token": made.token,
        "printed": made.printed(),
        "photo_blob_id": made.photo_blob_id,
        "pdf_blob_id": one.blob["id"],
        "pdf_sha256": one.stamped.sha256,
        "layout": one.stamped.layout_version,
        "valid_from": made.data.valid_from,
        "valid_until": made.data.valid_until,
        "status": "valid",
        "issued_at": now,
    }
