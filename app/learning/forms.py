"""Reading a practice answer from its form; what an answer may be, the question bank decides."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from question_bank import Question

FIELD = "answer"


def field_name(question: Question, part: Question) -> str:
    """Return the name of the field that answers one task of a question."""
    return f"{FIELD}.{part.id}" if question.parts else FIELD


def read_answer(question: Question, form: MultiDict[str, str]) -> object:
    """Return what was chosen in the form that `question_bank.parse_response` takes."""
    if question.parts:
        return {part.id: _chosen(part, form, field_name(question, part)) for part in question.parts}
    return _chosen(question, form, FIELD)


def _chosen(question: Question, form: MultiDict[str, str], name: str) -> object:
    if question.kind == "multiple_choice":
        return form.getlist(name)
    return form.get(name)
