"""单选题: one option is chosen, one is right (a mended key may accept several)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields
from question_bank.kinds import choices
from question_bank.kinds.base import BY_PROGRAM, Order, rule_to_use
from question_bank.marking import PLUS_MINUS
from question_bank.question import Fault, Question, Response


class SingleChoice:
    """Raw response: an option id, ``"o3"``."""

    name = "single_choice"
    label = "单选题"
    fields: tuple[str, ...] = ("options", "key")
    rules: tuple[str, ...] = ("all_or_nothing", PLUS_MINUS)
    shuffles = True
    has_parts = False
    marked_by = BY_PROGRAM
    examinable = True
    why_not = ""

    def read(self, fields: Fields) -> dict[str, Any]:
        return {"options": choices.read_options(fields), "key": fields.texts("key")}

    def write(self, question: Question) -> dict[str, Any]:
        return {"options": choices.write_options(question.options), "key": list(question.key)}

    def faults(self, question: Question) -> list[Fault]:
        faults = choices.option_faults(question, 2, 8) + choices.right_faults(
            question, question.key
        )
        if len(question.key) > 1:
            faults.append(Fault(("key",), "单选题只能有一个正确答案，请删去多余的或改成多选题。"))
        return faults + choices.weight_faults(question)

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        return choices.shown_options(question, order)

    def key_of(self, question: Question) -> dict[str, Any]:
        return choices.body_of_key(question)

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        return choices.key_body_faults(question, key)[0]

    def parse(self, question: Question, raw: object) -> Response:
        if raw is None or raw == "":
            return Response()
        return Response((choices.known_option(question, raw),))

    def raw(self, question: Question, response: Response) -> Any:
        return response.chosen[0] if response.chosen else None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        used = rule_to_use(question, rule, self.rules)
        return choices.mark_chosen(question, key, response, used, one_is_enough=True)

    def in_words(self, question: Question, response: Response) -> str:
        return choices.say_chosen(question, response)

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        return choices.say_right(question, key)
