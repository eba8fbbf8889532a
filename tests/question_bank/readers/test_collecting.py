"""What a foreign file brings is judged where it is collected: it is kept whole, or named with a fault."""

from dataclasses import fields, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from question_bank import dump, load
from question_bank.question import Choice, Question
from question_bank.readers.collecting import Collector
from tests.question_bank.strategies import FEWER, TEXT, questions

NASTY = st.sampled_from(["", " ", "\0", "\x1b[31m", "\ud800", "甲\x0b", "好" * 20_001, "\u2028"])
TEXTS = ("stem", "scene", "explanation", "objective", "model_answer", "section", "unit")
LISTS = ("headings", "clauses", "also_lessons", "enemies", "reviewers_needed")
CHOICES = ("options", "lefts")
ANSWERS = ("options", "key", "pairs", "blanks", "answers", "rubric", "accepts", "lefts", "units")
OF_THE_RECORD = {"version", "status", "reviewed", "writer", "format_version", "review_by"}


@st.composite
def damaged(draw: st.DrawFn) -> Question:
    """A whole question of which something was replaced by what no question may hold, or may."""
    question = draw(questions())
    parts = tuple(draw(_damage(part)) for part in question.parts)
    return draw(_damage(replace(question, parts=parts)))


@st.composite
def _damage(draw: st.DrawFn, question: Question) -> Question:
    told: dict[str, Any] = {}
    texts = [one for one in TEXTS if question.kind != "case_set" or one != "stem"]
    for name in draw(st.lists(st.sampled_from([*texts, *LISTS, *CHOICES, *ANSWERS]), max_size=2)):
        text = draw(NASTY | TEXT)
        if name in texts:
            told[name] = text
        elif name in LISTS:
            told[name] = (text,) if text else ()
        elif name in CHOICES and draw(st.booleans()):
            told[name] = (*getattr(question, name)[:-1], Choice(draw(TEXT), text, draw(NASTY)))
        else:
            told[name] = getattr(question, name)[1:]
    return replace(question, **told)


@FEWER
@given(damaged())
def test_what_is_kept_can_be_written_and_read_back(question: Question) -> None:
    told = {
        one.name: getattr(question, one.name)
        for one in fields(Question)
        if one.name not in OF_THE_RECORD
    }
    collector = Collector("file", "gift")
    kept = collector.add(1, question.kind, told)
    if question.kind == "case_set" and not question.parts:
        return
    assert kept == (not collector.problems)
    for one in collector.report().questions:
        assert dump(load(dump(one))) == dump(one)
