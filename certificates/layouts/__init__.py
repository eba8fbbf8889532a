"""The layouts as files, one folder a version, and their slot lists read into types.

A version is `page.html`, `page.css` and `art.svg` for what every certificate shows, and `slots.toml`
for what differs: texts with `{fields}`, where they stand, the sizes they may take. A version with
which a certificate was issued never changes. Deliberately draws nothing.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

# The version each layout is stamped in now. Older folders stay, for the record of what was used.
CURRENT = {"landscape": "v2"}
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Step:
    """One way to set a text: points, em of letter spacing, lines it may take."""

    size: float
    spacing: float = 0.0
    lines: int = 1
    beside: bool = False


@dataclass(frozen=True)
class TextSlot:
    """One text: its wording with fields, its looks, and the steps it may shrink by."""

    slot: str
    text: str
    cut: str
    colour: str
    steps: tuple[Step, ...]
    what: tuple[str, str] = ("", "")
    line_height: float = 1.4
    before: float = 0.0
    beside: float | None = None
    second: str = ""
    label: tuple[str, str] = ("", "")
    right: float = 0.0
    top: float = 0.0


@dataclass(frozen=True)
class Box:
    """A rectangle in millimetres from the upper left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Facts:
    """Rows of label and value, standing on `bottom`."""

    left: float
    value_left: float
    width: float
    bottom: float
    pitch: float
    second: Mapping[str, Any]
    rows: tuple[TextSlot, ...]


@dataclass(frozen=True, eq=False)
class Layout:
    """One version of a layout, loaded once; `column` is (left, width) with a photo and without."""

    name: str
    version: str
    page_mm: tuple[float, float]
    photo: Box
    qr_middle: tuple[float, float]
    top: float
    column: tuple[tuple[float, float], tuple[float, float]]
    paragraphs: tuple[TextSlot, ...]
    facts: Facts
    lines: tuple[TextSlot, ...]

    def text(self, name: str) -> str:
        """Return a file of this version."""
        return _file(self.name, self.version, name)


def fill(wording: str, fields: Mapping[str, str]) -> str:
    """Put fields into a wording. Raises KeyError for a field that certificates do not have."""
    return _FIELD.sub(lambda found: fields[found[1]], wording)


@cache
def load_layout(name: str) -> Layout:
    """Read the current version of a layout."""
    version = CURRENT[name]
    read = tomllib.loads(_file(name, version, "slots.toml"))
    column, facts = read["column"], read["facts"]
    sides = tuple(
        (column[kind]["left"], column[kind]["width"]) for kind in ("with_photo", "without_photo")
    )
    return Layout(
        name=name,
        version=version,
        page_mm=tuple(read["page_mm"]),
        photo=Box(**read["photo"]),
        qr_middle=tuple(read["qr"]["middle"]),
        top=column["top"],
        column=(sides[0], sides[1]),
        paragraphs=tuple(map(_slot, column["paragraphs"])),
        facts=Facts(**{**facts, "rows": tuple(map(_slot, facts["rows"]))}),
        lines=tuple(map(_slot, read["lines"])),
    )


def _slot(entry: Mapping[str, Any]) -> TextSlot:
    values = dict(entry)
    steps = tuple(Step(**step) for step in values.pop("settings"))
    for pair in ("what", "label"):
        if pair in values:
            values[pair] = tuple(values[pair])
    return TextSlot(steps=steps, **values)


@cache
def _file(layout: str, version: str, name: str) -> str:
    return resources.files(__name__).joinpath(layout, version, name).read_text(encoding="utf-8")
