"""Sentences of the pure package are recognised and said in English, whatever they quote."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.mofile import read_mo
from flask import Flask
from flask_babel import Babel, force_locale

from app.bank.form_words import on_a_page
from app.saying import FOLDER, LONGEST, all_said, said, sentences_of

CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
QUOTED = re.compile(r"“[^”]*”|\*\*不\*\*|【[^】]*】|选项A, 选项B|（2分）")
# What a file has in Chinese is named as it stands there.
NAMED = re.compile(
    r"单选题|多选题|判断题|填空题|图片|录音|视频|文档|易|中|难|是|否|选项|答案：|所属案例：|题干"
)


def messages() -> list[str]:
    with (FOLDER / "en" / "LC_MESSAGES" / "question_bank.mo").open("rb") as file:
        return sorted(str(one.id) for one in read_mo(file) if one.id)


def filled(message: str) -> tuple[str, list[str]]:
    """Put a sample value into each placeholder, as a Latin word that stands in no sentence."""
    names = list(dict.fromkeys(PLACEHOLDER.findall(message)))
    values = {name: f"Qz{at}" for at, name in enumerate(names, 1)}
    return message % values, list(values.values())


@pytest.fixture(autouse=True)
def reader() -> Iterator[None]:
    """Stand for an application that knows languages; no rows are needed."""
    bare = Flask(__name__)
    Babel(bare)
    with bare.app_context():
        yield


def test_each_message_is_recognised_as_itself() -> None:
    """And all of it is English but what is quoted."""
    english, wrong = sentences_of("en").messages, {}
    for message in messages():
        sentence, values = filled(message)
        names = dict.fromkeys(PLACEHOLDER.findall(message))
        with force_locale("en"):
            told = said(sentence)
        left = CHINESE.search(NAMED.sub("", QUOTED.sub("", told)))
        if left or told != english[message] % dict(zip(names, values, strict=True)):
            wrong[message] = told
    assert not wrong
    assert len(english) > 600


@pytest.mark.parametrize(
    ("sentence", "english"),
    [
        (
            "选项编号 a 重复，请改成没用过的。",
            "Option: the id a is used twice. Change it to one not used yet.",
        ),
        (
            "答案“没有答案，请写“对””既不是选项字母，也不是某个选项的文字，请改成 A、B 这样的字母。",
            "The answer “没有答案，请写“对”” is neither an option letter nor the text of an option. "
            "Write letters such as A, B.",
        ),
        (
            "不认识层次“很难”，没有读入；可以写：识记、运用、判断。",
            "Level: “很难” is not known and was not read in. You can write: Recall, Use, Judgement.",
        ),
        (
            "GIFT 写不下这些配对题，整题不会导出。GIFT 的配对题左边不能有 ->。",
            "GIFT cannot hold these questions (Matching); they will not be exported at all. "
            "The left side of a GIFT matching question cannot have ->.",
        ),
        (
            "工作表“第一 季”第 3 行 B 列",
            "Sheet “第一 季” row 3, column B",
        ),
        (
            "没有题干，请补上。没有答案，请写“对”或“错”。",
            "There is no stem. Add it. There is no answer. Write “对” (right) or “错” (wrong).",
        ),
        ("多选题的标题没有人写过。", "多选题的标题没有人写过。"),
    ],
)
def test_values_are_said_where_they_are_ours_and_kept_where_they_are_quoted(
    sentence: str, english: str
) -> None:
    with force_locale("en"):
        assert said(sentence) == english


def test_in_chinese_nothing_changes() -> None:
    with force_locale("zh"):
        assert said("没有题干，请补上。") == "没有题干，请补上。"
        assert all_said(["没有题干，请补上。", "应当是列表。"]) == "没有题干，请补上。应当是列表。"


def test_what_is_too_long_is_not_looked_at() -> None:
    sentence = "“" + "甲" * LONGEST + "”不是日期。"
    with force_locale("en"):
        assert said(sentence) == sentence


def test_a_hostile_sentence_costs_little() -> None:
    sentence = "“，请改成。" * (LONGEST // 7)
    with force_locale("en"):
        assert said(sentence) == sentence


COLUMNS = ("accept", "partly", "reject")


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("other", COLUMNS)
def test_what_a_page_words_anew_is_known_too(column: str, other: str) -> None:
    """Each sentence that `form_words` changes can be said in English."""
    changed = 0
    for message in messages():
        values = dict.fromkeys(PLACEHOLDER.findall(message), "plus_minus_practice")
        if "folded" in values:
            values |= {"folded": column, "name": other}
        sentence = message % values
        shown = on_a_page(sentence)
        if shown != sentence:
            changed += 1
            with force_locale("en"):
                told = said(shown)
            assert not CHINESE.search(QUOTED.sub("", told)), (shown, told)
    assert changed > 20
