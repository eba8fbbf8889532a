"""How far the bank fills an exam's blueprint today: live questions, or practice ones for a mock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from app import clock
from app.bank import planning
from app.bank.planning import Plan
from app.errors import Refusal
from app.models.exams import Exam
from app.saying import said
from question_bank import KINDS, QuestionError

MOCK, CERTIFICATION = "mock", "certification"


class NotReady(Refusal):
    """The exam cannot be published; the sentence names what is short."""


def proof(exam: Exam, now: datetime, *, fresh: bool = True) -> Plan:
    """Return how far the approved bank fills the exam's blueprint, read anew from the rows.

    Raises NotReady when the stored table cannot be drawn at all: it names each cell and why.
    """
    today = clock.shanghai_date(now)
    try:
        return planning.plan(exam.blueprint, today, fresh=fresh, rehearsal=exam.purpose == MOCK)
    except QuestionError as error:
        reasons = "".join(f"{_at(exam, fault.path)}{said(fault.message)}" for fault in error.faults)
        raise NotReady(_("还不能发布：%(reasons)s", reasons=reasons)) from None


def _at(exam: Exam, path: Sequence[str | int]) -> str:
    """Name the cell that a fault of the table speaks of: `B 简答题：`."""
    if path[:1] != ("cells",) or len(path) < 2:
        return ""
    cell = exam.blueprint.body["cells"][path[1]]
    kind = said(KINDS[cell["kind"]].label) if cell.get("kind") in KINDS else cell.get("kind", "")
    return str(_("“%(domain)s %(kind)s”：", domain=cell.get("domain", ""), kind=kind))


def why_short(plan: Plan) -> str:
    """Name, for the short cells, approved questions that people would have to mark, and the like."""
    short = {cell.wanted.name for cell in plan.cells.values() if cell.kind == "short"}
    return planning.why_left_out(one for one in plan.left_out if one.cell.name in short)
