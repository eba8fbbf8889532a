"""Put the values of rows together: defaults, the parts of a case set, what stands beside the cells.

Used by the reader, and by the writer to see what reading its cells would give.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from question_bank.question import Question
from question_bank.readers.collecting import Defaults
from question_bank.readers.table_kinds import READ_KIND
from question_bank.readers.table_rest import (
    apply_rest,
    body_of,
    never_in_cells,
    question_of,
    read_records,
)
from question_bank.readers.table_row import Row
from question_bank.readers.table_values import read_values

# What a part of a case takes over from it where its own row is silent, and what it always shares.
_INHERITED = ("lesson", "also_lessons", "section", "headings", "clauses", "shuffle")
_OF_THE_CASE = (
    "pool",
    "domain",
    "version",
    "language",
    "status",
    "review_by",
    "reviewers_needed",
)
_DEFAULTED = ("pool", "domain", "lesson", "language")


def row_values(row: Row, kind: str) -> dict[str, Any]:
    """Give the attributes one row says, with faults and notes left in the row."""
    values = {"kind": kind} | read_values(row, kind) | READ_KIND[kind](row)
    if kind not in ("case_set",) and not values.get("stem"):
        row.fault("stem", "没有题干，请补上。")
    if kind == "case_set" and not values.get("scene"):
        row.fault("stem", "案例没有写案情，请在题干一栏补上。")
    return values


def case_values(
    values: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], defaults: Defaults
) -> dict[str, Any]:
    """Give the attributes of a case set with its parts; ids are made where the rows have none."""
    case = completed(values, defaults)
    stems = repr([case.get("scene"), [part.get("stem") for part in parts]])
    digest = hashlib.sha256(stems.encode("utf-8", "replace")).hexdigest()
    case["id"] = values.get("id") or f"im-{digest[:12]}"
    made = []
    for number, told in enumerate(parts, start=1):
        part = {name: case[name] for name in _INHERITED if name in case} | dict(told)
        part |= {name: case[name] for name in _OF_THE_CASE if name in case}
        part["id"] = told.get("id") or f"{case['id']}.{number}"
        part.pop("tags", None)
        if part["kind"] != "description":
            part.setdefault("level", defaults.level)
        made.append(Question(**part))
    return case | {"parts": tuple(made)}


def completed(values: Mapping[str, Any], defaults: Defaults) -> dict[str, Any]:
    """Give the values with the defaults where they are silent."""
    whole = {name: getattr(defaults, name) for name in _DEFAULTED} | dict(values)
    if whole["kind"] not in ("case_set", "description"):
        whole.setdefault("level", defaults.level)
    return whole


def draft_of(values: Mapping[str, Any], defaults: Defaults) -> Question:
    """Make a question of what there is, tags included, however unfinished."""
    whole = completed(values, defaults)
    tags = whole.pop("tags", ())
    if tags:
        whole["extra"] = {"x_tags": list(tags)}
    return Question(**({"id": ""} | whole))


def with_rest(
    values: Mapping[str, Any], told: Sequence[Mapping[str, Any]], defaults: Defaults
) -> tuple[dict[str, Any], bool]:
    """Add what stands beside the cells, for the question and then each part.

    Gives all attributes, and whether the cells are as they were written. Raises QuestionError.
    """
    if all(never_in_cells(rest) for rest in told):
        return _with_records(completed(values, defaults), told), True
    question = draft_of(values, defaults)
    body = body_of(question)
    bodies = [body, *body.get("questions", ())]
    fits = [apply_rest(one, rest) for one, rest in zip(bodies, told, strict=True)]
    whole = question_of(body, question)
    return {name: getattr(whole, name) for name in Question.__dataclass_fields__}, all(fits)


def _with_records(values: dict[str, Any], told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Add fields that no cell can contradict; much faster than a body, and the usual case."""
    own = read_records(told[0])
    parts = tuple(
        replace(part, **(own | read_records(rest)))
        for part, rest in zip(values.get("parts", ()), told[1:], strict=True)
    )
    return values | own | ({"parts": parts} if parts else {})
