"""Killed in the middle of a bulk issue: afterwards everybody has one certificate, and every file is whole.

The worker dies by SIGKILL after it has taken numbers, in the middle of a file, before and after the
commit that enters certificates; each time another goes on. Nothing is repaired by hand.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import clock, create_app
from app.awards import batch_issuing, batches, files
from app.extensions import db
from app.models.awards import Certificate, CertificateSerial, Decision, StatusChange
from app.models.bulk import Batch, TakenNumber
from app.models.credentials import Credential
from app.models.journal import AuditLine, Blob, Job
from app.models.people import User
from app.models.training import TrainingClass
from bench.made_up_class import proposed_class
from tests.conftest import DATABASES, test_settings
from tests.postgres import temporary_cluster

pytestmark = pytest.mark.rows
PEOPLE = batch_issuing.AT_ONCE + 10
DEATHS = (("numbers", 1), ("file", 9), ("rows", 1), ("entered", 1), ("file", 7))


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A durable database of the test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'crash.sqlite3'}"
        return
    if not os.environ.get("TEST_POSTGRES_URL"):
        pytest.skip("no PostgreSQL: run script/test")
    with temporary_cluster(durable=True) as url:
        yield url


def _work(database_url: str, folder: Path, place: str, count: int) -> int:
    """Let a worker of its own take the job; returns how it ended."""
    command = [sys.executable, "-m", "tests.crash.dying_worker"]
    ended = subprocess.run(
        [*command, database_url, str(folder), place, str(count)],
        timeout=300,
        check=False,
        capture_output=True,
    )
    assert ended.returncode in {0, -9}, ended.stderr.decode()[-2000:]
    return ended.returncode


def _next_worker(batch_id: str, actor_id: str) -> None:
    """Let the dead worker's claim run out; after three deaths the job is given up and asked anew."""
    batch = db.session.get_one(Batch, batch_id)
    job = db.session.get_one(Job, batch.job_id)
    if job.attempts >= 3:
        job.state, job.finished_at = "failed", clock.now()
        db.session.flush()
        actor = db.session.get_one(User, actor_id)
        batches.go_on(batch, actor=actor, now=clock.now())
    else:
        job.claimed_until = clock.now() - timedelta(seconds=1)
    db.session.commit()


def test_everybody_has_one(database_url: str, tmp_path: Path) -> None:
    """Whatever the worker was doing when it was killed."""
    app = create_app(test_settings(database_url, tmp_path))
    with app.app_context():
        db.create_all()
        made = proposed_class(PEOPLE, photos=False)
        actor = db.session.get_one(User, made.certifier_id)
        training_class = db.session.get_one(TrainingClass, made.class_id)
        batch = batches.begin(training_class, batches.ISSUE, actor=actor, now=clock.now())
        batch_id = batch.id
        db.session.commit()
        for place, count in DEATHS:
            assert _work(database_url, tmp_path, place, count) == -9, place
            _next_worker(batch_id, made.certifier_id)
        assert _work(database_url, tmp_path, "never", 0) == 0
        db.session.expire_all()
        _look(tmp_path, batch_id)
        db.session.remove()
        db.engine.dispose()


def _look(folder: Path, batch_id: str) -> None:
    assert batches.counts(db.session.get_one(Batch, batch_id)) == {"done": PEOPLE}
    rows = db.session.scalars(select(Certificate)).all()
    assert len(rows) == len({row.decision_id for row in rows}) == PEOPLE
    assert len({row.number for row in rows}) == PEOPLE
    assert {row.state for row in db.session.scalars(select(Decision))} == {"granted"}
    for model in (StatusChange.id, Credential.certificate_id):
        assert db.session.scalar(select(func.count(model))) == PEOPLE
    for action in ("award.granted", "certificate.issued"):
        told = select(func.count(AuditLine.id)).where(AuditLine.action == action)
        assert db.session.scalar(told) == PEOPLE
    # No gap either: a proposal keeps its number over every death.
    assert db.session.scalars(select(CertificateSerial.last)).one() == PEOPLE
    assert db.session.scalar(select(func.count(TakenNumber.number))) == PEOPLE
    assert all(files.read(row).startswith(b"%PDF") for row in rows)
    known = set(db.session.scalars(select(Blob.id)))
    there = {path.name for path in (folder / "blobs").glob("*/*")}
    assert there == known, "files that nobody names, or half of one"
