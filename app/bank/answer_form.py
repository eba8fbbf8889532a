"""Read an answer from a plain form: the fields that components/question.html prints for each kind.

What an answer may be, the question bank decides; here is only known which field is which. `asked`
is what `question_bank.shown` lets out, or an item of a paper: the fields have its names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

FIELD = "answer"
LONGEST = 12_000
"""Characters of one field that are looked at: longer than any answer may be."""


def read_answer(asked: Mapping[str, Any], form: MultiDict[str, str], name: str = FIELD) -> Any:
    """Return what was entered in the form that `question_bank.parse_response` takes."""
    if "parts" in asked:
        return {
            part["id"]: read_answer(part, form, f"{name}.{part['id']}")
            for part in asked["parts"]
            if part["kind"] != "description"
        }
    entered = typed_answer(asked, form, name)
    return _in_order(entered) if asked["kind"] == "ordering" else entered


def typed_answer(asked: Mapping[str, Any], form: MultiDict[str, str], name: str = FIELD) -> Any:
    """Return what was entered as the form shows it again, right or malformed.

    An ordering gives the place chosen for each item, as text.
    """
    if "parts" in asked:
        parts = (part for part in asked["parts"] if part["kind"] != "description")
        return {part["id"]: typed_answer(part, form, f"{name}.{part['id']}") for part in parts}
    kind = asked["kind"]
    if kind == "multiple_choice":
        return form.getlist(name)
    for side in ("items", "left", "blanks"):
        if side in asked:
            named = ((one["id"], form.get(f"{name}.{one['id']}", "")) for one in asked[side])
            return {label: value[:LONGEST] for label, value in named if value.strip()} or None
    return form.get(name, "")[:LONGEST] or None


def _in_order(entered: Mapping[str, str] | None) -> list[str] | None:
    """Return the items by their places; what is no order comes out as one that parsing refuses."""
    if not entered:
        return None
    placed = {int(place): item for item, place in entered.items() if place.isdecimal()}
    whole = len(placed) == len(entered)
    return [placed[place] for place in sorted(placed)] if whole else [""]
