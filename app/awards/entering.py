"""Entering drawn certificates into the register: their rows, lines in the trail and messages.

One or many alike, in the acting transaction; what is slow (drawing, signing, writing files) was
done before. The proposals are locked and weighed by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, insert, select

from app import audit
from app.awards import deciding, files, telling
from app.awards.contents import Contents
from app.awards.refusals import CannotIssue
from app.credentials import keeping
from app.eligibility.panel import Panel
from app.extensions import db
from app.formatting import show_moment
from app.models.awards import Certificate, Decision, StatusChange
from app.models.base import new_id
from app.models.journal import Blob
from app.models.people import User
from certificates.stamping import Stamped

SKEW = timedelta(minutes=5)
"""How far the clocks of two servers may be apart."""


@dataclass(frozen=True)
class Drawn:
    """A certificate ready to be entered: what it says, its bytes, the row of its file."""

    contents: Contents
    stamped: Stamped
    blob: Blob


def refuse_if_clock_went_back(now: datetime) -> None:
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
) -> list[Certificate]:
    """Settle the proposals as granted and write all rows of their certificates."""
    if not drawn:
        return []
    for stamped in {one.stamped.template_sha256: one.stamped for _d, _p, one in drawn}.values():
        files.keep_template(stamped, now)
    db.session.add_all(one.blob for _decision, _panel, one in drawn)
    for decision, panel, _one in drawn:
        deciding.settle(decision, "granted", panel, actor=actor, now=now)
    db.session.flush()
    made = [_certificate(decision, one, now) for decision, _panel, one in drawn]
    db.session.add_all(made)
    db.session.flush()
    first = {"number": 1, "status": "valid", "reason": "", "by_id": actor.id, "at": now}
    db.session.execute(
        insert(StatusChange),
        [{"id": new_id(), "certificate_id": one.id, **first} for one in made],
    )
    keeping.make_many(made, now=now)
    granted = {one.decision_id: {"certificate": one.id} for one in made}
    audit.record_each("award.granted", Decision, granted, actor=actor, now=now)
    hashes = {one.id: {"sha256": one.pdf_sha256} for one in made}
    audit.record_each("certificate.issued", Certificate, hashes, actor=actor, now=now)
    for certificate in made:
        telling.issued(certificate, now=now)
    return made


def _certificate(decision: Decision, one: Drawn, now: datetime) -> Certificate:
    made = one.contents
    return Certificate(
        decision_id=decision.id,
        user_id=decision.user_id,
        user=decision.user,
        scheme_id=made.scheme_id,
        number=str(made.data.number),
        token=made.token,
        printed=made.printed(),
        photo_blob_id=made.photo_blob_id,
        pdf_blob_id=one.blob.id,
        pdf_sha256=one.stamped.sha256,
        layout=one.stamped.layout_version,
        valid_from=made.data.valid_from,
        valid_until=made.data.valid_until,
        status="valid",
        issued_at=now,
    )
