"""Find questions by what they say: Chinese from one character on, codes, pinyin, its first letters.

Beside each entry stand its words, folded in width and case and without spaces, and the sounds of the
same text. A search is a plain scan of these, the same on both databases: an index of
one- and two-character grams would have to be written with each of thousands of imported questions,
and twenty thousand are scanned in less time than a page takes (`python -m bench.bank`).
Nothing is ranked, and other words for the same thing are not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from unicodedata import combining, normalize

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.models.bank import QuestionEntry, QuestionLabel, QuestionSearch
from question_bank import Question
from question_bank.folding import fold
from question_bank.sounds import Said, initials_of, meant, sounds_of

MOST_WORDS = 8
LONGEST_WORD = 60
LONGEST_TEXT = 100_000
"""Characters of one question that are searched; a longer one is a mistake and still found by its head."""
NAMING = ("tag", "clause", "source")
"""Labels that people know a question by."""
LEAST_LETTERS, MOST_INITIALS = 2, 12
_NO_INITIAL = set("iuv")  # no syllable begins so
_BREAK = "\n"  # between pieces, so that nothing is found across two of them
_APART = "\0"  # in no text that can be stored
_QUOTES = "\"'“”‘’「」『』"
_LETTERS = re.compile(r"[a-z]+")


def values(code: str, labels: Iterable[tuple[str, str]], question: Question) -> dict[str, Any]:
    """Return what is kept beside an entry with these labels, for its current version to be found."""
    read, also = _pieces(question)
    # Folded at once: a sign that folding leaves alone keeps the pieces apart.
    pieces = fold(_APART.join(filter(None, (*read, *also))))
    sounds = sounds_of(_BREAK.join(filter(None, (*read, *also)))[:LONGEST_TEXT])
    return {
        "words": pieces.replace(_APART, _BREAK)[:LONGEST_TEXT],
        "names": _names([code, *(value for kind, value in labels if kind in NAMING)]),
        "initials": initials_of(sounds),
        "sounds": sounds,
    }


def index_names(entry_ids: Sequence[str]) -> None:
    """Keep again what entries are called and filed under, after their labels changed: a few queries."""
    names: dict[str, list[str]] = {}
    codes = select(QuestionEntry.id, QuestionEntry.code).where(QuestionEntry.id.in_(entry_ids))
    for entry_id, code in db.session.execute(codes):
        names[entry_id] = [code]
    labels = select(QuestionLabel.entry_id, QuestionLabel.value).where(
        QuestionLabel.entry_id.in_(entry_ids), QuestionLabel.kind.in_(NAMING)
    )
    for entry_id, value in db.session.execute(labels):
        names[entry_id].append(value)
    rows = [{"entry_id": one, "names": _names(several)} for one, several in names.items()]
    if rows:
        db.session.execute(update(QuestionSearch), rows)


_folded = lru_cache(maxsize=1_000)(fold)  # tags and clauses come again and again


def _names(several: Iterable[str]) -> str:
    return _BREAK.join(dict.fromkeys(filter(None, map(_folded, several))))


def matching(words: str) -> ColumnElement[bool] | None:
    """Return the condition that an entry holds every word of a search; None when none is given."""
    typed = [_unquoted(fold(word))[:LONGEST_WORD] for word in words.split()]
    conditions = [_matches(word) for word in list(dict.fromkeys(filter(None, typed)))[:MOST_WORDS]]
    if not conditions:
        return None
    return QuestionEntry.id.in_(select(QuestionSearch.entry_id).where(and_(*conditions)))


def _unquoted(word: str) -> str:
    """Return a word without the quotes people put around it; a lone quote stays."""
    return word.strip(_QUOTES) or word


def _spellings(word: str) -> list[str]:
    """Return the pinyin somebody may mean: without tones, `ü` as `v`, and as the `u` of `nuer`."""
    word = re.sub("['’]", "", word)  # xi'an
    if not word.isascii():
        apart = normalize("NFD", word).replace("u\u0308", "v")
        word = "".join(sign for sign in apart if not combining(sign))
    if not _LETTERS.fullmatch(word) or len(word) < LEAST_LETTERS:
        return []
    return list(dict.fromkeys([word, re.sub("([nl])u", r"\1v", word)]))


def _matches(word: str) -> ColumnElement[bool]:
    """Match one folded word in text, name, pinyin or first letters."""
    found = [_holds(QuestionSearch.names, word), _holds(QuestionSearch.words, word)]
    spellings = _spellings(word)
    said = [one for spelling in spellings for one in meant(spelling)]
    found += map(_sounds_like, said)
    if spellings and all(one.last for one in said):
        found += [_holds(QuestionSearch.initials, letters) for letters in _initials(spellings[0])]
    return or_(*found)


def _holds(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Match a plain text inside a column: what is quickest on each database, wildcards are signs."""
    if db.session.get_bind().dialect.name == "postgresql":
        return func.strpos(column, text) > 0
    return column.contains(text, autoescape=True)


def _sounds_like(said: Said) -> ColumnElement[bool]:
    """Match signs in the sounds, as a pattern where one of several follows."""
    column, (signs, last) = QuestionSearch.sounds, said
    if not last:
        return _holds(column, signs)
    if db.session.get_bind().dialect.name == "postgresql":
        return column.regexp_match(f"{signs}[{last}]")
    return column.op("GLOB", is_comparison=True)(f"*{signs}[{last}]*")


def _initials(word: str) -> Iterator[str]:
    """Return first letters as they are kept: `pzh` can be three words or the `p` and `zh` of two."""
    if len(word) > MOST_INITIALS or _NO_INITIAL & set(word):
        return
    yield word
    short = re.sub("([zcs])h", r"\1", word)
    if short != word and len(short) >= LEAST_LETTERS:
        yield short


def _pieces(question: Question) -> tuple[list[str], list[str]]:
    """Return what a candidate reads of a question, and what only its explanations say."""
    read: list[str] = []
    also: list[str] = []
    for one in (question, *question.parts):
        read += [one.scene, one.stem]
        for choice in (*one.lefts, *one.options):
            if one.kind != "true_false":
                read.append(choice.text)
            also.append(choice.why)
        also += [one.explanation, one.model_answer]
        also += [text for blank in one.blanks for text in (*blank.accept, blank.why)]
        also += [criterion.text for criterion in one.rubric]
        also += [cell for medium in one.media for row in medium.rows for cell in row]
        also += [medium.alt for medium in one.media]
    return read, also
