"""Whoever sits again is shown what they have not seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller

from app import clock
from app.exams import papers, rostering
from app.extensions import db
from app.models.exams import Paper
from app.models.people import Role, User
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams.hall import Hall

pytestmark = pytest.mark.rows


def test_a_retake_shows_what_was_not_seen(app: Flask, time: Traveller) -> None:
    """Eight single choices for three and no enemies: the second paper has none of the first."""
    few = halls.few()
    friendly = tuple(replace(one, enemies=()) for one in few.questions)
    hall = halls.build(app, content=replace(few, questions=friendly))
    first = hall.started()
    first.hand_in()
    actor = db.session.get_one(User, hall.manager)
    again = rostering.plan(
        hall.sitting.revision,
        district=factories.district(),
        place="303 考场",
        opens_at=datetime(2026, 12, 27, 4, 0, tzinfo=UTC),
        late_minutes=20,
        closes_at=datetime(2026, 12, 27, 5, 0, tzinfo=UTC),
        actor=actor,
        now=clock.now(),
    )
    db.session.commit()
    candidate = db.session.get_one(User, hall.candidates[0])
    booking_id = halls.book(again, candidate, 1).id
    fresh_id = halls.book(again, factories.user(Role.TRAINEE), 2).id
    papers.draw_missing(again, actor=None, now=clock.now())
    db.session.commit()
    paper = db.session.scalars(select(Paper).where(Paper.booking_id == booking_id)).one()
    before = {slot.version_id for slot in hall.slots() if slot.domain == "E"}
    after = {slot.version_id for slot in paper.slots if slot.domain == "E"}
    assert not before & after
    assert len(paper.seen) == 6
    assert papers.rebuilds(paper)
    paper.seen = []
    assert not papers.rebuilds(paper)
    fresh = db.session.scalars(select(Paper).where(Paper.booking_id == fresh_id)).one()
    assert fresh.seen == []


def test_a_paper_never_opened_was_not_seen(hall: Hall) -> None:
    assert papers.seen_by(hall.candidates, {"anything"}) == {}
    codes = {entry.code for entry in halls.entries()}
    assert papers.seen_by(hall.candidates, codes) == {}
