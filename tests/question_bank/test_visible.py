"""A stem that shows nothing cannot be asked; one that shows a single sign can."""

from dataclasses import replace

import pytest

from question_bank import Blank, Choice, Question, check
from question_bank.pieces import Medium

PLAIN = Question(
    id="q1",
    kind="single_choice",
    pool="practice",
    domain="E",
    lesson="4.3",
    level="use",
    stem="先做什么？",
    options=(Choice("o1", "看一看"), Choice("o2", "等一等")),
    key=("o1",),
)
TABLE = Medium("t1", "table", "表 1", rows=(("一", "二"),))


@pytest.mark.parametrize(
    "stem", ["**", "** **", "{{b1}}", "**{{b1}}** ", "\ufeff", "\u3164", "\u2800\n\u3000"]
)
def test_nothing_to_be_seen(stem: str) -> None:
    assert [one.path for one in check(replace(PLAIN, stem=stem))] == [("stem",)]
    assert check(replace(PLAIN, stem=stem, media=(TABLE,))) == []
    case = Question(
        id="c1",
        kind="case_set",
        pool="practice",
        domain="E",
        lesson="4.3",
        scene=stem,
        parts=(PLAIN,),
    )
    assert ("scene",) in [one.path for one in check(case)]
    inside = replace(case, scene="候诊时老人头晕。", parts=(replace(PLAIN, stem=stem),))
    assert ("questions", 0, "stem") in [one.path for one in check(inside)]


@pytest.mark.parametrize("stem", ["？", "**？**", "{{b1}}吗", "👍🏽", "_", "５"])
def test_a_sign_is_enough(stem: str) -> None:
    assert check(replace(PLAIN, stem=stem)) == []


def test_a_gap_to_fill_is_enough() -> None:
    gap = replace(PLAIN, kind="fill_in", options=(), key=(), stem="{{b1}}")
    assert check(replace(gap, blanks=(Blank("b1", ("取号",)),))) == []
