"""计算题: a number, right within a tolerance, with or without a unit.

All arithmetic is decimal and exact: 0.1 + 0.2 is 0.3, and both ends of a tolerance count. Thousands
separators are refused as a format problem, because 1,234 may mean two different numbers.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields, shown_decimal, shown_fraction
from question_bank.folding import fold
from question_bank.kinds.base import (
    BY_PROGRAM,
    UNANSWERED,
    Order,
    common_key_faults,
    is_for_everyone,
    rule_to_use,
    typed_text,
)
from question_bank.marking import FULL, NOTHING
from question_bank.pieces import NumericAnswer, OtherUnit
from question_bank.question import Fault, Question, Response, ResponseFormatError

LONGEST_ANSWER = 60  # characters
MOST_ANSWERS = 20
_TYPED = re.compile(r"([+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12}))(.*)", re.DOTALL)
_DIGITS = 80  # of the decimal arithmetic: products of the longest allowed numbers are exact


class Numeric:
    """Raw response: a text such as ``"36.5 ℃"``, or a JSON number.

    Key body: ``{"answers": [{"value", "tolerance", "fraction"}], "unit", "units",
    "unit_required"}``, numbers as text. The one rule ``nearest`` gives the best fraction of the
    answers within whose tolerance the number lies:

    ===================== ============ ========
    answers               typed        fraction
    ===================== ============ ========
    36.5 ± 0.1            36.4         1
    36.5 ± 0.1            36.39        0
    5 ± 0; 5 ± 1 for 1/2  6            1/2
    120 mmHg, kPa 7.5     16 kPa       1
    120 mmHg, unit needed 120          0
    120 mmHg              120 分钟     0, unit needed; else a format problem
    ===================== ============ ========
    """

    name = "numeric"
    label = "计算题"
    fields: tuple[str, ...] = ("answers", "unit", "units", "unit_required")
    rules: tuple[str, ...] = ("nearest",)
    shuffles = False
    has_parts = False
    marked_by = BY_PROGRAM
    examinable = True
    why_not = ""

    def read(self, fields: Fields) -> dict[str, Any]:
        return {
            "answers": tuple(_read_answer(answer) for answer in fields.mappings("answers")),
            "unit": fields.text("unit"),
            "units": tuple(_read_unit(unit) for unit in fields.mappings("units")),
            "unit_required": fields.flag("unit_required", default=False),
        }

    def write(self, question: Question) -> dict[str, Any]:
        return {"answers": [_write_answer(answer) for answer in question.answers]} | _write_units(
            question
        )

    def faults(self, question: Question) -> list[Fault]:
        faults = []
        if not 1 <= len(question.answers) <= MOST_ANSWERS:
            message = f"有 {len(question.answers)} 个答案，应当有 1 到 {MOST_ANSWERS} 个，请增减。"
            faults.append(Fault(("answers",), message))
        elif all(answer.fraction < 1 for answer in question.answers):
            faults.append(Fault(("answers",), "没有一个答案能得满分，请核对 fraction。"))
        if question.unit_required and not question.unit:
            faults.append(Fault(("unit",), "要求写单位，却没有给出单位，请补上 unit。"))
        names = [fold(question.unit), *(fold(other.text) for other in question.units)]
        if question.units and not question.unit:
            faults.append(Fault(("unit",), "写了别的单位，却没有主单位，请补上 unit。"))
        if len(set(names)) != len(names):
            faults.append(Fault(("units",), "有两个单位写法相同，请删去一个。"))
        return faults

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        if order:
            raise ValueError(f"{question.id}: a number has no other order")
        # Where the unit is part of the answer, showing it would give half of it away.
        unit = "" if question.unit_required else question.unit
        return {"unit": unit, "unit_required": question.unit_required}

    def key_of(self, question: Question) -> dict[str, Any]:
        answers = [
            {
                "value": shown_decimal(answer.value),
                "tolerance": shown_decimal(answer.tolerance),
                "fraction": str(answer.fraction),
            }
            for answer in question.answers
        ]
        return {"answers": answers} | _write_units(question)

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        own = {name: key[name] for name in self.fields if name in key}
        inner: list[Fault] = []
        values = self.read(Fields(own, (), inner, keep_unknown=False))
        if not inner:
            inner += self.faults(
                Question(id="", kind=self.name, pool="", domain="", lesson="", **values)
            )
        return inner + common_key_faults(question, key)

    def parse(self, question: Question, raw: object) -> Response:
        if raw is None or raw == "":
            return Response()
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            raw = str(raw)
        text = typed_text(raw, LONGEST_ANSWER)
        if not text:
            return Response()
        found = _number_and_unit(text)
        if found is None:
            raise ResponseFormatError(
                f"“{text}”读不成一个数，没有计入。请写成 12 或 -0.5 这样，千位不加逗号。"
            )
        if (
            found[1]
            and not question.unit_required
            and _factor(_write_units(question), found[1]) is None
        ):
            only = (
                f"单位只能写{question.unit}，或不写单位" if question.unit else "请只写数，不写单位"
            )
            raise ResponseFormatError(f"“{text}”的单位不能用，没有计入。{only}。")
        return Response(text=text)

    def raw(self, question: Question, response: Response) -> Any:
        return response.text or None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        rule_to_use(question, rule, self.rules)
        if is_for_everyone(key):
            return FULL
        found = _number_and_unit(response.text)
        if found is None:
            return NOTHING
        number, unit = found
        factor = _factor(key, unit)
        if factor is None or (key.get("unit_required") and not unit):
            return NOTHING
        with localcontext() as context:
            context.prec = _DIGITS
            value = number * factor
            return max(
                (
                    Fraction(answer["fraction"])
                    for answer in key["answers"]
                    if abs(value - Decimal(answer["value"])) <= Decimal(answer["tolerance"])
                ),
                default=NOTHING,
            )

    def in_words(self, question: Question, response: Response) -> str:
        return response.text or UNANSWERED

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        unit = f" {key['unit']}" if key.get("unit") else ""
        said = []
        for answer in key["answers"]:
            if Fraction(answer["fraction"]) < 1:
                continue
            around = "" if Decimal(answer["tolerance"]) == 0 else f" ± {answer['tolerance']}"
            said.append(f"{answer['value']}{around}{unit}")
        return " 或 ".join(said)


def _number_and_unit(text: str) -> tuple[Decimal, str] | None:
    """Split what was typed; full-width digits, signs and the minus sign of typesetters are fine."""
    found = _TYPED.fullmatch(fold(text, match_case=True).replace("−", "-"))
    if found is None or found[2][:1] in tuple("0123456789.,，+-eE×*/"):
        return None
    return Decimal(found[1]), found[2]


def _factor(units: Mapping[str, Any], unit: str) -> Decimal | None:
    """Give what one ``unit`` is in the main unit; None for a unit that is not known."""
    if not unit or fold(unit) == fold(units.get("unit", "")):
        return Decimal(1)
    for other in units.get("units", ()):
        if fold(other["text"]) == fold(unit):
            return Decimal(str(other["factor"]))
    return None


def _read_answer(fields: Fields) -> NumericAnswer:
    answer = NumericAnswer(
        value=fields.number("value"),
        tolerance=fields.number("tolerance", default=Decimal(0)),
        fraction=fields.fraction("fraction", default=Fraction(1)),
        why=fields.text("why"),
        extra=fields.rest(),
    )
    if answer.tolerance < 0:
        fields.fault("tolerance", "tolerance 是允许的误差，不能小于 0。")
    if not 0 < answer.fraction <= 1:
        fields.fault("fraction", "fraction 应当大于 0、不超过 1。")
    return answer


def _read_unit(fields: Fields) -> OtherUnit:
    unit = OtherUnit(text=fields.text("text", required=True), factor=fields.number("factor"))
    if unit.factor <= 0 and not fields.faults:
        fields.fault("factor", "factor 是一个这种单位合多少主单位，应当大于 0。")
    fields.rest()
    return unit


def _write_answer(answer: NumericAnswer) -> dict[str, Any]:
    return (
        {"value": shown_decimal(answer.value)}
        | ({"tolerance": shown_decimal(answer.tolerance)} if answer.tolerance else {})
        | ({"fraction": shown_fraction(answer.fraction)} if answer.fraction != 1 else {})
        | ({"why": answer.why} if answer.why else {})
        | dict(answer.extra)
    )


def _write_units(question: Question) -> dict[str, Any]:
    units = [
        {"text": other.text, "factor": shown_decimal(other.factor)} for other in question.units
    ]
    return (
        ({"unit": question.unit} if question.unit else {})
        | ({"units": units} if units else {})
        | ({"unit_required": True} if question.unit_required else {})
    )
