"""The dated ledger of certificates: the one door through which a status changes, and how it stands.

A line is added and never changed. What a certificate is at a moment is worked out from its lines,
its dates and the time (`certificates.verdict`), each time somebody asks. Deliberately not here: who
may decide, whether the holder was heard, and what they are told (`deciding`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, rulebook
from app.clock import shanghai_date
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.people import User
from app.models.register import Hearing
from app.register.reasons import REASONS
from app.register.refusals import RegisterRefused
from app.translating import language
from certificates import verdict as verdicts
from certificates.verdict import Standing, Status, Verdict

# The ledger says `valid` for a certificate that nobody has touched; dates are not its business.
STANDINGS = {"valid": Standing.IN_FORCE}
FINAL = frozenset({"withdrawn", "cancelled", "replaced"})
BY_DECISION = frozenset({"withdrawn", "cancelled"})
"""What an appeal that is upheld takes back, although it was final."""
REASON_MOST = 300


def enter(
    certificate: Certificate,
    status: str,
    *,
    reason_code: str,
    reason: str,
    actor: User,
    now: datetime,
    until: date | None = None,
) -> StatusChange:
    """Add a line to a certificate's ledger and return it; the caller commits and tells the holder.

    `status` and `reason_code` are of `reasons.REASONS`, else KeyError; `until` is the last day of
    a suspension. Raises RegisterRefused for a step that the last line does not allow, or a day
    that lies behind. The row is locked, so that two who act at once do not both write.
    """
    REASONS[status][reason_code]
    row = locked(certificate)
    lines = history(row)
    _refuse_unless_possible(lines, status, reason_code, shanghai_date(now))
    if status == "replaced":
        _refuse_while_heard(row)
    if until is not None and (status != "suspended" or until < shanghai_date(now)):
        raise RegisterRefused(_("暂停的最后一天不能早于今天，也只有暂停才有最后一天。"))
    change = StatusChange(
        certificate_id=row.id,
        number=lines[-1].number + 1 if lines else 1,
        status=status,
        reason_code=reason_code,
        reason=reason.strip()[:REASON_MOST],
        until=until,
        by_id=actor.id,
        at=now,
    )
    row.status = status
    db.session.add(change)
    audit.record(
        "certificate.status",
        row,
        actor=actor,
        now=now,
        status=status,
        reason_code=reason_code,
        until=until.isoformat() if until else None,
    )
    return change


def locked(certificate: Certificate) -> Certificate:
    """Return the certificate's row read anew and locked until the transaction ends."""
    return db.session.scalars(
        select(Certificate)
        .where(Certificate.id == certificate.id)
        .with_for_update(of=Certificate)
        .execution_options(populate_existing=True)
    ).one()


def _refuse_unless_possible(
    lines: Sequence[StatusChange], status: str, reason_code: str, today: date
) -> None:
    """Raise RegisterRefused for a step that makes no sense after the last line."""
    before = lines[-1].status if lines else "valid"
    taken_back = before in BY_DECISION and (status, reason_code) == ("valid", "appeal_upheld")
    if before in FINAL and not taken_back:
        raise RegisterRefused(_("这张证书的状态已经是“%(word)s”，没有再改动。", word=word(before)))
    if before == status == "valid":
        raise RegisterRefused(_("这张证书没有暂停，不用恢复。"))
    over = bool(lines) and lines[-1].until is not None and lines[-1].until < today
    if before == "suspended" and not over and status == "replaced":
        raise RegisterRefused(_("这张证书暂停着，不能更换。请先决定恢复还是撤销，再换证。"))


def _refuse_while_heard(certificate: Certificate) -> None:
    """Raise RegisterRefused while something is held against the holder: a new card would end it."""
    waiting = select(Hearing.id).where(
        Hearing.certificate_id == certificate.id, Hearing.state == "open"
    )
    if db.session.scalar(waiting.limit(1)) is not None:
        raise RegisterRefused(_("这张证书有一件告知没有办完，不能更换。请先作出决定，再换证。"))


def history(certificate: Certificate) -> list[StatusChange]:
    """Return the ledger's lines of a certificate, oldest first."""
    return histories([certificate])[certificate.id]


def histories(certificates: Iterable[Certificate]) -> dict[str, list[StatusChange]]:
    """Return the lines of many certificates, by certificate id, with one query."""
    found: dict[str, list[StatusChange]] = {row.id: [] for row in certificates}
    lines = select(StatusChange).where(StatusChange.certificate_id.in_(found))
    for line in db.session.scalars(lines.order_by(StatusChange.number)):
        found[line.certificate_id].append(line)
    return found


def verdict(certificate: Certificate, lines: Sequence[StatusChange], now: datetime) -> Verdict:
    """Return what a certificate is at a moment, by its lines in order, its dates and today's grace."""
    grace = rulebook.value("certificate.grace_days", shanghai_date(now))
    changes, effective = [], None
    for line in lines:
        # The numbers give the order: a clock that stepped back between two lines must not let
        # the issue overrule the withdrawal after it. No line is dated ahead.
        effective = min(line.at if effective is None else max(effective, line.at), now)
        stands = STANDINGS.get(line.status) or Standing(line.status)
        changes.append(verdicts.StatusChange(effective, stands, line.until))
    return verdicts.verdict(
        changes,
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        grace=timedelta(days=grace),
        now=now,
    )


def verdict_now(certificate: Certificate, now: datetime) -> Verdict:
    """Return what one certificate is at a moment."""
    return verdict(certificate, history(certificate), now)


def reads_english() -> bool:
    """Tell whether this answer is in English."""
    return language() == "en"


def word(status: str) -> str:
    """Return the word of a status (已撤销, Withdrawn) in the reader's language."""
    wording = verdicts.wording(Status(status))
    return wording.en if reads_english() else wording.word_zh


def sentence(shown: Verdict) -> str:
    """Return what a verdict means and what to do, in the reader's language."""
    return shown.sentence_en if reads_english() else shown.sentence_zh
