"""What the browser receives of a question on a paper: an allow-list, in the paper's own names.

Number, kind, words, marks, and what the kind needs to be answered. Keys, explanations, levels,
accepted answers and question codes have no way into it. Pictures and sounds are numbered through
the paper, so that their addresses say nothing either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.exams.labels import BLANK, LEFT, OPTION, labels, places
from question_bank import Question, shown

Order = Sequence[str]


def group(
    question: Question,
    orders: Mapping[str, Order],
    *,
    first: int,
    marks: str,
    media: list[str],
) -> dict[str, Any]:
    """Return one question of a paper, a case with all its parts, as the answering page gets it.

    `orders`: option order by id of the question or part; `first`: number of the first slot;
    `media`: SHA-256 of the paper's pictures and sounds so far, by number from 1; appended to.
    """
    if not question.parts:
        seen = shown(question, orders[question.id] or None)
        return {"kind": question.kind, "items": [_item(first, seen, marks, media)]}
    seen = shown(question, {part: order for part, order in orders.items() if order})
    found = {"kind": question.kind, "scene": seen["scene"]} | _media(seen, media)
    return found | {"items": _parts(seen["parts"], first, marks, media)}


def _parts(
    parts: Sequence[Mapping[str, Any]], first: int, marks: str, media: list[str]
) -> list[dict[str, Any]]:
    """Number what is answered; text between stands before the next question, or after the last."""
    items: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    for part in parts:
        if part["kind"] == "description":
            texts.append({"stem": part["stem"]} | _media(part, media))
            continue
        item = _item(first + len(items), part, marks, media)
        items.append(item | ({"before": texts} if texts else {}))
        texts = []
    if texts:
        items[-1]["after"] = texts
    return items


def _item(number: int, part: Mapping[str, Any], marks: str, media: list[str]) -> dict[str, Any]:
    item: dict[str, Any] = {"number": number, "kind": part["kind"], "stem": part["stem"]}
    item |= _media(part, media)
    if "blanks" in part:
        item |= _blanks(part)
    for name, letter in (("options", OPTION), ("items", OPTION), ("left", LEFT), ("right", OPTION)):
        if name in part:
            item[name] = _choices(part["kind"], part[name], letter, media)
    for name in ("unit", "unit_required"):
        if name in part:
            item[name] = part[name]
    return item | {"marks": marks}


def _choices(
    kind: str, choices: Sequence[Mapping[str, Any]], letter: str, media: list[str]
) -> list[dict[str, Any]]:
    ids = [one["id"] for one in choices]
    names = labels(kind, ids) if letter == OPTION else places(letter, ids)
    return [
        {"id": name, "text": one["text"]} | _media(one, media)
        for name, one in zip(names, choices, strict=True)
    ]


def _blanks(part: Mapping[str, Any]) -> dict[str, Any]:
    ids = [blank["id"] for blank in part["blanks"]]
    names = places(BLANK, ids)
    # In two steps, for an author may have called the second blank b1.
    stem = part["stem"]
    for place, one in enumerate(ids):
        stem = stem.replace(f"{{{{{one}}}}}", f"{{{{\0{place}}}}}")
    for place, name in enumerate(names):
        stem = stem.replace(f"{{{{\0{place}}}}}", f"{{{{{name}}}}}")
    widths = [blank["width"] for blank in part["blanks"]]
    blanks = [{"id": name, "width": width} for name, width in zip(names, widths, strict=True)]
    return {"stem": stem, "blanks": blanks}


def _media(part: Mapping[str, Any], media: list[str]) -> dict[str, Any]:
    found = []
    for one in part.get("media", ()):
        if one["kind"] == "table":
            found.append({"kind": "table", "alt": one["alt"], "rows": one["rows"]})
            continue
        if one["sha256"] not in media:
            media.append(one["sha256"])
        number = media.index(one["sha256"]) + 1
        found.append({"kind": one["kind"], "alt": one["alt"], "number": number})
    return {"media": found} if found else {}
