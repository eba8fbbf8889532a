"""What some kinds are made of besides options: blanks, numbers, rubrics, and attached media.

Plain values without behaviour; what each kind does with them is in ``kinds/``. Numbers are exact
(``Decimal``, ``Fraction``), never floats: a mark must not depend on how a machine rounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

MEDIA_KINDS = ("picture", "sound", "table")
UPLOAD_KINDS = ("picture", "audio", "video", "document")

WHOLE = Fraction(1)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture, a sound or a table of a question, by name; never its bytes.

    The bytes of pictures and sounds are held beside the question (a reader's report gives them as
    attachments) and are found by ``sha256``, 64 lower-case hex digits. A table has ``rows`` and no
    bytes; its first row is the head. ``alt`` says in words what it shows or sounds.
    """

    name: str
    kind: str = "picture"  # of MEDIA_KINDS
    alt: str = ""
    sha256: str = ""
    media_type: str = ""  # image/png, audio/mpeg …
    rows: tuple[tuple[str, ...], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Partly:
    """An answer to a blank that earns a fraction between 0 and 1, exclusive."""

    text: str
    fraction: Fraction
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """A wrong answer to a blank that people often give, and why it is wrong. It earns nothing."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank of a fill_in; it stands in the stem as ``{{id}}``.

    Any text of ``accept`` earns all of it. Texts are compared folded (width, case, spaces);
    ``match_case`` keeps the case. ``width`` is the width of the field in characters, 0 for the
    page's default; it is shown, so it must not be the length of the answer.
    """

    id: str
    accept: tuple[str, ...] = ()
    partly: tuple[Partly, ...] = ()
    reject: tuple[Reject, ...] = ()
    width: int = 0
    match_case: bool = False
    why: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class NumericAnswer:
    """A number in the main unit that earns ``fraction`` (0 < fraction ≤ 1) up to ``tolerance`` away.

    Both ends count. A range 1..5 is value 3, tolerance 2, which is always exact.
    """

    value: Decimal
    tolerance: Decimal = ZERO
    fraction: Fraction = WHOLE
    why: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class OtherUnit:
    """Another unit that may be written: 1 of it is ``factor`` of the main unit (kPa: 7.50062 mmHg)."""

    text: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Anchor:
    """A worded step of a criterion: what earns these points."""

    points: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One head of a rubric, worth 0 … ``points``; with anchors only their points may be given."""

    id: str
    text: str
    points: Fraction
    anchors: tuple[Anchor, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file somebody handed in: its name, size in bytes, type, and the SHA-256 it is kept under."""

    sha256: str
    name: str
    size: int
    media_type: str
