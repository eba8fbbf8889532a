"""简答题: a few sentences, marked by people with a rubric (``rubric``). Nothing is marked here."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields
from question_bank.kinds.base import (
    BY_PEOPLE,
    UNANSWERED,
    Order,
    common_key_faults,
    is_for_everyone,
    typed_text,
)
from question_bank.marking import FULL, NOTHING
from question_bank.question import Fault, NeedsPeopleError, Question, Response
from question_bank.rubric import read_rubric, rubric_faults, write_rubric

LONGEST = 2_000  # characters, where the question sets nothing
LONGEST_ALLOWED = 10_000
NO_MARKERS_YET = "{label}要由人评分，考试还没有安排评分人，这类题暂时只能存在题库里，不能进入考试。"


class ShortAnswer:
    """Raw response: a text. Key body: only ``{"kind"}``; the rubric and the model answer are the question's."""

    name = "short_answer"
    label = "简答题"
    fields: tuple[str, ...] = ("rubric", "model_answer", "longest")
    rules: tuple[str, ...] = ()
    shuffles = False
    has_parts = False
    marked_by = BY_PEOPLE
    examinable = False
    why_not = NO_MARKERS_YET.format(label=label)

    def read(self, fields: Fields) -> dict[str, Any]:
        return {
            "rubric": read_rubric(fields),
            "model_answer": fields.text("model_answer"),
            "longest": fields.whole("longest", default=0, least=0),
        }

    def write(self, question: Question) -> dict[str, Any]:
        return (
            {"rubric": write_rubric(question.rubric)}
            | ({"model_answer": question.model_answer} if question.model_answer else {})
            | ({"longest": question.longest} if question.longest else {})
        )

    def faults(self, question: Question) -> list[Fault]:
        faults = rubric_faults(question)
        if question.longest > LONGEST_ALLOWED:
            message = f"答案最多 {LONGEST_ALLOWED} 个字，请把 longest 改小。"
            faults.append(Fault(("longest",), message))
        return faults

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        if order:
            raise ValueError(f"{question.id}: a text has no other order")
        return {"longest": question.longest or LONGEST}

    def key_of(self, question: Question) -> dict[str, Any]:
        return {}

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        return common_key_faults(question, key)

    def parse(self, question: Question, raw: object) -> Response:
        if raw is None or raw == "":
            return Response()
        return Response(text=typed_text(raw, question.longest or LONGEST))

    def raw(self, question: Question, response: Response) -> Any:
        return response.text or None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        return mark_for_people(question, key, response, rule)

    def in_words(self, question: Question, response: Response) -> str:
        return response.text or UNANSWERED

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        return say_rubric(question)


def mark_for_people(
    question: Question, key: Mapping[str, Any], response: Response, rule: str | None
) -> Fraction:
    """Refuse to mark what was answered; nothing answered is 0, a key for everyone is full."""
    if rule:
        raise ValueError(f"{question.kind} cannot be marked by the rule {rule!r}")
    if is_for_everyone(key):
        return FULL
    if response.is_blank:
        return NOTHING
    raise NeedsPeopleError((question.id,))


def say_rubric(question: Question) -> str:
    """Say what a full answer holds: the model answer, else the heads of the rubric."""
    return question.model_answer or "；".join(one.text for one in question.rubric)
