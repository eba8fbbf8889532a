"""How Chinese sounds, and what typed letters may mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.sounds import (
    NOTHING,
    TABLE,
    Said,
    _table,
    initials_of,
    meant,
    readings,
    sounds_of,
)
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
    assert Said(sounds_of(text), "") in meant(said.replace(" ", ""))
    assert initials_of(sounds_of(text)) == "".join(one[0] for one in said.split())


def test_what_is_not_chinese_has_no_sound() -> None:
    (yong,), (chao,) = sounds_of("用"), sounds_of("超")
    assert sounds_of("用 B超") == f"{yong}{NOTHING}{NOTHING}{chao}"
    assert initials_of(sounds_of("用 B超")) == "y  c"


def test_a_beginning_may_be_any_syllable_that_goes_on_so() -> None:
    (one,) = meant("peizh")
    assert one.signs == sounds_of("陪")
    assert set(sounds_of("诊中住抓")) <= set(one.last)
    assert not set(sounds_of("子怎陪")) & set(one.last)


def test_signs_are_stored_and_keep_their_meaning() -> None:
    assert sounds_of("陪诊挂号女儿") == "\u0166\u03d7\u02c8\u0314\u0270\u0109"
    assert all(len(sign.encode()) == 2 for sign in sounds_of("陪诊挂号女儿"))


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
def test_one_sign_for_each_character(text: str) -> None:
    assert len(sounds_of(text)) == len(initials_of(sounds_of(text))) == len(text)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x62FF), min_size=1, max_size=4))
def test_what_a_text_sounds_like_is_one_reading_of_it(text: str) -> None:
    said = sounds_of(text).replace(NOTHING, "")
    for one in meant(typed(said)):
        assert typed(one.signs) == typed(said)
    if said:
        assert Said(said, "") in meant(typed(said))


def typed(signs: str) -> str:
    """Give the letters of signs, as the table of syllables has them."""
    letters = {sign: syllable for syllable, sign in _table().signs.items()}
    return "".join(letters[sign] for sign in signs)


def test_the_table_is_what_its_maker_makes() -> None:
    assert TABLE.read_text("utf-8") == sounds.text()
