"""How long a question takes to read and to decide: an estimate for whoever plans a paper.

Reading: 255 Chinese characters a minute, the mean of adults reading simplified Chinese aloud in the
IReST study (Trauzettel-Klosinski and Dietz, IOVS 53, 2012: 255 ± 29). A word or number in Latin
letters counts as one and a half characters, about the ratio of that study's two languages.
Deciding: 10, 20 or 30 seconds by thinking level. These three are ours, nobody measured them, and no
exam's length follows from them: it is set by people.
"""

import re
from collections.abc import Iterator
from typing import Any

from question_bank.asking import shown
from question_bank.question import Question

CHARACTERS_A_MINUTE = 255
LATIN_WORD = 1.5
SECONDS_TO_DECIDE = {"recall": 10, "use": 20, "judgement": 30}
_READ = frozenset({"stem", "scene", "text"})
_LATIN = re.compile(r"[A-Za-z0-9]+(?:[.,'’-][A-Za-z0-9]+)*")
_SIGN = re.compile(r"\w")


def characters(question: Question) -> float:
    """Return what there is to read, in Chinese characters; punctuation and spaces are free."""
    whole = " ".join(_texts(shown(question)))
    return len(_LATIN.findall(whole)) * LATIN_WORD + len(_SIGN.findall(_LATIN.sub("", whole)))


def reading_seconds(question: Question) -> float:
    """Return the seconds to read a question, a case with all its parts, and to decide on each."""
    deciding = sum(SECONDS_TO_DECIDE[one.level] for one in question.marked_questions())
    return characters(question) * 60 / CHARACTERS_A_MINUTE + deciding


def _texts(seen: Any) -> Iterator[str]:
    if isinstance(seen, dict):
        for name, value in seen.items():
            if name in _READ and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(seen, list | tuple):
        for value in seen:
            yield from _texts(value)
