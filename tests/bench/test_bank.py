"""The bank's bench at a small size: that it runs, and what it says. Its times are judged by nobody here."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from bench import bank, importing, lists
from bench.figures import Figure, report
from bench.made_up import Maker
from question_bank import Blueprint, Cell, check, dump, load

SEEN = ("all", "search 2 characters", "search pinyin", "search code", "several together")

SMALL = Blueprint(
    id="small",
    title="小表",
    cells=tuple(Cell(domain, "single_choice", 2, Fraction(1)) for domain in "BCEF"),
)


def test_it_measures_every_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.measuring.TRIES", 1)
    url = f"sqlite:///{tmp_path / 'bank.sqlite3'}"
    found = bank.measure(url, tmp_path, 260, share=0.04, pages=SEEN, table=SMALL)
    names = {one.name: one for one in found}
    assert len(names) == len(found)
    for wanted in SEEN:
        assert names[f"list: {wanted}"].at_most == lists.MOST_SECONDS
    assert names["list: queries a page, at most"].met
    for kind in importing.FORMATS:
        assert names[f"import {kind}: all in"].at_least == importing.ALL_IN
        assert names[f"import {kind}: parsing"].at_least == importing.PARSED
    assert any(name.startswith("draw: ") for name in names)
    assert any(name.startswith("change 260: longest") for name in names)


def test_it_says_what_was_missed(capsys: pytest.CaptureFixture[str]) -> None:
    found = [Figure("slow", 2.0, "s", at_most=1.0), Figure("told", 1.0, "s")]
    assert report(found, as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["missed"] == ["slow"]


def test_made_up_questions_are_sound() -> None:
    maker = Maker()
    for number in range(150):
        question = maker.question(number)
        assert check(question) == []
        assert load(dump(question)) == question
        assert maker.question(number) == question
