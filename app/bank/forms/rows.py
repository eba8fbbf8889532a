"""What the buttons beside rows do, on the fields as they were posted: add, remove, up, down.

Works on names alone (`options-2-text`), so that it serves every list of every kind, and those of
the parts of a case. The page's script does the same in place; without it the form comes back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app.bank.forms.asked import MOST_ROWS

ACT = re.compile(r"(add|remove|up|down):([a-z][a-z0-9_-]{0,60})(?::([a-z0-9_]{0,20}))?")
NEW_VALUES = {"parts": {"shuffle": "y", "level": "use"}}
KIND_FIELDS = {"parts": "kind_name", "media": "medium_kind"}


@dataclass(frozen=True, slots=True)
class Act:
    """A button: what it does, to which list, to which row or with which kind."""

    verb: str
    rows: str
    told: str


def act_of(value: str) -> Act | None:
    """Read a button's value; None for what is no act on rows."""
    found = ACT.fullmatch(value)
    return Act(found[1], found[2], found[3] or "") if found else None


def indices(data: Iterable[str], rows: str) -> list[int]:
    """Return the places of a list's rows as they were posted, in order."""
    pattern = re.compile(f"{re.escape(rows)}-([0-9]{{1,4}})-")
    return sorted({int(found[1]) for name in data if (found := pattern.match(name))})


def apply(data: MultiDict[str, str], act: Act) -> str:
    """Do what a button says; returns the start of the names of the row to go on with."""
    present = indices(data, act.rows)
    if act.verb == "add":
        return _add(data, act, present)
    at = int(act.told) if act.told.isdecimal() else -1
    if at not in present:
        return act.rows
    if act.verb == "remove":
        _drop(data, f"{act.rows}-{at}-")
        return act.rows
    step = -1 if act.verb == "up" else 1
    place = present.index(at) + step
    if not 0 <= place < len(present):
        return f"{act.rows}-{at}-"
    _swap(data, f"{act.rows}-{at}-", f"{act.rows}-{present[place]}-")
    return f"{act.rows}-{present[place]}-"


def _add(data: MultiDict[str, str], act: Act, present: list[int]) -> str:
    name = act.rows.rpartition("-")[2]
    if len(present) >= MOST_ROWS:
        return act.rows
    start = f"{act.rows}-{present[-1] + 1 if present else 0}-"
    data[f"{start}{KIND_FIELDS.get(name, 'row')}"] = act.told
    for field, value in NEW_VALUES.get(name, {}).items():
        data[start + field] = value
    if name == "media":
        taken = {data.get(f"{act.rows}-{at}-name") for at in present}
        number = next(n for n in range(1, 1000) if f"m{n}" not in taken)
        data[f"{start}name"] = f"m{number}"
    return start


def _drop(data: MultiDict[str, str], start: str) -> None:
    for name in [name for name in data if name.startswith(start)]:
        data.poplist(name)


def _swap(data: MultiDict[str, str], one: str, other: str) -> None:
    first = {name: data.poplist(name) for name in list(data) if name.startswith(one)}
    second = {name: data.poplist(name) for name in list(data) if name.startswith(other)}
    for name, values in first.items():
        data.setlist(other + name[len(one) :], values)
    for name, values in second.items():
        data.setlist(one + name[len(other) :], values)
