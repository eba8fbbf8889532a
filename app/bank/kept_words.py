"""Sentences that were kept with a record, said in the language of whoever reads them now.

Why a question was left as it was, or why an import was not written, is found out by whoever or
whatever did it, often the worker, and kept in Chinese. A sentence without values is its own message;
one with values is recognised by the message it was made from. Sentences of `question_bank` about
somebody's file stay as they are: they quote it.
"""

from __future__ import annotations

import re

from flask_babel import gettext

from app.formatting import in_english

# Messages as those who refuse write them (`changing`, `import_taking`); a test holds them together.
MESSAGES = (
    "还在没有结束的考试里：%(sittings)s。请等考试结束再停用。",
    "%(code)s 已经停用或不在了，不能并入。请改选“两题都要”或“跳过”。",
    "%(code)s 的题型或题池不同，不能并入。请改选“两题都要”或“跳过”。",
    "文件里有两题都要并入 %(code)s。请只留一题，另一题跳过。",
    "刚才有人改了 %(code)s，什么都没有写入。请看过新版，再写入一次。",
)
_VALUE = re.compile(r"%\((\w+)\)s")


def _pattern(message: str) -> re.Pattern[str]:
    pieces = _VALUE.split(message)
    made = [
        f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
    ]
    return re.compile("".join(made), re.DOTALL)


_PATTERNS = tuple((_pattern(message), message) for message in MESSAGES)


def kept_words(sentence: str) -> str:
    """Return a kept sentence in the reader's language; one that nobody knows stays as it is."""
    if not sentence or not in_english():
        return sentence
    for pattern, message in _PATTERNS:
        found = pattern.fullmatch(sentence)
        if found is not None:
            return str(gettext(message, **found.groupdict()))
    return str(gettext(sentence))
