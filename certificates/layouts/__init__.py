"""The layouts as files, one folder a version, and their slot lists read into types.

A version is `page.html`, `page.css` and `art.svg` for what every document shows, and `slots.toml`
for what differs: texts with `{fields}`, where they stand, the sizes they may take, which of them
may be left out. A version with which a certificate was issued never changes. What an association
makes of a version is said in `arranging`. Deliberately draws nothing.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

# The version each layout is stamped in now. Older folders stay, for the record of what was used.
CURRENT = {"landscape": "v3", "portrait": "v1", "card": "v1", "statement": "v1"}
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
    lang: str = ""
    present: bool = True
    """Stands on the layout as it ships; others an association may put in."""
    required: bool = False
    """Cannot be left out."""
    fixed: bool = False
    """Is the person's, and not an association's to reword or leave out."""

    @property
    def called(self) -> tuple[str, str]:
        """What a person calls it, in both languages."""
        return self.what if self.what[0] else self.label


@dataclass(frozen=True)
class StaticText:
    """A text that is the same for every holder, drawn by the template.

    It may name fields of the wording (issuer, title), never of a holder. `fixed` ones an
    association cannot change: what they say is not a matter of taste.
    """

    name: str
    text: str
    what: tuple[str, str]
    cut: str
    room: float
    sizes: tuple[float, ...]
    spacing: float = 0.0
    lines: int = 1
    fixed: bool = False
    required: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle in millimetres from the upper left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Facts:
    """Rows of label and value; they stand on `bottom`, or hang from `top` where that is given."""

    left: float
    value_left: float
    width: float
    pitch: float
    second: Mapping[str, Any]
    rows: tuple[TextSlot, ...]
    bottom: float = 0.0
    top: float | None = None
    size: float = 9.2
    line: float = 1.4
    padding: float = 0.95
    most: int = 0
    """How many rows there is room for."""


@dataclass(frozen=True, eq=False)
class Layout:
    """One version of a layout, loaded once; `column` is (left, width) with a photo and without.

    `edition` counts what an association published of the version, `seal` and `background` are
    its pictures; a layout as it ships has neither.
    """

    name: str
    version: str
    page_mm: tuple[float, float]
    photo: Box | None
    qr_middle: tuple[float, float] | None
    top: float
    lowest: float
    column: tuple[tuple[float, float], tuple[float, float]]
    paragraphs: tuple[TextSlot, ...]
    facts: Facts
    lines: tuple[TextSlot, ...]
    texts: tuple[StaticText, ...]
    pictures: frozenset[str] = frozenset()
    edition: str = ""
    seal: bytes | None = None
    background: bytes | None = None

    @property
    def slots(self) -> tuple[TextSlot, ...]:
        """Every text that differs from holder to holder, in reading order."""
        return (*self.paragraphs, *self.facts.rows, *self.lines)

    @property
    def title(self) -> str:
        """What is kept beside a document: the version, and the edition where there is one."""
        return f"{self.name}-{self.version}{self.edition}"

    def text(self, name: str) -> str:
        """Return a file of this version."""
        return _file(self.name, self.version, name)


def fill(wording: str, fields: Mapping[str, str]) -> str:
    """Put fields into a wording. Raises KeyError for a field that certificates do not have."""
    return _FIELD.sub(lambda found: fields[found[1]], wording)


def named_fields(wording: str) -> tuple[str, ...]:
    """Return the fields that a wording names."""
    return tuple(_FIELD.findall(wording))


def load_layout(name: str) -> Layout:
    """Read the current version of a layout, as it ships."""
    return load_version(name, CURRENT[name])


@cache
def load_version(name: str, version: str) -> Layout:
    """Read one version of a layout with the slots it shows as it ships."""
    whole = load_all(name, version)
    shown = {slot.slot for slot in whole.slots if slot.present}
    return only(whole, shown)


def only(layout: Layout, shown: set[str]) -> Layout:
    """Return a layout with those of its slots that are named."""
    rows = tuple(row for row in layout.facts.rows if row.slot in shown)
    return replace(
        layout,
        paragraphs=tuple(one for one in layout.paragraphs if one.slot in shown),
        facts=replace(layout.facts, rows=rows),
        lines=tuple(one for one in layout.lines if one.slot in shown),
    )


@cache
def load_all(name: str, version: str) -> Layout:
    """Read one version of a layout with every slot it has, shown or not."""
    read = tomllib.loads(_file(name, version, "slots.toml"))
    column, facts = read["column"], read["facts"]
    sides = tuple(
        (column[kind]["left"], column[kind]["width"]) for kind in ("with_photo", "without_photo")
    )
    return Layout(
        name=name,
        version=version,
        page_mm=tuple(read["page_mm"]),
        photo=Box(**read["photo"]) if "photo" in read else None,
        qr_middle=tuple(read["qr"]["middle"]) if "qr" in read else None,
        top=column["top"],
        lowest=column["lowest"],
        column=(sides[0], sides[1]),
        paragraphs=tuple(map(_slot, column["paragraphs"])),
        facts=Facts(**{**facts, "rows": tuple(map(_slot, facts["rows"]))}),
        lines=tuple(map(_slot, read.get("lines", ()))),
        texts=tuple(map(_static, read["texts"])),
        pictures=frozenset(read["pictures"]),
    )


def _slot(entry: Mapping[str, Any]) -> TextSlot:
    values = dict(entry)
    steps = tuple(Step(**step) for step in values.pop("settings"))
    for pair in ("what", "label"):
        if pair in values:
            values[pair] = tuple(values[pair])
    return TextSlot(steps=steps, **values)


def _static(entry: Mapping[str, Any]) -> StaticText:
    values = {**entry, "what": tuple(entry["what"]), "sizes": tuple(entry["sizes"])}
    return StaticText(**values)


@cache
def _file(layout: str, version: str, name: str) -> str:
    return resources.files(__name__).joinpath(layout, version, name).read_text(encoding="utf-8")
