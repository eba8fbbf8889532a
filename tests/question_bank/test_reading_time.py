"""The estimate of reading time: what counts, and that keys and explanations do not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import Choice, Question
from question_bank.reading_time import characters, reading_seconds

QUESTION = Question(
    id="q1",
    kind="single_choice",
    pool="practice",
    domain="E",
    lesson="4.3",
    level="use",
    stem="先做什么？",
    options=(Choice("o1", "看一看", "先看清楚。"), Choice("o2", "等一等", "等会误事。")),
    key=("o1",),
)


def test_it_works() -> None:
    assert characters(QUESTION) == 4 + 3 + 3
    assert reading_seconds(QUESTION) == pytest.approx(10 * 60 / 255 + 20)


def test_a_latin_word_counts_as_one_and_a_half() -> None:
    assert characters(replace(QUESTION, stem="做 CT，3.5 分钟")) == 3 + 2 * 1.5 + 6


@given(st.text(alphabet="看等，。 \n", max_size=40))
def test_what_nobody_reads_takes_no_time(text: str) -> None:
    assert characters(replace(QUESTION, explanation=text)) == characters(QUESTION)
    assert characters(replace(QUESTION, stem=QUESTION.stem + text)) >= characters(QUESTION)
