"""Work outside requests: jobs with progress, and small duties that repeat.

The rows are the truth; `flask work` polls them. A worker that dies leaves its job's claim to run
out, and the next one starts the job again, so a job must be able to run twice. Duties have a thread
of their own: a long job must not keep an exam from being handed in at its deadline.
Features register theirs with `@handles` and `@every`; this module knows none of them.
"""

from __future__ import annotations

import gc
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from flask import Flask, current_app
from sqlalchemy import ColumnElement, CursorResult, or_, select, update

from app import audit, clock
from app.extensions import db, reading_only
from app.models.journal import Job
from app.models.people import User

log = structlog.get_logger()
CLAIM = timedelta(minutes=5)
MOST_ATTEMPTS = 3

Handler = Callable[[Job], dict[str, Any]]
Duty = Callable[[datetime], object]
Held = Callable[[datetime], bool]
_handlers: dict[str, Handler] = {}
_heavy: set[str] = set()
_held: list[Held] = []


@dataclass
class _Repeated:
    name: str
    seconds: float
    duty: Duty
    due: float = 0.0


_duties: list[_Repeated] = []


class Cancelled(Exception):  # noqa: N818 — an outcome, not an error
    """The job's owner cancelled it; raised inside the job by `report_progress`."""


def handles(kind: str, *, heavy: bool = False) -> Callable[[Handler], Handler]:
    """Register the function that does a kind of job; it returns the result to keep.

    A `heavy` one is not begun while an exam is near (`holds_heavy`).
    """

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        if heavy:
            _heavy.add(kind)
        return function

    return register


def holds_heavy(function: Held) -> Held:
    """Register who says, for a moment, that heavy jobs have to wait."""
    _held.append(function)
    return function


def every(seconds: float, name: str) -> Callable[[Duty], Duty]:
    """Register a duty that the worker does again and again; it commits by itself."""

    def register(function: Duty) -> Duty:
        _duties.append(_Repeated(name, seconds, function))
        return function

    return register


def enqueue(kind: str, payload: dict[str, Any], *, owner: User | None, now: datetime) -> Job:
    """Add a job in the acting transaction. Raises KeyError for a kind nobody handles."""
    _handlers[kind]
    job = Job(
        kind=kind,
        payload=payload,
        owner_id=owner.id if owner else None,
        run_after=now,
        created_at=now,
    )
    db.session.add(job)
    return job


def is_under_way(kind: str) -> bool:
    """Tell whether a job of a kind waits or runs: asking for it again would only repeat it."""
    unfinished = select(Job.id).where(Job.kind == kind, Job.state.in_(("waiting", "running")))
    return db.session.scalar(unfinished.limit(1)) is not None


def cancel(job: Job, *, actor: User, now: datetime) -> bool:
    """Cancel a job that waits or runs; a running one stops at its next report of progress.

    Returns False, changing nothing, when it has ended already.
    """
    if job.state not in {"waiting", "running"}:
        return False
    job.state, job.finished_at = "cancelled", now
    audit.record("job.cancelled", job, actor=actor, now=now, kind=job.kind)
    return True


def report_progress(job: Job, done: int, total: int) -> None:
    """Commit the work so far and how far it is; raises Cancelled when it was cancelled meanwhile.

    Afterwards no transaction is open: what a job does between two reports blocks nobody.
    """
    claimed_until = clock.now() + CLAIM
    if not _change(job, done=done, total=total, claimed_until=claimed_until):
        raise Cancelled


def _change(job: Job, **values: Any) -> bool:
    """Write to a running job's row and commit. False when it runs no longer: it was cancelled."""
    changed = db.session.execute(
        update(Job).where(Job.id == job.id, Job.state == "running").values(**values)
    )
    db.session.commit()
    return bool(cast("CursorResult[Any]", changed).rowcount)


def run_next(now: datetime) -> bool:
    """Claim and run one waiting job. Returns False when there was none."""
    claimable = or_(Job.state == "waiting", (Job.state == "running") & (Job.claimed_until < now))
    with reading_only():
        job_id = _next_id(claimable & (Job.run_after <= now), now)
        db.session.rollback()
    if job_id is None:
        return False
    job = db.session.scalar(
        select(Job).where(Job.id == job_id, claimable).with_for_update(skip_locked=True)
    )
    if job is None:
        db.session.rollback()
        return False
    if job.attempts >= MOST_ATTEMPTS:  # it took its worker along each time
        job.state, job.trouble, job.finished_at = "failed", "WorkerDied", now
        db.session.commit()
        return True
    job.state, job.claimed_until, job.attempts = "running", now + CLAIM, job.attempts + 1
    db.session.commit()
    with reading_only():
        # The handler gets a copy apart from the session: looking at it must not open a
        # transaction, which on SQLite would hold up everybody's saves while the job works.
        db.session.refresh(job)
        db.session.expunge(job)
        db.session.rollback()
    _run(job)
    return True


def _next_id(due: ColumnElement[bool], now: datetime) -> str | None:
    """Return the oldest job that is due, past heavy ones while these have to wait."""
    query = select(Job.id, Job.kind).where(due).order_by(Job.created_at).limit(1)
    found = db.session.execute(query).first()
    if found is not None and found.kind in _heavy and any(held(now) for held in _held):
        found = db.session.execute(query.where(Job.kind.not_in(_heavy))).first()
    return found.id if found is not None else None


def _run(job: Job) -> None:
    try:
        result = _handlers[job.kind](job)
    except Cancelled:
        db.session.rollback()
    except Exception as error:
        db.session.rollback()
        log.exception("job failed", job=job.id, kind=job.kind)
        moment, last = clock.now(), job.attempts >= MOST_ATTEMPTS
        _change(
            job,
            trouble=type(error).__name__,
            state="failed" if last else "waiting",
            run_after=moment + timedelta(seconds=10),
            finished_at=moment if last else None,
        )
    else:
        _change(job, state="done", result=result, trouble="", finished_at=clock.now())


def do_duties(now: datetime, *, only: str | None = None) -> None:
    """Do the duties that are due (or the one named, for tests and commands)."""
    moment = time.monotonic()
    for repeated in _duties:
        if only is not None and repeated.name != only:
            continue
        if only is None and repeated.due > moment:
            continue
        repeated.due = moment + repeated.seconds
        try:
            repeated.duty(now)
        except Exception:
            db.session.rollback()
            log.exception("duty failed", duty=repeated.name)
            if only is not None:
                raise
        finally:
            db.session.remove()


def work(stop: threading.Event) -> None:
    """Run duties and jobs until told to stop; a job in hand is finished first."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    duties = threading.Thread(target=_repeat_duties, args=(app, stop), name="duties")
    duties.start()
    while not stop.is_set():
        try:
            busy = run_next(clock.now())
        except Exception:
            log.exception("queue failed")
            busy = False
        finally:
            db.session.remove()
        stop.wait(0.0 if busy else 0.5)
    duties.join()


def _repeat_duties(app: Flask, stop: threading.Event) -> None:
    with app.app_context():
        while not stop.wait(0.25):
            try:
                do_duties(clock.now())
            except Exception:  # as where even rolling back fails: the next round begins anew
                log.exception("duties failed")


def work_until_signalled() -> None:
    """Run the worker until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    gc.collect()
    gc.freeze()  # what is loaded now stays for good, and need not be looked through for garbage
    work(stop)
