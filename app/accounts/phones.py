"""Phone numbers and user names as people type them, in the one form that is stored."""

from __future__ import annotations

import re
import unicodedata

MAINLAND = re.compile(r"1[3-9]\d{9}")
ABROAD = re.compile(r"\+[1-9]\d{6,14}")
LOGIN_NAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")


def normal_phone(typed: str) -> str | None:
    """Return a mainland number as 11 digits, another as +digits, or None when it is neither."""
    plain = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", typed))
    plain = re.sub(r"^(\+86|0086)", "", plain)
    return plain if MAINLAND.fullmatch(plain) or ABROAD.fullmatch(plain) else None


def normal_login_name(typed: str) -> str | None:
    """Return a user name in small letters, or None: a letter, then 2 to 39 of a-z 0-9 . _ -"""
    plain = unicodedata.normalize("NFKC", typed).strip().lower()
    return plain if LOGIN_NAME.fullmatch(plain) else None
