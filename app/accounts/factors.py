"""The second factor: time-based one-time codes (RFC 6238), six digits, thirty seconds.

The secret is sealed at rest, a code is good once, and codes of the neighbouring half minutes are
taken because phone clocks drift. Who lost the phone is helped by an administrator, which is logged;
there are no recovery codes to be left in a drawer.
"""

from __future__ import annotations

import base64
import hmac
import io
from datetime import datetime

import pyotp
import qrcode
from flask_babel import gettext as _
from qrcode.image.svg import SvgPathFillImage

from app import audit, clock, messages, rulebook, secrecy
from app.accounts import attempts
from app.errors import Refusal
from app.models.people import User
from app.permissions import is_staff

SECONDS = 30
CODES_MOST = 8
PLACE = {"table": "user_account", "column": "totp_sealed"}


class WrongCodeError(Refusal):
    """The code is not the one of this half minute, or was used already."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("验证码不对，或已经用过。请等 App 里出现下一个再填。"))


class FactorStateError(Refusal):
    """Set up already, or not begun."""


def is_required(user: User, now: datetime) -> bool:
    """Tell whether this person must use a second factor (setting `staff.second_factor`)."""
    return is_staff(user) and bool(rulebook.value("staff.second_factor", clock.shanghai_date(now)))


def is_on(user: User) -> bool:
    """Tell whether sign-in asks this person for a code."""
    return user.totp_confirmed_at is not None


def begin(user: User, *, actor: User, now: datetime) -> None:
    """Make a new secret; it counts once a code made with it was given."""
    if is_on(user):
        raise FactorStateError(_("二次验证已经开启。要换手机，请先关闭，再重新设置。"))
    user.totp_sealed = secrecy.seal(pyotp.random_base32(), row=user.id, **PLACE)
    user.totp_last_counter = 0
    audit.record("factor.begun", user, actor=actor, now=now)


def secret_of(user: User) -> str:
    """Return the secret in the form an authenticator app takes. Raises FactorStateError."""
    if user.totp_sealed is None:
        raise FactorStateError(_("还没有开始设置二次验证。"))
    return secrecy.unseal(user.totp_sealed, row=user.id, **PLACE)


def picture(user: User) -> str:
    """Return the QR code for an authenticator app as a `data:` address of an SVG picture."""
    label = user.login_name or _("我的账户")
    uri = pyotp.TOTP(secret_of(user)).provisioning_uri(name=label, issuer_name=_("陪诊"))
    drawn = io.BytesIO()
    qrcode.make(uri, image_factory=SvgPathFillImage, border=3).save(drawn)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


def check_code(user: User, code: str, now: datetime) -> None:
    """Take a one-time code. Raises TooManyTriesError or WrongCodeError.

    The caller commits also after WrongCodeError, so that the try stays counted.
    """
    attempts.limit("signin.code", user.id, CODES_MOST, now)
    totp = pyotp.TOTP(secret_of(user), interval=SECONDS)
    typed = code.replace(" ", "")
    present = int(now.timestamp()) // SECONDS
    for counter in (present - 1, present, present + 1):
        same = hmac.compare_digest(totp.generate_otp(counter).encode(), typed.encode())
        if same and counter > user.totp_last_counter:
            user.totp_last_counter = counter
            return
    raise WrongCodeError


def confirm(user: User, code: str, *, actor: User, now: datetime) -> None:
    """Switch the second factor on, with a first code as proof that the app has the secret."""
    if is_on(user):
        raise FactorStateError(_("二次验证已经开启。"))
    check_code(user, code, now)
    user.totp_confirmed_at = now
    audit.record("factor.confirmed", user, actor=actor, now=now)


def remove(user: User, *, actor: User, now: datetime, reason: str = "") -> None:
    """Switch it off: by the person, or by an administrator for somebody who lost the phone."""
    user.totp_sealed, user.totp_confirmed_at, user.totp_last_counter = None, None, 0
    audit.record("factor.removed", user, actor=actor, now=now, reason=reason)
    if actor.id != user.id:
        messages.send(
            user,
            "factor.removed",
            _("二次验证已关闭"),
            _("管理员关闭了你的二次验证。如果不是你要求的，请马上联系管理员。"),
            now=now,
        )
