"""What people are told about decisions, each in their own language. Nothing is decided here."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app import messages
from app.awards import standing
from app.formatting import show_date
from app.models.awards import Certificate, Decision
from app.models.people import User


def issued(certificate: Certificate, *, now: datetime) -> None:
    """Tell the holder that the certificate is there."""
    with force_locale(certificate.user.locale or "zh"):
        messages.send(
            certificate.user,
            "award.issued",
            _("证书已签发"),
            _(
                "你的证书 %(number)s 已签发，有效期至%(day)s。登录后在“证书”里下载，"
                "也可以出示二维码给对方查验。",
                number=certificate.printed["number_grouped"],
                day=show_date(certificate.valid_until),
            ),
            now=now,
        )


def refused(decision: Decision, *, now: datetime) -> None:
    """Tell the person that no certificate is given, and why."""
    with force_locale(decision.user.locale or "zh"):
        messages.send(
            decision.user,
            "award.refused",
            _("这次没有发证"),
            _(
                "协会决定这次不发证。理由：%(reason)s 对决定有疑问，请找班主任或证书登记员。",
                reason=_stopped(decision.reason),
            ),
            now=now,
        )


def sent_back(decision: Decision, proposer: User, *, now: datetime) -> None:
    """Tell the proposer what is missing before the proposal can be decided."""
    with force_locale(proposer.locale or "zh"):
        messages.send(
            proposer,
            "award.returned",
            _("一项发证提议退回"),
            _(
                "你提出的一项发证提议已退回。要补的是：%(reason)s 补好后可以重新提出。",
                reason=_stopped(decision.reason),
            ),
            now=now,
        )


def standing_changed(certificate: Certificate, reason: str, *, now: datetime) -> None:
    """Tell the holder that the certificate may no longer be used, and why."""
    with force_locale(certificate.user.locale or "zh"):
        messages.send(
            certificate.user,
            "award.status",
            _("证书状态有变"),
            _(
                "你的证书 %(number)s 现在是“%(word)s”，不能再用它提供服务。理由：%(reason)s "
                "对决定有疑问，请找证书登记员。",
                number=certificate.printed["number_grouped"],
                word=standing.word(certificate.status),
                reason=_stopped(reason),
            ),
            now=now,
        )


def _stopped(sentence: str) -> str:
    """End what somebody wrote with a full stop, so that the next sentence does not run into it."""
    text = sentence.strip()
    return text if text.endswith(("。", ".", "！", "？", "!", "?")) else text + _("。")
