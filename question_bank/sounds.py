"""How Chinese text sounds, in pinyin without tones, and which sounds somebody who types may mean.

For searching only: a character that sounds in several ways gets its usual one, or that of the word it
stands in where the table knows the word. Nobody reads these sounds on a page. The table is
``sounds.txt``; ``script/support/sounds.py`` makes it.
"""

from collections.abc import Iterator
from functools import cache
from itertools import chain, compress, count, repeat
from operator import add
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parent / "sounds.txt"
MOST_READINGS = 12  # ways to cut a typed word into syllables that are tried, fewest syllables first
LONGEST_TYPED = 60  # letters; nobody types a longer word in pinyin


class _Table(NamedTuple):
    usual: dict[str, str]  # character -> syllable
    words: dict[str, list[str]]  # word -> its syllables
    lengths: dict[str, list[int]]  # first two characters -> lengths of the words, longest first
    initials: dict[str, str]  # syllable -> its first letter
    syllables: frozenset[str]
    beginnings: frozenset[str]  # every beginning of a syllable


@cache
def _table() -> _Table:
    usual: dict[str, str] = {}
    words: dict[str, list[str]] = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        first, *rest = line.split()
        if first.isascii():
            usual.update(dict.fromkeys(rest[0], first))
        else:
            words[first] = rest
    lengths: dict[str, list[int]] = {}
    for word in sorted(words, key=len, reverse=True):
        known = lengths.setdefault(word[:2], [])
        if len(word) not in known:
            known.append(len(word))
    syllables = frozenset([*usual.values(), *chain.from_iterable(words.values())])
    beginnings = {one[:end] for one in syllables for end in range(1, len(one) + 1)}
    return _Table(
        usual=usual,
        words=words,
        lengths=lengths,
        initials={one: one[:1] for one in syllables} | {"": " "},
        syllables=syllables,
        beginnings=frozenset(beginnings),
    )


def syllables_of(text: str) -> list[str]:
    """Give the syllable of each character; an empty one stands for whatever is not Chinese."""
    table = _table()
    found = list(map(table.usual.get, text, repeat("")))
    free = 0  # before it, a word has been found
    pairs = list(map(add, text, text[1:]))
    for at in compress(count(), map(table.lengths.__contains__, pairs)):
        if at < free:
            continue
        for length in table.lengths[pairs[at]]:
            said = table.words.get(text[at : at + length])
            if said is not None:
                free = at + length
                found[at:free] = said
                break
    return found


def initials_of(syllables: list[str]) -> str:
    """Give the first letter of each syllable, a space where there is none."""
    return "".join(map(_table().initials.__getitem__, syllables))


def is_syllable(letters: str) -> bool:
    """Tell whether letters are a whole syllable, not only the beginning of one."""
    return letters in _table().syllables


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
                if rest[:end] in table.syllables:
                    longer.append(([*before, rest[:end]], rest[end:]))
        ways = longer[:500]
