"""Complete a question that came back from a file with what that file cannot hold.

A GIFT or Word file knows no sources, no review date and not that a machine drafted the text. Taken
as the next version of the question it left from, it would silently lose them. So what it leaves
empty is taken from the stored version; what it says wins. Not for our own lossless format, where
empty means taken away.
"""

from dataclasses import MISSING, fields, replace
from typing import Any

from question_bank.pieces import Blank
from question_bank.question import Choice, Question, Writer

# What no candidate sees and no mark depends on, and the explanations. Never texts, options, keys.
SILENT = (
    *("explanation", "section", "objective", "headings", "clauses", "also_lessons"),
    *("difficulty", "sources", "enemies", "review_by", "reviewers_needed", "model_answer"),
)
_DEFAULTS = {
    field.name: field.default for field in fields(Question) if field.default is not MISSING
}


def completed(read: Question, stored: Question) -> Question:
    """Return ``read`` with what it leaves empty taken from ``stored``, of which it is the next.

    Options keep the stored names where their texts are the same, so that a file which renames them
    says nothing new. Parts of a case are completed one by one while there are as many of each kind.
    """
    taken: dict[str, Any] = {
        name: getattr(stored, name) for name in SILENT if getattr(read, name) == _DEFAULTS[name]
    }
    if read.writer == Writer():
        taken["writer"] = stored.writer  # else the mark "drafted by a machine" would be lost
    guess, better = read.difficulty, stored.difficulty
    if guess and better and guess.p is None and guess.band == better.band:
        taken["difficulty"] = better  # the file knows the band alone
    taken["extra"] = {**stored.extra, **read.extra}
    whole = _with_options(_with_pieces(replace(read, **taken), stored), stored)
    if [part.kind for part in read.parts] != [part.kind for part in stored.parts]:
        return whole
    parts = (completed(one, other) for one, other in zip(read.parts, stored.parts, strict=True))
    return replace(
        whole,
        parts=tuple(
            replace(part, id=other.id, version=other.version)
            for part, other in zip(parts, stored.parts, strict=True)
        ),
    )


def _with_pieces(read: Question, stored: Question) -> Question:
    """Take pairs, blanks and numbers as stored where the file says the same, their reasons apart."""
    taken: dict[str, Any] = {}
    if read.pairs and _pairs(read) == _pairs(stored):
        taken |= {"lefts": stored.lefts, "options": stored.options, "pairs": stored.pairs}
    if len(read.blanks) == len(stored.blanks) and all(
        map(_says_no_more, read.blanks, stored.blanks)
    ):
        taken["blanks"] = stored.blanks
    if read.answers and _numbers(read) == _numbers(stored) and read.unit in ("", stored.unit):
        taken |= {name: getattr(stored, name) for name in ("answers", "unit", "units")}
        taken["unit_required"] = stored.unit_required
    return replace(read, **taken)


def _pairs(question: Question) -> tuple[set[tuple[str, str]], set[str]]:
    """Give the pairs and all right sides as texts."""
    left = {one.id: one.text for one in question.lefts}
    right = {one.id: one.text for one in question.options}
    return {(left[one], right[other]) for one, other in question.pairs}, set(right.values())


def _says_no_more(read: Blank, stored: Blank) -> bool:
    return (
        read.accept == stored.accept
        and read.partly in ((), stored.partly)
        and read.reject in ((), stored.reject)
    )


def _numbers(question: Question) -> list[Any]:
    return [replace(one, why="") for one in question.answers]


def _with_options(read: Question, stored: Question) -> Question:
    known = {option.text: option for option in stored.options}
    texts = [option.text for option in read.options]
    if not texts or len(known) != len(stored.options) or sorted(known) != sorted(texts):
        return read
    if read.pairs:
        return read  # taken as a whole above, or as it was read
    names = {option.id: known[option.text].id for option in read.options}
    options = tuple(_option(option, known[option.text]) for option in read.options)
    if [one.id for one in stored.options] != [one.id for one in options] and not read.shuffle:
        return replace(read, options=options, key=tuple(names[one] for one in read.key))
    # Where options are shuffled anyway their order in a file means nothing.
    places = {one.id: place for place, one in enumerate(stored.options)}
    options = tuple(sorted(options, key=lambda one: places[one.id]))
    key = tuple(names[one] for one in read.key)
    if read.kind != "ordering":
        same = sorted(key) == sorted(stored.key)
        key = stored.key if same else tuple(sorted(key, key=places.__getitem__))
    # Options in the stored order stay unshuffled: times by the clock, say. Few formats can tell.
    stays = texts == [option.text for option in stored.options] and not stored.shuffle
    return replace(read, options=options, key=key, shuffle=read.shuffle and not stays)


def _option(read: Choice, stored: Choice) -> Choice:
    return replace(
        read,
        id=stored.id,
        why=read.why or stored.why,
        lock=read.lock or stored.lock,
        extra={**stored.extra, **read.extra},
    )
