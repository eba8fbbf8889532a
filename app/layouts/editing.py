"""A layout as fields of a form, and a filled form as the body of a layout. Knows no rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certificates.layouts import Layout, StaticText, TextSlot, arranging, load_all
from certificates.layouts.arranging import Arrangement

_LAST = 99


@dataclass(frozen=True)
class SlotField:
    """One slot as the form shows it."""

    slot: TextSlot
    shown: bool
    place: int
    words: str
    label: tuple[str, str]


@dataclass(frozen=True)
class TextField:
    """One fixed text as the form shows it."""

    text: StaticText
    words: str


@dataclass(frozen=True)
class Sheet:
    """The form of one layout."""

    paragraphs: list[SlotField]
    rows: list[SlotField]
    texts: list[TextField]
    pictures: list[tuple[str, tuple[str, str], bool]]
    fields: list[str]


def sheet(kind: str, version: str, wish: Arrangement) -> Sheet:
    """Return the fields of an arrangement, shown slots first in their order."""
    whole = load_all(kind, version)
    words = dict(wish.words)
    return Sheet(
        paragraphs=_fields((*whole.paragraphs, *whole.lines), wish),
        rows=_fields(whole.facts.rows, wish),
        texts=[
            TextField(text, words.get(text.name, text.text))
            for text in whole.texts
            if not text.fixed
        ],
        pictures=[
            (name, called, name in wish.pictures)
            for name, called in arranging.PICTURES.items()
            if name in whole.pictures
        ],
        fields=[f"{{{name}}}" for name in sorted(arranging.fields_of(whole))],
    )


def body(kind: str, version: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the body that a filled form asks for; what is as shipped is not repeated."""
    whole = load_all(kind, version)
    editable = [slot for slot in whole.slots if not slot.fixed]
    shown = [slot for slot in editable if slot.required or f"shown-{slot.slot}" in given]
    order = {slot.slot: number for number, slot in enumerate(editable)}
    shown.sort(key=lambda slot: (_place(given, slot), order[slot.slot]))
    fixed = [slot.slot for slot in whole.slots if slot.fixed]
    return {
        "shown": [*(slot.slot for slot in shown), *fixed],
        "pictures": [name for name in sorted(whole.pictures) if f"picture-{name}" in given],
        "words": _words(whole, given),
        "labels": _labels(whole, given),
    }


def _fields(slots: tuple[TextSlot, ...], wish: Arrangement) -> list[SlotField]:
    words, labels = dict(wish.words), {slot: (zh, en) for slot, zh, en in wish.labels}
    place = {slot: number for number, slot in enumerate(wish.shown)}
    found = [slot for slot in slots if not slot.fixed]
    found.sort(key=lambda slot: place.get(slot.slot, _LAST))
    return [
        SlotField(
            slot=slot,
            shown=slot.slot in place,
            place=number,
            words=words.get(slot.slot, slot.text),
            label=labels.get(slot.slot, slot.label),
        )
        for number, slot in enumerate(found, 1)
    ]


def _place(given: Mapping[str, str], slot: TextSlot) -> int:
    typed = given.get(f"place-{slot.slot}", "")
    return int(typed) if typed.isdecimal() and len(typed) < 4 else _LAST


def _words(whole: Layout, given: Mapping[str, str]) -> dict[str, str]:
    shipped = {slot.slot: slot.text for slot in whole.slots if not slot.fixed}
    shipped |= {text.name: text.text for text in whole.texts if not text.fixed}
    typed = {name: _one_line(given.get(f"words-{name}", text)) for name, text in shipped.items()}
    return {name: text for name, text in typed.items() if text != shipped[name]}


def _labels(whole: Layout, given: Mapping[str, str]) -> dict[str, list[str]]:
    found = {}
    for row in whole.facts.rows:
        if row.fixed:
            continue
        label = [
            _one_line(given.get(f"label_{language}-{row.slot}", shipped))
            for language, shipped in zip(("zh", "en"), row.label, strict=True)
        ]
        if tuple(label) != row.label:
            found[row.slot] = label
    return found


def _one_line(typed: str) -> str:
    return " ".join(typed.split())
