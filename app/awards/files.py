"""Where the bytes of certificates are: the template once, each certificate's increment beside it.

An increment is useless without the template it follows, so the stored file begins with a line that
names the template by its SHA-256. What was issued is both together, and the register holds the
SHA-256 of that: whatever is damaged, a wrong file is never given out. Certificates that were kept
whole, before there were increments, are read as they are.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import blobs
from app.blobs import BlobDamagedError
from app.extensions import db
from app.models.awards import Certificate
from app.models.journal import Blob
from certificates.stamping import Stamped

INCREMENT = "certificate"
TEMPLATE = "certificate_template"
_HEAD = b"peizhen certificate increment 1 "
_PDF = "application/pdf"
_BYTES = "application/octet-stream"


def keep(stamped: Stamped, now: datetime) -> Blob:
    """Store the increment of a certificate, and its template where it is not stored yet."""
    keep_template(stamped, now)
    return blobs.put(_body(stamped), media_type=_BYTES, purpose=INCREMENT, now=now)


def keep_template(stamped: Stamped, now: datetime) -> None:
    """Store the template of a certificate where it is not stored yet."""
    if _template(stamped.template_sha256) is None:
        # Two who issue at once may both store it: the same bytes twice do no harm.
        blobs.put(stamped.template, media_type=_PDF, purpose=TEMPLATE, now=now)


def write(stamped: Stamped, blob_id: str, now: datetime) -> dict[str, Any]:
    """Write an increment before its transaction; return the row that is to be inserted.

    Raises OSError when there is no room.
    """
    body = _body(stamped)
    blobs.write(blob_id, body)
    return {
        "id": blob_id,
        "sha256": hashlib.sha256(body).hexdigest(),
        "media_type": _BYTES,
        "size": len(body),
        "purpose": INCREMENT,
        "created_at": now,
    }


def _body(stamped: Stamped) -> bytes:
    return _HEAD + stamped.template_sha256.encode() + b"\n" + stamped.increment


def read(certificate: Certificate) -> bytes:
    """Return the file as issued. Raises BlobDamagedError when it is not that any more."""
    blob = db.session.get_one(Blob, certificate.pdf_blob_id)
    found = whole(blob)
    if hashlib.sha256(found).hexdigest() != certificate.pdf_sha256:
        raise BlobDamagedError(blob.id)
    return found


def whole(blob: Blob) -> bytes:
    """Return template and increment together. Raises BlobDamagedError without the template."""
    stored = blobs.get(blob)
    if not stored.startswith(_HEAD):
        return stored
    head, _, increment = stored.partition(b"\n")
    template = _template(head.removeprefix(_HEAD).decode())
    if template is None:
        raise BlobDamagedError(blob.id)
    return blobs.get(template) + increment


def _template(sha256: str) -> Blob | None:
    return db.session.scalars(
        select(Blob).where(Blob.sha256 == sha256, Blob.purpose == TEMPLATE).limit(1)
    ).first()
