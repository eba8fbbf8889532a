"""排序题: all items are put in order. Rules ``exact``, ``adjacent_pairs``, ``position``: ``marking``.

Inside, the items are the question's options and the key is all of them in the right order. What is
shown never depends on the key, because many import files list the items in the right order.
"""

from collections.abc import Mapping, Sequence
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
from question_bank.marking import FULL, ORDER_RULES
from question_bank.question import Fault, Question, Response, ResponseFormatError


class Ordering:
    """Raw response: a list of all item ids, first to last. Key body: ``{"orders": [[ids], …]}``."""

    name = "ordering"
    label = "排序题"
    fields: tuple[str, ...] = ("items", "key")
    rules: tuple[str, ...] = tuple(ORDER_RULES)
    shuffles = True
    has_parts = False
    marked_by = BY_PROGRAM
    examinable = True
    why_not = ""

    def read(self, fields: Fields) -> dict[str, Any]:
        items = choices.read_options(fields, "items", ("why",))
        return {"options": items, "key": fields.texts("key")}

    def write(self, question: Question) -> dict[str, Any]:
        return {"items": choices.write_options(question.options), "key": list(question.key)}

    def faults(self, question: Question) -> list[Fault]:
        faults = choices.option_faults(question, 3, 10, name="items", what="项目")
        faults += _order_faults(question, question.key, ("key",))
        ids = tuple(item.id for item in question.options)
        if not question.shuffle and ids == question.key:
            message = "项目按正确次序写着，又不许打乱，考生一看就知道；请打乱 items 的次序。"
            faults.append(Fault(("items",), message))
        return faults

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        if order is None and question.shuffle:
            order = _mixed(question)
        ids = choices.ids_in_order(question, order)
        return {"items": [choices.shown_option(question, question.choice(one)) for one in ids]}

    def key_of(self, question: Question) -> dict[str, Any]:
        return {"orders": [list(question.key)]}

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        orders = key.get("orders")
        if not isinstance(orders, list | tuple) or not orders:
            message = "评分答案应当有 orders：一个或几个算对的次序，每个是项目编号的列表。"
            return [Fault(("orders",), message), *common_key_faults(question, key)]
        faults = []
        for place, order in enumerate(orders):
            faults += _order_faults(question, order, ("orders", place))
        return faults + common_key_faults(question, key)

    def parse(self, question: Question, raw: object) -> Response:
        if raw is None or raw == "" or raw == []:
            return Response()
        ids = [item.id for item in question.options]
        if not isinstance(raw, list | tuple) or not all(isinstance(one, str) for one in raw):
            raise ResponseFormatError(
                "排序题的答案应当是项目编号的列表，没有计入。请刷新页面后重排。"
            )
        if sorted(raw) != sorted(ids):
            raise ResponseFormatError(
                "每个项目都要恰好排一次，位次不能重复，也不能空着。这次没有计入，请改好再存。"
            )
        return Response(tuple(raw))

    def raw(self, question: Question, response: Response) -> Any:
        return list(response.chosen) or None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        used = ORDER_RULES[rule_to_use(question, rule, self.rules)]
        if is_for_everyone(key):
            return FULL
        if response.is_blank:
            return Fraction(0)
        return max(used(response.chosen, right) for right in key["orders"])

    def in_words(self, question: Question, response: Response) -> str:
        return _say(question, response.chosen) if response.chosen else UNANSWERED

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        return "；或 ".join(_say(question, order) for order in key["orders"])


def _say(question: Question, order: Sequence[str]) -> str:
    return " → ".join(choices.say_option(question, question.choice(one)) for one in order)


def _order_faults(question: Question, order: object, path: tuple[str | int, ...]) -> list[Fault]:
    ids = sorted(item.id for item in question.options)
    if not order:
        return [Fault(path, "没有正确次序，请按先后写上全部项目的编号。")]
    if (
        not isinstance(order, list | tuple)
        or not all(isinstance(one, str) for one in order)
        or sorted(order) != ids
    ):
        return [Fault(path, "正确次序要把每个项目的编号恰好写一次，请核对。")]
    return []


def _mixed(question: Question) -> list[str]:
    """Mix by a hash of id and item: always the same, and blind to the key."""
    ids = [item.id for item in question.options]
    return sorted(ids, key=lambda one: sha256(f"{question.id}\n{one}".encode()).digest())
