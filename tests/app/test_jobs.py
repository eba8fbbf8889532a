"""Jobs and duties: run, try again, cancel, progress, and a worker that dies."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app import jobs
from app.extensions import db
from app.models.journal import Job
from tests import factories

pytestmark = pytest.mark.rows
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_registers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Register kinds and duties for one test only."""
    monkeypatch.setattr(jobs, "_handlers", {})
    monkeypatch.setattr(jobs, "_duties", [])
    return


def enqueue(kind: str, **payload: Any) -> str:
    job = jobs.enqueue(kind, payload, owner=factories.user(), now=NOW)
    db.session.commit()
    return job.id


def reread(job_id: str) -> Job:
    db.session.expire_all()
    return db.session.get_one(Job, job_id)


def test_it_works(app: Flask) -> None:
    @jobs.handles("add")
    def add(job: Job) -> dict[str, Any]:
        return {"sum": sum(job.payload["of"])}

    job_id = enqueue("add", of=[1, 2, 3])
    assert jobs.run_next(NOW)
    job = reread(job_id)
    assert (job.state, job.result, job.attempts) == ("done", {"sum": 6}, 1)
    assert job.finished_at is not None
    assert not jobs.run_next(NOW)


def test_a_kind_nobody_handles_is_refused_at_once(app: Flask) -> None:
    with pytest.raises(KeyError):
        jobs.enqueue("unknown", {}, owner=None, now=NOW)


def test_the_oldest_goes_first_and_none_before_its_time(app: Flask) -> None:
    done: list[int] = []

    @jobs.handles("note")
    def note(job: Job) -> dict[str, Any]:
        done.append(job.payload["n"])
        return {}

    for number, minutes in ((1, 0), (2, 1)):
        jobs.enqueue("note", {"n": number}, owner=None, now=NOW + timedelta(minutes=minutes))
    db.session.commit()
    assert jobs.run_next(NOW)
    assert not jobs.run_next(NOW)
    assert jobs.run_next(NOW + timedelta(minutes=1))
    assert done == [1, 2]


def test_a_failure_is_tried_again_and_then_kept(app: Flask) -> None:
    @jobs.handles("break")
    def fail(_job: Job) -> dict[str, Any]:
        raise ValueError("text that must not be kept")

    job_id = enqueue("break")
    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        later = datetime.now(UTC) + timedelta(minutes=attempt)
        assert jobs.run_next(later)
        assert reread(job_id).attempts == attempt
    job = reread(job_id)
    assert (job.state, job.trouble) == ("failed", "ValueError")
    assert job.finished_at is not None
    assert not jobs.run_next(datetime.now(UTC) + timedelta(days=1))


def test_what_a_failed_job_wrote_is_taken_back(app: Flask) -> None:
    @jobs.handles("write")
    def write(_job: Job) -> dict[str, Any]:
        factories.district("310101")
        db.session.add(Job(kind="x", payload={}, run_after=NOW, created_at=NOW, state="done"))
        db.session.flush()
        raise RuntimeError

    enqueue("write")
    jobs.run_next(NOW)
    assert db.session.query(Job).filter_by(kind="x").count() == 0


def test_progress_is_seen_by_others_and_keeps_the_claim(app: Flask) -> None:
    seen: list[tuple[int, int]] = []

    @jobs.handles("steps")
    def steps(job: Job) -> dict[str, Any]:
        for number in range(1, 4):
            jobs.report_progress(job, number, 3)
            with db.engine.connect() as other:
                row = other.exec_driver_sql("SELECT done, total FROM job").one()
                seen.append((row[0], row[1]))
        return {}

    enqueue("steps")
    jobs.run_next(NOW)
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_cancelling_stops_at_the_next_report(app: Flask) -> None:
    steps_done: list[int] = []

    @jobs.handles("long")
    def long(job: Job) -> dict[str, Any]:
        for number in range(10):
            if number == 2:
                with db.engine.begin() as other:
                    other.exec_driver_sql("UPDATE job SET state = 'cancelled'")
            jobs.report_progress(job, number, 10)
            steps_done.append(number)
        return {}

    job_id = enqueue("long")
    jobs.run_next(NOW)
    assert steps_done == [0, 1]
    assert reread(job_id).state == "cancelled"


def test_an_ended_job_cannot_be_cancelled(app: Flask) -> None:
    jobs.handles("quick")(lambda _job: {})
    job_id = enqueue("quick")
    jobs.run_next(NOW)
    assert not jobs.cancel(reread(job_id), actor=factories.user(), now=NOW)
    assert reread(job_id).state == "done"


def test_the_claim_of_a_dead_worker_is_taken_again(app: Flask) -> None:
    jobs.handles("resume")(lambda _job: {"finished": True})
    job_id = enqueue("resume")
    job = reread(job_id)
    job.state, job.claimed_until, job.attempts = "running", NOW + jobs.CLAIM, 1
    db.session.commit()
    assert not jobs.run_next(NOW)  # somebody may still be at it
    assert jobs.run_next(NOW + jobs.CLAIM + timedelta(seconds=1))
    assert reread(job_id).result == {"finished": True}


def test_a_job_that_kills_its_worker_is_given_up(app: Flask) -> None:
    jobs.handles("deadly")(lambda _job: pytest.fail("must not run again"))
    job_id = enqueue("deadly")
    job = reread(job_id)
    job.state, job.claimed_until, job.attempts = "running", NOW, jobs.MOST_ATTEMPTS
    db.session.commit()
    assert jobs.run_next(NOW + timedelta(seconds=1))
    assert (reread(job_id).state, reread(job_id).trouble) == ("failed", "WorkerDied")


def test_a_duty_that_fails_does_not_stop_the_others(app: Flask) -> None:
    done: list[str] = []

    @jobs.every(1, "bad")
    def bad(_now: datetime) -> None:
        raise ZeroDivisionError

    @jobs.every(1, "good")
    def good(_now: datetime) -> None:
        done.append("good")

    jobs.do_duties(NOW)
    jobs.do_duties(NOW)  # not due again yet
    assert done == ["good"]
    jobs.do_duties(NOW, only="good")
    assert done == ["good", "good"]
    with pytest.raises(ZeroDivisionError):
        jobs.do_duties(NOW, only="bad")


def test_a_long_job_does_not_hold_up_duties(app: Flask) -> None:
    """Otherwise a batch of certificates would keep an exam open beyond its deadline."""
    stop, duty_ran = threading.Event(), threading.Event()

    @jobs.every(0, "hand in")
    def hand_in(_now: datetime) -> None:
        duty_ran.set()

    @jobs.handles("long")
    def long(_job: Job) -> dict[str, Any]:
        duty_ran.clear()
        ran = duty_ran.wait(10)
        stop.set()
        return {"duty_ran_meanwhile": ran}

    job_id = enqueue("long")
    jobs.work(stop)
    assert reread(job_id).result == {"duty_ran_meanwhile": True}


def test_duties_go_on_whatever_fails(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, rounds = threading.Event(), []

    def fail_once(_now: datetime) -> None:
        rounds.append(1)
        if len(rounds) > 1:
            stop.set()
        raise OSError("no space left, not even for rolling back")

    monkeypatch.setattr(jobs, "do_duties", fail_once)
    jobs._repeat_duties(app, stop)
    assert len(rounds) == 2
