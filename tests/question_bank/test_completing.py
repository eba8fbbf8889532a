"""Completing what a poorer file left out: nothing lost, nothing it says overruled."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from question_bank import Question, dump, read_any, read_folder, write_as
from question_bank.completing import completed
from tests.question_bank import samples
from tests.question_bank.strategies import questions

CONTENT = Path("question_bank/content/module-4")
NAMES = {
    "gift": "a.gift",
    "text": "a.txt",
    "word": "a.docx",
    "moodle_xml": "a.xml",
    "excel": "a.xlsx",
    "csv": "a.csv",
    "qti": "a.zip",
}
RECORD = {"id", "version", "pool", "status", "writer", "reviewed", "format_version"}


def said(question: Question) -> dict[str, object]:
    """Return what a question says, its record apart."""
    return {name: value for name, value in dump(question).items() if name not in RECORD}


@pytest.fixture(scope="module")
def own() -> dict[str, Question]:
    return {one.id: one for one in read_folder(CONTENT).questions}


@pytest.mark.parametrize("name", NAMES)
def test_our_own_questions_come_back_whole_through_poorer_formats(
    name: str, own: dict[str, Question]
) -> None:
    back = read_any(write_as(list(own.values()), name), NAMES[name], "").questions
    known = [one for one in back if one.id in own]
    assert len(known) >= 100
    assert [one.id for one in known if said(completed(one, own[one.id])) != said(own[one.id])] == []


@given(questions())
def test_completing_with_itself_changes_nothing(question: Question) -> None:
    whole = completed(question, question)
    assert {k: v for k, v in said(whole).items() if v != said(question).get(k)} == {}
    assert whole == question


@given(questions())
def test_an_emptied_question_takes_all_that_no_candidate_sees(question: Question) -> None:
    poor = replace(
        question, explanation="", sources=(), headings=(), reviewers_needed=(), review_by=None
    )
    whole = completed(poor, question)
    assert {k: v for k, v in said(whole).items() if v != said(question).get(k)} == {}
    assert said(whole) == said(question)
    assert whole.writer == question.writer


def test_what_the_file_says_wins(own: dict[str, Question]) -> None:
    stored = next(one for one in own.values() if one.kind == "single_choice")
    read = replace(stored, stem="改过的题干怎么说才对？", explanation="改过的说明。", sources=())
    whole = completed(read, stored)
    assert (whole.stem, whole.explanation) == ("改过的题干怎么说才对？", "改过的说明。")
    assert whole.sources == stored.sources
    assert whole.writer == stored.writer


def test_reasons_that_the_file_gives_win(own: dict[str, Question]) -> None:
    stored = next(one for one in own.values() if one.kind == "fill_in" and one.blanks[0].reject)
    first, *rest = stored.blanks
    wrong = replace(first.reject[0], why="文件里的理由。")
    given = replace(first, why="", reject=(wrong, *first.reject[1:]))
    whole = completed(replace(stored, blanks=(given, *rest)), stored)
    assert whole.blanks[0].reject[0].why == "文件里的理由。"
    assert whole.blanks[0].why == first.why
    pairs = next(one for one in own.values() if one.kind == "matching")
    left = replace(pairs.lefts[0], why="文件里的理由。")
    whole = completed(replace(pairs, lefts=(left, *pairs.lefts[1:])), pairs)
    assert whole.lefts[0].why == "文件里的理由。"
    assert whole.lefts[1:] == pairs.lefts[1:]


def test_another_number_or_another_share_is_no_omission() -> None:
    whole, half = samples.NUMERIC.answers
    for answers in (
        (replace(whole, value=whole.value + 1),),
        (half,),
        (whole, replace(half, tolerance=half.value)),
    ):
        read = replace(samples.NUMERIC, answers=answers)
        assert completed(read, samples.NUMERIC).answers == answers


def test_a_changed_option_takes_no_reason_of_another(own: dict[str, Question]) -> None:
    stored = next(one for one in own.values() if one.kind == "single_choice")
    first, *rest = stored.options
    read = replace(stored, options=(replace(first, text="完全不同的一项", why=""), *rest))
    whole = completed(read, stored)
    assert whole.options[0].text == "完全不同的一项"
    assert whole.options[0].why == ""
