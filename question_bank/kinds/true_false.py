"""判断题: a statement that is wholly true or wholly false.

Inside it is a question with the two options ``true`` and ``false``, never shuffled; in a body it
is the boolean ``key`` with ``why_true`` and ``why_false`` (why somebody would choose it).
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields
from question_bank.kinds import choices
from question_bank.kinds.base import BY_PROGRAM, Order, rule_to_use
from question_bank.question import Choice, Fault, Question, Response

WORDS = {"true": "正确", "false": "错误"}


class TrueFalse:
    """Raw response: JSON ``true`` or ``false``, or the same word as text (a form post)."""

    name = "true_false"
    label = "判断题"
    fields: tuple[str, ...] = ("key", "why_true", "why_false")
    rules: tuple[str, ...] = ("all_or_nothing",)
    shuffles = False
    has_parts = False
    marked_by = BY_PROGRAM
    examinable = True
    why_not = ""

    def read(self, fields: Fields) -> dict[str, Any]:
        key = fields.take("key")
        if key is not None and not isinstance(key, bool):
            fields.fault("key", "判断题的 key 应当是 true 或 false，不加引号。")
            key = None
        whys = {"true": fields.text("why_true"), "false": fields.text("why_false")}
        return {
            "options": tuple(Choice(id=one, text=WORDS[one], why=whys[one]) for one in WORDS),
            "key": () if key is None else ("true" if key else "false",),
        }

    def write(self, question: Question) -> dict[str, Any]:
        body: dict[str, Any] = {"key": question.key == ("true",)} if question.key else {}
        for option in question.options:
            if option.why:
                body[f"why_{option.id}"] = option.why
        return body

    def faults(self, question: Question) -> list[Fault]:
        if question.key:
            return []
        return [Fault(("key",), "没有正确答案，请在 key 里写 true 或 false。")]

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        return choices.shown_options(question, order)

    def key_of(self, question: Question) -> dict[str, Any]:
        return choices.body_of_key(question)

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        return choices.key_body_faults(question, key)[0]

    def parse(self, question: Question, raw: object) -> Response:
        if raw is None or raw == "":
            return Response()
        if isinstance(raw, bool):
            raw = "true" if raw else "false"
        return Response((choices.known_option(question, raw),))

    def raw(self, question: Question, response: Response) -> Any:
        return response.chosen[0] == "true" if response.chosen else None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        used = rule_to_use(question, rule, self.rules)
        return choices.mark_chosen(question, key, response, used, one_is_enough=True)

    def in_words(self, question: Question, response: Response) -> str:
        return choices.say_chosen(question, response)

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        return choices.say_right(question, key)
