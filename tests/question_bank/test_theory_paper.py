"""The whole theory paper of 95 questions can be drawn from what ships, sat and marked."""

from fractions import Fraction
from pathlib import Path

import pytest

import question_bank
from question_bank import (
    Blueprint,
    Mark,
    Question,
    draw,
    facts_of,
    grade,
    key_of,
    mark_parts,
    passes,
    read_blueprints,
    read_folder,
    supply,
    total,
)
from question_bank.question import Response

CONTENT = Path(question_bank.__file__).parent / "content"


@pytest.fixture(scope="module")
def questions() -> dict[str, Question]:
    return {question.id: question for question in read_folder(CONTENT).questions}


@pytest.fixture(scope="module")
def theory() -> Blueprint:
    (found,) = (
        report.blueprint
        for report in read_blueprints(CONTENT)
        if report.blueprint and report.blueprint.id == "theory"
    )
    return found


def test_it_is_the_table_of_the_scheme(theory: Blueprint) -> None:
    assert (theory.questions, theory.marks) == (95, 100)
    marks = {
        letter: sum(cell.total for cell in theory.cells if cell.domain == letter)
        for letter in theory.domains
    }
    assert marks == {"A": 15, "B": 20, "C": 12, "D": 25, "E": 16, "F": 12}


def test_every_cell_is_filled_five_times_over(
    theory: Blueprint, questions: dict[str, Question]
) -> None:
    pool = [facts_of(question) for question in questions.values() if question.pool == "live"]
    found = supply(theory, pool)
    assert found.shortages == ()
    assert all(cell.have >= 5 * cell.cell.count for cell in found.cells)


@pytest.mark.parametrize("seed", ["甲", "乙", "丙"])
def test_a_paper_is_drawn_sat_and_marked(
    theory: Blueprint, questions: dict[str, Question], seed: str
) -> None:
    pool = [facts_of(question) for question in questions.values() if question.pool == "live"]
    paper = draw(theory, pool, seed)
    asked = [questions[slot.question_id] for slot in paper.slots]
    marked = [one for whole in asked for one in whole.marked_questions()]
    assert len(marked) == len({one.id for one in marked}) == 95
    taken = {one.id for one in asked}
    assert not any(taken & set(one.enemies) for one in asked)
    levels = [one.level for one in marked]
    assert levels.count("recall") <= 38
    assert levels.count("use") >= 38
    assert levels.count("judgement") >= 19
    assert _grade(theory, asked, wrong_every=0) == 100
    half = _grade(theory, asked, wrong_every=2)
    assert not passes(half, Fraction(60))


def _grade(theory: Blueprint, asked: list[Question], *, wrong_every: int) -> Fraction:
    """Answer by the keys, every n-th question wrong; give the sum of the marks."""
    worth = {(cell.domain, cell.kind): cell.marks for cell in theory.cells}
    marks, number = [], 0
    for whole in asked:
        for one in whole.marked_questions():
            number += 1
            right = tuple(key_of(one)["right"])
            ids = ("true", "false") if one.kind == "true_false" else [o.id for o in one.options]
            other = tuple(option for option in ids if option not in right)[:1]
            chosen = other if wrong_every and number % wrong_every == 0 else right
            fraction = mark_parts(one, key_of(one), Response(chosen=chosen))[one.id]
            marks.append(Mark(fraction, worth[whole.domain, whole.kind]))
    return grade(total(marks))
