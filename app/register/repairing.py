"""Doing what the state checker proposes, one finding at a time, with a log.

Only while the finding still stands, and only what it names. Nothing here invents a fact: each repair
follows what another record says (the ledger, the paper, the decision).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.awards import deciding
from app.clock import shanghai_date
from app.eligibility.impartiality import refuse_if_tied
from app.extensions import db
from app.models.awards import Certificate, CertificateSerial, Decision, StatusChange
from app.models.people import User
from app.models.register import RegisterRepair
from app.register import across, finding, ledger, terms
from app.register.refusals import RegisterRefused

Repair = Callable[[str, User, datetime], None]


def repair(code: str, object_id: str, *, actor: User, now: datetime) -> RegisterRepair:
    """Do one repair and log it; the caller commits.

    Raises RegisterRefused where the finding no longer stands or no machine can mend it, and
    Impartial where the repair changes the standing of somebody the actor is tied to.
    """
    found = finding.find_again(code, object_id, now)
    if found is None:
        raise RegisterRefused(_("这个问题已经不在了，没有改动任何东西。请重新检查一次。"))
    if code not in _REPAIRS or not found.repair:
        raise RegisterRefused(_("这个问题不能自动修复，请照说明办。"))
    _REPAIRS[code](object_id, actor, now)
    row = RegisterRepair(
        code=code,
        certificate_id=found.certificate_id,
        object_id=object_id,
        by_id=actor.id,
        at=now,
    )
    db.session.add(row)
    audit.record("register.repaired", row, actor=actor, now=now, code=code, object=object_id)
    return row


def log(most: int = 100) -> list[tuple[RegisterRepair, str]]:
    """Return the latest repairs with who did them."""
    query = (
        select(RegisterRepair, User.name)
        .join(User, User.id == RegisterRepair.by_id)
        .order_by(RegisterRepair.at.desc(), RegisterRepair.id)
        .limit(most)
    )
    return [(row, name) for row, name in db.session.execute(query)]


def _certificate(certificate_id: str) -> Certificate:
    return ledger.locked(db.session.get_one(Certificate, certificate_id))


def _status(certificate_id: str, _actor: User, _now: datetime) -> None:
    row = _certificate(certificate_id)
    row.status = ledger.history(row)[-1].status


def _first_line(certificate_id: str, actor: User, _now: datetime) -> None:
    row = _certificate(certificate_id)
    decision = db.session.get_one(Decision, row.decision_id)
    db.session.add(
        StatusChange(
            certificate_id=row.id,
            number=1,
            status="valid",
            reason="",
            by_id=decision.decided_by_id or actor.id,
            at=row.issued_at,
        )
    )
    row.status = "valid"


def _validity(certificate_id: str, _actor: User, _now: datetime) -> None:
    row = _certificate(certificate_id)
    until = row.printed["valid_until"]
    row.valid_until = date.fromisoformat(until) if until else None


def _term(certificate_id: str, _actor: User, now: datetime) -> None:
    terms.enter_end(_certificate(certificate_id), now)


def _older(certificate_id: str, actor: User, now: datetime) -> None:
    row = _certificate(certificate_id)
    refuse_if_tied(actor, row.user, shanghai_date(now), _("改动这张证书"))
    ledger.enter(
        row,
        "replaced",
        reason_code="duplicate",
        reason=_("同一个方案已有签发较晚的证书，以那一张为准。"),
        actor=actor,
        now=now,
    )


def _serial(place: str, _actor: User, _now: datetime) -> None:
    year, _dash, district = place.partition("-")
    highest = max(
        serial
        for found, serial in map(across.serial_of, db.session.scalars(select(Certificate.number)))
        if found == (int(year), district)
    )
    row = db.session.get(CertificateSerial, (int(year), district), with_for_update=True)
    if row is None:
        db.session.add(CertificateSerial(year=int(year), district_code=district, last=highest))
    else:
        row.last = max(row.last, highest)


def _reopen(decision_id: str, _actor: User, _now: datetime) -> None:
    decision = deciding.locked(decision_id)
    decision.state, decision.decided_by_id, decision.decided_at = "proposed", None, None


_REPAIRS: dict[str, Repair] = {
    "status_differs": _status,
    "no_lines": _first_line,
    "validity_differs": _validity,
    "term_over": _term,
    "live_twice": _older,
    "serial_behind": _serial,
    "no_certificate": _reopen,
}
