"""Names on the check page: whether a typed one is the printed one, and what of it is shown.

Pure. Who knows only number and surname sees one character of the name hidden.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

NOBODY: Mapping[str, Any] = {"name": "＊＊＊", "name_latin": "＊ ＊"}
"""Compared with what was typed where there is no certificate: so that both take the same time."""


def is_surname(printed: Mapping[str, Any], typed: str) -> bool:
    """Tell whether a typed surname (or whole name) is the printed holder's.

    Chinese names begin with the surname, of one or two characters; in Latin letters any part of
    the name counts, because people differ about which is the surname.
    """
    wanted = _plain(typed)
    name, latin = _plain(printed["name"]), _plain(printed.get("name_latin") or "")
    if not wanted:
        return False
    if wanted in {name, latin} or wanted in {*name.split(), *latin.split()}:
        return True
    return not wanted.isascii() and len(wanted) <= 2 and name.startswith(wanted)


def is_whole_name(printed: Mapping[str, Any], typed: str) -> bool:
    """Tell whether the whole printed name was typed, in Chinese or in Latin letters."""
    wanted = _plain(typed)
    names = {_plain(printed["name"]), _plain(printed.get("name_latin") or "")}
    return bool(wanted) and wanted in names


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
