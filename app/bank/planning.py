"""双向细目表 on the page: what each cell wants and what the approved bank offers on a day.

The proof itself is `question_bank.supply`; how a table is written and changed is `tables`. Freezing
a blueprint in an exam is the exams' work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import rulebook
from app.bank.stock import Drawable, Stock, stock
from app.extensions import db
from app.models.bank import ExamBlueprint, QuestionVersion
from app.saying import all_said, said
from question_bank import (
    Blueprint,
    Cell,
    Exposure,
    QuestionError,
    Supply,
    exam_faults,
    load,
    load_blueprint,
)
from question_bank.supply import CellSupply, may_score, trials

NAMED = 5  # questions named in a sentence; beyond them it says how many more
NOTHING = Fraction(0)


@dataclass(frozen=True)
class PlanCell:
    """One cell of the page's table: the demand, the supply, and how it looks."""

    wanted: Cell
    have: int
    practice: int
    kind: str
    """`enough`, `thin` (fewer than the rule's times), `short`."""

    @property
    def times(self) -> Fraction:
        """How many times over the cell can be filled."""
        return Fraction(self.have, self.wanted.count)


@dataclass(frozen=True)
class LeftOut:
    """An approved question that fits a cell and cannot stand on a paper today, with the reason."""

    cell: Cell
    entry_id: str
    code: str
    why: str


@dataclass(frozen=True)
class Plan:
    """A blueprint with its proof on one day."""

    blueprint: Blueprint
    """As it draws on that day: with the exposure rules of the house."""
    stock: Stock
    proof: Supply
    times_wanted: int
    cells: Mapping[tuple[str, str], PlanCell]
    left_out: list[LeftOut]
    trials: int
    """Questions on trial that could be mixed in."""

    @property
    def kinds(self) -> list[str]:
        """The kinds in the order of the paper."""
        return list(dict.fromkeys(cell.kind for cell in self.blueprint.cells))

    @property
    def domains(self) -> list[str]:
        """The rows of the table."""
        return rows_of(self.blueprint)

    @property
    def rehearses(self) -> bool:
        """Whether a mock exam could be drawn: from practice questions, with none on trial."""
        return self.stock.rehearsal.proof(replace(self.blueprint, trial=0))[0].is_enough

    @property
    def thin(self) -> list[PlanCell]:
        """Cells that can be filled, but not often enough."""
        return [cell for cell in self.cells.values() if cell.kind == "thin"]

    def row_marks(self, domain: str) -> Fraction:
        """Marks of one domain."""
        return sum((c.total for c in self.blueprint.cells if c.domain == domain), NOTHING)

    def column(self, kind: str) -> tuple[int, int, list[Fraction]]:
        """Marked questions, cases or questions drawn, and the marks each, of one kind."""
        cells = [cell for cell in self.blueprint.cells if cell.kind == kind]
        marks = sorted({cell.marks for cell in cells})
        return sum(c.questions for c in cells), sum(c.count for c in cells), marks


def in_force(table: Blueprint, on: date) -> Blueprint:
    """Return a table as papers are drawn from it on a day.

    Least shown first is the rule of the house; a table may say in which steps. The house's cap on
    times shown holds for every table, a table's own may only be lower.
    """
    own = table.exposure or Exposure(step=rulebook.value("bank.exposure_step", on))
    caps = [cap for cap in (rulebook.value("bank.exposure_cap", on), own.at_most) if cap]
    return replace(table, exposure=replace(own, at_most=min(caps, default=None)))


def rows_of(table: Blueprint) -> list[str]:
    """Return the domains of a table: named ones first, then any that only cells name."""
    return list(dict.fromkeys([*table.domains, *(cell.domain for cell in table.cells)]))


@dataclass(frozen=True)
class Proven:
    """A blueprint in the list: its table with the proof, or what is wrong with the table."""

    row: ExamBlueprint
    table: Blueprint | None = None
    proof: Supply | None = None
    wrong: str = ""


def prove_all(rows: Iterable[ExamBlueprint], on: date) -> list[Proven]:
    """Return each blueprint with its table and proof; the bank is read once for all."""
    have = stock(on)
    return [_proven(row, have, on) for row in rows]


def _proven(row: ExamBlueprint, have: Stock, on: date) -> Proven:
    try:
        table = in_force(load_blueprint(row.body), on)
    except QuestionError as error:
        return Proven(row, wrong=all_said(fault.message for fault in error.faults))
    return Proven(row, table, have.proof(table)[0])


def plan(row: ExamBlueprint, on: date, *, fresh: bool = False, rehearsal: bool = False) -> Plan:
    """Return a blueprint with what the approved live bank offers on a day.

    Practice questions are counted beside it for information: only a `rehearsal`, the plan of a mock
    exam, draws them, and nothing else; it has no trial questions. `fresh` trusts nothing that this
    process kept: for what is frozen.
    """
    table = in_force(load_blueprint(row.body), on)
    have = stock(on, fresh=fresh)
    if rehearsal:
        table, have = replace(table, trial=0), have.rehearsal
    proof, practice = have.proof(table)
    wanted = int(rulebook.value("bank.supply_times", on))
    cells = {
        (cell.cell.domain, cell.cell.kind): PlanCell(
            cell.cell, cell.have, other.have, _standing(cell, wanted)
        )
        for cell, other in zip(proof.cells, practice.cells, strict=True)
    }
    left_out = _left_out(table, have)
    return Plan(table, have, proof, wanted, cells, left_out, len(trials(table, have.facts)))


def drawable(table: Blueprint, have: Stock) -> list[Drawable]:
    """Return what papers of a table can hold at all, by code: what an exam freezes."""
    cells = {(cell.domain, cell.kind, cell.parts) for cell in table.cells}
    on_trial = {facts.id for facts in trials(table, have.facts)}
    return [
        one
        for one in have.live
        if one.facts.id in on_trial or (one.facts.cell in cells and may_score(table, one.facts))
    ]


def why_left_out(left_out: Iterable[LeftOut]) -> str:
    """Return one sentence for each cell that has questions no paper may hold today."""
    by_cell: dict[str, list[LeftOut]] = {}
    for one in left_out:
        by_cell.setdefault(one.cell.name, []).append(one)
    return "".join(
        _(
            "“%(cell)s”另有 %(n)d 题审核过，但现在不能进入考试（%(codes)s）：%(why)s",
            cell=cell,
            n=len(found),
            codes=_codes(found),
            why=found[0].why,
        )
        for cell, found in by_cell.items()
    )


def _codes(found: list[LeftOut]) -> str:
    named = _("、").join(one.code for one in found[:NAMED])
    return str(named if len(found) <= NAMED else _("%(named)s 等", named=named))


def _left_out(table: Blueprint, have: Stock) -> list[LeftOut]:
    """Find approved questions that fit a cell but cannot stand on a paper, such as what people mark.

    The reason is looked up for the first of each cell only: one query.
    """
    cells = {(cell.domain, cell.kind): cell for cell in table.cells}
    found = [
        (cells[one.facts.domain, one.facts.kind], one)
        for one in have.unfit
        if (one.facts.domain, one.facts.kind) in cells
    ]
    firsts = {cell.name: one.version_id for cell, one in reversed(found)}
    if not firsts:
        return []
    query = select(QuestionVersion.id, QuestionVersion.body)
    rows = db.session.execute(query.where(QuestionVersion.id.in_(firsts.values())))
    bodies: dict[str, dict[str, Any]] = dict(rows.all())
    why = {name: _fault(bodies[version_id]) for name, version_id in firsts.items()}
    return [LeftOut(cell, one.entry_id, one.facts.id, why[cell.name]) for cell, one in found]


def _fault(body: Mapping[str, object]) -> str:
    faults = exam_faults(load(body))
    return (
        said(faults[0].message) if faults else str(_("存下的判断已经过时，请管理员重算题目资料。"))
    )


def _standing(cell: CellSupply, wanted: int) -> str:
    if cell.have < cell.cell.count:
        return "short"
    return "enough" if cell.times >= wanted else "thin"
