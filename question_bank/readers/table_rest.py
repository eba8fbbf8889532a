"""What the cells of our own tables cannot hold, kept as JSON beside them, so that nothing is lost.

For each field of the body where reading the cells alone would give something else, the JSON has
``is``, the exact value, and ``was``, the mark of what the cells give. When somebody has changed the
cells since, ``was`` no longer fits and the cells win.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from question_bank.body import FORMAT, FORMAT_VERSION, dump, load
from question_bank.question import LEVELS, POOLS, Question

_STAND_IN = "?"
_STOOD_IN = ("id", "domain", "lesson")
_HEAD = ("format", "kind", "questions")
# Fields of the body without a column, of the same name and meaning in every kind.
_RECORDS = frozenset(["sources", "writer", "reviewed", "clauses", "format_version"])
_KNOWN = ("1.0", FORMAT_VERSION)
_UNSTORABLE = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}  # XML has no way to write them


def body_of(question: Question) -> dict[str, Any]:
    """Give the body, completed so that load() takes it: a table need not say domain and lesson."""
    body = dump(question)
    for name in _STOOD_IN:
        body[name] = body.get(name) or _STAND_IN
    if body["pool"] not in POOLS:
        body["pool"] = POOLS[0]
    for one in (body, *body.get("questions", ())):
        if "level" not in one and one["kind"] not in ("case_set", "description"):
            one["level"] = LEVELS[0]
    return body


def difference(exact: Mapping[str, Any], cells: Mapping[str, Any]) -> dict[str, Any]:
    """Give what has to be written beside the cells, by field; empty when they hold everything."""
    names = [name for name in {**exact, **cells} if name not in _HEAD]
    return {
        name: {"was": _mark(cells.get(name)), "is": exact.get(name)}
        for name in names
        if exact.get(name) != cells.get(name)
    }


def write_rest(told: Mapping[str, Any]) -> str:
    """Write it for a cell; empty when there is nothing to say."""
    if not told:
        return ""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_UNSTORABLE)


def read_rest(text: str) -> dict[str, Any] | None:
    """Read it, empty when there is nothing; None when somebody has damaged it."""
    if not text:
        return {}
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    fields = {name: one for name, one in told.items() if name not in _HEAD}
    good = all(isinstance(one, dict) and {"was", "is"} == set(one) for one in fields.values())
    return fields if good else None


def apply_rest(body: dict[str, Any], told: Mapping[str, Any]) -> bool:
    """Put the exact values into the body; False when some cells were changed since and kept."""
    fits = True
    for name, one in told.items():
        if one["was"] != _mark(body.get(name)):
            fits = False
        elif one["is"] is None:
            body.pop(name, None)
        else:
            body[name] = one["is"]
    return fits


def question_of(body: dict[str, Any], question: Question) -> Question:
    """Load a completed body and take the stand-ins out again; QuestionError as load() raises."""
    loaded = load(body)
    back: dict[str, Any] = {
        name: "" for name in _STOOD_IN if body[name] == _STAND_IN and not getattr(question, name)
    }
    lesson: dict[str, Any] = {name: "" for name in back if name == "lesson"}
    parts = tuple(
        replace(_unlevelled(part, before), **(lesson if part.lesson == _STAND_IN else {}))
        for part, before in zip(loaded.parts, question.parts, strict=True)
    )
    return replace(_unlevelled(loaded, question), parts=parts, **back)


def _unlevelled(loaded: Question, before: Question) -> Question:
    stands_in = not before.level and loaded.level == LEVELS[0]
    return replace(loaded, level="") if stands_in else loaded


def never_in_cells(told: Mapping[str, Any]) -> bool:
    """Tell whether all of it is about fields that have no column, in forms every version knows."""
    return told.keys() <= _RECORDS and told.get("format_version", {"is": "1.0"})["is"] in _KNOWN


def read_records(told: Mapping[str, Any]) -> dict[str, Any]:
    """Give such fields as attributes; QuestionError as load() raises."""
    if not told:
        return {}
    told = {name: one["is"] for name, one in told.items()}
    return dict(_read_records(json.dumps(told, sort_keys=True)))


@lru_cache(maxsize=1_000)  # the questions of one bank mostly have the same sources and writer
def _read_records(text: str) -> dict[str, Any]:
    told = {name: value for name, value in json.loads(text).items() if value is not None}
    stands_in = {"id": "?", "kind": "description", "stem": "?", "pool": POOLS[0]}
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "domain": "?", "lesson": "?"}
    question = load(head | stands_in | told)
    return {name: getattr(question, name) for name in told}


def _mark(value: object) -> str:
    """Give a short mark of a JSON value, empty for nothing."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
