"""From a Moodle question element to the fields of a question, one function a kind.

A kind that is not in ``READ_KIND`` is skipped by name by the caller, never read as another.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lxml import etree

from question_bank.kinds.true_false import WORDS
from question_bank.kinds.upload import MOST_FILES
from question_bank.marking import FULL, NOTHING
from question_bank.pieces import Criterion, OtherUnit
from question_bank.question import Choice
from question_bank.readers import free_answers
from question_bank.readers.cloze import read_cloze
from question_bank.readers.free_answers import Given, NotMarkableError
from question_bank.readers.moodle_element import MoodleElement
from question_bank.readers.weights import Weighted, WeightsError, choice_values, read_share

_GAP = re.compile(r"_{3,}")
_ORDER_RULES = {
    "ALL_OR_NOTHING": "",
    "-1": "",
    "ABSOLUTE_POSITION": "position",
    "0": "position",
    "RELATIVE_NEXT_EXCLUDE_LAST": "adjacent_pairs",
    "1": "adjacent_pairs",
}
_FACTOR_PLACES = 12
_MULTIPLIER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9])?")


def _share(answer: etree._Element) -> Fraction:
    return read_share(answer.get("fraction") or answer.findtext("fraction") or "0")


def _why(one: MoodleElement, answer: etree._Element) -> str:
    feedback = answer.find("feedback")
    return "" if feedback is None else one.text_in(feedback)[0]


def _description(one: MoodleElement) -> dict[str, Any]:
    return {"kind": "description", "stem": one.text("questiontext")}


def _multichoice(one: MoodleElement) -> dict[str, Any]:
    stem = one.text("questiontext")
    single = one.flag("single", default=True)
    if one.kind == "multichoiceset":
        return _multichoice_set(one, stem)
    options = [_weighted(one, answer, _share(answer)) for answer in one.element.iterfind("answer")]
    told = choice_values(options, single=single, rule_tag=one.rule_tag)
    return told | {"stem": stem, "shuffle": one.flag("shuffleanswers", default=False)}


def _weighted(one: MoodleElement, answer: etree._Element, share: Fraction) -> Weighted:
    text, media = one.text_in(answer)
    return Weighted(text, _why(one, answer), share, media)


def _multichoice_set(one: MoodleElement, stem: str) -> dict[str, Any]:
    """Read the plugin whose questions are right only with exactly the right options."""
    answers = list(one.element.iterfind("answer"))
    made = [_weighted(one, answer, NOTHING) for answer in answers]
    options = tuple(
        Choice(f"o{number}", option.text, option.why, media=option.media)
        for number, option in enumerate(made, start=1)
    )
    key = tuple(
        option.id for option, answer in zip(options, answers, strict=True) if _share(answer) > 0
    )
    shuffle = one.flag("shuffleanswers", default=False)
    return {
        "kind": "multiple_choice",
        "stem": stem,
        "options": options,
        "key": key,
        "shuffle": shuffle,
    }


def _true_false(one: MoodleElement) -> dict[str, Any]:
    whys: dict[str, str] = {}
    right = []
    for place, answer in enumerate(one.element.iterfind("answer")):
        word = one.text_in(answer, "plain_text")[0].lower()
        # Old exports hold the words of another language; then the first one is "true".
        word = word if word in WORDS else ("true", "false")[min(place, 1)]
        whys[word] = _why(one, answer)
        if _share(answer) == FULL:
            right.append(word)
    if len(right) != 1:
        raise WeightsError("判断题应当正好有一个答案得 100%，请核对 fraction。")
    options = tuple(Choice(word, said, whys.get(word, "")) for word, said in WORDS.items())
    return {
        "kind": "true_false",
        "stem": one.text("questiontext"),
        "options": options,
        "key": (right[0],),
    }


def _short_answer(one: MoodleElement) -> dict[str, Any]:
    stem = one.text("questiontext")
    gaps = _GAP.findall(stem)
    stem = _GAP.sub("{{b1}}", stem) if len(gaps) == 1 else f"{stem}\n{{{{b1}}}}"
    given = [
        Given(one.text_in(answer, "plain_text")[0], _share(answer), _why(one, answer))
        for answer in one.element.iterfind("answer")
    ]
    made, remarks = free_answers.blank("b1", given, match_case=one.flag("usecase", default=False))
    one.wrong_answers += remarks
    return {"kind": "fill_in", "stem": stem, "blanks": (made,)}


def _cloze(one: MoodleElement) -> dict[str, Any]:
    stem, blanks, remarks = read_cloze(one.text("questiontext"))
    one.wrong_answers += remarks
    return {"kind": "fill_in", "stem": stem, "blanks": blanks}


def _numerical(one: MoodleElement) -> dict[str, Any]:
    answers = []
    for answer in one.element.iterfind("answer"):
        text, why, share = one.text_in(answer, "plain_text")[0], _why(one, answer), _share(answer)
        if text == "*" or share <= 0:
            one.wrong_answers.append(why)
            continue
        tolerance = (answer.findtext("tolerance") or "0").strip() or "0"
        made = free_answers.number(f"{text}:{tolerance}")
        answers.append(replace(made, fraction=share, why=why))
    told = free_answers.numeric(answers) | {"stem": one.text("questiontext")}
    return told | _units(one)


def _units(one: MoodleElement) -> dict[str, Any]:
    """Read units: Moodle says how many of a unit one main unit is, we say the opposite."""
    units = [
        (unit.findtext("unit_name") or "", unit.findtext("multiplier") or "1")
        for unit in one.element.iterfind("units/unit")
    ]
    told = [(name.strip(), _multiplier(factor)) for name, factor in units if name.strip()]
    if not told:
        return {}
    graded = one.setting("unitgradingtype", "0") not in ("", "0")
    if graded and free_answers.decimal(one.setting("unitpenalty", "0.1")) != 1:
        raise NotMarkableError("单位写错只扣一部分分，本系统不能同样评分。请改成全扣或不计单位。")
    main = next((name for name, factor in told if factor == 1), None)
    if main is None:
        raise WeightsError("没有一个单位的倍数是 1，看不出答案用哪个单位，请补上。")
    others = tuple(OtherUnit(name, _factor(factor)) for name, factor in told if name != main)
    return {"unit": main, "units": others, "unit_required": graded}


def _multiplier(text: str) -> Decimal:
    """Read a multiplier, which may have more places than a number in an answer."""
    if not _MULTIPLIER.fullmatch(text.strip()):
        raise WeightsError(f"单位的倍数“{text[:30]}”不是数，请改正。")
    return Decimal(text.strip())


def _factor(multiplier: Decimal) -> Decimal:
    """Give 1/multiplier as the shortest decimal that the multiplier can stand for."""
    if multiplier <= 0:
        raise WeightsError(f"单位的倍数 {multiplier} 应当大于 0，请改正。")
    wanted = 1 / Fraction(multiplier)
    for places in range(_FACTOR_PLACES + 1):
        near = Decimal(round(wanted * 10**places)).scaleb(-places)
        if near and abs(Fraction(near) * Fraction(multiplier) - 1) < Fraction(1, 10**9):
            return free_answers.plain(near)
    raise NotMarkableError(
        f"单位的倍数 {multiplier} 换算不成十进制小数，没有读入。请改用别的单位。"
    )


def _matching(one: MoodleElement) -> dict[str, Any]:
    pairs = []
    for pair in one.element.iterfind("subquestion"):
        answer = pair.find("answer")
        right = "" if answer is None else one.text_in(answer, "plain_text")[0]
        pairs.append((one.text_in(pair)[0], right))
    shuffle = one.flag("shuffleanswers", default=True)
    return free_answers.matching(pairs) | {"stem": one.text("questiontext"), "shuffle": shuffle}


def _ordering(one: MoodleElement) -> dict[str, Any]:
    if one.setting("selecttype", "ALL") not in ("ALL", "0"):
        raise NotMarkableError("排序题只抽一部分项目，本系统每次都排全部，没有读入。请改成全部。")
    grading = one.setting("gradingtype", "ABSOLUTE_POSITION")
    rule = _ORDER_RULES.get(grading)
    if rule is None:
        raise NotMarkableError(f"排序题的计分方式 {grading[:40]} 本系统没有，没有读入。")
    answers = list(one.element.iterfind("answer"))
    if all(re.fullmatch(r"[0-9.]{1,12}", answer.get("fraction") or "") for answer in answers):
        answers.sort(key=lambda answer: Decimal(answer.get("fraction") or "0"))
    items = []
    for number, answer in enumerate(answers, start=1):
        text, media = one.text_in(answer)
        items.append(Choice(f"i{number}", text, media=media))
    if one.rule_tag in ("exact", "default") and not rule:
        rule = "" if one.rule_tag == "default" else "exact"
    return {
        "kind": "ordering",
        "stem": one.text("questiontext"),
        "options": tuple(items),
        "key": tuple(item.id for item in items),
        "rule": rule,
    }


def _essay(one: MoodleElement) -> dict[str, Any]:
    told: dict[str, Any] = {
        "stem": one.text("questiontext"),
        "rubric": (Criterion("c1", free_answers.WHOLE_ANSWER, FULL),),
        "model_answer": one.text("graderinfo"),
    }
    files = one.setting("attachments", "0")
    if one.setting("responseformat", "editor") == "noinline":
        return told | _upload(one, files)
    if files != "0":
        one.remarks.append("这道题还可以交附件，本系统的简答题只交文字，附件没有带过来，请核对。")
    return told | {"kind": "short_answer"}


def _upload(one: MoodleElement, files: str) -> dict[str, Any]:
    """Read an essay that takes files only; -1 is "any number"."""
    wanted = one.setting("filetypeslist").lower()
    groups = {
        "picture": ("image", ".jpg", ".png"),
        "audio": ("audio", ".mp3", ".wav"),
        "video": ("video", ".mp4"),
        "document": ("document", ".doc", ".pdf", "archive"),
    }
    accepts = [kind for kind, words in groups.items() if any(word in wanted for word in words)]
    told = int(files) if files.isdecimal() and len(files) < 5 else 0
    most = told if 1 <= told <= MOST_FILES else MOST_FILES
    return {"kind": "upload", "accepts": tuple(accepts or groups), "most_files": most}


READ_KIND: dict[str, Callable[[MoodleElement], dict[str, Any]]] = {
    "description": _description,
    "multichoice": _multichoice,
    "multichoiceset": _multichoice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "cloze": _cloze,
    "numerical": _numerical,
    "matching": _matching,
    "ordering": _ordering,
    "essay": _essay,
}
