"""Layouts out of their rows, ready to be drawn with."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select

from app import blobs
from app.extensions import db
from app.models.journal import Blob
from app.models.layouts import CertificateLayout
from certificates.layouts import Layout, arranging
from certificates.layouts.arranging import Arrangement

_KEPT = 32


def arrangement(row: CertificateLayout) -> Arrangement:
    """Return what a row asks for, with the bytes of its pictures."""
    return arranging.read(
        row.body, seal=_bytes(row.seal_blob_id), background=_bytes(row.background_blob_id)
    )


def layout(row: CertificateLayout) -> Layout:
    """Return a layout to draw with. Raises a CertificateError for a draft that asks too much."""
    if row.number is not None:
        return _published(row.id)
    return arranging.arrange(row.kind, row.design, arrangement(row))


@lru_cache(maxsize=_KEPT)
def _published(layout_id: str) -> Layout:
    """Read one that cannot change any more, once a process."""
    row = db.session.get_one(CertificateLayout, layout_id)
    return arranging.arrange(row.kind, row.design, arrangement(row), f".{row.number}")


def listed() -> list[CertificateLayout]:
    """Return all layouts, drafts first, then by kind, the newest first."""
    rows = db.session.scalars(
        select(CertificateLayout).order_by(
            CertificateLayout.number.is_not(None),
            CertificateLayout.kind,
            CertificateLayout.number.desc(),
            CertificateLayout.made_at.desc(),
        )
    )
    return list(rows)


def _bytes(blob_id: str | None) -> bytes | None:
    return blobs.get(db.session.get_one(Blob, blob_id)) if blob_id else None
