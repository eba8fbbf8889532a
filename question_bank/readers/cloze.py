"""Cloze texts of Moodle (embedded answers) to a fill_in, where every gap is typed text.

``{1:SHORTANSWER:=right#why~%50%half~wrong}``. Gaps that are numbers, menus or choices, and gaps of
unequal weight, would be marked otherwise here: the question is skipped by name.
"""

import re
from fractions import Fraction

from question_bank.fields import MAX_TEXT
from question_bank.marking import FULL, NOTHING
from question_bank.pieces import Blank
from question_bank.readers.free_answers import Given, NotMarkableError, blank
from question_bank.readers.weights import WeightsError, read_share

_GAP = re.compile(r"(?<!\\)\{([0-9]{0,4}):([A-Z_]{2,20}):((?:\\.|[^\\}]){0,2000})\}", re.S)
_TYPED = {"SHORTANSWER", "SA", "MW"}
_TYPED_CASE = {"SHORTANSWER_C", "SAC", "MWC"}
_KNOWN = re.compile(r"(?:NUMERICAL|NM|MULTICHOICE|MC|MULTIRESPONSE|MR)(?:_?[A-Z]{1,3})?")
_SPLIT = re.compile(r"(?<!\\)~")
_WHY = re.compile(r"(?<!\\)#")
_SHARE = re.compile(r"%(-?[0-9.]{1,12})%")
_ESCAPED = re.compile(r"\\([}~#/\"\\=])")


def read_cloze(text: str) -> tuple[str, tuple[Blank, ...], list[str]]:
    """Give the stem with ``{{b1}}`` in it, the blanks, and remarks on wrong answers."""
    if len(text) > 2 * MAX_TEXT:
        raise WeightsError(f"题干有 {len(text)} 个字，最多 {2 * MAX_TEXT} 个，请缩短。")
    blanks: list[Blank] = []
    remarks: list[str] = []
    weights: set[str] = set()
    pieces: list[str] = []
    end = 0
    for found in _GAP.finditer(text):
        kind = found[2]
        if kind not in _TYPED | _TYPED_CASE:
            known = _KNOWN.fullmatch(kind) is not None
            what = "是数值或下拉选择" if known else "不认识"
            raise NotMarkableError(
                f"第 {len(blanks) + 1} 个空的类型 {kind} {what}，本系统的填空题不能同样评分。"
            )
        weights.add(found[1] or "1")
        made, said = blank(
            f"b{len(blanks) + 1}", _answers(found[3]), match_case=kind in _TYPED_CASE
        )
        blanks.append(made)
        remarks += said
        pieces += [text[end : found.start()], f"{{{{{made.id}}}}}"]
        end = found.end()
    if not blanks:
        raise WeightsError("题干里没有一个 {1:SHORTANSWER:=答案} 这样的空，请核对写法。")
    if len(weights) > 1:
        raise NotMarkableError(
            "几个空的分值不同，本系统的填空题每空同分，没有读入。请改成同分或拆开。"
        )
    return "".join([*pieces, text[end:]]), tuple(blanks), remarks


def _answers(section: str) -> list[Given]:
    given = []
    for answer in _SPLIT.split(section):
        share = NOTHING
        if answer.startswith("="):
            share, answer = FULL, answer[1:]
        elif found := _SHARE.match(answer):
            share, answer = read_share(found[1]), answer[found.end() :]
        text, *why = _WHY.split(answer, maxsplit=1)
        if text.strip():
            given.append(Given(_plain(text), share, _plain(why[0]) if why else ""))
    return given


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text).strip()


def write_gap(one: Blank) -> str:
    """Write a blank as a gap; ``read_cloze`` gives it back."""
    kind = "SHORTANSWER_C" if one.match_case else "SHORTANSWER"
    answers = [
        _written("=", text, one.why if at == 0 else "") for at, text in enumerate(one.accept)
    ]
    answers += [
        _written(f"%{_percent(half.fraction)}%", half.text, half.why) for half in one.partly
    ]
    answers += [_written("", wrong.text, wrong.why) for wrong in one.reject]
    return f"{{1:{kind}:{'~'.join(answers)}}}"


def _written(sign: str, text: str, why: str) -> str:
    # A star would be a wildcard; a sign at the beginning would be read as a weight.
    told = _escape(text.replace("*", "\\*")).replace("\\\\*", "\\*")
    told = f"\\{told}" if told.startswith("=") else told
    return f"{sign}{told}" + (f"#{_escape(why)}" if why else "")


def _escape(text: str) -> str:
    return re.sub(r"[}~#\\]", lambda sign: "\\" + sign[0], text)


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.5f}".rstrip("0").rstrip(".")
