"""What the preview of an import lists: troubles of the file first, then its questions, by page.

Each question as a candidate would see it, beside what was read and what it resembles. A page costs
the same few queries whatever it holds; nothing here decides or writes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from app.bank.import_comparing import (
    ALIKE,
    CHANGED,
    IN_BANK,
    MERGE,
    SAME,
    TAKE,
    current_questions,
)
from app.bank.kept_words import kept_place, kept_words
from app.bank.wall import LIVE
from app.extensions import db
from app.models.bank import ImportedQuestion, QuestionEntry, QuestionImport
from question_bank import Question, load, parts_for_people, say_key, shown
from question_bank.folding import fold
from question_bank.style import Flaw, find_flaws

PER_PAGE = 50
SAME_TEXT = 95
"""Per cent from which two questions read the same, so that another answer is a contradiction."""
UNDECIDED, GOOD, SAME_TAB, ALL = "todo", "good", "same", "all"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
TABS = (UNDECIDED, GOOD, SAME_TAB, ALL)


def key_of(question: Question) -> str:
    """Return the key in words; empty where nothing is asked."""
    return say_key(question) if question.marked_questions() else ""


@dataclass(frozen=True)
class Neighbour:
    """A question that is near: in the bank, or earlier in the same file."""

    label: str
    score: int
    entry_id: str = ""
    """Empty for one in the same file."""
    may_merge: bool = False
    differs: bool = False
    """Tells that it reads nearly the same and is answered otherwise."""
    other_key: str = ""
    """Its key in words then; empty of a live question."""


@dataclass(frozen=True)
class Row:
    """One question of the file."""

    number: int
    place: str
    source_kind: str
    question: Question
    standing: str
    decision: str
    near: tuple[Neighbour, ...]
    became: str = ""

    @property
    def shown(self) -> dict[str, Any]:
        """What a candidate would see."""
        return shown(self.question)

    @property
    def key(self) -> str:
        """The key in words; empty where nothing is asked."""
        return key_of(self.question)

    @property
    def by_people(self) -> bool:
        """Tell whether only people can mark it."""
        return bool(parts_for_people(self.question))

    @property
    def levels(self) -> list[str]:
        """The levels of what is asked, each once."""
        return list(dict.fromkeys(one.level for one in self.question.marked_questions()))

    @property
    def flaws(self) -> list[Flaw]:
        """Writing rules it breaks, with how to mend them."""
        return find_flaws(self.question)

    @property
    def may_merge(self) -> bool:
        """Tell whether it can become the next version of the nearest question in the bank."""
        nearest = next((one for one in self.near if one.entry_id), None)
        return nearest is not None and nearest.may_merge


@dataclass(frozen=True)
class Listing:
    """One page of a tab."""

    tab: str
    troubles: Sequence[Mapping[str, str]]
    rows: Sequence[Row]
    page: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PER_PAGE))

    has_prev = property(lambda self: self.page > 1)
    has_next = property(lambda self: self.page < self.pages)
    prev_num = property(lambda self: self.page - 1)
    next_num = property(lambda self: self.page + 1)


@dataclass(frozen=True)
class Counts:
    """How the questions of an import stand, and what was decided."""

    total: int
    chosen: int
    same: int
    doubtful: int
    left: int
    """Doubtful ones that would not come in as decided now."""
    problems: int
    skipped: int
    notes: int


def count(batch: QuestionImport) -> Counts:
    """Count the questions by standing and decision, and the troubles by kind."""
    rows = db.session.execute(
        select(ImportedQuestion.standing, ImportedQuestion.decision, func.count())
        .where(ImportedQuestion.import_id == batch.id)
        .group_by(ImportedQuestion.standing, ImportedQuestion.decision)
    ).all()
    kinds = [one["kind"] for one in batch.report.get("troubles", ())]
    doubtful = (ALIKE, CHANGED)
    return Counts(
        total=sum(n for _s, _d, n in rows),
        chosen=sum(n for _s, decision, n in rows if decision in (TAKE, MERGE)),
        same=sum(n for standing, _d, n in rows if standing == SAME),
        doubtful=sum(n for standing, _d, n in rows if standing in doubtful),
        left=sum(n for s, d, n in rows if s in doubtful and d not in (TAKE, MERGE)),
        problems=kinds.count("problem"),
        skipped=kinds.count("skipped"),
        notes=kinds.count("note"),
    )


def list_page(batch: QuestionImport, tab: str, page: int, *, pools: Collection[str]) -> Listing:
    """Return one page: of `todo` and `all` the troubles come first."""
    troubles = batch.report.get("troubles", []) if tab in (UNDECIDED, ALL) else []
    conditions = [ImportedQuestion.import_id == batch.id, *_condition(tab)]
    questions = db.session.scalar(
        select(func.count()).select_from(ImportedQuestion).where(*conditions)
    )
    total = len(troubles) + int(questions or 0)
    page = min(max(page, 1), max(1, -(-total // PER_PAGE)))
    start = (page - 1) * PER_PAGE
    some = troubles[start : start + PER_PAGE]
    found: Sequence[ImportedQuestion] = []
    if len(some) < PER_PAGE:
        found = db.session.scalars(
            select(ImportedQuestion)
            .where(*conditions)
            .order_by(ImportedQuestion.number)
            .offset(max(0, start - len(troubles)))
            .limit(PER_PAGE - len(some))
        ).all()
    return Listing(tab, some, rows_of(found, pools), page, total)


def rows_of(found: Sequence[ImportedQuestion], pools: Collection[str]) -> list[Row]:
    """Return stored questions as rows, with what is near them; a few queries for all."""
    codes = {str(one[0]) for item in found for one in item.alike if one[2] == IN_BANK}
    entries = {
        row.code: row
        for row in db.session.execute(
            select(
                QuestionEntry.id,
                QuestionEntry.code,
                QuestionEntry.kind,
                QuestionEntry.pool,
                QuestionEntry.status,
            ).where(QuestionEntry.code.in_(codes), QuestionEntry.pool.in_(pools))
        )
    }
    same_text = [
        str(name)
        for item in found
        if item.standing != SAME
        for name, score, where in item.alike
        if where == IN_BANK and score >= SAME_TEXT
    ]
    stored = current_questions(name for name in same_text if name in entries)
    rows = []
    for item in found:
        question = load(item.body)
        near = []
        for name, score, where in item.alike:
            if where != IN_BANK:
                near.append(Neighbour(str(name), int(score)))
            elif name in entries:
                entry = entries[name]
                fits = (entry.kind, entry.pool) == (question.kind, question.pool)
                may_merge = fits and entry.status != "retired"
                differs = score >= SAME_TEXT and _answered_otherwise(question, stored.get(name))
                # Whoever sees the key of a live question opens it, which is noted: side by side.
                said = key_of(stored[name]) if differs and entry.pool != LIVE else ""
                near.append(
                    Neighbour(entry.code, int(score), entry.id, may_merge, bool(differs), said)
                )
        rows.append(
            Row(
                number=item.number,
                place=item.place,
                source_kind=item.source_kind,
                question=question,
                standing=item.standing,
                decision=item.decision,
                near=tuple(near),
                became=item.entry_id or "",
            )
        )
    return rows


def _answered_otherwise(question: Question, other: Question | None) -> bool:
    """Tell whether two questions that read the same have other answers, whatever their order."""
    if other is None or question.kind != other.kind:
        return False
    if question.parts or other.parts:
        if len(question.parts) != len(other.parts):
            return False
        return any(map(_answered_otherwise, question.parts, other.parts))
    if question.options and not question.pairs and question.kind != "ordering":
        return _right(question) != _right(other)
    return key_of(question) != key_of(other)


def _right(question: Question) -> set[str]:
    return {fold(one.text) for one in question.options if one.id in question.key}


def _condition(tab: str) -> list[ColumnElement[bool]]:
    if tab == UNDECIDED:
        return [ImportedQuestion.standing.in_((ALIKE, CHANGED))]
    if tab == GOOD:
        return [ImportedQuestion.decision.in_((TAKE, MERGE))]
    if tab == SAME_TAB:
        return [ImportedQuestion.standing == SAME]
    return []


def troubles_csv(batch: QuestionImport) -> str:
    """Return the troubles as CSV that Excel opens: with a mark, and no cell that is a formula."""
    words = {"problem": _("有问题"), "skipped": _("跳过"), "note": _("提醒")}
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("类别"), _("位置"), _("说明"), _("文件里写的")])
    for one in batch.report.get("troubles", ()):
        cells = [
            words[one["kind"]],
            kept_place(one["place"]),
            kept_words(one["message"]),
            one["raw"],
        ]
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return out.getvalue()
