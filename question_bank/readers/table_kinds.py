"""From the cells of a row to the fields of a question, one function a kind.

Each gives attributes of Question and notes faults in the row. A fault leaves its field empty, so
that ``table_rest.py`` may still fill it from a row of our own export.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar

from question_bank.pieces import Blank, Criterion
from question_bank.question import Choice
from question_bank.readers.answers import (
    cut_remark,
    read_choice,
    read_order,
    read_truth,
    without_letter,
)
from question_bank.readers.headers import narrow
from question_bank.readers.sheets import clean
from question_bank.readers.table_numbers import read_number
from question_bank.readers.table_row import Row
from question_bank.readers.table_stem import InStem
from question_bank.readers.table_words import meaning
from question_bank.readers.text_lines import without_points

BLANK = re.compile(r"_{2,}|＿{2,}|[（(]\s*[)）]|【\s*】|\[\s*\]|\{\{b\d+\}\}")
PAIR = re.compile(r"\s*(?:=|＝|→|——|—|\|\||\t|[:：])\s*")
_POINTS = re.compile(
    r"^(.*?)\s*[（(]\s*([0-9]{1,9}(?:\.[0-9]{1,9})?|[0-9]{1,9}/[1-9][0-9]{0,8})\s*分\s*[)）]\s*[;；。]?$",
    re.S,
)
_WORD = r"\s*[^\W\d_a-zA-Z]{2,}\s*"
_STROKES = re.compile(rf"{_WORD}(?:[/／]{_WORD})+")
_MAYBE_SEVERAL = re.compile(r"\S\s*(?:[/／、]|或者?)\s*\S|[^\s\d]\s*[，,]\s*\S")
_PER = re.compile(  # 次/分, mg/kg: a stroke that cuts nothing
    r"[^\s/／]{1,8}\s?[/／]\s?(?:分钟?|秒钟?|小?时|天|日|周|月|年|次|人|个|位|床|片|支|升|毫升|公?斤|千?克"
    r"|[dmμ]?[Ll]|[kmμ]?g|min|[hds]|c?m[²³23])"
)
T = TypeVar("T")
UNPAIRED = "（多余）"  # before a right side that belongs to no left one
_WITHOUT_RUBRIC = "按参考答案评分"
_ONE_OPTION = "“选项”一格里看不出有几个选项，请每个选项写一行，或在前面写上 A. B. C.。"
_ONE_OF_ANY = (
    "不定项选择题读成多选题，多选题至少有两个正确答案；这一题只有一个，请改成单选题或补上答案。"
)
_SEVERAL = "“{piece}”读成了几种都算对的写法，请核对；不是的话请改写。"
_ONE = "“{piece}”读成了一种写法，考生要整个写对；若是几种写法都算对，请用“|”隔开。"


# Only pairs that can mean nothing else: options called x and y, or 1 and 0, are a choice.
_TRUTHS = (
    ("对", "错"),
    ("正确", "错误"),
    ("√", "×"),
    ("t", "f"),
    ("true", "false"),
    ("正确的", "错误的"),
    ("对的", "错的"),
)
_TRUTH_PAIRS = frozenset(_TRUTHS) | {(wrong, right) for right, wrong in _TRUTHS}


def _folded(text: str) -> str:
    return narrow(clean(text)).strip("。.").casefold()


def infer_kind(row: Row, options: list[str]) -> str:
    """Tell the kind of a row that names none, only where its answer leaves no doubt; else empty."""
    answer = row.text("key")
    if not options:
        if read_truth(answer) is not None:
            return "true_false"
        return "fill_in" if answer and len(BLANK.findall(row.text("stem"))) else ""
    if len(options) == 2 and tuple(map(_folded, options)) in _TRUTH_PAIRS:
        return "true_false"
    if not answer:
        return ""
    right = read_choice(answer, options)
    # An answer that names no option is refused as such, whichever of the two was meant.
    return "multiple_choice" if not isinstance(right, str) and len(right) > 1 else "single_choice"


def _choice(row: Row, *, several: bool) -> dict[str, Any]:
    texts = row.options()
    choices = tuple(
        Choice(f"o{number}", text, why)
        for number, (text, why) in enumerate(zip(texts, row.whys(len(texts)), strict=True), start=1)
    )
    told = InStem(row)
    answer = row.text("key") or told.answer
    if not texts:
        row.fault("options", "没有选项，请填选项A、选项B……，或在“选项”一格里写全。")
        return {}
    if len(texts) == 1 and not row.header.options and row.header.columns:
        row.fault("options", _ONE_OPTION)
        return {}
    if not answer:
        row.fault("key", "没有答案，请写上正确选项的字母，例如 A。")
        return {"options": choices}
    right, explained = _read_answer(row, answer, lambda one: read_choice(one, texts))
    if isinstance(right, str):
        row.fault("key", right)
        return {"options": choices}
    if not several and len(right) > 1:
        row.fault(
            "key", f"单选题的答案“{answer[:40]}”有 {len(right)} 个选项，请只留一个或改成多选题。"
        )
        return {"options": choices}
    if several and len(right) == 1 and row.text("kind").startswith("不定项"):
        row.fault("key", _ONE_OF_ANY)
        return {"options": choices}
    values = explained | told.emptied(right, lambda inside: read_choice(inside, texts))
    return values | {"options": choices, "key": tuple(choices[at].id for at in right)}


def _single(row: Row) -> dict[str, Any]:
    return _choice(row, several=False)


def _multiple(row: Row) -> dict[str, Any]:
    return _choice(row, several=True)


def _true_false(row: Row) -> dict[str, Any]:
    options = row.options()
    values: dict[str, Any] = {"options": _truths(row, options)}
    inside = InStem(row)
    answer = row.text("key") or inside.answer
    if not answer:
        row.fault("key", "没有答案，请写“对”或“错”。")
        return values
    if options and ({read_truth(one) for one in options} != {True, False} or len(options) != 2):
        row.fault("options", "判断题的选项应当只有“正确”和“错误”，请改题型或清空选项。")
        return values
    told, explained = _read_answer(row, answer, lambda one: _truth(one, options))
    if told is None:
        message = f"判断题的答案“{answer[:40]}”看不出是对还是错，请写“对”或“错”。"
        row.fault("key", message)
        return values
    return (
        values
        | explained
        | inside.emptied(told, read_truth)
        | {"key": ("true" if told else "false",)}
    )


def _truth(answer: str, options: list[str]) -> bool | None:
    if not options:
        told = read_truth(answer)
        return read_truth(without_letter(answer)) if told is None else told
    right = read_choice(answer, options)
    # With options written out, A means the first of them, whatever it says.
    if isinstance(right, tuple) and len(right) == 1:
        return read_truth(options[right[0]])
    return read_truth(answer)


def _read_answer(row: Row, answer: str, read: Callable[[str], T]) -> tuple[T, dict[str, Any]]:
    """Read an answer; where only a remark stands in the way, the remark explains it."""
    told = read(answer)
    if told is None or isinstance(told, str):
        bare, remark = cut_remark(answer)
        again = read(bare) if remark else told
        if again is not None and not isinstance(again, str):
            return again, {"explanation": f"{row.text('explanation')}\n{remark}".strip()}
    return told, {}


def _truths(row: Row, options: list[str]) -> tuple[Choice, ...]:
    """Give 正确 and 错误 with what is said about each, also where the row wrote 错误 first."""
    whys = row.whys(2)
    if [read_truth(one) for one in options] == [False, True]:
        whys.reverse()
    return (Choice("true", "正确", whys[0]), Choice("false", "错误", whys[1]))


def _ordering(row: Row) -> dict[str, Any]:
    texts = row.options()
    choices = tuple(
        Choice(f"i{number}", text, why)
        for number, (text, why) in enumerate(zip(texts, row.whys(len(texts)), strict=True), start=1)
    )
    answer = row.text("key")
    if not texts or not answer:
        missing = "options" if not texts else "key"
        row.fault(missing, "排序题要有各项（选项A、选项B……）和正确顺序，例如答案 BCA。")
        return {"options": choices}
    order = read_order(answer, texts)
    if isinstance(order, str):
        row.fault("key", order)
        return {"options": choices}
    return {"options": choices, "key": tuple(choices[at].id for at in order)}


def _matching(row: Row) -> dict[str, Any]:
    lefts: list[Choice] = []
    rights: dict[str, Choice] = {}
    pairs = []
    texts = row.options()
    for at, text in enumerate(texts):
        found = PAIR.search(text)
        if found is None or not text[found.end() :]:
            row.fault(f"options[{at + 1}]", f"配对题的“{text[:40]}”应当写成“左边 = 右边”。")
            continue
        left, right = text[: found.start()], text[found.end() :]
        choice = rights.setdefault(right, Choice(f"r{len(rights) + 1}", right))
        if left not in ("", UNPAIRED):
            lefts.append(Choice(f"l{len(lefts) + 1}", left))
            pairs.append((lefts[-1].id, choice.id))
    if not texts:
        row.fault("options", "配对题没有内容，请在各选项里写“左边 = 右边”。")
    return {"lefts": tuple(lefts), "options": tuple(rights.values()), "pairs": tuple(pairs)}


def _fill_in(row: Row) -> dict[str, Any]:
    stem, answer = row.text("stem"), row.text("key")
    count = len(BLANK.findall(stem))
    if not count:
        row.fault("stem", "填空题的题干里没有空，请在空的地方写 ____（至少两个下划线）。")
        return {}
    if not answer:
        row.fault("key", "填空题没有答案，请写上每个空的答案，几个空之间用“；”隔开。")
        return {}
    pieces = _pieces(answer, count)
    if len(pieces) != count:
        row.fault(
            "key", f"题干有 {count} 个空，答案却有 {len(pieces)} 段，请用“；”隔开每个空的答案。"
        )
        return {}
    blanks = []
    for number, piece in enumerate(pieces, start=1):
        accept = _spellings(row, piece)
        if not all(accept):
            row.fault("key", f"第 {number} 个空的答案有一段是空的，请补上或删去多余的“|”。")
        blanks.append(Blank(f"b{number}", accept))
    ids = iter(blanks)
    return {"stem": BLANK.sub(lambda _: f"{{{{{next(ids).id}}}}}", stem), "blanks": tuple(blanks)}


def _spellings(row: Row, piece: str) -> tuple[str, ...]:
    """Cut what is accepted in one blank apart; a stroke between words means the same as |."""
    if (several := _STROKES.fullmatch(piece)) is not None:
        row.look("key", _SEVERAL.format(piece=piece[:40]))
    elif (
        not re.search(r"[|｜]", piece)
        and _MAYBE_SEVERAL.search(piece)
        and not _PER.fullmatch(piece)
    ):
        row.look("key", _ONE.format(piece=piece[:40]))
    cuts = r"[/／]" if several else r"[|｜]"
    return tuple(dict.fromkeys(one.strip() for one in re.split(cuts, piece)))


def _pieces(answer: str, count: int) -> list[str]:
    """Cut the answers of several blanks apart; one blank keeps its answer whole."""
    if count == 1 and "；" not in answer and ";" not in answer and "\n" not in answer:
        return [answer]
    best = [answer]
    for separator in ("\n", "；", ";", "、", "，", ",", " "):
        pieces = [one.strip() for one in answer.split(separator)]
        if len(pieces) == count > 1:
            return pieces
        if len(pieces) > len(best) and separator in "\n；;":
            best = pieces
    counted = without_points(answer).split("\n")
    return counted if len(counted) == count > 1 else best


def _rubric(row: Row) -> tuple[Criterion, ...]:
    criteria = []
    for number, line in enumerate(one for one in row.text("rubric").split("\n") if one.strip()):
        found = _POINTS.match(line.strip())
        if found is None:
            row.fault("rubric", f"评分标准“{line.strip()[:40]}”没有分数，请在末尾写（2分）。")
            continue
        criteria.append(Criterion(f"c{number + 1}", found[1], Fraction(found[2])))
    if not criteria and not row.text("rubric"):
        points = narrow(row.text("points")).rstrip("分")
        worth = Fraction(points) if re.fullmatch(r"\d{1,4}(?:\.\d{1,4})?", points) else Fraction(1)
        criteria.append(Criterion("c1", _WITHOUT_RUBRIC, worth or Fraction(1)))
    return tuple(criteria)


def _short_answer(row: Row) -> dict[str, Any]:
    return {"rubric": _rubric(row), "model_answer": row.text("key")}


def _upload(row: Row) -> dict[str, Any]:
    accepts = []
    for word in row.several("accepts"):
        name = meaning("accepts", word)
        if name:
            accepts.append(name)
        else:
            row.fault("accepts", f"不认识可交材料“{word[:20]}”，请写图片、录音、视频或文档。")
    if not row.text("accepts"):
        row.fault("accepts", "上传题没有写可以交什么，请在“可交材料”里写图片、录音、视频或文档。")
    return {"rubric": _rubric(row), "model_answer": row.text("key"), "accepts": tuple(accepts)}


def _nothing(row: Row) -> dict[str, Any]:
    return {}


READ_KIND: dict[str, Callable[[Row], dict[str, Any]]] = {
    "single_choice": _single,
    "multiple_choice": _multiple,
    "true_false": _true_false,
    "ordering": _ordering,
    "matching": _matching,
    "fill_in": _fill_in,
    "numeric": read_number,
    "short_answer": _short_answer,
    "upload": _upload,
    "description": _nothing,
    "case_set": _nothing,
}
