"""Complete a question that came back from a file with what that file cannot hold.

A GIFT or Word file knows no sources, no review date and not that a machine drafted the text. Taken
as the next version of the question it left from, it would silently lose them. So what it leaves
empty is taken from the stored version; what it says wins. Not for our own lossless format, where
empty means taken away.
"""

from collections.abc import Iterable
from dataclasses import MISSING, fields, replace
from typing import Any

from question_bank.pieces import Blank, Criterion, NumericAnswer
from question_bank.question import Choice, Question, Writer
from question_bank.readers.free_answers import WHOLE_ANSWER

# What no candidate sees and no mark depends on, and the explanations. Never texts, options, keys.
SILENT = (
    *("explanation", "section", "objective", "headings", "clauses", "also_lessons"),
    *("difficulty", "sources", "enemies", "review_by", "reviewers_needed", "model_answer"),
)
# What may be handed in to people who mark.
_HANDED_IN = ("longest", "accepts", "most_files", "largest_mb")
_SHUFFLED = ("single_choice", "multiple_choice", "ordering", "matching")
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
    if stored.kind not in _SHUFFLED:
        taken["shuffle"] = stored.shuffle  # says nothing there
    known = _with_media(replace(read, **taken), stored)
    whole = _with_options(_with_pieces(known, stored), stored)
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
    """Take pairs, blanks, numbers and rubrics as stored where the file says the same of the marking.

    Reasons that the file gives win.
    """
    taken: dict[str, Any] = {}
    if read.pairs and _pairs(read) == _pairs(stored):
        taken |= {name: _reasons(read, stored, name) for name in ("lefts", "options")}
        taken["pairs"] = stored.pairs
    if len(read.blanks) == len(stored.blanks) and all(
        map(_says_no_more, read.blanks, stored.blanks)
    ):
        taken["blanks"] = tuple(map(_blank, read.blanks, stored.blanks))
    if _same_numbers(read, stored) and read.unit in ("", stored.unit):
        taken |= {name: getattr(stored, name) for name in ("unit", "units", "unit_required")}
        taken["answers"] = tuple(_answer(one, read) for one in stored.answers)
    if [one.text for one in read.rubric] == [WHOLE_ANSWER] and stored.rubric:
        taken |= {name: getattr(stored, name) for name in ("rubric", *_HANDED_IN)}
    elif read.rubric and _criteria(read) == _criteria(stored):
        taken["rubric"] = tuple(map(_criterion, read.rubric, stored.rubric))
        taken |= {
            name: getattr(stored, name)
            for name in _HANDED_IN
            if getattr(read, name) == _DEFAULTS[name]
        }
    return replace(read, **taken)


def _pairs(question: Question) -> tuple[set[tuple[str, str]], set[str]]:
    """Give the pairs and all right sides as texts."""
    left = {one.id: one.text for one in question.lefts}
    right = {one.id: one.text for one in question.options}
    return {(left[one], right[other]) for one, other in question.pairs}, set(right.values())


def _reasons(read: Question, stored: Question, name: str) -> tuple[Choice, ...]:
    """Give a side of the stored pairs with the reasons the file gives."""
    given = {one.text: one.why for one in getattr(read, name)}
    return tuple(replace(one, why=given.get(one.text) or one.why) for one in getattr(stored, name))


def _says_no_more(read: Blank, stored: Blank) -> bool:
    return (
        read.accept == stored.accept
        and (not read.partly or _without(read.partly) == _without(stored.partly))
        and (not read.reject or _without(read.reject) == _without(stored.reject))
    )


def _without(pieces: Iterable[Any]) -> list[Any]:
    return [replace(one, why="") for one in pieces]


def _blank(read: Blank, stored: Blank) -> Blank:
    return replace(
        stored,
        partly=tuple(map(_reason, read.partly or stored.partly, stored.partly)),
        reject=tuple(map(_reason, read.reject or stored.reject, stored.reject)),
        why=read.why or stored.why,
    )


def _reason(read: Any, stored: Any) -> Any:
    """Give a stored piece with the reason that the file gives, where it gives one."""
    return replace(stored, why=read.why or stored.why)


def _same_numbers(read: Question, stored: Question) -> bool:
    """Tell whether a file says the same numbers, or those of full marks alone, in any order."""
    said = [_number(one) for one in read.answers]
    every = [_number(one) for one in stored.answers]
    best = [one for one in every if one.fraction == 1]
    return bool(said) and any(
        len(said) == len(some) and all(one in some for one in said) for some in (every, best)
    )


def _answer(stored: NumericAnswer, read: Question) -> NumericAnswer:
    given = (one.why for one in read.answers if one.why and _number(one) == _number(stored))
    return replace(stored, why=next(given, stored.why))


def _number(answer: NumericAnswer) -> NumericAnswer:
    return replace(answer, why="", extra={})


def _criteria(question: Question) -> list[Any]:
    return [(one.text, one.points) for one in question.rubric]


def _criterion(read: Criterion, stored: Criterion) -> Criterion:
    return replace(stored, anchors=read.anchors or stored.anchors)


def _with_media(read: Question, stored: Question) -> Question:
    """Take the stored names and words of the same media, and all where a file carries none."""
    if not read.media:
        return replace(read, media=stored.media)
    held = [(one.sha256, one.rows) for one in read.media]
    if held != [(one.sha256, one.rows) for one in stored.media]:
        return read
    pairs = list(zip(read.media, stored.media, strict=True))
    named = {one.name: other.name for one, other in pairs}
    media = tuple(other if one.rows else replace(other, alt=one.alt) for one, other in pairs)
    sides: dict[str, Any] = {
        side: tuple(
            replace(one, media=tuple(named.get(name, name) for name in one.media))
            for one in getattr(read, side)
        )
        for side in ("lefts", "options")
    }
    return replace(read, media=media, **sides)


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
        media=read.media or stored.media,
        extra={**stored.extra, **read.extra},
    )
