"""Drawn papers: rebuilt from their seed, drawn in time, and nothing in them gives an answer away."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from time_machine import Traveller

from app import clock, jobs
from app.bank.versions import body_hash
from app.exams import papers
from app.extensions import db
from app.models.bank import QuestionVersion
from app.models.exams import ExamRevision, Paper
from app.models.journal import AuditLine
from tests.app.exams import hall as halls
from tests.app.exams.hall import NOON, SLOTS, Hall, Sat

pytestmark = pytest.mark.rows
ALLOWED_GROUP = {"kind", "items", "scene"}
ALLOWED_ITEM = {"number", "kind", "stem", "options", "marks"}


def drawn() -> int:
    return db.session.scalar(select(func.count()).select_from(Paper)) or 0


def test_it_works(hall: Hall) -> None:
    assert drawn() == 2
    assert [slot.number for slot in hall.slots()] == list(range(1, SLOTS + 1))
    assert {slot.domain for slot in hall.slots()} == {"E", "B"}
    assert [slot.maximum for slot in hall.slots() if slot.part] == ["3/2"] * 3


def test_rebuilds_from_its_seed(hall: Hall) -> None:
    for seat in (1, 2):
        paper = hall.booking(seat).paper
        assert paper is not None
        assert papers.rebuilds(paper)


def test_a_changed_paper_does_not_rebuild(hall: Hall) -> None:
    slot = hall.slots()[0]
    slot.option_order = list(reversed(slot.option_order))
    db.session.commit()
    paper = hall.booking().paper
    assert paper is not None
    assert not papers.rebuilds(paper)
    manager = hall.browser(hall.manager)
    html = manager.page(f"/exams/sittings/{hall.sitting_id}/papers/{hall.bookings[0]}")
    assert "和存下的不一样" in html
    assert "和存下的一样" in manager.page(
        f"/exams/sittings/{hall.sitting_id}/papers/{hall.bookings[1]}"
    )


def test_a_changed_revision_is_refused(hall: Hall) -> None:
    revision = db.session.scalars(select(ExamRevision)).one()
    revision.body = {**revision.body, "minutes": 1}
    db.session.commit()
    halls.build_late(hall)
    with pytest.raises(papers.RevisionDamaged):
        papers.draw_missing(hall.sitting, actor=None, now=clock.now())


def test_the_worker_draws_shortly_before_the_start(hall: Hall, time: Traveller) -> None:
    db.session.execute(db.delete(papers.PaperSlot))
    db.session.execute(db.delete(Paper))
    db.session.commit()
    jobs.do_duties(NOON - timedelta(minutes=16), only="exams.draw")
    assert drawn() == 0
    db.session.rollback()
    jobs.do_duties(NOON - timedelta(minutes=15), only="exams.draw")
    assert drawn() == 2
    assert hall.sitting.papers_drawn_at == NOON - timedelta(minutes=15)


def test_late_bookings_get_theirs(hall: Hall) -> None:
    for _n in range(papers.AT_ONCE + 2):
        halls.build_late(hall)
    db.session.rollback()
    jobs.do_duties(NOON + timedelta(minutes=20), only="exams.draw")
    assert drawn() == 2 + papers.AT_ONCE + 2
    lines = db.session.scalars(
        select(AuditLine).where(AuditLine.action == "sitting.papers_drawn").order_by(AuditLine.id)
    ).all()
    assert [line.details["papers"] for line in lines] == [2, papers.AT_ONCE, 2]


def test_nothing_is_drawn_after_the_last_start(hall: Hall) -> None:
    halls.build_late(hall)
    db.session.rollback()
    jobs.do_duties(NOON + timedelta(minutes=20, seconds=1), only="exams.draw")
    assert drawn() == 2


def test_papers_differ(hall: Hall) -> None:
    for _n in range(4):
        halls.build_late(hall)
    papers.draw_missing(hall.sitting, actor=None, now=clock.now())
    db.session.commit()
    orders = {
        json.dumps([(s.version_id, s.option_order) for s in hall.slots(seat)])
        for seat in range(1, 7)
    }
    assert len(orders) == 6


def test_only_allowed_fields_are_shown(hall: Hall) -> None:
    for group in hall.shown():
        assert set(group) <= ALLOWED_GROUP
        for item in group["items"]:
            assert set(item) == ALLOWED_ITEM
            assert all(set(option) == {"id", "text"} for option in item["options"])


def secrets(hall: Hall) -> set[str]:
    """Return every text of the drawn questions that only the server may know."""
    found: set[str] = set()
    for slot in hall.slots():
        version = db.session.get_one(QuestionVersion, slot.version_id)
        assert body_hash(version.body) == version.body_hash
        found |= {version.id, version.entry_id, version.body_hash, version.entry.code}
        found |= set(_hidden(version.body))
    return {text for text in found if len(text) > 4}


def _hidden(body: Any) -> list[str]:
    """Collect explanations, reasons and notes at any depth of a question's body."""
    found = []
    for name, value in body.items():
        if name in {"why", "explanation", "x_note"} and isinstance(value, str):
            found.append(value)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                found += _hidden(one)
    return found


def keys_in(data: Any) -> set[str]:
    """Return every name used anywhere in a JSON value."""
    if isinstance(data, dict):
        return set(data) | {name for value in data.values() for name in keys_in(value)}
    if isinstance(data, list):
        return {name for value in data for name in keys_in(value)}
    return set()


FORBIDDEN = {"key", "right", "why", "explanation", "fraction", "rule", "level", "id_code", "code"}
OURS = {"code", "why"}  # of a refusal, and of a line of the time account
FORBIDDEN |= {"version", "entry", "sources", "difficulty", "result", "passed", "seed"}


def test_nothing_gives_an_answer_away(hall: Hall, sat: Sat) -> None:
    """Walk all that a candidate's browser receives before the release."""
    hidden = secrets(hall)
    assert len(hidden) > 30
    texts = [sat.browser.page(f"/exams/sit/{sat.booking_id}/paper?q={n}") for n in range(1, 9)]
    data = sat.data()
    assert not keys_in(data["groups"]) & FORBIDDEN
    saved = sat.post([halls.change(1, 1, "o1"), halls.change(2, 99, "o1"), halls.change(3, 1, {})])
    state = sat.browser.get(sat.url("state"))
    for answer in (saved, state):
        assert not keys_in(answer.get_json()) & (FORBIDDEN - OURS)
        texts.append(answer.get_data(as_text=True))
    texts.append(sat.browser.page(sat.url("hand-in")))
    sat.hand_in()
    jobs.do_duties(clock.now(), only="exams.mark")
    for act in ("receipt", "handed-in"):
        texts.append(sat.browser.page(f"/exams/sit/{sat.booking_id}/{act}"))
    texts.append(sat.browser.page("/exams/mine"))
    for text in texts:
        for secret in hidden:
            assert secret not in text, secret[:60]
        assert "不合格" not in text
        assert "得分：" not in text


def test_the_page_knows_places_only(hall: Hall) -> None:
    """Option names of the author would be a hint: the page gets o1, o2 … in the order shown."""
    for group in hall.shown():
        for item in group["items"]:
            names = [option["id"] for option in item["options"]]
            if item["kind"] == "true_false":
                assert names == ["true", "false"]
            else:
                assert names == [f"o{place}" for place in range(1, len(names) + 1)]
