"""The holder's own log: continuing education and practice, written down, proved, taken out again.

What was handed in lies with the association and stays as it is until it is returned. What has been
accepted stays for good: somebody has checked it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.clock import shanghai_date
from app.extensions import db
from app.models.journal import Blob
from app.models.people import User
from app.models.renewal import LearningEntry, PracticeEntry, Renewal
from app.renewal import evidence
from app.renewal.evidence import Proof
from app.renewal.refusing import RenewalRefused

MOST_ENTRIES = 200
"""Open entries of one person and kind: far more than any renewal needs."""
OLDEST = timedelta(days=366 * 4)


@dataclass(frozen=True)
class Learned:
    """What was learned: `halves` are half class-hours of 45 minutes."""

    category: str
    day: date
    halves: int
    title: str
    provider: str


@dataclass(frozen=True)
class Practised:
    """Accompaniments up to a day, as counts."""

    day: date
    visits: int
    minutes: int
    arranged_by: str


def add_learning(
    learned: Learned, proof: Proof | None, *, actor: User, now: datetime
) -> LearningEntry:
    """Write down continuing education of one's own. Raises RenewalRefused."""
    _refuse_day(learned.day, now)
    _refuse_when_lent(actor)
    _refuse_too_many(LearningEntry, actor)
    row = LearningEntry(
        user_id=actor.id,
        category=learned.category,
        day=learned.day,
        halves=learned.halves,
        title=learned.title,
        provider=learned.provider,
        evidence_blob_id=evidence.keep(proof, now),
        recorded_at=now,
    )
    db.session.add(row)
    audit.record("renewal.learning_added", row, actor=actor, now=now, category=learned.category)
    return row


def add_practice(
    practised: Practised, proof: Proof | None, *, actor: User, now: datetime
) -> PracticeEntry:
    """Write down accompaniments of one's own. Raises RenewalRefused."""
    _refuse_day(practised.day, now)
    _refuse_when_lent(actor)
    _refuse_too_many(PracticeEntry, actor)
    row = PracticeEntry(
        user_id=actor.id,
        day=practised.day,
        visits=practised.visits,
        minutes=practised.minutes,
        arranged_by=practised.arranged_by,
        evidence_blob_id=evidence.keep(proof, now),
        recorded_at=now,
    )
    db.session.add(row)
    audit.record("renewal.practice_added", row, actor=actor, now=now)
    return row


def prove(
    row: LearningEntry | PracticeEntry, proof: Proof | None, *, actor: User, now: datetime
) -> list[str]:
    """Put a proof beside an entry, in place of a former one. Raises RenewalRefused.

    Returns the blobs to be removed after the commit; the very file that is there stays.
    """
    if proof is None:
        raise RenewalRefused(_("请先选一张照片或一个 PDF。"), "proof")
    db.session.refresh(row, with_for_update=True)
    refuse_unless_open(row)
    former = db.session.get(Blob, row.evidence_blob_id) if row.evidence_blob_id else None
    if former is not None and former.sha256 == hashlib.sha256(proof.data).hexdigest():
        return []
    row.evidence_blob_id = evidence.keep(proof, now)
    audit.record("renewal.entry_proved", row, actor=actor, now=now, blob=row.evidence_blob_id)
    return _drop(former)


def remove(row: LearningEntry | PracticeEntry, *, actor: User, now: datetime) -> list[str]:
    """Take an entry out of one's log; returns blobs to be removed. Raises RenewalRefused."""
    refuse_unless_open(row)
    audit.record("renewal.entry_removed", row, actor=actor, now=now)
    proof = db.session.get(Blob, row.evidence_blob_id) if row.evidence_blob_id else None
    db.session.delete(row)
    return _drop(proof)


def _drop(proof: Blob | None) -> list[str]:
    if proof is None:
        return []
    db.session.flush()
    db.session.delete(proof)
    return [proof.id]


def refuse_unless_open(row: LearningEntry | PracticeEntry) -> None:
    """Raise RenewalRefused for an entry that its writer may not change any more."""
    if row.checked == "accepted":
        raise RenewalRefused(_("这一条协会已经核对过，不能再改。"))
    if row.renewal_id is not None and _state(row.renewal_id) != "returned":
        raise RenewalRefused(_("这一条已经交给协会，不能再改。退回来的时候才能改。"))


def _state(renewal_id: str) -> str | None:
    return db.session.scalar(select(Renewal.state).where(Renewal.id == renewal_id))


def _refuse_day(day: date, now: datetime) -> None:
    today = shanghai_date(now)
    if day > today:
        raise RenewalRefused(_("日期还没有到。请填已经过去的日子，或今天。"), "day")
    if day < today - OLDEST:
        raise RenewalRefused(_("日期太早了，四年以前的不算。请看看年份是不是填错了。"), "day")


def _refuse_when_lent(actor: User) -> None:
    lent = select(Renewal.id).where(
        Renewal.user_id == actor.id, Renewal.state.in_(("handed_in", "checked"))
    )
    if db.session.scalar(lent.limit(1)):
        raise RenewalRefused(_("续期申请已经交给协会，等有了结果再记新的。"))


def _refuse_too_many(model: type[LearningEntry] | type[PracticeEntry], actor: User) -> None:
    found = select(model.id).where(model.user_id == actor.id, model.renewal_id.is_(None))
    if len(db.session.scalars(found.limit(MOST_ENTRIES)).all()) >= MOST_ENTRIES:
        raise RenewalRefused(_("已经记了 %(n)d 条，够多了。请先删掉用不着的。", n=MOST_ENTRIES))
