"""Find near-duplicates of a question in a large bank, in Chinese or any other text.

A question is what a candidate reads of it: stem, scene, options, sides and the parts of a case,
folded in width and case, without punctuation. From it all pairs of neighbouring characters are
taken (shingles). Runs of digits become one 0, so that questions that differ only in figures are
the same; questions that differ in names share nearly all. Meaning is not compared: the same idea
in other words is not found.

THE SCORE is the larger of two shares, 0 … 1: Jaccard, shared shingles / shingles of either; and,
where the shorter has at least half as many as the longer, CONTAINED × shared / those of the
shorter, because a copy with a longer scene is still a copy.

HOW IT IS FAST. An inverted index from shingle to the rows that have it. A score of t needs at least
t / CONTAINED / 2 of the new question's shingles. The commonest of these, which hold most of the
rows, are left uncounted: a row that has enough of all lacks at most those among the others (prefix
filter). The others' rows are counted all at once (numpy's `bincount`), and the few with enough are
looked up in the uncounted lists one by one; nothing is missed. 1,000 questions against 20,000 take some tenths of a second;
whoever keeps `text_of` beside each question builds the index of 20,000 in a second (`add_text`).
"""

import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from difflib import SequenceMatcher
from functools import partial
from math import ceil
from operator import add
from typing import NamedTuple

import numpy as np

from question_bank.folding import fold
from question_bank.question import Question

THRESHOLD = 0.6
CONTAINED = 0.9
MOST = 20
UNCOUNTED = 0.4
"""How many of the shingles that a row must share are left uncounted: of more, the rows that come to be
looked at one by one cost more than is saved."""
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
    """Questions to be compared with. Adding an id again replaces what was there.

    Asking changes nothing; adding and asking must not happen at the same time.
    """

    def __init__(self, questions: Iterable[Question] = ()) -> None:
        # Shingle -> its rows.
        self._having: dict[str, array[int]] = defaultdict(partial(array, "i"))
        self._rows: list[str] = []  # row -> id
        self._sizes = array("i")  # row -> how many shingles it has
        self._row_of: dict[str, int] = {}
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

    def add_shingles(self, question_id: str, shingles: Set[str]) -> None:
        """Take a question in by what `shingles_of` gave for its text."""
        row, having = len(self._rows), self._having
        for shingle in shingles:
            having[shingle].append(row)
        self._rows.append(question_id)
        self._sizes.append(len(shingles))
        self._row_of[question_id] = row

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
        found = []
        for row, shared in self._rows_with(shingles, threshold):
            name = self._rows[row]
            if name == question_id or self._row_of.get(name) != row:
                continue  # itself; an older version, or forgotten
            score = _score(shared, len(shingles), self._sizes[row])
            if score >= threshold - 1e-9 and (among is None or among(name)):
                found.append(Near(name, score, shared))
        found.sort(key=lambda near: (-near.score, near.id))
        return found[:most]

    def _rows_with(self, shingles: Set[str], threshold: float) -> Iterator[tuple[int, int]]:
        """Give the rows that may share enough of these shingles, and how many each shares."""
        size = len(shingles)
        needed = max(1, ceil(_least_share(threshold) * size - 1e-9))
        known = filter(None, map(self._having.get, shingles))
        having = sorted(known, key=len)
        if len(having) < needed:
            return
        end = len(having) - int(UNCOUNTED * needed)
        uncounted = having[end:]
        counts = np.bincount(np.frombuffer(b"".join(having[:end]), np.intc))
        enough = np.flatnonzero(counts >= needed - len(uncounted))
        for row, count in zip(enough.tolist(), counts[enough].tolist(), strict=True):
            other = self._sizes[row]
            most = min(count + len(uncounted), other)
            if _score(most, size, other) >= threshold - 1e-9:
                yield row, count + sum(_holds(rows, row) for rows in uncounted)


def _holds(rows: Sequence[int], row: int) -> bool:
    """Tell whether a row is among these, which ascend."""
    at = bisect_left(rows, row)
    return at < len(rows) and rows[at] == row


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
