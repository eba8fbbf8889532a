"""What holders are told about the register, each in their own language. Nothing is decided here."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app import messages
from app.formatting import show_date
from app.models.awards import Certificate, StatusChange
from app.models.register import Appeal, Hearing
from app.register import ledger


def changed(
    certificate: Certificate, change: StatusChange, *, appeal_days: int, now: datetime
) -> None:
    """Tell the holder how the certificate stands now, why, and what can be done against it."""
    with force_locale(certificate.user.locale or "zh"):
        number, reason = certificate.printed["number_grouped"], _stopped(change.reason)
        if change.status == "valid":
            text = _("你的证书 %(number)s 已恢复有效。%(reason)s", number=number, reason=reason)
        elif change.status == "replaced":
            text = _(
                "你的证书 %(number)s 已换成新证书，请用新证书。%(reason)s",
                number=number,
                reason=reason,
            )
        else:
            text = _(
                "你的证书 %(number)s 现在是“%(word)s”%(until)s，不能再用它提供服务。理由：%(reason)s"
                "不服可以在 %(days)d 天内申诉：登录后在“证书”里打开“状态的经过”。",
                number=number,
                word=ledger.word(change.status),
                until=_("（到%(day)s为止）", day=show_date(change.until)) if change.until else "",
                reason=reason,
                days=appeal_days,
            )
        messages.send(certificate.user, "award.status", _("证书状态有变"), text, now=now)


def heard(hearing: Hearing, certificate: Certificate, *, now: datetime) -> None:
    """Tell the holder what is meant or was done at once, and until when to reply."""
    with force_locale(certificate.user.locale or "zh"):
        text = _(
            "协会拟把你的证书 %(number)s 改成“%(word)s”。理由：%(reason)s"
            "你可以在%(day)s前陈述：登录后在“证书”里打开“状态的经过”。陈述以后或期满才作决定。",
            number=certificate.printed["number_grouped"],
            word=ledger.word(hearing.status),
            reason=_stopped(hearing.reason),
            day=show_date(hearing.reply_until),
        )
        messages.send(certificate.user, "award.hearing", _("请陈述你的意见"), text, now=now)


def dropped(hearing: Hearing, certificate: Certificate, *, now: datetime) -> None:
    """Tell the holder that nothing comes of it."""
    with force_locale(certificate.user.locale or "zh"):
        text = _(
            "关于你的证书 %(number)s，协会不再处理上次告知的事，证书状态没有改动。说明：%(note)s",
            number=certificate.printed["number_grouped"],
            note=_stopped(hearing.note),
        )
        messages.send(certificate.user, "award.hearing", _("不再处理"), text, now=now)


def answered(appeal: Appeal, certificate: Certificate, *, now: datetime) -> None:
    """Tell the holder how the appeal was decided, and why."""
    with force_locale(certificate.user.locale or "zh"):
        number, answer = certificate.printed["number_grouped"], _stopped(appeal.answer)
        if appeal.state == "upheld":
            text = _("关于证书 %(number)s 的申诉成立。%(answer)s", number=number, answer=answer)
        else:
            text = _(
                "关于证书 %(number)s 的申诉不成立，维持原决定。%(answer)s",
                number=number,
                answer=answer,
            )
        messages.send(certificate.user, "award.appeal", _("申诉有结果"), text, now=now)


def _stopped(sentence: str) -> str:
    """End what somebody wrote with a full stop, so that the next sentence does not run into it."""
    text = sentence.strip()
    if not text:
        return ""
    return text if text.endswith(("。", ".", "！", "？", "!", "?")) else text + _("。")
