"""The trail and its heads as files that others can check without us (`script/check_audit.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from sqlalchemy import select

from app.audit_chain.heads import all_rows, from_row
from app.audit_chain.links import as_json, canonical
from app.audit_chain.sealing import unsealed
from app.extensions import db
from app.models.journal import AuditLine, Seal


def trail_lines() -> Iterator[str]:
    """Give one line of JSON for each link, in order, then one for each line not yet sealed."""
    rows = db.session.execute(
        select(Seal, AuditLine)
        .outerjoin(AuditLine, AuditLine.id == Seal.line_id)
        .order_by(Seal.number)
        .execution_options(yield_per=1000)
    )
    for seal, line in rows:
        yield canonical(
            {
                "number": seal.number,
                "hash": seal.hash,
                "line_id": seal.line_id,
                "line": as_json(line) if line is not None else None,
            }
        )
    for line in db.session.scalars(unsealed(everything=True)):
        yield canonical({"number": None, "hash": None, "line_id": line.id, "line": as_json(line)})


def head_lines() -> Iterator[str]:
    """Give one line of JSON for each signed head."""
    for row in all_rows():
        yield canonical(asdict(from_row(row)))
