"""How the chain stands, for a page: in four queries, however long the trail is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.audit_chain.sealing import unsealed
from app.extensions import db
from app.models.journal import AuditLine, Job, Seal, SignedHead


@dataclass(frozen=True)
class ChainState:
    """Length of the chain, lines that wait, the newest signed head, the last full check."""

    sealed: int
    waiting: int
    oldest_waiting: datetime | None
    head: SignedHead | None
    check: Job | None


def read_state() -> ChainState:
    """Read how the chain stands."""
    waiting = unsealed(everything=False).order_by(None).subquery()
    count, oldest = db.session.execute(
        select(func.count(), func.min(AuditLine.at))
        .select_from(AuditLine)
        .join(waiting, waiting.c.id == AuditLine.id)
    ).one()
    return ChainState(
        sealed=db.session.scalar(select(func.max(Seal.number))) or 0,
        waiting=count,
        oldest_waiting=oldest,
        head=db.session.scalars(
            select(SignedHead).order_by(SignedHead.signed_at.desc()).limit(1)
        ).first(),
        check=db.session.scalars(
            select(Job)
            .where(Job.kind == "audit.verify", Job.state == "done")
            .order_by(Job.finished_at.desc())
            .limit(1)
        ).first(),
    )
