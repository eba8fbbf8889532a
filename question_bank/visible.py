"""Whether a candidate sees anything of a stem: emphasis marks, spaces and invisible signs show nothing."""

import re

from question_bank.media import stem_media
from question_bank.question import Fault, Question

_BLANK = re.compile(r"\{\{[^{}]*\}\}")
# Printable to Unicode, empty on every page: fillers, the blank of Braille, joiners of other signs.
_EMPTY = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0\ufe0e\ufe0f")


def shows_something(text: str) -> bool:
    """Tell whether a text has a sign to be seen; the gap of a blank is none."""
    if text[:1].isalnum():  # nearly all
        return _seen(text)
    return _seen(_BLANK.sub("", text.replace("**", "")))


def _seen(text: str) -> bool:
    return any(sign.isprintable() and not sign.isspace() and sign not in _EMPTY for sign in text)


def stem_faults(question: Question) -> list[Fault]:
    """Refuse a stem, or the scene of a case, that is written and yet shows nothing."""
    case = question.kind == "case_set"
    text = question.scene if case else question.stem
    if not text or shows_something(text):
        return []
    gaps = question.kind == "fill_in" and question.blanks
    if gaps or (not case and stem_media(question)):
        return []
    name = "scene" if case else "stem"
    return [Fault((name,), "这里没有能看见的字，请写上要问什么。")]
