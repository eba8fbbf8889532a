"""Handing in a renewal: everything is there, the code of conduct signed, the lot of the audit drawn.

The lot is drawn once, at the first handing in, and stays: who is drawn and brings no proofs does not
get another draw by taking the application back.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, rulebook
from app.clock import shanghai_date
from app.extensions import db
from app.formatting import show_date, show_list
from app.models.awards import Certificate
from app.models.complaints import Complaint
from app.models.people import User
from app.models.renewal import Renewal
from app.register import ledger
from app.renewal import progress, telling, wording
from app.renewal.progress import Progress
from app.renewal.refusing import RenewalRefused
from certificates import renewal
from certificates.renewal import Window
from certificates.verdict import Status


def draw() -> int:
    """Draw a lot from 0 to 9,999, each as likely as the other."""
    return secrets.randbelow(renewal.LOTS)


def hand_in(
    certificate: Certificate,
    code_version: str,
    *,
    actor: User,
    now: datetime,
    lot: Callable[[], int] = draw,
) -> Renewal:
    """Hand in the renewal of one's own certificate, for the first time or after it was returned.

    When the lot falls on it and proofs are missing it goes back at once, with what is missing.
    Raises RenewalRefused.
    """
    ledger.locked(certificate)
    at, today = progress.of(certificate, now), shanghai_date(now)
    row = at.renewal
    refuse_unless_possible(at, first=row is None)
    if code_version != rulebook.value("renewal.conduct", today)["version"]:
        raise RenewalRefused(_("行为守则有了新的一版。请再看一遍，再交。"), "conduct")
    if row is None:
        row = _begin(certificate, code_version, lot(), now=now)
    row.state, row.code_version, row.reason = "handed_in", code_version, ""
    row.figures = {**row.figures, "handed_in": at.figures(today)}
    for learned in at.learning:
        learned.renewal_id = row.id
    for practised in at.visits:
        practised.renewal_id = row.id
    audit.record("renewal.handed_in", row, actor=actor, now=now, audited=row.audited)
    if row.audited and (unproved := [one for one in at.learning if not one.evidence_blob_id]):
        row.state = "returned"
        row.reason = _(
            "抽中了随机抽查，有 %(n)d 条课时还没有证明。请每条补一张照片或 PDF，再交一次。",
            n=len(unproved),
        )
        audit.record("renewal.returned", row, actor=None, now=now, unproved=len(unproved))
        telling.returned(row, now=now)
    return row


def refuse_unless_possible(at: Progress, *, first: bool) -> None:
    """Raise RenewalRefused with the first thing that stands in the way of handing in."""
    if not first and at.locked:
        raise RenewalRefused(_("已经交过了，正在等协会核对，不用再交。"))
    # Who handed in in time may add what was missing after the grace, too.
    possible = progress.RENEWABLE if first else progress.RENEWABLE | {Status.EXPIRED}
    if at.verdict.code not in possible:
        raise RenewalRefused(
            _(
                "这张证书现在是“%(word)s”，不能续期。",
                word=ledger.word(at.verdict.code.value),
            )
        )
    if first:
        _refuse_outside_window(at)
    refuse_if_missing(at)
    refuse_if_complaint(at.certificate)


def refuse_if_missing(at: Progress) -> None:
    """Raise RenewalRefused naming every category and figure that is missing."""
    missing = [
        _(
            "%(what)s还差 %(n)s 课时",
            what=wording.CATEGORIES.get(line.category, line.category),
            n=wording.hours(line.short),
        )
        for line in at.lines
        if line.short
    ]
    if not at.practised:
        missing.append(practice_missing(at))
    if missing:
        raise RenewalRefused(_("还没有齐：%(missing)s。", missing=show_list(missing)))


def practice_missing(at: Progress) -> str:
    """Say how much practice is missing."""
    if at.volunteer:
        return str(_("陪诊还差 %(n)d 次", n=max(0, at.asked.volunteer_visits - at.practice.visits)))
    return str(
        _(
            "陪诊还差 %(n)d 次，或 %(time)s",
            n=max(0, at.asked.visits - at.practice.visits),
            time=wording.duration(max(0, at.asked.visit_minutes - at.practice.minutes)),
        )
    )


def refuse_if_complaint(certificate: Certificate) -> None:
    """Raise RenewalRefused while a complaint about this certificate's holder is being looked into."""
    open_one = select(Complaint.id).where(
        Complaint.certificate_id == certificate.id, Complaint.state.in_(("open", "held"))
    )
    if db.session.scalar(open_one.limit(1)):
        raise RenewalRefused(_("有一件关于你的投诉还在核查。有了结果，才能续期。"))


def _refuse_outside_window(at: Progress) -> None:
    if at.window is Window.EARLY:
        raise RenewalRefused(_("还没有到续期的时候，%(day)s起可以交。", day=show_date(at.opens_on)))
    if at.window is Window.OVER:
        raise RenewalRefused(
            _(
                "续期的时间到%(day)s为止，已经过了。要再做陪诊师，请重新参加考试。",
                day=show_date(at.closes_on),
            )
        )
    if at.window is Window.NEVER:
        raise RenewalRefused(_("这张证书没有期限，不用续期。"))


def _begin(certificate: Certificate, code_version: str, lot: int, *, now: datetime) -> Renewal:
    percent = rulebook.value("renewal.audit_percent", shanghai_date(now))
    row = Renewal(
        user_id=certificate.user_id,
        certificate_id=certificate.id,
        code_version=code_version,
        lot=lot,
        audited=renewal.is_audited(lot, percent),
        handed_in_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row
