"""How Chinese text sounds, in pinyin without tones, and which sounds somebody who types may mean.

For searching only: a character that sounds in several ways gets its usual one, or that of the word it
stands in where the table knows the word. Nobody reads these sounds on a page. The table is
``sounds.txt``; ``script/support/sounds.py`` makes it.

A SIGN stands for each syllable in a text's sounds, one character of two bytes: a third of the bytes
that its letters and a space between would take, in an index that is read from end to end.
"""

from collections.abc import Iterator
from functools import cache
from itertools import compress, count
from operator import add
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parent / "sounds.txt"
MOST_READINGS = 12  # ways to cut a typed word into syllables that are tried, fewest syllables first
LONGEST_TYPED = 60  # letters; nobody types a longer word in pinyin


NOTHING = " "  # in place of a sign, for whatever is not Chinese
_INITIALS = "- b p m f d t n l g k h j q x zh ch sh r z c s y w"
_FINALS = (
    "a ai an ang ao e ei en eng er i ia ian iang iao ie in ing iong iu o ong ou"
    " u ua uai uan uang ue ui un uo v ve"
)
_FIRST_SIGN, _MOST_FINALS = 0x100, 48
"""Signs are stored: one keeps its meaning as long as both lists above only grow at their ends."""


class Said(NamedTuple):
    """Sounds that typed letters may mean: signs, and those of which one follows them.

    ``last`` is empty where the letters end with a whole syllable.
    """

    signs: str
    last: str


class _Signs(dict[int, str]):
    """Characters and what stands for them, as ``str.translate`` asks for it."""

    def __missing__(self, _character: int) -> str:
        return NOTHING


class _Table(NamedTuple):
    usual: _Signs  # character -> sign of its syllable
    words: dict[str, str]  # word -> its signs
    lengths: dict[str, list[int]]  # first two characters -> lengths of the words, longest first
    initials: _Signs  # sign -> first letter of its syllable
    signs: dict[str, str]  # syllable -> sign
    beginnings: dict[str, str]  # every beginning of a syllable -> the signs of those


def _sign(syllable: str) -> str:
    """Give the sign of a syllable; ValueError for letters that are none."""
    initial = syllable[: 2 if syllable[1:2] == "h" else 1]
    initials, finals = _INITIALS.split(), _FINALS.split()
    if initial not in initials:
        initial = "-"
    final = finals.index(syllable.removeprefix(initial))
    return chr(_FIRST_SIGN + _MOST_FINALS * initials.index(initial) + final)


@cache
def _table() -> _Table:
    usual, initials = _Signs(), _Signs()
    words: dict[str, str] = {}
    signs: dict[str, str] = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        first, *rest = line.split()
        for syllable in (first,) if first.isascii() else rest:
            signs.setdefault(syllable, _sign(syllable))
        if first.isascii():
            usual.update(dict.fromkeys(map(ord, rest[0]), signs[first]))
        else:
            words[first] = "".join(signs[syllable] for syllable in rest)
    lengths: dict[str, list[int]] = {}
    for word in sorted(words, key=len, reverse=True):
        known = lengths.setdefault(word[:2], [])
        if len(word) not in known:
            known.append(len(word))
    beginnings: dict[str, str] = {}
    for syllable, sign in signs.items():
        initials[ord(sign)] = syllable[0]
        for end in range(1, len(syllable) + 1):
            beginnings[syllable[:end]] = beginnings.get(syllable[:end], "") + sign
    return _Table(usual, words, lengths, initials, signs, beginnings)


def sounds_of(text: str) -> str:
    """Give the sign of each character's syllable; NOTHING stands for whatever is not Chinese."""
    table = _table()
    found = text.translate(table.usual)
    pieces: list[str] = []
    free = 0  # before it, all is in the pieces
    pairs = list(map(add, text, text[1:]))
    for at in compress(count(), map(table.lengths.__contains__, pairs)):
        if at < free:
            continue
        for length in table.lengths[pairs[at]]:
            said = table.words.get(text[at : at + length])
            if said is not None:
                pieces += (found[free:at], said)
                free = at + length
                break
    return "".join((*pieces, found[free:])) if pieces else found


def initials_of(sounds: str) -> str:
    """Give the first letter of each syllable, a space where there is none."""
    return sounds.translate(_table().initials)


def meant(typed: str) -> list[Said]:
    """Give what typed letters may mean; a beginning of a syllable only where nothing whole is."""
    signs, beginnings = _table().signs, _table().beginnings
    read = [("".join(map(signs.__getitem__, one[:-1])), one[-1]) for one in readings(typed)]
    whole = [Said(before + signs[last], "") for before, last in read if last in signs]
    return whole or [Said(before, beginnings[last]) for before, last in read]


def readings(typed: str) -> list[list[str]]:
    """Give the ways to read typed letters as syllables; the last may be the beginning of one.

    ``xian`` is ``xian`` and ``xi an``. Empty for what is no pinyin; ``ü`` is typed ``v``.
    """
    if not 0 < len(typed) <= LONGEST_TYPED or not (typed.isascii() and typed.isalpha()):
        return []
    found = []
    for several in _cuts(typed.lower()):
        found.append(several)
        if len(found) == MOST_READINGS:
            break
    return found


def _cuts(typed: str) -> Iterator[list[str]]:
    """Cut letters into syllables, ways with fewest syllables first."""
    table = _table()
    ways: list[tuple[list[str], str]] = [([], typed)]
    while ways:
        longer: list[tuple[list[str], str]] = []
        for before, rest in ways:
            if rest in table.beginnings:
                yield [*before, rest]
            for end in range(1, min(len(rest), 7)):
                if rest[:end] in table.signs:
                    longer.append(([*before, rest[:end]], rest[end:]))
        ways = longer[:500]
