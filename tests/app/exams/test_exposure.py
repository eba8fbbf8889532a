"""How often questions were shown: counted from started attempts in the window, by a job."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select
from time_machine import Traveller

from app import clock, jobs
from app.bank import exposure
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.exams import Attempt
from app.models.journal import Job
from tests.app.exams import hall as halls
from tests.app.exams.hall import Hall, Sat

pytestmark = pytest.mark.rows


def shown_now() -> dict[str, int]:
    db.session.rollback()
    entries = db.session.scalars(select(QuestionEntry).where(QuestionEntry.times_shown > 0)).all()
    return {entry.id: entry.times_shown for entry in entries}


def on_paper(of: Hall, seat: int) -> set[str]:
    versions = [slot.version_id for slot in of.slots(seat)]
    query = select(QuestionVersion.entry_id).where(QuestionVersion.id.in_(versions))
    return set(db.session.scalars(query))


def test_a_started_paper_counts_each_question_once(sat: Sat) -> None:
    """Also a case, which has three slots; a drawn paper that nobody started does not count."""
    first = on_paper(sat.hall, 1)
    assert len(first) == 6
    assert exposure.recount(clock.now()) == 6
    assert shown_now() == dict.fromkeys(first, 1)
    sat.hall.started(2)
    exposure.recount(clock.now())
    second = on_paper(sat.hall, 2)
    assert shown_now() == {one: (one in first) + (one in second) for one in first | second}


def test_outside_the_window_it_counts_no_more(sat: Sat, time: Traveller) -> None:
    exposure.recount(clock.now())
    time.shift(timedelta(days=363))
    assert exposure.recount(clock.now()) == 0
    time.shift(timedelta(days=5))
    assert exposure.recount(clock.now()) == 6
    assert shown_now() == {}


def test_only_what_changed_is_written(sat: Sat) -> None:
    exposure.recount(clock.now())
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE"):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    assert exposure.recount(clock.now()) == 0
    event.remove(db.engine, "before_cursor_execute", note)
    assert not written


def test_the_duty_asks_for_a_job_when_something_was_started(hall: Hall, time: Traveller) -> None:
    def asked() -> int:
        db.session.rollback()
        return len(db.session.scalars(select(Job).where(Job.kind == exposure.KIND)).all())

    jobs.do_duties(clock.now(), only=exposure.KIND)
    assert asked() == 0
    hall.started(1)
    jobs.do_duties(clock.now(), only=exposure.KIND)
    jobs.do_duties(clock.now(), only=exposure.KIND)
    assert asked() == 1
    db.session.rollback()
    assert jobs.run_next(clock.now())
    assert len(shown_now()) == 6
    for minutes, jobs_by_then in ((6, 2), (6, 2), (24 * 60, 3)):
        time.shift(timedelta(minutes=minutes))
        jobs.do_duties(clock.now(), only=exposure.KIND)
        assert asked() == jobs_by_then  # once more for starts that were being committed
        db.session.rollback()
        jobs.run_next(clock.now())


def test_the_command_counts_too(app: Flask, sat: Sat) -> None:
    db.session.rollback()
    printed = app.test_cli_runner().invoke(args=["bank", "recount"])
    assert printed.exit_code == 0, printed.output
    assert "改了 6 题" in printed.output
    assert len(shown_now()) == 6
    assert db.session.scalar(select(Attempt.id)) is not None


def test_stale_facts_are_worked_out_again(app: Flask, hall: Hall) -> None:
    version = db.session.scalars(select(QuestionVersion)).first()
    assert version is not None
    before = dict(version.facts)
    version.facts = {**before, "examinable": False}
    db.session.commit()
    printed = app.test_cli_runner().invoke(args=["bank", "refresh-facts"])
    assert "改了 1 个版本" in printed.output
    db.session.expire_all()
    assert version.facts == before
    db.session.rollback()
    assert "改了 0 个" in app.test_cli_runner().invoke(args=["bank", "refresh-facts"]).output
    assert halls.entries()
