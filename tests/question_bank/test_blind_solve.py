"""The blind solve that ships agrees with the keys; a mended question is not counted."""

from dataclasses import replace
from pathlib import Path

import pytest

import question_bank
from question_bank import Question, read_folder
from question_bank.blind_solve import LEAST_AGREEMENT, Solve, compare, read_solves

CONTENT = Path(question_bank.__file__).parent / "content"
HEAD = "question,version,answer,confidence,remark\n"


@pytest.fixture(scope="module")
def questions() -> dict[str, Question]:
    return {question.id: question for question in read_folder(CONTENT).questions}


def solve(question: str, answer: str, version: int = 1, confidence: str = "high") -> Solve:
    return Solve(question, version, answer, confidence, "", "")


def test_what_ships_agrees_and_every_question_was_solved_or_waits(
    questions: dict[str, Question],
) -> None:
    solves, problems = read_solves(CONTENT)
    assert problems == []
    found = compare(questions.values(), solves)
    assert found.compared > 800
    assert found.share >= LEAST_AGREEMENT
    assert found.disagreeing == ()
    assert found.unsolved == ()
    changes = (CONTENT / "blind-solve" / "CHANGES.md").read_text(encoding="utf-8")
    for id_ in found.mended:
        assert id_.partition(".")[0] in changes, f"{id_} was mended, CHANGES.md does not say how"


def test_every_kind_of_answer_is_compared_with_its_key(questions: dict[str, Question]) -> None:
    right = {
        "q11-001": "o1",
        "q31-012": "true",
        "q32-103": "o3 o4 o5",
        "q12-102": "l1=r3 l2=r5 l3=r1 l4=r4",
        "q13-101": "b1=近亲属 b2=意定",
        "q35-104": "7",
        "q36-102": "i1 i2 i3 i4 i5",
    }
    wrong = {
        "q11-001": "o2",
        "q31-012": "false",
        "q32-103": "o3 o4",
        "q12-102": "l1=r5 l2=r3 l3=r1 l4=r4",
        "q13-101": "b1=近亲属 b2=邻居",
        "q35-104": "8",
        "q36-102": "i2 i1 i3 i4 i5",
    }
    asked = [replace(questions[id_], version=1) for id_ in right]
    good = compare(asked, [solve(id_, answer) for id_, answer in right.items()])
    assert (set(good.agreeing), good.share) == (set(right), 1)
    bad = compare(asked, [solve(id_, answer) for id_, answer in wrong.items()])
    assert {one.question for one in bad.disagreeing} == set(wrong)


def test_another_version_waits_and_an_unknown_id_is_passed_over(
    questions: dict[str, Question],
) -> None:
    found = compare(
        [questions["q11-001"], questions["q11-002"]],
        [solve("q11-001", "o1", version=9), solve("q99-001", "o1")],
    )
    assert (found.mended, found.unsolved, found.compared) == (("q11-001",), ("q11-002",), 0)
    assert found.share == 0


def test_right_with_low_confidence_is_told(questions: dict[str, Question]) -> None:
    asked = replace(questions["q11-001"], version=1)
    found = compare([asked], [solve("q11-001", "o1", confidence="low")])
    assert [one.question for one in found.unsure] == ["q11-001"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("question;answer\n", 1),
        (HEAD + "q11-001,one,o1,high,\n", 2),
        (HEAD + "q11-001,1,o1,sure,\n", 2),
        (HEAD + "q11-001,1,o1\n", 2),
    ],
)
def test_a_damaged_line_is_told(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "blind-solve").mkdir()
    (tmp_path / "blind-solve" / "module-1.csv").write_text(text, encoding="utf-8")
    solves, problems = read_solves(tmp_path)
    assert solves == []
    assert [(one.file, one.line) for one in problems] == [("blind-solve/module-1.csv", line)]
