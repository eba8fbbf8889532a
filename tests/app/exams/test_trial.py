"""Questions on trial: mixed in, marked for their statistics, in no total; nothing tells them apart."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller

from app import clock, jobs
from app.exams import papers, publishing
from app.extensions import db
from app.models.bank import ExamBlueprint, QuestionEntry
from app.models.exams import ExamRevision, MarkEntry, PaperSlot, Result
from tests.app.exams import hall as halls
from tests.app.exams.hall import SLOTS, Hall, right_value

pytestmark = pytest.mark.rows
TRIALS = 2


def alone(entry: QuestionEntry) -> bool:
    """Tell whether a question keeps none off a paper, so that a small bank always has room for it."""
    versions = [v for one in halls.entries() for v in one.versions]
    named = {enemy for v in versions for enemy in v.facts["enemies"]}
    return entry.code not in named and not entry.versions[0].facts["enemies"]


@pytest.fixture
def mixed(app: Flask, time: Traveller, monkeypatch: pytest.MonkeyPatch) -> Hall:
    """A hall whose papers mix in two single choice questions on trial."""
    fill = halls.fill_bank

    def with_trials(content: object) -> None:
        fill(content)  # type: ignore[arg-type]
        single = [e for e in halls.entries() if e.kind == "single_choice" and alone(e)]
        for entry in single[:TRIALS]:
            entry.status = "trial"
        row = db.session.scalars(select(ExamBlueprint)).one()
        row.body = {**row.body, "format_version": "1.1", "trial": TRIALS}
        db.session.commit()

    monkeypatch.setattr(halls, "fill_bank", with_trials)
    return halls.build(app)


def trials(hall: Hall, seat: int = 1) -> list[PaperSlot]:
    return [slot for slot in hall.slots(seat) if slot.trial]


def test_they_are_mixed_in_and_worth_nothing(mixed: Hall) -> None:
    assert len(mixed.slots()) == SLOTS + TRIALS
    assert [slot.maximum for slot in trials(mixed)] == ["0", "0"]
    on_trial = {slot.version_id for slot in trials(mixed)}
    scored = {slot.version_id for slot in mixed.slots() if not slot.trial}
    assert not on_trial & scored
    revision = db.session.scalars(select(ExamRevision)).one()
    frozen = {one["version"] for one in revision.body["eligible"] if one["facts"].get("trial")}
    assert on_trial == frozen
    assert revision.body["blueprint"]["trial"] == TRIALS


def test_nothing_shown_tells_them_apart(mixed: Hall) -> None:
    numbers = {slot.number for slot in trials(mixed)}
    marks, names = set(), set()
    for group in mixed.shown():
        assert "trial" not in str(group)
        for item in group["items"]:
            if group["kind"] == "single_choice":
                marks.add(item["marks"])
                names.add(frozenset(item) | frozenset(group))
            if item["number"] in numbers:
                assert item["kind"] == "single_choice"
    assert marks == {"3"}
    assert len(names) == 1
    sat = mixed.started()
    for text in (sat.page(), str(sat.data())):
        assert "试测" not in text
        assert "trial" not in text


def test_their_answers_count_nowhere_but_are_kept(mixed: Hall) -> None:
    sat = mixed.started()
    slots = mixed.slots()
    wrong = [slot.number for slot in trials(mixed)][:1]
    sat.save(
        *((n, s.number, right_value(s)) for n, s in enumerate(slots, 1) if s.number not in wrong)
    )
    assert "带着 1 道未答题交卷" in sat.browser.page(sat.url("hand-in"))
    sat.hand_in()
    jobs.do_duties(clock.now(), only="exams.mark")
    db.session.rollback()
    result = db.session.scalars(select(Result)).one()
    table = halls.blueprint().body
    full = Fraction(str(table["total"]["marks"]))
    assert (Fraction(result.mark), Fraction(result.maximum)) == (full, full)
    assert result.passed
    assert sum(Fraction(maximum) for _mark, maximum in result.domains.values()) == full
    entries = {one.slot: one for one in db.session.scalars(select(MarkEntry))}
    assert len(entries) == SLOTS + TRIALS
    for slot in trials(mixed):
        assert entries[slot.number].mark == "0"
        assert entries[slot.number].fraction == ("0" if slot.number in wrong else "1")


def test_the_paper_rebuilds_with_them(mixed: Hall) -> None:
    for seat in (1, 2):
        paper = mixed.booking(seat).paper
        assert paper is not None
        assert papers.rebuilds(paper)
    slot = trials(mixed)[0]
    slot.trial = False
    db.session.commit()
    paper = mixed.booking(1).paper
    assert paper is not None
    assert not papers.rebuilds(paper)


def test_a_later_status_reaches_no_published_exam(mixed: Hall) -> None:
    """What was on trial when the exam was published stays unscored in it."""
    on_trial = {slot.version_id for slot in trials(mixed)}
    for entry in halls.entries():
        entry.status = "active"
    db.session.commit()
    halls.build_late(mixed)
    papers.draw_missing(mixed.sitting, actor=None, now=clock.now())
    db.session.commit()
    assert {slot.version_id for slot in trials(mixed, 3)} == on_trial


def test_papers_of_algorithm_1_still_rebuild(hall: Hall) -> None:
    """A revision of before: no exposure in its blueprint, no trial, the old random numbers."""
    revision = db.session.scalars(select(ExamRevision)).one()
    body = {**revision.body, "algorithm": "1"}
    body["blueprint"] = {n: v for n, v in body["blueprint"].items() if n != "exposure"}
    revision.body, revision.hash = body, publishing.body_hash(body)
    db.session.commit()
    halls.build_late(hall)
    papers.draw_missing(hall.sitting, actor=None, now=clock.now())
    db.session.commit()
    paper = hall.booking(3).paper
    assert paper is not None
    assert paper.algorithm == "1"
    assert papers.rebuilds(paper)
