"""双向细目表 on the page: what each cell wants, what the approved bank offers, and its editing.

The proof itself is `question_bank.supply`. Freezing a blueprint in an exam is the exams' work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from app import audit, rulebook
from app.bank.pool import eligible_versions, practice_versions
from app.errors import Refusal
from app.extensions import db
from app.models.bank import ExamBlueprint
from app.models.people import User
from question_bank import (
    KINDS,
    Blueprint,
    Cell,
    QuestionError,
    Supply,
    dump_blueprint,
    facts_of,
    load,
    load_blueprint,
    supply,
)
from question_bank.question import LEVELS
from question_bank.supply import CellSupply


class PlanRefused(Refusal):
    """The table cannot be saved; the sentence names each place."""


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
class Plan:
    """A blueprint with its proof on one day."""

    blueprint: Blueprint
    proof: Supply
    times_wanted: int
    cells: Mapping[tuple[str, str], PlanCell]

    @property
    def kinds(self) -> list[str]:
        """The kinds in the order of the paper."""
        return list(dict.fromkeys(cell.kind for cell in self.blueprint.cells))

    @property
    def domains(self) -> list[str]:
        """The rows of the table."""
        return rows_of(self.blueprint)

    @property
    def thin(self) -> list[PlanCell]:
        """Cells that can be filled, but not often enough."""
        return [cell for cell in self.cells.values() if cell.kind == "thin"]

    def row_marks(self, domain: str) -> Fraction:
        """Marks of one domain."""
        return sum((c.total for c in self.blueprint.cells if c.domain == domain), Fraction(0))

    def column(self, kind: str) -> tuple[int, int, list[Fraction]]:
        """Marked questions, cases or questions drawn, and the marks each, of one kind."""
        cells = [cell for cell in self.blueprint.cells if cell.kind == kind]
        marks = sorted({cell.marks for cell in cells})
        return sum(c.questions for c in cells), sum(c.count for c in cells), marks


def prove_all(
    rows: Iterable[ExamBlueprint], on: date
) -> list[tuple[ExamBlueprint, Blueprint, Supply]]:
    """Return each blueprint with its table and proof; the bank is read once for all."""
    pool = [facts_of(load(version.body)) for version in eligible_versions(on)]
    tables = [(row, load_blueprint(row.body)) for row in rows]
    return [(row, table, supply(table, pool)) for row, table in tables]


def rows_of(table: Blueprint) -> list[str]:
    """Return the domains of a table: named ones first, then any that only cells name."""
    return list(dict.fromkeys([*table.domains, *(cell.domain for cell in table.cells)]))


def plan(row: ExamBlueprint, on: date) -> Plan:
    """Return a blueprint with what the approved live bank offers on a day.

    Practice questions are counted beside it for information: no exam draws them.
    """
    blueprint = load_blueprint(row.body)
    proof = supply(blueprint, [facts_of(load(v.body)) for v in eligible_versions(on)])
    practice = supply(blueprint, [facts_of(load(v.body)) for v in practice_versions(on)])
    wanted = int(rulebook.value("bank.supply_times", on))
    cells = {
        (cell.cell.domain, cell.cell.kind): PlanCell(
            cell.cell, cell.have, other.have, _standing(cell, wanted)
        )
        for cell, other in zip(proof.cells, practice.cells, strict=True)
    }
    return Plan(blueprint, proof, wanted, cells)


def save_table(
    row: ExamBlueprint, form: Mapping[str, str], *, actor: User, now: datetime
) -> ExamBlueprint:
    """Save the counts, marks and shares of the form; exams already published keep their copy.

    Fields are named `count-A-single_choice`, `marks-…`, `parts-…`, `least-use`, `most-use`.
    Raises PlanRefused naming each fault, or when somebody else saved in between.
    """
    db.session.refresh(row, with_for_update=True)
    if form.get("base") != row.updated_at.isoformat():
        raise PlanRefused(_("你打开这张表之后，有人存了新的。没有保存；请先看新表，再改一次。"))
    try:
        blueprint = load_blueprint(_body(load_blueprint(row.body), form))
    except QuestionError as error:
        raise PlanRefused(
            _("细目表没有保存。") + "".join(fault.message for fault in error.faults)
        ) from None
    row.body = dump_blueprint(blueprint)
    row.updated_at = now
    row.updated_by_id = actor.id
    audit.record("blueprint.saved", row, actor=actor, now=now)
    return row


def form_of(row: ExamBlueprint) -> dict[str, str]:
    """Return the table as the form's fields, named as `save_table` reads them."""
    blueprint = load_blueprint(row.body)
    fields = {"base": row.updated_at.isoformat()}
    for cell in blueprint.cells:
        place = f"{cell.domain}-{cell.kind}"
        fields[f"count-{place}"] = str(cell.count)
        fields[f"marks-{place}"] = str(cell.marks)
        fields[f"parts-{place}"] = str(cell.parts)
    for level, share in blueprint.levels.items():
        fields[f"least-{level}"] = str(share.at_least)
        fields[f"most-{level}"] = str(share.at_most)
    return fields


def _standing(cell: CellSupply, wanted: int) -> str:
    if cell.have < cell.cell.count:
        return "short"
    return "enough" if cell.times >= wanted else "thin"


def _body(before: Blueprint, form: Mapping[str, str]) -> dict[str, Any]:
    """Put the form's numbers into the table's body; a cell without a count is no cell."""
    body = dump_blueprint(before)
    del body["total"]
    order = dict.fromkeys([*(cell.kind for cell in before.cells), *KINDS])
    body["cells"] = [
        cell
        for kind in order
        for domain in rows_of(before)
        if (cell := _cell(form, domain, kind)) is not None
    ]
    body["levels"] = {
        level: {
            "at_least": form.get(f"least-{level}", "").strip() or 0,
            "at_most": form.get(f"most-{level}", "").strip() or 100,
        }
        for level in LEVELS
    }
    return body


def _cell(form: Mapping[str, str], domain: str, kind: str) -> dict[str, Any] | None:
    count = form.get(f"count-{domain}-{kind}", "").strip()
    if count in ("", "0"):
        return None
    cell = {
        "domain": domain,
        "kind": kind,
        "count": _whole(count),
        "marks": form.get(f"marks-{domain}-{kind}", "").strip(),
    }
    if KINDS[kind].has_parts:
        cell["parts"] = _whole(form.get(f"parts-{domain}-{kind}", "").strip())
    return cell


def _whole(text: str) -> int | str:
    """Return the number; what is none stays text, for the loader to refuse with its sentence."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else text
