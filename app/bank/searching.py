"""Find questions by what they say: Chinese from one character on, codes, pinyin, its first letters.

Beside each entry stand its words, folded in width and case and without spaces, and the sounds of what
a candidate reads of it. A search is a plain scan of these, the same on both databases: an index of
one- and two-character grams would have to be written with each of thousands of imported questions,
and twenty thousand are scanned in less time than a page takes (`python -m bench.bank`).
Nothing is ranked, and other words for the same thing are not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, or_, select

from app.models.bank import QuestionEntry, QuestionSearch
from question_bank import Question
from question_bank.folding import fold
from question_bank.sounds import initials_of, readings, syllables_of

MOST_WORDS = 8
LONGEST_WORD = 60
LONGEST_TEXT = 100_000
"""Characters of one question that are searched; a longer one is a mistake and still found by its head."""
LEAST_INITIALS, MOST_INITIALS = 2, 12
_NO_INITIAL = set("iuv")  # no syllable begins so
_BREAK = "\n"  # between pieces, so that nothing is found across two of them
_WHOLE_LETTERS = re.compile(r"[a-z]+")


def index(entry: QuestionEntry, question: Question) -> None:
    """Keep beside an entry what its current version is found by; its labels are there already."""
    search = entry.search
    if search is None:
        search = entry.search = QuestionSearch()
    read, also = _pieces(question)
    words = _BREAK.join(filter(None, map(fold, (*read, *also))))
    search.words = words[:LONGEST_TEXT]
    index_names(entry)
    syllables = syllables_of(_BREAK.join(read)[:LONGEST_TEXT])
    search.initials = initials_of(syllables)
    # A space before each syllable, two where something else stands between them.
    search.sounds = " " + " ".join(syllables)


def index_names(entry: QuestionEntry) -> None:
    """Keep what an entry is called and filed under: code, tags, clauses, sources."""
    if entry.search is None:
        return
    labels = [one.value for one in entry.labels if one.kind in ("tag", "clause", "source")]
    names = dict.fromkeys([entry.code, *labels])
    entry.search.names = _BREAK.join(filter(None, map(fold, names)))


def matching(words: str) -> ColumnElement[bool] | None:
    """Return the condition that an entry holds every word of a search; None when none is given."""
    typed = [fold(word)[:LONGEST_WORD] for word in words.split()]
    conditions = [_matches(word) for word in list(dict.fromkeys(filter(None, typed)))[:MOST_WORDS]]
    if not conditions:
        return None
    return QuestionEntry.id.in_(select(QuestionSearch.entry_id).where(and_(*conditions)))


def _matches(word: str) -> ColumnElement[bool]:
    """Match one folded word in text, name, pinyin or first letters. Wildcards are plain signs."""
    found = [
        QuestionSearch.names.contains(word, autoescape=True),
        QuestionSearch.words.contains(word, autoescape=True),
    ]
    if _WHOLE_LETTERS.fullmatch(word) and len(word) >= LEAST_INITIALS:
        found += [QuestionSearch.sounds.contains(sounds) for sounds in _sounds(word)]
        found += [QuestionSearch.initials.contains(letters) for letters in _initials(word)]
    return or_(*found)


def _sounds(word: str) -> list[str]:
    """Return what is looked for in the sounds; a reading that another one begins is left out."""
    wanted = [" " + " ".join(syllables) for syllables in readings(word)]
    return [
        one for one in wanted if not any(one != other and one.startswith(other) for other in wanted)
    ]


def _initials(word: str) -> Iterator[str]:
    """Return first letters as they are kept: `pzh` is meant as `pz`, but can also be three words."""
    if len(word) > MOST_INITIALS or _NO_INITIAL & set(word):
        return
    yield word
    short = re.sub("([zcs])h", r"\1", word)
    if short != word and len(short) >= LEAST_INITIALS:
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
