"""配对题: each left side gets one right side; right sides may be left over or serve twice.

Inside, the right sides are the question's options, so that they are drawn in any order and may be
locked; left sides keep the order of the file. What is shown never depends on the pairs.
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from typing import Any

from question_bank.fields import Fields
from question_bank.kinds import choices
from question_bank.kinds.base import (
    BY_PROGRAM,
    UNANSWERED,
    Order,
    common_key_faults,
    is_for_everyone,
    rule_to_use,
)
from question_bank.marking import FULL, PAIR_RULES
from question_bank.question import Choice, Fault, Question, Response, ResponseFormatError


class Matching:
    """Raw response: ``{left id: right id}``; null or a missing left is unanswered.

    Key body: ``{"pairs": {left id: [accepted right ids]}}``.
    """

    name = "matching"
    label = "配对题"
    fields: tuple[str, ...] = ("left", "right", "pairs", "why", "why_unused")
    rules: tuple[str, ...] = tuple(PAIR_RULES)
    shuffles = True
    has_parts = False
    marked_by = BY_PROGRAM
    examinable = True
    why_not = ""

    def read(self, fields: Fields) -> dict[str, Any]:
        lefts = choices.read_options(fields, "left", ())
        rights = choices.read_options(fields, "right", ("lock",))
        pairs = fields.mapping("pairs")
        return {
            "lefts": _with_whys(fields, "why", lefts),
            "options": _with_whys(fields, "why_unused", rights),
            "pairs": tuple((left, pairs.text(left, required=True)) for left in pairs.body)
            if pairs
            else (),
        }

    def write(self, question: Question) -> dict[str, Any]:
        whys = {left.id: left.why for left in question.lefts if left.why}
        unused = {right.id: right.why for right in question.options if right.why}
        return (
            {
                "left": choices.write_options(question.lefts, with_why=False),
                "right": choices.write_options(question.options, with_why=False),
                "pairs": dict(question.pairs),
            }
            | ({"why": whys} if whys else {})
            | ({"why_unused": unused} if unused else {})
        )

    def faults(self, question: Question) -> list[Fault]:
        faults = choices.option_faults(
            question, 2, 10, options=question.lefts, name="left", what="左边的事项"
        )
        faults += choices.option_faults(question, 2, 12, name="right", what="右边的选项")
        rights = {right.id for right in question.options}
        lefts = [left.id for left in question.lefts]
        paired = dict(question.pairs)
        for left in lefts:
            if left not in paired:
                faults.append(Fault(("pairs",), f"左边的 {left} 没有配上，请在 pairs 里写上。"))
        for left, right in question.pairs:
            if left not in lefts or right not in rights:
                message = f"{left} 配 {right}：没有这个编号，请核对。"
                faults.append(Fault(("pairs", left), message))
        if not faults and len(set(paired.values())) == 1:
            faults.append(Fault(("pairs",), "所有事项都配同一项，不成配对，请改写。"))
        return faults

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        if order is None and question.shuffle:
            order = _mixed(question)
        ids = choices.ids_in_order(question, order)
        return {
            "left": [choices.shown_option(question, left) for left in question.lefts],
            "right": [choices.shown_option(question, question.choice(one)) for one in ids],
        }

    def key_of(self, question: Question) -> dict[str, Any]:
        return {"pairs": {left: [right] for left, right in question.pairs}}

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        pairs = key.get("pairs")
        faults = common_key_faults(question, key)
        if not isinstance(pairs, Mapping) or set(pairs) != {left.id for left in question.lefts}:
            return [Fault(("pairs",), "评分答案的 pairs 应当恰好给出左边每一项。"), *faults]
        known = {right.id for right in question.options}
        for left, accepted in pairs.items():
            if (
                not isinstance(accepted, list | tuple)
                or not accepted
                or not all(isinstance(one, str) and one in known for one in accepted)
            ):
                message = f"{left} 应当配一个或几个右边的编号，写成列表，请核对。"
                faults.append(Fault(("pairs", left), message))
        return faults

    def parse(self, question: Question, raw: object) -> Response:
        if raw is None or raw == "":
            return Response()
        lefts = [left.id for left in question.lefts]
        rights = {right.id for right in question.options}
        if not isinstance(raw, Mapping) or not set(raw) <= set(lefts):
            raise ResponseFormatError("提交的内容不是本题的事项，没有计入。请刷新页面后重新配对。")
        chosen = {left: raw.get(left) or "" for left in lefts}
        if not all(
            isinstance(right, str) and (right in rights or not right) for right in chosen.values()
        ):
            raise ResponseFormatError("配上的不是本题右边的选项，没有计入。请刷新页面后重新配对。")
        return Response(pairs=chosen) if any(chosen.values()) else Response()

    def raw(self, question: Question, response: Response) -> Any:
        return {left: right for left, right in response.pairs.items() if right} or None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        used = PAIR_RULES[rule_to_use(question, rule, self.rules)]
        if is_for_everyone(key):
            return FULL
        return used(
            Fraction(response.pairs.get(left, "") in accepted)
            for left, accepted in key["pairs"].items()
        )

    def in_words(self, question: Question, response: Response) -> str:
        said = [
            f"{choices.say_option(question, left)} — {_say_right(question, response, left)}"
            for left in question.lefts
        ]
        return UNANSWERED if response.is_blank else "；".join(said)

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        said = []
        for left in question.lefts:
            rights = [question.choice(one) for one in key["pairs"].get(left.id, ())]
            words = " 或 ".join(choices.say_option(question, right) for right in rights)
            said.append(f"{choices.say_option(question, left)} — {words}")
        return "；".join(said)


def _say_right(question: Question, response: Response, left: Choice) -> str:
    right = response.pairs.get(left.id, "")
    return choices.say_option(question, question.choice(right)) if right else UNANSWERED


def _with_whys(fields: Fields, name: str, sides: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Put the reasons, which a body holds in a mapping by id, on the sides themselves."""
    whys = fields.mapping(name)
    if whys is None:
        return sides
    told = {side: whys.text(side) for side in whys.body}
    for stray in sorted(set(told) - {side.id for side in sides}):
        whys.fault(stray, f"没有编号 {stray}，请核对。")
    return tuple(replace(side, why=told.get(side.id, "")) for side in sides)


def _mixed(question: Question) -> list[str]:
    """Mix the free right sides by a hash of id and side: always the same, blind to the pairs."""
    free = sorted(
        (right.id for right in question.options if not right.lock),
        key=lambda one: sha256(f"{question.id}\n{one}".encode()).digest(),
    )
    mixed = iter(free)
    return [right.id if right.lock else next(mixed) for right in question.options]
