"""Find near-duplicates of a question in a large bank, in Chinese or any other text.

A question is what a candidate reads of it: stem, scene, options, sides and the parts of a case,
folded in width and case, without punctuation. From it all pairs of neighbouring characters are
taken (shingles). Runs of digits become one 0, so that questions that differ only in figures are
the same; questions that differ in names share nearly all. Meaning is not compared: the same idea
in other words is not found.

THE SCORE is the larger of two shares, 0 … 1: Jaccard, shared shingles / shingles of either; and,
where the shorter has at least half as many as the longer, CONTAINED × shared / those of the
shorter, because a copy with a longer scene is still a copy.

HOW IT IS FAST. An inverted index from shingle to rows: a short list, or where many questions have
it one long integer with a bit for each, made of the list when it is first asked for. The rows'
shared shingles are counted for all rows at once, by adding these integers up with full adders, bit
by bit (bit-sliced counters). A score of t needs at least t / CONTAINED / 2 of the new question's
shingles, and more of them the nearer the two are in size, so only rows with that many for their
size are looked at one by one; nothing is missed. 1,000 questions against 20,000 take some tenths
of a second; whoever keeps `text_of` beside each question builds the index of 20,000 in about a
second (`add_text`).
"""

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, repeat
from math import ceil
from operator import add
from typing import NamedTuple

from question_bank.folding import fold
from question_bank.question import Question

THRESHOLD = 0.6
CONTAINED = 0.9
MOST = 20
SHORT = 16  # rows that a shingle keeps as a list; a longer one becomes an integer when asked
SMALL = 2_000  # rows of an index in which integers are as good for short lists
RANGE = 24  # rows whose numbers of shingles lie in one range of this width are asked together
FEW = 30  # rows that are sooner looked at one by one than asked by their sizes
_FIGURES = re.compile(r"[0-9]+")
_APART = re.compile(r"[\W_]+")  # all but letters, ideographs and figures


class Near(NamedTuple):
    """A stored question that is near: its id, the score, and how many shingles both have."""

    id: str
    score: float
    shared: int


def text_of(question: Question) -> str:
    """Give what a candidate reads, folded, without punctuation, figures as 0."""
    pieces: list[str] = []
    for one in (question, *question.parts):
        pieces += [one.scene, one.stem]
        if one.kind != "true_false":
            pieces += [choice.text for choice in (*one.lefts, *one.options)]
    folded = fold("\n".join(pieces))
    return _FIGURES.sub("0", _APART.sub("", folded))


def shingles_of(text: str) -> set[str]:
    """Give all pairs of neighbouring characters."""
    return set(map(add, text, text[1:]))


def similarity(text: str, other: str) -> float:
    """Give the score of two questions by their `text_of`; 0 when they share nothing."""
    a, b = shingles_of(text), shingles_of(other)
    shared = len(a & b)
    return _score(shared, len(a), len(b)) if shared else 0.0


def near_among(
    texts: Mapping[str, str],
    shingles: Set[str],
    threshold: float = THRESHOLD,
    *,
    among: Callable[[str], bool] | None = None,
) -> list[Near]:
    """Give what an index of these texts would give, without one: some microseconds for each text.

    For somebody who asks once, building the index of 20,000 takes ten times as long.
    """
    least = max(1, ceil(_least_share(threshold) * len(shingles) - 1e-9))
    found = []
    for name, text in texts.items():
        shared = sum(map(text.__contains__, shingles))
        if shared < least or (among is not None and not among(name)):
            continue
        score = _score(shared, len(shingles), len(shingles_of(text)))
        if score >= threshold - 1e-9:
            found.append(Near(name, score, shared))
    found.sort(key=lambda near: (-near.score, near.id))
    return found[:MOST]


class Index:
    """Questions to be compared with. Adding an id again replaces what was there."""

    def __init__(self, questions: Iterable[Question] = ()) -> None:
        self._numbers: dict[str, int] = {}  # shingle -> its place in the two lists
        self._fresh: list[list[int]] = []  # shingle -> rows that have it and are not in its bits
        self._having: list[int] = []  # shingle -> a bit for each row that has it
        self._rows: list[tuple[str, array[int]]] = []  # row -> id and shingles
        self._row_of: dict[str, int] = {}
        self._touched: set[int] = set()  # shingles of rows that came since all was settled
        self._fresh_sized: dict[int, list[int]] = {}  # range of sizes -> such rows
        self._sized: dict[int, int] = {}  # range of sizes -> a bit for each row
        for question in questions:
            self.add(question)

    def __len__(self) -> int:
        return len(self._row_of)

    def __contains__(self, question_id: object) -> bool:
        return question_id in self._row_of

    def add(self, question: Question) -> None:
        """Take a question in, or its new version in place of the old."""
        self.add_text(question.id, text_of(question))

    def add_text(self, question_id: str, text: str) -> None:
        """Take a question in by what `text_of` gave for it."""
        self.add_shingles(question_id, shingles_of(text))

    def add_shingles(self, question_id: str, shingles: Iterable[str]) -> None:
        """Take a question in by what `shingles_of` gave for its text."""
        row = len(self._rows)
        known, fresh = self._numbers, self._fresh
        numbers = array("I", [known.setdefault(one, len(known)) for one in shingles])
        for _new in range(len(known) - len(fresh)):
            fresh.append([])
            self._having.append(0)
        for number in numbers:
            fresh[number].append(row)
        self._touched.update(numbers)
        self._rows.append((question_id, numbers))
        self._row_of[question_id] = row
        self._fresh_sized.setdefault(len(numbers) // RANGE, []).append(row)

    def copy(self) -> "Index":
        """Give an index of its own that holds the same: a few milliseconds for 20,000 questions."""
        self.settle()
        new = Index()
        new._numbers = self._numbers.copy()
        new._fresh = [rows.copy() for rows in self._fresh]
        new._having = self._having.copy()
        new._rows = self._rows.copy()
        new._row_of = self._row_of.copy()
        new._sized = self._sized.copy()
        return new

    def discard(self, question_id: str) -> None:
        """Forget a question; unknown ids are fine. Its place is given back by building anew."""
        self._row_of.pop(question_id, None)

    def near(self, question: Question, threshold: float = THRESHOLD) -> list[Near]:
        """Give stored questions that score at least ``threshold``, best first, at most MOST.

        The question itself, by its id, is left out. ValueError unless 0 < threshold ≤ 1.
        """
        return self.near_text(text_of(question), question.id, threshold)

    def near_text(
        self, text: str, question_id: str = "", threshold: float = THRESHOLD
    ) -> list[Near]:
        """Give what `near` gives, for a question by its `text_of`."""
        return self.near_shingles(shingles_of(text), question_id, threshold)

    def near_shingles(
        self,
        shingles: Set[str],
        question_id: str = "",
        threshold: float = THRESHOLD,
        *,
        among: Callable[[str], bool] | None = None,
        most: int | None = MOST,
    ) -> list[Near]:
        """Give what `near` gives, for a question by the `shingles_of` its text.

        ``among``: only those whose id it takes. ``most``: None for all.
        """
        if not 0 < threshold <= 1:
            raise ValueError(f"a threshold lies between 0 and 1, not at {threshold}")
        if self._touched:
            self.settle()
        known = set(map(self._numbers.get, shingles, repeat(-1))) - {-1}
        found = []
        for row in self._rows_with(known, len(shingles), threshold):
            near = self._score(row, known, len(shingles))
            if near is None or near.id == question_id or near.score < threshold - 1e-9:
                continue
            if among is None or among(near.id):
                found.append(near)
        found.sort(key=lambda near: (-near.score, near.id))
        return found[:most]

    def _rows_with(self, known: Set[int], size: int, threshold: float) -> Iterator[int]:
        """Give the rows that have enough of the known shingles of ``size`` for a threshold.

        Some may just miss it: rows are asked together by ranges of their sizes.
        """
        needed = max(1, ceil(_least_share(threshold) * size - 1e-9))
        if len(known) < needed:
            return
        digits = self._counted(known)
        enough = _at_least(digits, needed)
        if enough.bit_count() > FEW:
            enough = self._fitting(enough, digits, size, threshold)
        while enough:
            lowest = enough & -enough
            yield lowest.bit_length() - 1
            enough ^= lowest

    def settle(self) -> None:
        """Put all long lists among the bits at once: whoever asks first need not wait for it."""
        fresh, having, longest = self._fresh, self._having, SHORT
        if len(self._rows) <= SMALL:
            longest = 0
        for number in self._touched:
            rows = fresh[number]
            if having[number] or len(rows) > longest:
                having[number] |= _many_bits(rows)
                rows.clear()
        self._touched.clear()
        for sizes, rows in self._fresh_sized.items():
            self._sized[sizes] = self._sized.get(sizes, 0) | _many_bits(rows)
        self._fresh_sized.clear()

    def _counted(self, known: Set[int]) -> list[int]:
        """Count for every row how many of the known shingles it has; give the binary digits."""
        common = list(filter(None, map(self._having.__getitem__, known)))
        rare = Counter(chain.from_iterable(map(self._fresh.__getitem__, known)))
        return _add_up(common, _digits_of(rare))

    def _fitting(self, rows: int, digits: Sequence[int], size: int, threshold: float) -> int:
        """Give those of the rows that share enough with a question of ``size`` for their own size."""
        found = 0
        for sizes, sized in self._sized.items():
            some = rows & sized
            if some:
                found |= some & _at_least(digits, _needed(size, sizes, threshold))
        return found

    def _score(self, row: int, known: set[int], size: int) -> Near | None:
        name, numbers = self._rows[row]
        if self._row_of.get(name) != row:
            return None  # an older version, or forgotten
        shared = len(known.intersection(numbers))
        return Near(name, _score(shared, size, len(numbers)), shared)


def _score(shared: int, size: int, other: int) -> float:
    """Give the score of ``shared`` shingles between sets of these sizes."""
    score = shared / (size + other - shared)
    shorter, longer = sorted((size, other))
    return max(score, CONTAINED * shared / shorter) if 2 * shorter >= longer else score


def _least_share(threshold: float) -> float:
    """Give the least share of its own shingles that a question shares with one that reaches it.

    By Jaccard it is the threshold itself (the other is then inside it); by containment, with the
    shorter half as long, threshold / CONTAINED / 2.
    """
    return threshold / CONTAINED / 2 if threshold <= CONTAINED else threshold


@lru_cache(maxsize=50_000)
def _needed(size: int, sizes: int, threshold: float) -> int:
    """Give the least number of shared shingles with which any row of a range reaches a threshold."""
    least = float(size)
    for other in range(sizes * RANGE, sizes * RANGE + RANGE):
        least = min(least, threshold * (size + other) / (1 + threshold))
        shorter, longer = sorted((size, other))
        if 2 * shorter >= longer:
            least = min(least, threshold / CONTAINED * shorter)
    return max(1, ceil(least - 1e-6))


def _digits_of(counts: Mapping[int, int]) -> list[int]:
    """Give the counts of rows as bit vectors of their binary digits, the lowest first."""
    places = range(max(counts.values(), default=0).bit_length())
    return [_many_bits([row for row in counts if counts[row] >> place & 1]) for place in places]


def _many_bits(rows: Sequence[int]) -> int:
    """Give an integer with a bit for each row, without making it anew for each."""
    places = bytearray(max(rows, default=0) // 8 + 1)
    for row in rows:
        places[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(places, "little")


def _add_up(vectors: list[int], more: Sequence[int]) -> list[int]:
    """Add bit vectors up, place by place, and a number more for each place by its digits.

    Give the sums' binary digits, the lowest first.
    """
    digits: list[int] = []
    while vectors or len(digits) < len(more):
        if len(digits) < len(more):
            vectors.append(more[len(digits)])
        carries: list[int] = []
        keep = carries.append
        while len(vectors) > 2:
            left = vectors[len(vectors) // 3 * 3 :]
            three = iter(vectors)
            for a, b, c in zip(three, three, three, strict=False):
                half = a ^ b
                left.append(half ^ c)
                keep(a & b | half & c)
            vectors = left
        if len(vectors) == 2:
            a, b = vectors
            vectors = [a ^ b]
            carries.append(a & b)
        digits.append(vectors[0])
        vectors = carries
    return digits


def _at_least(digits: Sequence[int], least: int) -> int:
    """Give the bit vector of the places whose sum is at least ``least`` (≥ 1)."""
    if least >> len(digits):
        return 0
    more, equal = 0, -1
    for place in reversed(range(_trailing(least), len(digits))):
        both = equal & digits[place]
        if least >> place & 1:
            equal = both
        else:
            more |= both
            equal ^= both
    return more | equal


def _trailing(number: int) -> int:
    """Give how many zeros a number's binary digits end in: places that need no asking."""
    return (number & -number).bit_length() - 1


def differences(one: Question, other: Question) -> list[tuple[str, str]]:
    """Give what differs between two questions as pairs of texts, for people to compare."""
    first, second = (_readable(question) for question in (one, other))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return [
        (first[a:b], second[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    ]


def _readable(question: Question) -> str:
    pieces = [question.scene, question.stem, *(option.text for option in question.options)]
    pieces += [_readable(part) for part in question.parts]
    return "\n".join(piece for piece in pieces if piece)
