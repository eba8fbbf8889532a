"""Deciding on a certificate's standing: at once where the rules allow it, else after the holder was heard.

Suspending and withdrawing are told to the holder first, who may reply within a dated setting's
days; a suspension for safety comes at once, and the holder is heard afterwards. Nobody decides who
taught, examined or employs the holder. Appeals are decided in `appealing`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, rulebook
from app.clock import shanghai_date
from app.eligibility.impartiality import refuse_if_tied
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.people import User
from app.models.register import Hearing
from app.register import ledger, reasons, telling
from app.register.refusals import RegisterRefused

HEARD = frozenset({"suspended", "withdrawn"})
ASKED_FOR = frozenset({"holder_pauses"})
"""What the holder asked for needs no hearing."""
REPLY_MOST = 2000


def may_act(certificate: Certificate, *, actor: User, now: datetime) -> None:
    """Raise RegisterRefused or Impartial when this person may not change this certificate."""
    if certificate.status in ledger.FINAL:
        word = ledger.word(certificate.status)
        raise RegisterRefused(_("这张证书的状态已经是“%(word)s”，没有再改动。", word=word))
    refuse_if_tied(actor, certificate.user, shanghai_date(now), _("改动这张证书"))


def comes_at_once(status: str, code: str, on: date) -> bool:
    """Tell whether a change for this reason needs no hearing first, by the rules of a day."""
    if status not in HEARD or code in ASKED_FOR:
        return True
    if not rulebook.value("register.reply_before", on)[status]:
        return True
    at_once: dict[str, bool] = rulebook.value("register.at_once", on)
    return status == "suspended" and at_once.get(code, False)


def act(
    certificate: Certificate,
    status: str,
    *,
    reason_code: str,
    reason: str,
    actor: User,
    now: datetime,
    until: date | None = None,
) -> StatusChange | Hearing:
    """Change a standing where that may come at once, else tell the holder what is meant.

    Returns the line of the ledger, or the hearing that was opened. Raises RegisterRefused and
    Impartial.
    """
    row = ledger.locked(certificate)
    may_act(row, actor=actor, now=now)
    reason, today = _words(reason), shanghai_date(now)
    for last in ledger.history(row)[-1:]:
        stands = (last.status, last.reason_code, last.reason, last.until)
        if stands == ("suspended", reason_code, reason, until) and status == "suspended":
            return last  # it is suspended just so: asked for twice, done once
    if not comes_at_once(status, reason_code, today):
        return _open(row, status, reason_code, reason, actor=actor, now=now)
    values: dict[str, Any] = {"reason_code": reason_code, "reason": reason, "until": until}
    change = _enter(row, status, values, actor=actor, now=now)
    if status in HEARD and reason_code not in ASKED_FOR and open_hearing(row) is None:
        # Heard afterwards: the reply is kept with the line it answers.
        _add(row, status, values, actor=actor, now=now, change=change)
    return change


def open_hearing(certificate: Certificate) -> Hearing | None:
    """Return the hearing of a certificate that is not decided yet."""
    return db.session.scalar(
        select(Hearing).where(Hearing.certificate_id == certificate.id, Hearing.state == "open")
    )


def hearings(certificate: Certificate) -> list[Hearing]:
    """Return all hearings of a certificate, oldest first."""
    query = select(Hearing).where(Hearing.certificate_id == certificate.id)
    return list(db.session.scalars(query.order_by(Hearing.opened_at, Hearing.id)))


def reply(hearing: Hearing, text: str, *, actor: User, now: datetime) -> None:
    """Keep the holder's reply. Raises RegisterRefused without words, twice, or too late."""
    row = _locked(hearing)
    if row.replied_at is not None:
        raise RegisterRefused(_("你已经陈述过，原文在下面。要补充，请找证书登记员。"))
    if not may_reply(row, now):
        raise RegisterRefused(_("陈述的期限已过，或这件事已经办结，没有再收。"))
    if not text.strip():
        raise RegisterRefused(_("请写下你的意见，再提交。"))
    row.reply, row.replied_at = text.strip()[:REPLY_MOST], now
    audit.record("hearing.replied", row, actor=actor, now=now)


def may_reply(hearing: Hearing, now: datetime) -> bool:
    """Tell whether a reply is still taken: within its days, and before a decision that awaits it."""
    if hearing.replied_at is not None or shanghai_date(now) > hearing.reply_until:
        return False
    return hearing.state == "open" or (hearing.state == "decided" and came_at_once(hearing))


def came_at_once(hearing: Hearing) -> bool:
    """Tell whether a hearing follows a change that was made at once."""
    return hearing.change_id is not None and hearing.closed_at == hearing.opened_at


def decidable_from(hearing: Hearing) -> date | None:
    """Return the first day on which a hearing can be decided; None when the reply is there."""
    return None if hearing.replied_at else hearing.reply_until + timedelta(days=1)


def decide(
    hearing: Hearing, *, reason: str, until: date | None, actor: User, now: datetime
) -> StatusChange:
    """Do what was announced, after the reply or its days. Raises RegisterRefused and Impartial."""
    row = _locked(hearing)
    _refuse_if_closed(row)
    certificate = db.session.get_one(Certificate, row.certificate_id)
    may_act(certificate, actor=actor, now=now)
    first = decidable_from(row)
    if first is not None and shanghai_date(now) < first:
        raise RegisterRefused(_("持证人还没有陈述，陈述期也没有满。收到陈述或期满以后才能决定。"))
    values: dict[str, Any] = {
        "reason_code": row.reason_code,
        "reason": _words(reason),
        "until": until if row.status == "suspended" else None,
    }
    change = _enter(certificate, row.status, values, actor=actor, now=now)
    db.session.flush()
    row.change_id = change.id
    _close(row, "decided", actor=actor, now=now)
    return change


def drop(hearing: Hearing, *, note: str, actor: User, now: datetime) -> None:
    """Close a hearing without any change. Raises RegisterRefused and Impartial."""
    row = _locked(hearing)
    _refuse_if_closed(row)
    certificate = db.session.get_one(Certificate, row.certificate_id)
    refuse_if_tied(actor, certificate.user, shanghai_date(now), _("改动这张证书"))
    row.note = _words(note)[: ledger.REASON_MOST]
    _close(row, "dropped", actor=actor, now=now)
    telling.dropped(row, certificate, now=now)


def close_by_end(certificate: Certificate, *, actor: User, now: datetime) -> None:
    """Close what is open when a certificate has ended otherwise: there is nothing left to decide."""
    row = open_hearing(certificate)
    if row is not None:
        row.note = _("证书已经注销或更换。")
        _close(row, "dropped", actor=actor, now=now)


def _open(
    row: Certificate, status: str, code: str, reason: str, *, actor: User, now: datetime
) -> Hearing:
    reasons.REASONS[status][code]
    if open_hearing(row) is not None:
        raise RegisterRefused(_("这张证书已经有一件告知没有办完，请先作出决定。"))
    values = {"reason_code": code, "reason": reason}
    hearing = _add(row, status, values, actor=actor, now=now, change=None)
    telling.heard(hearing, row, now=now)
    return hearing


def _add(
    row: Certificate,
    status: str,
    values: dict[str, Any],
    *,
    actor: User,
    now: datetime,
    change: StatusChange | None,
) -> Hearing:
    days = rulebook.value("register.reply_days", shanghai_date(now))
    db.session.flush()
    hearing = Hearing(
        certificate_id=row.id,
        status=status,
        reason_code=values["reason_code"],
        reason=values["reason"],
        opened_by_id=actor.id,
        opened_at=now,
        reply_until=shanghai_date(now) + timedelta(days=days),
        change_id=change.id if change else None,
    )
    hearing.state = "open"
    db.session.add(hearing)
    audit.record("hearing.opened", hearing, actor=actor, now=now, certificate=row.id, status=status)
    if change is not None:
        _close(hearing, "decided", actor=actor, now=now)
    return hearing


def _enter(
    row: Certificate, status: str, values: dict[str, Any], *, actor: User, now: datetime
) -> StatusChange:
    change = ledger.enter(row, status, actor=actor, now=now, **values)
    if status in {"cancelled", "replaced"}:
        close_by_end(row, actor=actor, now=now)
    days = rulebook.value("register.appeal_days", shanghai_date(now))
    telling.changed(row, change, appeal_days=days, now=now)
    return change


def _close(hearing: Hearing, state: str, *, actor: User, now: datetime) -> None:
    hearing.state, hearing.closed_by_id, hearing.closed_at = state, actor.id, now
    audit.record("hearing.closed", hearing, actor=actor, now=now, state=state)


def _locked(hearing: Hearing) -> Hearing:
    return db.session.scalars(
        select(Hearing)
        .where(Hearing.id == hearing.id)
        .with_for_update(of=Hearing)
        .execution_options(populate_existing=True)
    ).one()


def _refuse_if_closed(hearing: Hearing) -> None:
    if hearing.state != "open":
        raise RegisterRefused(_("这件事已经办结，没有再改动。"))


def _words(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise RegisterRefused(_("请写明理由，会告诉持证人，也会留在登记里。"))
    return text[: ledger.REASON_MOST]
