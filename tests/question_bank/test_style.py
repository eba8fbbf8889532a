"""The writing rules: each flaw is found where it is, and good questions are left in peace."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import question_bank
from question_bank import Question, load, read_folder, read_questions
from question_bank.style import RULES, find_flaws, find_set_flaws, flaw_codes
from tests.question_bank.strategies import FEWER, questions, single

CONTENT = Path(question_bank.__file__).parent / "content"
EXAMPLE = (Path(__file__).parent / "files" / "questions-4-3.yaml").read_bytes()
TEXTS = ["去一楼窗口重新挂号", "问本层分诊台报到没", "留在座位上再等一轮", "敲门请医生先看一看"]


def asked(*texts: str, key: str = "o2", **fields: Any) -> Question:
    options = [
        {"id": f"o{n}", "text": text, "why": "因为"} for n, text in enumerate(texts or TEXTS, 1)
    ]
    body = {"stem": "叫号里没有他的名字。先做什么？", "options": options, "key": key.split()}
    return load(single(**(body | {"explanation": "先查队列。"} | fields)))


def statement(stem: str, key: bool = False) -> Question:
    return load(
        single(
            kind="true_false",
            options=None,
            key=key,
            stem=stem,
            why_true="甲",
            why_false="乙",
            explanation="记住。",
        )
    )


def codes(question: Question) -> list[str]:
    return [flaw.code for flaw in find_flaws(question)]


def with_first(text: str) -> Question:
    return asked(text, *TEXTS[1:])


GOOD = [
    asked(),
    with_first("不一定要重新挂号吧"),
    asked(stem="老人不识字，要不要陪他？先做什么？"),
    asked(stem="老人说**不**想做检查。哪一件陪诊师**不**该做？"),
    asked(stem="他走路不稳，说话不清。先做什么？"),
    asked("10分钟", "20分钟", "30分钟", "40分钟"),
    asked("1-5分钟", "6-10分钟", "11-15分钟", "16-20分钟"),
    statement("老人说“一定要快”，陪诊师照常检查轮椅刹车。"),
    statement("任何时候都不替老人在同意书上签字。"),
    statement("陪诊师始终不离开老人，全部单据当面交回。"),
    with_first("任何时候都不离开他"),
    asked("A型血浆的袋子", "B型血浆的袋子", "AB型血浆袋子", "O型血浆的袋子"),
    asked(stem="老人不能走路时先做什么？"),
    asked(stem="墙上写着禁止吸烟。先做什么？"),
]


@pytest.mark.parametrize("question", GOOD, ids=range(len(GOOD)))
def test_a_good_question_is_left_in_peace(question: Question) -> None:
    assert codes(question) == []


@pytest.mark.parametrize(
    ("question", "code", "place"),
    [
        (with_first("一定要重新挂一个号"), "absolute_word", "options[1].text"),
        (with_first("所有人都要重新挂号"), "absolute_word", "options[1].text"),
        (with_first("以上都对"), "all_of_above", "options[1].text"),
        (with_first("以上选项均不正确"), "all_of_above", "options[1].text"),
        (with_first("上述几项都是"), "all_of_above", "options[1].text"),
        (with_first("都对"), "all_of_above", "options[1].text"),
        (with_first("全部正确"), "all_of_above", "options[1].text"),
        (with_first("均不正确"), "all_of_above", "options[1].text"),
        (with_first("全选"), "all_of_above", "options[1].text"),
        (with_first("A和B"), "letter_reference", "options[1].text"),
        (with_first("A+B"), "letter_reference", "options[1].text"),
        (with_first("ABC"), "letter_reference", "options[1].text"),
        (with_first("Ａ、Ｃ"), "letter_reference", "options[1].text"),
        (with_first("始终站在他后面"), "absolute_word", "options[1].text"),
        (with_first("从来不去问护士"), "absolute_word", "options[1].text"),
        (with_first("凡是老人都要扶"), "absolute_word", "options[1].text"),
        (with_first("把东西全部带走"), "absolute_word", "options[1].text"),
        (with_first("Always wait here"), "absolute_word", "options[1].text"),
        (with_first("Never wait here"), "absolute_word", "options[1].text"),
        (with_first("Ask all nurses"), "absolute_word", "options[1].text"),
        (asked(stem="陪诊师的工作包括除哪项外的各项？"), "negative_stem", "stem"),
        (asked(stem="陪诊师不能做什么？"), "negative_stem", "stem"),
        (asked(stem="陪诊师禁止做的是？"), "negative_stem", "stem"),
        (asked(stem="All of these help EXCEPT which one?"), "negative_stem", "stem"),
        (asked(stem="以下关于挂号的说法，正确的是哪项？"), "unfocused_stem", "stem"),
        (with_first("B和C都对，一起做"), "letter_reference", "options[1].text"),
        (asked(explanation="选B项，因为先查队列。"), "letter_reference", "explanation"),
        (asked(TEXTS[0], TEXTS[1] + "再看屏幕", *TEXTS[2:]), "key_longest", "options[2].text"),
        (asked("去", TEXTS[1], TEXTS[2], TEXTS[3]), "unequal_length", "options"),
        (with_first("“重新挂一个号吧。”"), "unequal_kind", "options"),
        (with_first("30分钟"), "unequal_kind", "options"),
        (asked(*TEXTS[:3]), "option_count", "options"),
        (
            replace(asked(), kind="multiple_choice", key=("o1", "o2", "o3", "o4")),
            "all_right",
            "key",
        ),
        (with_first(TEXTS[1] + "有"), "overlapping", "options[2].text"),
        (asked("1-5分钟", "5-9分钟", "10-14分钟", "15-19分钟"), "overlapping", "options[2].text"),
        (asked("20分钟", "10分钟", "30分钟", "40分钟"), "unordered_numbers", "options"),
        (asked(stem="下列哪一项不该由陪诊师来做？"), "negative_stem", "stem"),
        (asked(stem="以下做法错误的是哪一件？"), "negative_stem", "stem"),
        (asked(stem="这时不合适的做法是？"), "negative_stem", "stem"),
        (asked(stem="哪一种情形不能不报告护士？"), "double_negative", "stem"),
        (statement("陪诊师没有理由不代签。"), "double_negative", "stem"),
        (asked(stem="分诊台在三楼。名字没有出现。先做什么？", key="o2"), "", ""),
        (asked(stem="没叫到名字，本层分诊台就在旁边。先做什么？"), "echo", "options[2].text"),
        (asked(stem="下列说法正确的是"), "unfocused_stem", "stem"),
        (asked(stem="关于候诊，以下叙述错误的是："), "unfocused_stem", "stem"),
        (asked(stem="老人坐着。" * 31 + "先做什么？"), "long_stem", "stem"),
        (statement("陪诊师一定要替老人保管医保卡。"), "trick_word", "stem"),
        (statement("有时可以代老人签字。"), "trick_word", "stem"),
        (asked(explanation=""), "missing_explanation", "explanation"),
        (
            replace(asked(), options=tuple(replace(one, why="") for one in asked().options)),
            "missing_why",
            "options",
        ),
    ],
)  # fmt: skip
def test_each_flaw_is_named_at_its_place(question: Question, code: str, place: str) -> None:
    found = [(flaw.code, flaw.place) for flaw in find_flaws(question)]
    assert ((code, place) in found) == bool(code), found


def test_a_case_names_the_part_and_the_scene() -> None:
    case = next(one for one in read_questions(EXAMPLE, "q").questions if one.kind == "case_set")
    part = replace(case.parts[1], explanation="")
    bad = replace(case, scene="太短。", parts=(case.parts[0], part, case.parts[2]))
    found = [(flaw.code, flaw.question_id, flaw.place) for flaw in find_flaws(bad)]
    assert found == [
        ("scene_length", case.id, "scene"),
        ("missing_explanation", part.id, "questions[2].explanation"),
    ]


def test_missing_reasons_of_pairs_and_blanks_are_named() -> None:
    known = {one.kind: one for one in read_questions(EXAMPLE, "q").questions}
    assert codes(known["matching"]) == codes(known["fill_in"]) == []
    silent = replace(
        known["matching"],
        lefts=tuple(replace(left, why="") for left in known["matching"].lefts),
        options=tuple(replace(right, why="") for right in known["matching"].options),
    )
    assert [(flaw.place, flaw.mend) for flaw in find_flaws(silent)] == [
        ("why", "请给 l1、l2、l3、l4 补上说明。"),
        ("why_unused", "请给 r3 补上说明。"),
    ]


def test_key_positions_and_true_false_are_judged_over_the_set() -> None:
    spread = [asked(key=f"o{n % 4 + 1}") for n in range(16)]
    assert find_set_flaws(spread) == []
    assert find_set_flaws([asked(key="o1")] * 11) == []
    (flaw,) = find_set_flaws([asked(key="o1")] * 9 + spread[:4])
    assert flaw.code == "key_positions"
    assert "第 1 位 10、第 2 位 1" in flaw.mend
    assert str(flaw).startswith("整套题")
    balanced = [statement("用完当面还卡。", key=n % 2 == 0) for n in range(12)]
    assert find_set_flaws(balanced) == []
    (flaw,) = find_set_flaws([statement("用完当面还卡。", key=True)] * 12)
    assert "12 题对、0 题错" in flaw.mend


def test_what_ships_keeps_the_rules() -> None:
    shipped = read_folder(CONTENT).questions
    assert len(shipped) > 100
    assert [str(flaw) for question in shipped for flaw in find_flaws(question)] == []
    assert find_set_flaws(shipped) == []


@FEWER
@given(questions())
def test_no_question_breaks_the_checker_and_each_flaw_says_how_to_mend(question: Question) -> None:
    for flaw in [*find_flaws(question), *find_set_flaws([question] * 12)]:
        assert flaw.code in RULES
        assert flaw.rule.endswith("。")
        assert flaw.mend.endswith("。")
        assert "{" not in flaw.rule
    assert flaw_codes(question) == sorted({flaw.code for flaw in find_flaws(question)})
