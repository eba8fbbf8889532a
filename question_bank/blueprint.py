"""双向细目表: which questions a paper needs, and whether the bank can supply them.

A cell asks for ``count`` questions (for case sets: cases) of one kind in one domain, worth
``marks`` for each marked question. Shares bound the thinking levels over the whole paper, a band
the mean difficulty (难度系数: the expected share of right answers); questions on trial may be mixed
in. Sections are not here; a newer minor version of the format may add them.

COMPATIBILITY as in ``body.py``: format ``peizhen.blueprint``, unknown fields are errors in our own
or an older minor except ``x_`` ones, kept from a newer minor; ``load_blueprint(dump_blueprint(b)) == b``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any

from question_bank.fields import Fields, read_version
from question_bank.kinds import KINDS
from question_bank.question import LEVEL_LABELS, LEVELS, Fault, QuestionError

FORMAT = "peizhen.blueprint"
VERSION = (1, 1)  # 1.1 added difficulty, exposure and trial
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}|/[1-9][0-9]{0,5})?")


@dataclass(frozen=True, slots=True)
class Cell:
    """``count`` questions of one kind in one domain; ``parts`` marked questions in each (1 but for cases)."""

    domain: str
    kind: str
    count: int
    marks: Fraction  # for each marked question
    parts: int = 1

    @property
    def name(self) -> str:
        """How people call it: ``B 案例题``."""
        return f"{self.domain} {KINDS[self.kind].label}"

    @property
    def questions(self) -> int:
        """Marked questions the cell brings to a paper."""
        return self.count * self.parts

    @property
    def total(self) -> Fraction:
        """Marks the cell brings to a paper."""
        return self.questions * self.marks


@dataclass(frozen=True, slots=True)
class Share:
    """Bounds of one thinking level in whole or decimal percent of the marked questions."""

    at_least: Fraction = Fraction(0)
    at_most: Fraction = Fraction(100)

    def bounds(self, questions: int) -> tuple[int, int]:
        """Give the fewest and the most questions allowed: at least rounds up, at most down."""
        return ceil(self.at_least * questions / 100), floor(self.at_most * questions / 100)


@dataclass(frozen=True, slots=True)
class DifficultyBand:
    """Bounds of the mean expected share of right answers, 0..1, over the scored questions.

    A question nobody estimated counts as medium (``facts.BAND_EASE``).
    """

    at_least: Fraction = Fraction(0)
    at_most: Fraction = Fraction(1)

    def bounds(self, questions: int) -> tuple[int, int]:
        """Give the least and the greatest sum of ease (per mille) over so many questions."""
        return ceil(self.at_least * 1000 * questions), floor(self.at_most * 1000 * questions)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Draw what was shown least first; times shown are compared in steps, and may be capped.

    With a step of 10, 0–9 times count alike: a step of 1 would give everybody of one sitting the
    few newest questions. ``at_most`` takes questions shown so often out of the draw.
    """

    step: int = 1
    at_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """The whole table. The order of the kinds in ``cells`` is the order of the paper."""

    id: str
    title: str
    cells: tuple[Cell, ...]
    domains: Mapping[str, str] = field(default_factory=dict, hash=False)  # letter -> name
    levels: Mapping[str, Share] = field(default_factory=dict, hash=False)
    difficulty: DifficultyBand | None = None
    exposure: Exposure | None = None
    trial: int = 0  # unscored questions on trial, of the kinds of the plain cells
    format_version: str = "1.0"
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def questions(self) -> int:
        """Scored questions on a paper; those on trial come on top."""
        return sum(cell.questions for cell in self.cells)

    @property
    def marks(self) -> Fraction:
        """Marks of a paper, exact."""
        return sum((cell.total for cell in self.cells), Fraction(0))

    def level_bounds(self) -> dict[str, tuple[int, int]]:
        """Give fewest and most marked questions of each thinking level."""
        return {level: self.levels.get(level, Share()).bounds(self.questions) for level in LEVELS}


def load_blueprint(body: Mapping[str, Any]) -> Blueprint:
    """Read a blueprint from a mapping; QuestionError with every fault found.

    ``total: {questions, marks}`` is a control figure: when given, the cells must add up to it.
    """
    faults: list[Fault] = []
    if not isinstance(body, Mapping):
        raise QuestionError([Fault((), "细目表应当是“字段: 值”的形式。")])
    fields = Fields(body, (), faults, keep_unknown=False)
    version = read_version(fields, FORMAT, VERSION)
    if version is None:
        raise QuestionError(faults)
    fields.keep_unknown = version[1]
    domains, levels, total = (
        fields.mapping("domains"),
        fields.mapping("levels"),
        fields.mapping("total"),
    )
    blueprint = Blueprint(
        id=fields.text("id", required=True),
        title=fields.text("title", required=True),
        domains={name: domains.text(name, required=True) for name in domains.body}
        if domains
        else {},
        cells=tuple(_read_cell(cell) for cell in fields.mappings("cells")),
        levels=_read_levels(levels) if levels else {},
        difficulty=_read_difficulty(fields),
        exposure=_read_exposure(fields),
        trial=fields.whole("trial", default=0, least=0),
        format_version=version[0],
        extra=fields.rest(),
    )
    if not faults:
        faults += _table_faults(blueprint)
    if total and not faults:
        _check_total(total, blueprint)
    if faults:
        raise QuestionError(faults)
    return blueprint


def _read_cell(fields: Fields) -> Cell:
    kind = fields.one_of("kind", tuple(KINDS))
    if not KINDS[kind].examinable:
        fields.fault("kind", KINDS[kind].why_not)
    parts = fields.whole("parts", default=1)
    if KINDS[kind].has_parts and parts < 2:
        fields.fault("parts", "案例的格子要写 parts：每个案例有几道小题，至少 2。")
    if not KINDS[kind].has_parts and parts != 1:
        fields.fault("parts", "只有案例有 parts，请删去。")
    cell = Cell(
        domain=fields.text("domain", required=True),
        kind=kind,
        count=fields.whole("count"),
        marks=_number(fields, "marks", default=None),
        parts=parts,
    )
    fields.keep_unknown = False  # an unknown demand cannot be met by ignoring it
    fields.rest()
    return cell


def _read_levels(fields: Fields) -> dict[str, Share]:
    levels = {}
    for level in LEVELS:
        share = fields.mapping(level)
        if share is None:
            continue
        levels[level] = Share(
            at_least=_number(share, "at_least", default=Fraction(0)),
            at_most=_number(share, "at_most", default=Fraction(100)),
        )
        share.keep_unknown = False
        share.rest()
    fields.keep_unknown = False
    fields.rest()
    return levels


def _read_difficulty(fields: Fields) -> DifficultyBand | None:
    band = fields.mapping("difficulty")
    if band is None:
        return None
    found = DifficultyBand(
        at_least=_number(band, "at_least", default=Fraction(0)),
        at_most=_number(band, "at_most", default=Fraction(1)),
    )
    if not found.at_least <= found.at_most <= 1:
        fields.fault("difficulty", "难度系数应当在 0 和 1 之间，at_least 不大于 at_most。")
    band.keep_unknown = False
    band.rest()
    return found


def _read_exposure(fields: Fields) -> Exposure | None:
    exposure = fields.mapping("exposure")
    if exposure is None:
        return None
    most = exposure.whole("at_most", least=1) if exposure.has("at_most") else None
    found = Exposure(step=exposure.whole("step", default=1), at_most=most)
    exposure.take("at_most")
    exposure.keep_unknown = False
    exposure.rest()
    return found


def _number(fields: Fields, name: str, *, default: Fraction | None) -> Fraction:
    """Take an exact number, at least 0: 1, 1.5 or "1/3"."""
    value = fields.take(name)
    if value is None and default is not None:
        return default
    # Not everything Fraction() takes: "1e999999999" would keep it busy for hours.
    if isinstance(value, bool) or not _NUMBER.fullmatch(str(value)):
        fields.fault(name, f'{name} 应当是不小于 0 的数，例如 1、1.5 或 "1/3"。')
        return Fraction(0)
    return Fraction(str(value))


def _table_faults(blueprint: Blueprint) -> list[Fault]:
    if not blueprint.cells:
        return [Fault(("cells",), "没有格子，请在 cells 里写上每格要几题、每题几分。")]
    faults = []
    seen: set[tuple[str, str]] = set()
    for place, cell in enumerate(blueprint.cells):
        if (cell.domain, cell.kind) in seen:
            faults.append(Fault(("cells", place), f"“{cell.name}”写了两格，请合成一格。"))
        if blueprint.domains and cell.domain not in blueprint.domains:
            message = f"domains 里没有 {cell.domain}，请补上名称或改正。"
            faults.append(Fault(("cells", place, "domain"), message))
        seen.add((cell.domain, cell.kind))
    if blueprint.trial and all(cell.parts > 1 for cell in blueprint.cells):
        faults.append(Fault(("trial",), "试测题要混在单题里，这张表只有案例，请去掉 trial。"))
    bounds = blueprint.level_bounds()
    for level, (least, most) in bounds.items():
        if least > most:
            message = (
                f"{LEVEL_LABELS[level]}（{level}）至少 {least} 题，又至多 {most} 题，"
                "没有数能满足，请放宽比例。"
            )
            faults.append(Fault(("levels", level), message))
    if sum(least for least, _ in bounds.values()) > blueprint.questions:
        faults.append(Fault(("levels",), "各层次的最低比例加起来超过全卷，请调低。"))
    if sum(most for _, most in bounds.values()) < blueprint.questions:
        faults.append(Fault(("levels",), "各层次的最高比例加起来不到全卷，请调高。"))
    return faults


def _check_total(total: Fields, blueprint: Blueprint) -> None:
    stated = {
        "questions": (total.take("questions"), Fraction(blueprint.questions)),
        "marks": (
            None if total.take("marks") is None else _number(total, "marks", default=None),
            blueprint.marks,
        ),
    }
    total.rest()
    for name, (wanted, found) in stated.items():
        if wanted is not None and wanted != found:
            message = f"各格加起来是 {_plain(found)}，这里写的是 {wanted}，请改正格子或总数。"
            total.fault(name, message)


def dump_blueprint(blueprint: Blueprint) -> dict[str, Any]:
    """Write the body of a blueprint, with its control total."""
    return {
        "format": FORMAT,
        "format_version": blueprint.format_version,
        "id": blueprint.id,
        "title": blueprint.title,
        "domains": dict(blueprint.domains),
        "cells": [_dump_cell(cell) for cell in blueprint.cells],
        "levels": {
            level: {"at_least": _plain(share.at_least), "at_most": _plain(share.at_most)}
            for level, share in blueprint.levels.items()
        },
        **_dump_rules(blueprint),
        "total": {"questions": blueprint.questions, "marks": _plain(blueprint.marks)},
        **blueprint.extra,
    }


def _dump_rules(blueprint: Blueprint) -> dict[str, Any]:
    """Write what 1.1 added, where the blueprint has it."""
    body: dict[str, Any] = {}
    if blueprint.difficulty is not None:
        band = blueprint.difficulty
        body["difficulty"] = {"at_least": _plain(band.at_least), "at_most": _plain(band.at_most)}
    if blueprint.exposure is not None:
        body["exposure"] = {"step": blueprint.exposure.step}
        if blueprint.exposure.at_most is not None:
            body["exposure"]["at_most"] = blueprint.exposure.at_most
    return body | ({"trial": blueprint.trial} if blueprint.trial else {})


def _dump_cell(cell: Cell) -> dict[str, Any]:
    body = {"domain": cell.domain, "kind": cell.kind, "count": cell.count}
    return body | ({"parts": cell.parts} if cell.parts > 1 else {}) | {"marks": _plain(cell.marks)}


def _plain(number: Fraction) -> int | str:
    """Write a number exactly: 2, "3/2"."""
    return number.numerator if number.denominator == 1 else str(number)
