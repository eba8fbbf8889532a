"""The writing rules are said in the reader's language, word for word as the checker knows them."""

from __future__ import annotations

from app.bank import wording
from question_bank.style import RULES


def test_every_rule_has_its_words() -> None:
    assert {code: str(words) for code, words in wording.FLAW_RULES.items()} == {
        code: rule for code, (rule, _mend) in RULES.items()
    }
