"""填空题: one or several blanks in the stem, each with the answers it accepts.

A blank stands in the stem as ``{{b1}}``. Texts are compared after folding width, case and spaces
(``folding``). There is no guessing at spelling: an answer that should count goes into ``accept``.
"""

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields, shown_fraction
from question_bank.folding import fold
from question_bank.kinds.base import (
    BY_PROGRAM,
    UNANSWERED,
    Order,
    common_key_faults,
    is_for_everyone,
    repeated_id_faults,
    rule_to_use,
    typed_text,
)
from question_bank.marking import BLANK_RULES, FULL, NOTHING
from question_bank.pieces import Blank, Partly, Reject
from question_bank.question import Fault, Question, Response, ResponseFormatError

LONGEST_ANSWER = 200  # characters
MOST_BLANKS = 20
WIDEST = 40  # characters
PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")


class FillIn:
    """Raw response: ``{blank id: text}``; a missing or empty blank is unanswered.

    Key body: ``{"blanks": {id: {"accept": [texts], "partly": [{"text", "fraction"}]}}}``.
    """

    name = "fill_in"
    label = "填空题"
    fields: tuple[str, ...] = ("blanks",)
    rules: tuple[str, ...] = tuple(BLANK_RULES)
    shuffles = False
    has_parts = False
    marked_by = BY_PROGRAM
    examinable = True
    why_not = ""

    def read(self, fields: Fields) -> dict[str, Any]:
        return {"blanks": tuple(_read_blank(blank) for blank in fields.mappings("blanks"))}

    def write(self, question: Question) -> dict[str, Any]:
        return {"blanks": [_write_blank(blank) for blank in question.blanks]}

    def faults(self, question: Question) -> list[Fault]:
        faults = _place_faults(question)
        faults += repeated_id_faults("blanks", (blank.id for blank in question.blanks), "空的")
        for place, blank in enumerate(question.blanks):
            faults += [
                Fault(("blanks", place, *fault.path), fault.message)
                for fault in _blank_faults(blank)
            ]
        return faults

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        if order:
            raise ValueError(f"{question.id}: blanks have no other order")
        return {"blanks": [{"id": blank.id, "width": blank.width} for blank in question.blanks]}

    def key_of(self, question: Question) -> dict[str, Any]:
        return {"blanks": {blank.id: _key_of_blank(blank) for blank in question.blanks}}

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        blanks = key.get("blanks")
        faults = common_key_faults(question, key)
        if not isinstance(blanks, Mapping) or set(blanks) != {one.id for one in question.blanks}:
            return [Fault(("blanks",), "评分答案的 blanks 应当恰好给出每个空。"), *faults]
        for name, body in blanks.items():
            inner: list[Fault] = []
            if isinstance(body, Mapping):
                fields = Fields({"id": name} | dict(body), (), inner, keep_unknown=False)
                inner += _blank_faults(_read_blank(fields))
            else:
                inner.append(Fault((), "应当是“字段: 值”的形式。"))
            faults += [Fault(("blanks", name, *fault.path), fault.message) for fault in inner]
        return faults

    def parse(self, question: Question, raw: object) -> Response:
        if raw is None or raw == "":
            return Response()
        ids = [blank.id for blank in question.blanks]
        if not isinstance(raw, Mapping) or not set(raw) <= set(ids):
            raise ResponseFormatError("提交的内容不是本题的空，没有计入。请刷新页面后重新填写。")
        texts = {one: _typed(raw.get(one)) for one in ids}
        return Response(texts=texts) if any(texts.values()) else Response()

    def raw(self, question: Question, response: Response) -> Any:
        return {blank: text for blank, text in response.texts.items() if text} or None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        used = BLANK_RULES[rule_to_use(question, rule, self.rules)]
        if is_for_everyone(key):
            return FULL
        return used(
            _mark_blank(blank, response.texts.get(name, ""))
            for name, blank in key["blanks"].items()
        )

    def in_words(self, question: Question, response: Response) -> str:
        if response.is_blank:
            return UNANSWERED
        return "；".join(
            f"第{number}空：{response.texts.get(blank.id, '') or UNANSWERED}"
            for number, blank in enumerate(question.blanks, start=1)
        )

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        return "；".join(
            f"第{number}空：{' 或 '.join(key['blanks'][blank.id]['accept'])}"
            for number, blank in enumerate(question.blanks, start=1)
        )


def _typed(raw: object) -> str:
    return "" if raw is None else typed_text(raw, LONGEST_ANSWER)


def _read_blank(fields: Fields) -> Blank:
    return Blank(
        id=fields.text("id", required=True),
        accept=fields.texts("accept"),
        partly=tuple(_read_partly(one) for one in fields.mappings("partly")),
        reject=tuple(_read_reject(one) for one in fields.mappings("reject")),
        width=fields.whole("width", default=0, least=0),
        match_case=fields.flag("match_case", default=False),
        why=fields.text("why"),
        extra=fields.rest(),
    )


def _read_partly(fields: Fields) -> Partly:
    one = Partly(
        fields.text("text", required=True), fields.fraction("fraction"), fields.text("why")
    )
    if not 0 < one.fraction < 1:
        fields.fault("fraction", "fraction 应当大于 0、小于 1；全对的写进 accept。")
    fields.rest()
    return one


def _read_reject(fields: Fields) -> Reject:
    one = Reject(fields.text("text", required=True), fields.text("why"))
    fields.rest()
    return one


def _write_blank(blank: Blank) -> dict[str, Any]:
    rejects = [{"text": one.text} | ({"why": one.why} if one.why else {}) for one in blank.reject]
    partly = [
        {"text": one.text, "fraction": shown_fraction(one.fraction)}
        | ({"why": one.why} if one.why else {})
        for one in blank.partly
    ]
    return (
        {"id": blank.id}
        | ({"width": blank.width} if blank.width else {})
        | {"accept": list(blank.accept)}
        | ({"partly": partly} if partly else {})
        | ({"match_case": True} if blank.match_case else {})
        | ({"why": blank.why} if blank.why else {})
        | ({"reject": rejects} if rejects else {})
        | dict(blank.extra)
    )


def _key_of_blank(blank: Blank) -> dict[str, Any]:
    partly = [{"text": one.text, "fraction": str(one.fraction)} for one in blank.partly]
    return (
        {"accept": list(blank.accept)}
        | ({"partly": partly} if partly else {})
        | ({"match_case": True} if blank.match_case else {})
    )


def _mark_blank(blank: Mapping[str, Any], text: str) -> Fraction:
    match_case = blank.get("match_case", False)
    typed = fold(text, match_case=match_case)
    if not typed:
        return NOTHING
    if any(fold(one, match_case=match_case) == typed for one in blank["accept"]):
        return FULL
    return max(
        (
            Fraction(one["fraction"])
            for one in blank.get("partly", ())
            if fold(one["text"], match_case=match_case) == typed
        ),
        default=NOTHING,
    )


def _place_faults(question: Question) -> list[Fault]:
    if not 1 <= len(question.blanks) <= MOST_BLANKS:
        message = f"有 {len(question.blanks)} 个空，应当有 1 到 {MOST_BLANKS} 个，请增减。"
        return [Fault(("blanks",), message)]
    stand = Counter(PLACEHOLDER.findall(question.stem))
    faults = [
        Fault(("stem",), f"题干里的 {{{{{name}}}}} 在 blanks 里没有，请补上或改正。")
        for name in stand
        if name not in {blank.id for blank in question.blanks}
    ]
    for place, blank in enumerate(question.blanks):
        if stand[blank.id] != 1:
            message = (
                f"空 {blank.id} 应当在题干里写成 {{{{{blank.id}}}}}，正好一次，"
                f"现在有 {stand[blank.id]} 次。"
            )
            faults.append(Fault(("blanks", place, "id"), message))
    return faults


def _blank_faults(blank: Blank) -> list[Fault]:
    faults = []
    if not blank.accept:
        faults.append(Fault(("accept",), "没有算对的答案，请在 accept 里写上。"))
    if blank.width > WIDEST:
        faults.append(Fault(("width",), f"空的宽度最多 {WIDEST} 个字，请改小。"))
    seen: dict[str, str] = {}
    groups = (
        ("accept", blank.accept),
        ("partly", tuple(one.text for one in blank.partly)),
        ("reject", tuple(one.text for one in blank.reject)),
    )
    for name, texts in groups:
        for place, text in enumerate(texts):
            folded = fold(text, match_case=blank.match_case)
            if not folded:
                faults.append(Fault((name, place), "这个答案只有空格，请改写或删去。"))
            elif seen.setdefault(folded, name) != name:
                message = f"“{text}”在 {seen[folded]} 里已有，不能又算 {name}，请删去一处。"
                faults.append(Fault((name, place), message))
    return faults
