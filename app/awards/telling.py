"""What people are told about decisions, each in their own language. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app import messages
from app.awards import standing
from app.extensions import db
from app.formatting import show_date
from app.models.awards import Certificate, Decision
from app.models.people import User


def issued(certificates: Sequence[Certificate], *, now: datetime) -> None:
    """Tell the holders that their certificates are there."""
    holders = [one.user_id for one in certificates]
    spoken = select(User.id, User.locale).where(User.id.in_(holders))
    locales = dict(db.session.execute(spoken).all())
    said: list[tuple[str, str, str]] = []
    for locale in {*locales.values()}:
        with force_locale(locale or "zh"):
            said += [_issued(one) for one in certificates if locales[one.user_id] == locale]
    messages.send_each("award.issued", said, now=now)


def _issued(certificate: Certificate) -> tuple[str, str, str]:
    text = _(
        "你的证书 %(number)s 已签发，有效期至%(day)s。登录后在“证书”里下载，"
        "也可以出示二维码给对方查验。",
        number=certificate.printed["number_grouped"],
        day=show_date(certificate.valid_until),
    )
    return certificate.user_id, _("证书已签发"), text


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
