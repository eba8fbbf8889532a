"""The exam freeze: what a near sitting uses stands still, heavy jobs wait, urgent acts pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app import clock, freeze, jobs
from app.exams import handing_in, publishing, time_account
from app.extensions import db
from app.models.exams import Exam
from app.models.journal import Job
from app.models.people import Role, User
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams.hall import NOON, Hall

pytestmark = pytest.mark.rows
HOURS = timedelta(hours=12)


@pytest.fixture
def time() -> Any:
    """A clock that stands at the start minute until a test moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hall(app: Flask, time: time_machine.Traveller) -> Hall:
    """A sitting of two candidates at its start minute."""
    return halls.build(app)


def exam() -> Exam:
    return db.session.query(Exam).one()


def test_it_works(hall: Hall) -> None:
    assert freeze.is_on(NOON)
    db.session.rollback()
    assert freeze.count(NOON) == 1
    with pytest.raises(freeze.Frozen) as refused:
        freeze.refuse_exam(exam().id, NOON)
    assert "302 考场" in refused.value.sentence
    with pytest.raises(freeze.Frozen):
        freeze.refuse_blueprint(exam().blueprint_id, NOON)


def test_from_some_hours_before_until_it_is_over(hall: Hall) -> None:
    before = hall.sitting.opens_at - HOURS
    assert not freeze.is_on(before - timedelta(seconds=1))
    assert freeze.is_on(before)
    assert freeze.is_on(hall.sitting.closes_at - timedelta(seconds=1))
    assert not freeze.is_on(hall.sitting.closes_at)


def test_as_long_as_somebody_writes(hall: Hall) -> None:
    hall.started()
    assert freeze.is_on(hall.sitting.closes_at + timedelta(minutes=5))


def test_what_it_does_not_use_is_free(hall: Hall) -> None:
    freeze.refuse_exam("another", NOON)
    freeze.refuse_blueprint("another", NOON)


def test_a_demonstration_is_never_frozen(hall: Hall) -> None:
    settings = hall.app.config["PEIZHEN"]
    hall.app.config["PEIZHEN"] = replace(settings, demo=True)
    try:
        assert not freeze.is_on(NOON)
        assert freeze.count(NOON) == 0
    finally:
        hall.app.config["PEIZHEN"] = settings


def test_publishing_waits(hall: Hall) -> None:
    manager = db.session.get_one(User, hall.manager)
    exam().minutes = 40
    with pytest.raises(freeze.Frozen):
        publishing.publish(exam(), actor=manager, now=NOON)
    db.session.rollback()
    publishing.publish(_changed(), actor=manager, now=NOON + timedelta(hours=2))


def _changed() -> Exam:
    found = exam()
    found.minutes = 40
    return found


def test_the_blueprint_waits(hall: Hall) -> None:
    row = exam().blueprint
    browser = hall.browser(hall.manager)
    address = f"/bank/blueprints/{row.id}/edit"
    form = {"base": row.updated_at.isoformat(), "title": "小卷"}
    html = browser.send(address, form, follow_redirects=True).get_data(as_text=True)
    assert "前后这段时间它用到的都不能改" in html
    assert exam().blueprint.title == "小卷"


def test_heavy_jobs_wait_and_others_pass(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_handlers", {})
    monkeypatch.setattr(jobs, "_heavy", set())
    done: list[str] = []

    @jobs.handles("large", heavy=True)
    def large(_job: Job) -> dict[str, Any]:
        done.append("large")
        return {}

    @jobs.handles("small")
    def small(_job: Job) -> dict[str, Any]:
        done.append("small")
        return {}

    earlier = NOON - timedelta(minutes=1)
    jobs.enqueue("large", {}, owner=None, now=earlier)
    jobs.enqueue("small", {}, owner=None, now=NOON)
    db.session.commit()
    assert jobs.run_next(NOON)
    assert not jobs.run_next(NOON)
    assert done == ["small"]
    assert jobs.run_next(NOON + timedelta(hours=2))
    assert done == ["small", "large"]


def test_urgent_acts_pass(hall: Hall) -> None:
    hall.started(1)
    hall.started(2)
    invigilator = db.session.get_one(User, hall.invigilator)
    now = clock.now()
    time_account.add_time([hall.attempt(1)], "person", 5, "断电", actor=invigilator, now=now)
    handing_in.hand_in_for(hall.attempt(2), "离场", actor=invigilator, now=now)
    db.session.commit()
    assert hall.attempt(2).state == "handed_in"


def test_the_hours_are_a_dated_rule(hall: Hall) -> None:
    browser = hall.browser(factories.user(Role.ADMINISTRATOR).id)
    assert "开考前多少小时起冻结" in browser.page("/rules")
