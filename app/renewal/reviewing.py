"""What the association does with a renewal: look at each line, send back, pass on, refuse.

Two people, as for a first certificate: the registrar checks and passes on, the certifier decides.
Neither may be the holder or tied to them, and nobody decides on what they passed on. Granting is in
`granting.py`, because a grant without its certificate does not exist.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.clock import shanghai_date
from app.eligibility.impartiality import refuse_if_tied
from app.extensions import db
from app.models.people import User
from app.models.renewal import LearningEntry, PracticeEntry, Renewal
from app.renewal import handing_in, progress, telling
from app.renewal.refusing import RenewalRefused

REASON_MOST = 300
REMARK_MOST = 200


def mark_entry(
    renewal: Renewal,
    entry: LearningEntry | PracticeEntry,
    checked: str,
    remark: str,
    *,
    actor: User,
    now: datetime,
) -> None:
    """Accept a line, or strike it with the reason. Raises RenewalRefused, Impartial."""
    renewal = locked(renewal.id)
    may_check(renewal, actor=actor, now=now)
    if checked not in {"accepted", "struck"}:
        raise ValueError(checked)
    remark = remark.strip()[:REMARK_MOST]
    if checked == "struck" and not remark:
        raise RenewalRefused(_("划掉一条要写明为什么，本人会看到。"))
    entry.checked, entry.remark = checked, remark if checked == "struck" else ""
    audit.record("renewal.entry_checked", entry, actor=actor, now=now, checked=checked)


def send_back(renewal: Renewal, reason: str, *, actor: User, now: datetime) -> None:
    """Return a renewal to its holder with what is to be added. Raises RenewalRefused, Impartial."""
    renewal = locked(renewal.id)
    if renewal.state == "checked":
        may_decide(renewal, actor=actor, now=now)
    else:
        may_check(renewal, actor=actor, now=now)
    renewal.state, renewal.reason = "returned", _reason(reason)
    renewal.checked_by_id = renewal.checked_at = None
    audit.record("renewal.returned", renewal, actor=actor, now=now)
    telling.returned(renewal, now=now)


def pass_on(renewal: Renewal, *, actor: User, now: datetime) -> None:
    """Say that everything was looked at and is enough. Raises RenewalRefused, Impartial."""
    renewal = locked(renewal.id)
    may_check(renewal, actor=actor, now=now)
    unlooked = sum(not one.checked for one in renewal.learning)
    if renewal.audited and unlooked:
        raise RenewalRefused(
            _("抽中了抽查，每条课时都要看过证明。还有 %(n)d 条没有看。", n=unlooked)
        )
    at = progress.of(renewal.certificate, now)
    handing_in.refuse_if_missing(at)
    handing_in.refuse_if_complaint(renewal.certificate)
    renewal.state, renewal.checked_by_id, renewal.checked_at = "checked", actor.id, now
    renewal.figures = {**renewal.figures, "checked": at.figures(shanghai_date(now))}
    audit.record("renewal.checked", renewal, actor=actor, now=now)


def refuse(renewal: Renewal, reason: str, *, actor: User, now: datetime) -> None:
    """Decide that the certificate is not renewed. Raises RenewalRefused, Impartial."""
    renewal = locked(renewal.id)
    may_decide(renewal, actor=actor, now=now)
    renewal.state, renewal.reason = "refused", _reason(reason)
    renewal.decided_by_id, renewal.decided_at = actor.id, now
    # What was not struck may serve another application.
    entries: list[LearningEntry | PracticeEntry] = [*renewal.learning, *renewal.practice]
    for entry in entries:
        if entry.checked != "struck":
            entry.renewal_id = None
    audit.record("renewal.refused", renewal, actor=actor, now=now)
    telling.refused(renewal, now=now)


def locked(renewal_id: str) -> Renewal:
    """Return a renewal as it is now, locked until the transaction ends."""
    return db.session.scalars(
        select(Renewal)
        .where(Renewal.id == renewal_id)
        .with_for_update(of=Renewal)
        .execution_options(populate_existing=True)
    ).one()


def may_check(renewal: Renewal, *, actor: User, now: datetime) -> None:
    """Raise RenewalRefused or Impartial when this person may not check this renewal."""
    if renewal.state != "handed_in":
        raise RenewalRefused(_("这份申请现在不在核对这一步，没有改动。"))
    refuse_if_tied(actor, renewal.user, shanghai_date(now), _("核对这份续期"))


def may_decide(renewal: Renewal, *, actor: User, now: datetime) -> None:
    """Raise RenewalRefused or Impartial when this person may not decide on this renewal."""
    if renewal.state != "checked":
        raise RenewalRefused(_("这份申请现在不在决定这一步，没有改动。"))
    if renewal.checked_by_id == actor.id:
        raise RenewalRefused(_("这份申请是你核对的，要由别人来决定。"))
    refuse_if_tied(actor, renewal.user, shanghai_date(now), _("决定这份续期"))


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise RenewalRefused(_("请写明理由，本人会看到。"), "reason")
    return text[:REASON_MOST]
