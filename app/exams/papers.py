"""Draw papers before the start minute, and rebuild one from its seed.

What the browser will receive is made here, once, by the allow-list of `showing`. A question on trial
earns nothing and is shown with the marks of its kind: nothing tells it from the others.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, jobs
from app.errors import Refusal
from app.exams import sections, showing
from app.exams.batches import one_by_one
from app.exams.publishing import body_hash
from app.exams.questions import question
from app.extensions import db, reading_only
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.exams import Attempt, Booking, ExamRevision, Paper, PaperSlot, Sitting
from app.models.people import User
from question_bank import Blueprint, Pool, load_blueprint, load_facts
from question_bank import Paper as DrawnPaper
from question_bank import draw as draw_paper
from question_bank.assembly import Slot

DRAWN_BEFORE = timedelta(minutes=15)
AT_ONCE = 10
"""Papers in one transaction: some 50 ms, so that nobody's save waits for a hall of hundreds."""


class RevisionDamaged(Refusal):
    """A frozen revision no longer has its hash."""


Frozen = tuple[Pool, dict[tuple[str, int], str]]
"""What a revision draws from, and (question id, version) -> version row id."""


def frozen_pool(revision: ExamRevision) -> Frozen:
    """Return what a revision draws from. Raises RevisionDamaged."""
    if body_hash(revision.body) != revision.hash:
        raise RevisionDamaged(_("这份试卷的冻结内容和发布时不一致，不能使用。请联系管理员。"))
    blueprint: Blueprint = load_blueprint(revision.body["blueprint"])
    facts = [load_facts(one["facts"]) for one in revision.body["eligible"]]
    rows = {
        (one["facts"]["id"], one["facts"]["version"]): one["version"]
        for one in revision.body["eligible"]
    }
    return Pool(blueprint, facts, revision.body["algorithm"]), rows


def draw_missing(
    sitting: Sitting,
    *,
    actor: User | None,
    now: datetime,
    most: int | None = None,
    frozen: Frozen | None = None,
) -> int:
    """Draw a paper for each booking that has none, `most` at a time. Returns how many were drawn.

    Everyone draws from the same frozen revision, whether booked weeks ago or a minute ago. `frozen`:
    what it draws from, where that was prepared before; a large one takes a second.
    """
    # The worker and the exam manager's button: the second waits and finds nothing missing.
    db.session.execute(select(Sitting.id).where(Sitting.id == sitting.id).with_for_update())
    without = db.session.scalars(
        select(Booking)
        .outerjoin(Paper, Paper.booking_id == Booking.id)
        .where(Booking.sitting_id == sitting.id, Paper.id.is_(None))
        .order_by(Booking.seat)
        .limit(most)
    ).all()
    if without:
        pool, rows = frozen or frozen_pool(sitting.revision)
        seen = seen_by({booking.user_id for booking in without}, {code for code, _n in rows})
        parts = sitting.revision.body.get("sections", [])
        for booking in without:
            met = sorted(seen.get(booking.user_id, ()))
            drawn = draw_paper(
                pool.blueprint,
                pool,
                secrets.token_hex(16),
                seen=met,
                sections=sections.domains_of(parts),
            )
            paper = write(booking, drawn, pool.blueprint, rows, now)
            paper.seen, paper.sections = met, sections.laid_out(parts, paper.slots)
        audit.record("sitting.papers_drawn", sitting, actor=actor, now=now, papers=len(without))
        sitting.papers_drawn_at = now
    return len(without)


def seen_by(people: Collection[str], codes: Collection[str]) -> dict[str, set[str]]:
    """Return which of some questions each person met in an exam they began, whatever became of it.

    A case is met as a whole. One query, for the few people of one transaction.
    """
    rows = db.session.execute(
        select(Attempt.user_id, QuestionEntry.code)
        .join(PaperSlot, PaperSlot.paper_id == Attempt.paper_id)
        .join(QuestionVersion, QuestionVersion.id == PaperSlot.version_id)
        .join(QuestionEntry, QuestionEntry.id == QuestionVersion.entry_id)
        .where(Attempt.user_id.in_(people))
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for user_id, code in rows:
        if code in codes:
            found.setdefault(user_id, set()).add(code)
    return found


@jobs.every(20, "exams.draw")
def draw_due(now: datetime) -> int:
    """Draw what is missing for sittings that open soon or are open; late bookings too.

    Returns for how many sittings something was drawn.
    """
    with reading_only():
        due = db.session.scalars(
            select(Sitting.id)
            .join(Booking, Booking.sitting_id == Sitting.id)
            .outerjoin(Paper, Paper.booking_id == Booking.id)
            .where(
                Sitting.opens_at <= now + DRAWN_BEFORE,
                Sitting.last_start_at >= now,
                Paper.id.is_(None),
            )
            .distinct()
        ).all()
        db.session.rollback()
    return one_by_one(due, lambda sitting_id: _draw_all(sitting_id, now))


def _draw_all(sitting_id: str, now: datetime) -> int:
    # Prepared before any transaction that writes: nobody's save waits for it.
    db.session.rollback()
    with reading_only():
        frozen = frozen_pool(db.session.get_one(Sitting, sitting_id).revision)
        db.session.rollback()
    whole = 0
    while True:
        sitting = db.session.get_one(Sitting, sitting_id)
        drawn = draw_missing(sitting, actor=None, now=now, most=AT_ONCE, frozen=frozen)
        whole += drawn
        if drawn < AT_ONCE:
            return whole
        db.session.commit()


def write(
    booking: Booking,
    drawn: DrawnPaper,
    table: Blueprint,
    rows: dict[tuple[str, int], str],
    now: datetime,
) -> Paper:
    """Add a drawn paper with its slots and what the browser will receive of it."""
    slots: list[PaperSlot] = []
    groups: list[dict[str, Any]] = []
    media: list[str] = []
    for slot in drawn.slots:
        version_id = rows[slot.question_id, slot.version]
        whole = question(version_id)
        first = len(slots) + 1
        orders = _orders(slot, whole.id)
        slots += [
            PaperSlot(
                number=first + place,
                version_id=version_id,
                part=part if slot.parts else "",
                domain=slot.domain,
                option_order=list(order),
                maximum=str(slot.marks),
                trial=slot.trial,
            )
            for place, (part, order) in enumerate(orders.items())
        ]
        marks = str(_marks_of_kind(table, slot) if slot.trial else slot.marks)
        groups.append(showing.group(whole, orders, first=first, marks=marks, media=media))
    paper = Paper(
        booking=booking,
        seed=drawn.seed,
        algorithm=drawn.algorithm,
        shown=groups,
        media=media,
        slots=slots,
        drawn_at=now,
    )
    db.session.add(paper)
    return paper


def _marks_of_kind(table: Blueprint, slot: Slot) -> Fraction:
    """Return the marks that a question on trial seems to have: those of its cell, or of its kind.

    Where cells of a kind differ, the marks that most questions of the kind have.
    """
    same = [cell for cell in table.cells if cell.kind == slot.kind and cell.parts == 1]
    own = [cell.marks for cell in same if cell.domain == slot.domain]
    usual = Counter[Fraction]()
    for cell in same:
        usual[cell.marks] += cell.count
    return own[0] if own else usual.most_common(1)[0][0]


def _orders(slot: Slot, question_id: str = "") -> dict[str, tuple[str, ...]]:
    """Return the option order by part of a case, or of the question itself."""
    return {part.id: part.option_order for part in slot.parts} or {question_id: slot.option_order}


def rebuilds(paper: Paper) -> bool:
    """Tell whether drawing again from the stored seed gives exactly the stored slots."""
    revision = paper.booking.sitting.revision
    pool, rows = frozen_pool(revision)
    domains = sections.domains_of(revision.body.get("sections", []))
    again = draw_paper(pool.blueprint, pool, paper.seed, seen=paper.seen, sections=domains)
    wanted = [
        (rows[slot.question_id, slot.version], list(order), slot.trial, slot.marks)
        for slot in again.slots
        for order in _orders(slot).values()
    ]
    return wanted == [
        (slot.version_id, slot.option_order, slot.trial, Fraction(slot.maximum))
        for slot in paper.slots
    ]
