"""案例题: one scene and several questions, drawn, shown and reported as one.

Each part is marked alone and keeps its place; only the options inside a part may be shuffled. A
case set has no rule of its own: the exam's rule reaches the parts whose kind knows it.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields
from question_bank.kinds.base import (
    BY_PROGRAM,
    UNANSWERED,
    Kind,
    Order,
)
from question_bank.marking import NOTHING
from question_bank.media import shown_media, stem_media
from question_bank.question import (
    Fault,
    NeedsPeopleError,
    Question,
    Response,
    ResponseFormatError,
)


class CaseSet:
    """Raw response: a mapping of part id to that part's raw response; parts may be missing."""

    name = "case_set"
    label = "案例题"
    fields: tuple[str, ...] = ("scene", "questions")
    rules: tuple[str, ...] = ()
    shuffles = False
    has_parts = True
    marked_by = BY_PROGRAM  # of a part of another kind, that kind's says
    examinable = True  # with examinable parts
    why_not = ""

    def __init__(self, inner: Iterable[Kind]) -> None:
        self.inner = {kind.name: kind for kind in inner}

    def read(self, fields: Fields) -> dict[str, Any]:
        return {"scene": fields.text("scene", required=True)}

    def write(self, question: Question) -> dict[str, Any]:
        return {"scene": question.scene}

    def faults(self, question: Question) -> list[Fault]:
        if len(question.marked_questions()) < 2:
            return [
                Fault(("questions",), "案例至少要有两道小题；只有一道时请改成普通题，写进题干。")
            ]
        seen: set[str] = {question.id}
        faults = []
        for place, part in enumerate(question.parts):
            if part.id in seen:
                faults.append(Fault(("questions", place, "id"), f"编号 {part.id} 重复，请改。"))
            seen.add(part.id)
        return faults

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        if order is not None and not isinstance(order, Mapping):
            raise ValueError(f"{question.id}: a case set needs one order for each part")
        orders = order or {}
        if stray := set(orders) - {part.id for part in question.parts}:
            raise ValueError(f"{question.id}: {sorted(stray)} are not its parts")
        return {
            "scene": question.scene,
            "parts": [
                {"id": part.id, "kind": part.kind, "stem": part.stem}
                | _own_media(question, part)
                | self.inner[part.kind].shown(part, orders.get(part.id))
                for part in question.parts
            ],
        }

    def key_of(self, question: Question) -> dict[str, Any]:
        return {
            "parts": {
                part.id: {"kind": part.kind} | self.inner[part.kind].key_of(part)
                for part in question.marked_questions()
            }
        }

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        parts = key.get("parts")
        if not isinstance(parts, Mapping) or set(parts) != {
            part.id for part in question.marked_questions()
        }:
            return [Fault(("parts",), "评分答案应当恰好给出每道小题的答案。")]
        return [
            Fault(("parts", part.id, *fault.path), fault.message)
            for part in question.marked_questions()
            for fault in self._part_key_faults(part, parts[part.id])
        ]

    def _part_key_faults(self, part: Question, key: object) -> list[Fault]:
        if isinstance(key, Mapping):
            return self.inner[part.kind].key_faults(part, key)
        return [Fault((), "小题的评分答案应当是“字段: 值”的形式。")]

    def parse(self, question: Question, raw: object) -> Response:
        if raw is None or raw == "":
            raw = {}
        ids = {part.id for part in question.marked_questions()}
        if not isinstance(raw, Mapping) or not set(raw) <= ids:
            raise ResponseFormatError(
                "提交的内容不是本案例的小题，没有计入。请刷新页面后重新选择。"
            )
        return Response(
            parts={
                part.id: self.inner[part.kind].parse(part, raw.get(part.id))
                for part in question.marked_questions()
            }
        )

    def raw(self, question: Question, response: Response) -> Any:
        told = {
            part.id: self.inner[part.kind].raw(part, response.parts.get(part.id, Response()))
            for part in question.marked_questions()
        }
        return {part: raw for part, raw in told.items() if raw is not None} or None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        """Give the mean of the parts, which all carry the same maximum."""
        fractions = self.mark_parts(question, key, response, rule)
        return sum(fractions.values(), NOTHING) / len(fractions)

    def mark_parts(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> dict[str, Fraction]:
        """Give the fraction of each part, by part id.

        NeedsPeopleError names all parts that wait for people; half a case is never given as whole.
        """
        fractions = {}
        waiting: list[str] = []
        for part in question.marked_questions():
            kind = self.inner[part.kind]
            answer = response.parts.get(part.id, Response())
            used = rule if rule in kind.rules else None
            try:
                fractions[part.id] = kind.mark(part, key["parts"][part.id], answer, used)
            except NeedsPeopleError as needs:
                waiting += needs.ids
        if waiting:
            raise NeedsPeopleError(tuple(waiting))
        return fractions

    def in_words(self, question: Question, response: Response) -> str:
        if response.is_blank:
            return UNANSWERED
        return "\n".join(
            f"第{number}小题：{self.inner[part.kind].in_words(part, response.parts.get(part.id, Response()))}"
            for number, part in enumerate(question.marked_questions(), start=1)
        )

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        return "\n".join(
            f"第{number}小题：{self.inner[part.kind].key_in_words(part, key['parts'][part.id])}"
            for number, part in enumerate(question.marked_questions(), start=1)
        )


def _own_media(case: Question, part: Question) -> dict[str, Any]:
    """Give a part's own media; what it takes over from its case stands under the scene already."""
    names = [] if part.media == case.media else stem_media(part)
    return {"media": shown_media(part, names)} if names else {}
