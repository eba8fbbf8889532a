"""Fold what people type the same way in many spellings: width, case, spaces, invisible characters.

Used to compare answers to blanks and to find near-duplicates. It never changes what is stored.
"""

import re
from unicodedata import normalize

# Spaces, and what is pasted along unseen: zero-width, joiners, direction marks, byte-order mark.
_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+")

# What folding leaves as it is: ideographs, their stops and quotes, small ASCII, and the NUL by which
# callers keep texts apart. Nearly all Chinese text is this once its wide signs are narrow, and then
# needs no normal forms.
_SETTLED = re.compile("[\0!-@\\[-~\u3001\u3002\u3008-\u3011\u201c\u201d\u2018\u2019\u4e00-\u9fff]*")
_NARROW = {wide: chr(wide - 0xFEE0).lower() for wide in range(0xFF01, 0xFF5F)}
_NARROW |= {ord(capital): capital.lower() for capital in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_NARROW |= {ord(space): "" for space in " \t\n\r"}
# The signs of these that Chinese sentences hold.
_COMMON = tuple((sign, _NARROW[ord(sign)]) for sign in "，？：；！（） \n")


def fold(text: str, *, match_case: bool = False) -> str:
    """Give the text in half width, lower case unless ``match_case``, without spaces.

    NFKC, so Ａ１（ becomes a1( and ㎎ becomes mg.
    """
    if not match_case:
        narrow = text
        for wide, sign in _COMMON:  # each a quick search; a table would be asked for every sign
            narrow = narrow.replace(wide, sign)
        if _SETTLED.fullmatch(narrow) or _SETTLED.fullmatch(narrow := narrow.translate(_NARROW)):
            return narrow
    # More than once: folding the case, or taking out what stood between a letter and its accent,
    # can undo the normal form.
    while (plain := _once(text, match_case)) != text:
        text = plain
    return plain


def _once(text: str, match_case: bool) -> str:
    plain = normalize("NFKC", text)
    return _UNSEEN.sub("", plain if match_case else normalize("NFKC", plain.casefold()))
