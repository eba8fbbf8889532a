"""Searching: one Chinese character on, several words, codes, pinyin and its first letters."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import finding, searching, writing
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionSearch
from app.models.people import Role
from question_bank import Choice
from tests import factories
from tests.app.bank import rows

pytestmark = pytest.mark.rows
STEM = "陪诊师小林在西安的银行旁边，ＡＢＣ 100% 准备好了，Cold chain_1 怎样做？"


@pytest.fixture
def bank(app: Flask) -> None:
    writer = factories.user(Role.ITEM_WRITER)
    rows.entry("q1", author=writer, stem=STEM, clauses=("5.3",))
    options = (Choice("o1", "扶他坐稳", "免得摔倒。"), Choice("o2", "继续走", "不安全。"))
    rows.entry("q2", author=writer, stem="接着做什么？", options=options, explanation="安全第一。")


def found(words: str) -> list[str]:
    query = select(QuestionEntry.code).order_by(QuestionEntry.code)
    condition = searching.matching(words)
    return list(db.session.scalars(query if condition is None else query.where(condition)))


@pytest.mark.parametrize(
    "words",
    [
        "陪",  # one character
        "陪诊",
        "陪诊师 西安",  # both words
        "abc",  # full width, half width and case are the same
        "ＡＢＣ",
        "Abc",
        "100%",
        "chain_1",
        "coldchain",  # spaces are not looked at
        "peizhen",
        "PeiZhen",
        "pei zhen",
        "peizh",  # the beginning of the last syllable
        "peiz",
        "xian",  # xi an
        "yinhang",  # 行 as it sounds in this word
        "pz",
        "pzs",
        "pzhsh",
        "xl pei",
        "q1",
        "5.3",
    ],
)
def test_it_finds(bank: None, words: str) -> None:
    assert found(words) == ["q1"]


@pytest.mark.parametrize(
    "words",
    [
        "陪诊 坐稳",  # in different questions
        "诊陪",
        "%",
        "_",
        "1%0",
        "eizhen",  # not from the beginning of a syllable
        "zp",
        "\\",
        "'",
    ],
)
def test_it_finds_nothing_else(bank: None, words: str) -> None:
    expected = ["q1"] if words in ("%", "_") else []  # which are plain signs, and in the stem
    assert found(words) == expected


@pytest.mark.parametrize("words", ["坐稳", "摔倒", "安全第一", "fu ta"])
def test_options_and_explanations_are_searched(bank: None, words: str) -> None:
    assert found(words) == ["q2"]


@pytest.mark.parametrize("words", ["", "   ", "\u200b", "\u3000"])
def test_no_words_mean_any(bank: None, words: str) -> None:
    assert found(words) == ["q1", "q2"]


def test_the_current_version_alone_is_found(bank: None) -> None:
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "q1")).one()
    changed = rows.question("q1", stem="改过的题干")
    assert entry.author_id is not None
    author = db.session.get_one(type(factories.user()), entry.author_id)
    writing.save(entry, changed, base=1, actor=author, now=clock.now())
    db.session.commit()
    assert found("西安") == []
    assert found("改过") == ["q1"]
    assert found("ggdt") == ["q1"]


def test_a_long_text_and_odd_signs_are_kept(app: Flask) -> None:
    rows.entry("q9", stem="长" * 3000 + "末尾\u202e\u200d🚑")
    assert found("末尾") == ["q9"]
    assert found("🚑") == ["q9"]


def test_one_search_for_counts_and_page(bank: None) -> None:
    reader = finding.Reader("", ("live", "practice"), clock.shanghai_date(clock.now()))
    with rows.counted() as asked:
        pages, counts = finding.find_questions(finding.Wanted(words="安"), reader, 1)
        assert [one.code for one in pages.items] == ["q1", "q2"]
    assert counts["draft"] == 2
    assert len(asked) == 2


def test_explanations_are_found_by_their_sound(bank: None) -> None:
    assert found("安全") == found("anquan") == found("aq") == ["q2"]
    assert found("shuaidao") == ["q2"]  # the reason of an option


@pytest.mark.parametrize(
    "words",
    ["女儿", "nuer", "nver", "nüer", "nǚ'ér", "nǚér", "guàhào", '"挂号"', "“挂号”", "“女儿 挂号”"],
)
def test_tones_quotes_and_two_ways_to_type_a_sound(bank: None, words: str) -> None:
    rows.entry("q3", stem="女儿替他挂号，先问谁？")
    assert found(words) == ["q3"]


def test_all_is_indexed_anew_by_a_command(app: Flask, bank: None) -> None:
    for kept in db.session.scalars(select(QuestionSearch)):
        kept.sounds = kept.initials = kept.words = ""
    db.session.commit()
    assert found("安全") == found("peizhen") == []
    told = app.test_cli_runner().invoke(args=["bank", "reindex"]).output
    assert "重做 2 题" in told
    db.session.expire_all()
    assert (found("anquan"), found("peizhen"), found("q1")) == (["q2"], ["q1"], ["q1"])
