"""说明文字: text to read, with its pictures or tables. Nobody answers it and it has no mark."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields
from question_bank.kinds.base import BY_NOBODY, Order, common_key_faults
from question_bank.question import Fault, NoMarkError, Question, Response, ResponseFormatError


class Description:
    """Raw response: none. Key body: only ``{"kind"}``."""

    name = "description"
    label = "说明文字"
    fields: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    shuffles = False
    has_parts = False
    marked_by = BY_NOBODY
    examinable = False
    why_not = "说明文字不用作答，不能单独成题，请放进案例题里；这样单放着不能进入考试。"

    def read(self, fields: Fields) -> dict[str, Any]:
        return {}

    def write(self, question: Question) -> dict[str, Any]:
        return {}

    def faults(self, question: Question) -> list[Fault]:
        return []

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        if order:
            raise ValueError(f"{question.id}: a text has no other order")
        return {}

    def key_of(self, question: Question) -> dict[str, Any]:
        return {}

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        return common_key_faults(question, key)

    def parse(self, question: Question, raw: object) -> Response:
        if raw is None or raw == "":
            return Response()
        raise ResponseFormatError("这是说明文字，不用作答，没有计入。请刷新页面。")

    def raw(self, question: Question, response: Response) -> Any:
        return None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        raise NoMarkError(question.id)

    def in_words(self, question: Question, response: Response) -> str:
        return "不用作答"

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        return "不用作答"
