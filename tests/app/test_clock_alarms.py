"""The clock's alarm: noticed once, told, acknowledged by name."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import clock, clock_alarms, jobs
from app.extensions import db
from app.models.journal import AuditLine, ClockAlarm, ClockReading
from tests import factories

pytestmark = pytest.mark.rows
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """A wall clock that steps when told; the watch starts with it."""
    shift, real = {"seconds": 0.0}, time.time
    monkeypatch.setattr(clock.time, "time", lambda: real() + shift["seconds"])
    monkeypatch.setattr(clock_alarms, "_watch", clock_alarms.Watch())
    return shift


def test_it_works(app: Flask, wall: dict[str, float], capsys: pytest.CaptureFixture[str]) -> None:
    jobs.do_duties(NOW, only="clock.watch")
    assert clock_alarms.open_alarms() == []
    wall["seconds"] = -75.0
    jobs.do_duties(NOW, only="clock.watch")
    (alarm,) = clock_alarms.open_alarms()
    assert alarm.moved_ms == pytest.approx(-75_000, abs=500)
    assert json.loads(capsys.readouterr().err)["event"] == "clock stepped"
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "clock.stepped")).one()
    assert line.object_id == alarm.id
    jobs.do_duties(NOW, only="clock.watch")
    assert len(clock_alarms.open_alarms()) == 1


def test_a_step_that_could_not_be_kept_is_seen_again(
    app: Flask, wall: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = iter([OperationalError("INSERT", None, Exception("database or disk is full"))])

    def full_once(*_told: object) -> None:
        for refusal in refusals:
            raise refusal

    monkeypatch.setattr(clock_alarms, "_listeners", [full_once])
    wall["seconds"] = 120.0
    with pytest.raises(OperationalError):
        jobs.do_duties(NOW, only="clock.watch")
    assert clock_alarms.open_alarms() == []
    jobs.do_duties(NOW, only="clock.watch")
    (alarm,) = clock_alarms.open_alarms()
    assert alarm.moved_ms == pytest.approx(120_000, abs=500)


def test_small_corrections_are_not_steps(app: Flask, wall: dict[str, float]) -> None:
    wall["seconds"] = 1.5
    jobs.do_duties(NOW, only="clock.watch")
    assert clock_alarms.open_alarms() == []


def test_two_workers_keep_one_step(app: Flask, wall: dict[str, float]) -> None:
    """One machine's workers: whoever is first. The same step some time later is another one."""
    first, second = clock_alarms.Watch(), clock_alarms.Watch()
    assert first.look(NOW) is None
    assert second.look(NOW) is None
    for sizes in (-95.0, -190.0, -95.0):
        before = wall["seconds"]
        wall["seconds"] = sizes
        moved = first.look(NOW)
        assert moved is not None
        assert moved.total_seconds() == pytest.approx(sizes - before, abs=0.5)
        first.settle()
        assert second.look(NOW) is None
        second.settle()
        assert first.look(NOW) is None


def test_a_step_back_to_the_minute_of_another(app: Flask, wall: dict[str, float]) -> None:
    """Stepped back 95 seconds, and again 95 seconds later: by the wall clock both are at one time."""
    jobs.do_duties(NOW, only="clock.watch")
    for step in (1, 2):
        wall["seconds"] = -95.0 * step
        jobs.do_duties(NOW, only="clock.watch")
    assert len(clock_alarms.open_alarms()) == 2


def test_a_step_while_no_worker_ran(app: Flask, wall: dict[str, float]) -> None:
    """The worker that is started next finds it by what the last one wrote down."""
    clock_alarms.Watch().look(NOW)
    wall["seconds"] = 3600.0
    moved = clock_alarms.Watch().look(NOW)
    assert moved is not None
    assert moved.total_seconds() == pytest.approx(3600, abs=0.5)
    assert clock_alarms.Watch().look(NOW) is None


def test_what_is_kept_stays_young(
    app: Flask, wall: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written anew once in a minute, however often the worker looks meanwhile."""
    begun, real = time.monotonic(), []
    for seconds in (0, 30, 59, 61, 100):
        monkeypatch.setattr(clock_alarms.time, "monotonic", lambda at=seconds: begun + at)
        monkeypatch.setattr(clock.time, "time", lambda at=seconds: 1_800_000_000 + begun + at)
        jobs.do_duties(NOW, only="clock.watch")
        db.session.rollback()
        real.append(db.session.scalars(select(ClockReading)).one().read_ms - round(begun * 1000))
    assert real == pytest.approx([0, 0, 0, 61_000, 61_000], abs=2)


def test_what_is_too_old_tells_nothing(app: Flask, wall: dict[str, float]) -> None:
    """In many hours a clock that is corrected slowly drifts as far as a small step."""
    clock_alarms.Watch().look(NOW)
    kept = db.session.scalars(select(ClockReading)).one()
    kept.read_ms -= (clock_alarms.REMEMBERED + 1) * 1000
    wall["seconds"] = 5.0
    assert clock_alarms.Watch().look(NOW) is None
    assert kept.machine == clock_alarms.machine()


def test_acknowledging_names_who(app: Flask) -> None:
    alarm = clock_alarms.note_step(timedelta(seconds=60), NOW)
    assert isinstance(alarm, ClockAlarm)
    person = factories.user()
    clock_alarms.acknowledge(alarm, actor=person, now=NOW)
    db.session.commit()
    assert alarm.acknowledged_by_id == person.id
    assert clock_alarms.open_alarms() == []
    with pytest.raises(clock_alarms.AlreadyAcknowledgedError):
        clock_alarms.acknowledge(alarm, actor=person, now=NOW)
