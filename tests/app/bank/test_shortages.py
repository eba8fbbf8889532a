"""A shortage reads as a whole sentence in the language of the reader."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from app.bank import shortages
from question_bank.supply import DIFFICULTY_RULE, LEVEL_RULE, TRIAL_RULE, Shortage

SHORT = Shortage("B 案例题", 2, 1, "“B 案例题”要 2 题，可用的只有 1。")
TOO_MANY = Shortage("识记", 10, 12, "“识记”至多 10 题。")
TOGETHER = Shortage(LEVEL_RULE, 1, 0, "合在一起不能。")
ENEMIES = Shortage("A 单选题", 2, 5, "互斥的题不能同卷。")


def test_chinese_readers_get_the_banks_own_sentence(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh"):
        assert shortages.sentences([SHORT, TOO_MANY]) == SHORT.message + TOO_MANY.message


@pytest.mark.parametrize(
    ("shortage", "words"),
    [
        (SHORT, "“B Case set”: 2 wanted, only 1 usable."),
        (TOO_MANY, "“Recall”: at most 10 wanted, at least 12"),
        (TOGETHER, "The level shares can each be met, but not together."),
        (ENEMIES, "mostly at “A Single choice”."),
    ],
)
def test_english_says_place_and_figures_and_no_chinese(
    app: Flask, shortage: Shortage, words: str
) -> None:
    with app.test_request_context(), force_locale("en"):
        sentence = shortages.sentence(shortage)
    assert words in sentence
    assert not any("\u3400" <= sign <= "\u9fff" for sign in sentence)


@pytest.mark.parametrize(
    ("shortage", "words"),
    [
        (Shortage(DIFFICULTY_RULE, 700, 600, ""), "最容易的卷也达不到"),
        (Shortage(DIFFICULTY_RULE, 700, 800, ""), "最难的卷也超过"),
        (Shortage(DIFFICULTY_RULE, 1, 0, ""), "难度凑不进要求的范围"),
        (Shortage(TRIAL_RULE, 5, 2, ""), "要混入 5 道试测题，可用的只有 2"),
    ],
)
def test_rules_have_sentences_of_their_own(
    app: Flask, monkeypatch: pytest.MonkeyPatch, shortage: Shortage, words: str
) -> None:
    """As written here; what the translators make of them is theirs."""
    monkeypatch.setattr(shortages, "in_english", lambda: True)
    with app.test_request_context(), force_locale("zh"):
        assert words in shortages.sentence(shortage)
