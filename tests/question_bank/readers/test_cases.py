"""Case sets in formats that have none: a scene and parts that name it, put together again."""

from dataclasses import replace
from fractions import Fraction

import pytest

from question_bank.kinds.true_false import WORDS
from question_bank.pieces import Criterion
from question_bank.question import Choice, Question
from question_bank.readers.anything import read_any
from question_bank.writers.losses import losses, write_as

TEXTUAL = ("gift", "moodle_xml", "qti", "text", "word")


def _part(number: int, kind: str = "single_choice") -> Question:
    texts = ("先问分诊台", "先去缴费", "先坐着等")
    options = tuple(Choice(f"o{at}", text) for at, text in enumerate(texts, start=1))
    told: dict[str, object] = {"options": options, "key": ("o1",)}
    if kind == "true_false":
        told = {
            "options": tuple(Choice(one, word, f"因为{word}") for one, word in WORDS.items()),
            "key": ("false",),
        }
    return Question(
        id=f"c1.{number}",
        kind=kind,
        pool="practice",
        domain="E",
        lesson="4.3",
        level="use",
        stem=f"第 {number} 步先做什么？",
        **told,  # type: ignore[arg-type]
    )


CASE = Question(
    id="c1",
    kind="case_set",
    pool="practice",
    domain="E",
    lesson="4.3",
    scene="老人忘带证件，女儿在上班。\n医院八点开门。",
    parts=(_part(1), _part(2, "true_false"), _part(3)),
)
SINGLE = replace(_part(1), id="q1", stem="单独的一道题问什么？")


@pytest.mark.parametrize("name", TEXTUAL)
def test_a_case_set_comes_back_whole_and_in_its_place(name: str) -> None:
    bank = [SINGLE, CASE, replace(SINGLE, id="q2", stem="另一道题问什么？")]
    assert losses(bank, name) == []
    report = read_any(write_as(bank, name), "bank", name)
    assert [str(one) for one in report.problems] == []
    assert list(report.questions) == bank


@pytest.mark.parametrize("name", ["text", "word"])
def test_a_last_part_without_a_model_answer_begins_no_list_of_answers(name: str) -> None:
    """Its empty 答案： is the only one open: a scene has no answer of its own."""
    told = replace(
        _part(3),
        kind="short_answer",
        options=(),
        key=(),
        rubric=(Criterion("c1", "说全", Fraction(2)),),
    )
    case = replace(CASE, parts=(_part(1), _part(2), told))
    assert losses([case], name) == []
    report = read_any(write_as([case], name), "bank", name)
    assert [str(one) for one in report.problems] == []
    assert report.questions == (case,)


def test_parts_find_their_case_in_any_order() -> None:
    blocks = write_as([CASE], "gift").decode().strip().split("\n\n")
    report = read_any("\n\n".join(reversed(blocks)).encode(), "a.gift", "gift")
    assert report.questions == (CASE,)


def test_a_part_without_its_case_is_named_and_never_asked_alone() -> None:
    blocks = write_as([CASE], "gift").decode().strip().split("\n\n")
    report = read_any("\n\n".join(blocks[1:]).encode(), "a.gift", "gift")
    assert report.questions == ()
    assert [one.line for one in report.problems] == [2, 9, 12]
    assert all("没有找到案例“c1”" in one.message for one in report.problems)


def test_a_scene_without_parts_is_skipped_by_name() -> None:
    blocks = write_as([CASE], "gift").decode().strip().split("\n\n")
    report = read_any(blocks[0].encode(), "a.gift", "gift")
    assert [one.kind for one in report.skipped] == ["case_set"]


def test_a_faulty_part_names_its_own_line_and_keeps_the_case_out() -> None:
    blocks = write_as([CASE], "gift").decode().strip().split("\n\n")
    blocks[3] = blocks[3].replace("~先去缴费", "~先问分诊台")
    report = read_any("\n\n".join(blocks).encode(), "a.gift", "gift")
    assert report.questions == ()
    assert {one.line for one in report.problems} == {15}


def test_a_part_no_writer_can_hold_leaves_the_whole_case_out_and_says_so() -> None:
    ordering = replace(_part(3), kind="ordering", key=("o2", "o1", "o3"))
    told = losses([replace(CASE, parts=(*CASE.parts[:2], ordering))], "gift")
    assert [(loss.field, loss.ids) for loss in told] == [("", ("c1",))]
