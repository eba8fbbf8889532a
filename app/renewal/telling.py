"""What holders are told about renewals and corrections, each in their own language."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app import messages
from app.formatting import show_date
from app.models.awards import Certificate
from app.models.people import User
from app.models.renewal import Correction, Renewal


def returned(row: Renewal, *, now: datetime) -> None:
    """Tell that something has to be added."""
    with force_locale(row.user.locale or "zh"):
        messages.send(
            row.user,
            "award.renewal_returned",
            _("续期申请退回来补"),
            _(
                "你的续期申请还差一点：%(reason)s 在“证书 → 续期”里补好，再交一次。",
                reason=row.reason,
            ),
            now=now,
        )


def refused(row: Renewal, *, now: datetime) -> None:
    """Tell that the certificate is not renewed."""
    with force_locale(row.user.locale or "zh"):
        messages.send(
            row.user,
            "award.renewal_refused",
            _("证书没有续期"),
            _(
                "协会决定这次不续期。理由：%(reason)s 对决定有疑问，请找证书登记员。",
                reason=row.reason,
            ),
            now=now,
        )


def renewed(old: Certificate, new: Certificate, *, now: datetime) -> None:
    """Tell that the new certificate stands and the old one is replaced."""
    _new_one(
        new.user,
        _("证书已续期"),
        old,
        new,
        now=now,
    )


def replaced(old: Certificate, new: Certificate, *, now: datetime) -> None:
    """Tell that the certificate was exchanged."""
    _new_one(new.user, _("证书已更换"), old, new, now=now)


def not_replaced(row: Correction, *, now: datetime) -> None:
    """Tell that the certificate stays as it is."""
    with force_locale(row.user.locale or "zh"):
        messages.send(
            row.user,
            "award.correction_refused",
            _("证书没有更换"),
            _("你要求的更换没有通过，原来的证书不变。理由：%(reason)s", reason=row.reason),
            now=now,
        )


def _new_one(
    user: User, subject: str, old: Certificate, new: Certificate, *, now: datetime
) -> None:
    with force_locale(user.locale or "zh"):
        messages.send(
            user,
            "award.replaced",
            subject,
            _(
                "新证书 %(new)s 已签发，有效期至%(day)s。原来的 %(old)s 标为“已更换”，请不要再出示。",
                new=new.printed["number_grouped"],
                old=old.printed["number_grouped"],
                day=show_date(new.valid_until),
            ),
            now=now,
        )
