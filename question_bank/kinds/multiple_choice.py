"""多选题: several options are right. Rules, see ``marking``: all or nothing, 少选给分, ± in practice."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields
from question_bank.kinds import choices
from question_bank.kinds.base import BY_PROGRAM, Order, rule_to_use
from question_bank.marking import PLUS_MINUS
from question_bank.question import Fault, Question, Response, ResponseFormatError


class MultipleChoice:
    """Raw response: a list of option ids, ``["o2", "o5"]``, in any order."""

    name = "multiple_choice"
    label = "多选题"
    fields: tuple[str, ...] = ("options", "key")
    rules: tuple[str, ...] = ("all_or_nothing", "missing_partly_wrong_zero", PLUS_MINUS)
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
        faults = choices.option_faults(question, 3, 8) + choices.right_faults(
            question, question.key
        )
        if len(question.key) == 1:
            faults.append(Fault(("key",), "多选题至少有两个正确答案，请补上或改成单选题。"))
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
        if not isinstance(raw, list | tuple):
            raise ResponseFormatError(
                "多选题的答案应当是选项编号的列表，没有计入。请刷新页面后重新选择。"
            )
        chosen = [choices.known_option(question, one) for one in raw]
        if len(set(chosen)) != len(chosen):
            raise ResponseFormatError("同一个选项提交了两次，没有计入。请刷新页面后重新选择。")
        # File order, so that the same choice is the same response however it was tapped.
        return Response(tuple(option.id for option in question.options if option.id in chosen))

    def raw(self, question: Question, response: Response) -> Any:
        return list(response.chosen) or None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        used = rule_to_use(question, rule, self.rules)
        return choices.mark_chosen(question, key, response, used, one_is_enough=False)

    def in_words(self, question: Question, response: Response) -> str:
        return choices.say_chosen(question, response)

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        return choices.say_right(question, key)
