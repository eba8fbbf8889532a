"""Passwords: how they are hashed, compared, given out and refused.

argon2id with 19 MiB, two passes, one lane: the first choice of the OWASP password storage cheat
sheet. Hashing takes tens of milliseconds: do it outside a transaction. This module knows neither
rows nor requests.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from app.errors import Refusal
from app.models.base import ID_ALPHABET

SHORTEST, LONGEST = 10, 200
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = HASHER.hash(secrets.token_urlsafe(24))
"""Compared when there is no such account, so that an unknown name takes as long as a known one."""

# The commonest of ten signs and more in published Chinese and international lists.
_COMMON = """
1234567890 0123456789 0987654321 9876543210 12345678910 123456789a a123456789 1234567890a
abc1234567 abcd123456 abcde12345 qwertyuiop qwerty1234 qwerty12345 qwerty123456 1q2w3e4r5t
q1w2e3r4t5 1qaz2wsx3edc qazwsxedcr asdfghjkl1 zxcvbnm123 password12 password123 password1234
password01 passw0rd123 p@ssw0rd123 iloveyou123 iloveyou1314 woaini1314 woaini520 woaini5201314
5201314520 1314520520 1314521521 52013145201 woaiwojia1 woaiwojia123 woaizhongguo zhongguo123
shanghai123 shanghai2025 shanghai2026 peizhen123 peizhen1234 peizhenshi peizhenshi123 admin12345
admin123456 administrator letmein1234 welcome123 welcome1234 changeme123 1122334455 1223334444
147258369a 1472583690 7894561230 a1234567890 aa12345678 aa123456789 zz12345678 asd1234567
asd123456789 qq123456789 wang123456 zhang123456 liu1234567 chen123456 li12345678
"""
COMMON = frozenset(_COMMON.split())


class WeakPasswordError(Refusal):
    """The chosen password is too short, too common, or says who its owner is."""

    status = 400


def _plain(password: str) -> str:
    # A phone's Chinese keyboard sends full-width signs for the same keys.
    return unicodedata.normalize("NFKC", password)


def check(password: str, *, about: Iterable[str | None]) -> None:
    """Refuse a password that is easily guessed; `about` are name, phone number, user name.

    Length rather than kinds of signs, and no expiry: NIST SP 800-63B, section 5.1.1.2.
    Raises WeakPasswordError.
    """
    plain = _plain(password).lower()
    if len(plain) < SHORTEST:
        raise WeakPasswordError(
            _(
                "密码现在是 %(n)d 位，至少要 %(least)d 位。可以用几个词连起来，好记也难猜。",
                n=len(plain),
                least=SHORTEST,
            )
        )
    if len(plain) > LONGEST:
        raise WeakPasswordError(_("密码最长 %(n)d 位，请短一些。", n=LONGEST))
    if plain in COMMON or len(set(plain)) < 4:
        raise WeakPasswordError(_("这个密码很多人在用，容易被猜到，请换一个。"))
    for value in filter(None, about):
        known = _plain(value).lower()
        if len(known) >= 2 and (plain == known or plain.strip("0123456789") == known):
            raise WeakPasswordError(_("密码不能是姓名、手机号或用户名，也不能只在后面加数字。"))
        if len(known) >= 8 and known in plain:
            raise WeakPasswordError(_("密码里不要放手机号或用户名，请换一个。"))


def make_hash(password: str) -> str:
    """Return the hash to store. Slow on purpose."""
    return HASHER.hash(_plain(password))


def matches(stored: str, password: str) -> bool:
    """Tell whether a password is the one stored; an empty `stored` takes the same time."""
    try:
        return HASHER.verify(stored or NOBODY, _plain(password)) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def make_given() -> str:
    """Return a password to be handed to somebody and changed at once: three groups of four."""
    return "-".join("".join(secrets.choice(ID_ALPHABET) for _i in range(4)) for _g in range(3))
