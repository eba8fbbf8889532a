"""How Chinese sounds, and what typed letters may mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.sounds import TABLE, initials_of, readings, syllables_of
from script.support import sounds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("陪诊", "pei zhen"),
        ("女儿", "nv er"),
        ("银行", "yin hang"),  # a character that sounds otherwise in a word
        ("长期", "chang qi"),
        ("家长", "jia zhang"),
    ],
)
def test_words(text: str, said: str) -> None:
    assert syllables_of(text) == said.split()


def test_what_is_not_chinese_has_no_sound() -> None:
    assert syllables_of("用 B超") == ["yong", "", "", "chao"]
    assert initials_of(syllables_of("用 B超")) == "y  c"


@pytest.mark.parametrize(
    ("typed", "several"),
    [
        ("peizhen", ["pei zhen"]),
        ("peizh", ["pei zh"]),
        ("xian", ["xian", "xi an", "xia n", "xi a n"]),
        ("fangan", ["fan gan", "fang an"]),
        ("p", ["p"]),
        ("pz", []),
        ("hello", []),
        ("", []),
        ("陪", []),
        ("a" * 61, []),
    ],
)
def test_readings(typed: str, several: list[str]) -> None:
    found = [" ".join(one) for one in readings(typed)]
    assert found[: len(several)] == several or set(several) <= set(found)
    assert bool(found) == bool(several)


@given(st.text())
def test_one_syllable_for_each_character(text: str) -> None:
    assert len(syllables_of(text)) == len(text)
    assert len(initials_of(syllables_of(text))) == len(text)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x62FF), min_size=1, max_size=4))
def test_what_a_text_sounds_like_is_one_reading_of_it(text: str) -> None:
    said = [one for one in syllables_of(text) if one]
    typed = "".join(said)
    assert all("".join(one) == typed for one in readings(typed))
    if said:
        assert readings(typed)


def test_the_table_is_what_its_maker_makes() -> None:
    assert TABLE.read_text("utf-8") == sounds.text()
