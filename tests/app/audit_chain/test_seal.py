"""Sealing: every committed line once, in the order it was seen, whoever does it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app import audit, jobs
from app.audit_chain import read_state, seal_all, seal_batch, sealing, verify
from app.extensions import db
from app.models.journal import AuditLine, Seal
from tests import factories
from tests.app.audit_chain.trail_rows import NOW, act, sealed

pytestmark = pytest.mark.rows


def test_it_works(app: Flask) -> None:
    act(3)
    assert read_state().waiting == 3
    assert seal_all(NOW) == 3
    assert read_state().sealed == 3
    assert read_state().waiting == 0
    assert verify(NOW) == []


def test_nothing_is_sealed_twice(app: Flask) -> None:
    sealed(2)
    assert seal_all(NOW) == 0
    act(1)
    assert seal_all(NOW) == 1
    assert db.session.scalars(select(Seal.number).order_by(Seal.number)).all() == [1, 2, 3]


def test_batches_are_small_transactions(app: Flask) -> None:
    act(5)
    assert seal_batch(NOW, most=2) == 2
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Seal)) == 2


def test_a_line_with_a_lower_id_that_commits_later_keeps_its_place(app: Flask) -> None:
    """Id order is not commit order: the late line goes to the end of the chain."""
    sealed(2)
    person = factories.user()
    late = audit.record("test.late", person, actor=None, now=NOW)
    late.id = -7  # what a transaction that began long ago would have been given
    db.session.commit()
    assert seal_all(NOW) == 1
    assert db.session.scalar(select(Seal.line_id).where(Seal.number == 3)) == -7
    assert verify(NOW) == []


def test_a_very_late_line_is_found_by_the_look_at_everything(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "LOOK_BACK", 1)
    sealed(3)
    late = audit.record("test.late", factories.user(), actor=None, now=NOW)
    late.id = -7
    db.session.commit()
    assert seal_all(NOW) == 0
    jobs.do_duties(NOW, only="audit.seal_stragglers")
    assert db.session.scalar(select(func.max(Seal.number))) == 4


def test_two_workers_at_once_make_one_chain(app: Flask) -> None:
    act(40)
    start = threading.Barrier(2)
    sealed_by: list[int] = []

    def worker() -> None:
        with app.app_context():
            start.wait()
            count = 0
            for _round in range(100):
                count += seal_batch(NOW, most=3)
            sealed_by.append(count)

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sealed_by) == 40
    assert verify(NOW) == []
    assert read_state().sealed == 40


def test_details_of_every_kind_survive_storage(app: Flask) -> None:
    person = factories.user()
    audit.record(
        "test.kinds", person, actor=None, now=NOW, a=1, b=True, c=None, d=["甲", "é"], e='"\\\n𠮷'
    )
    db.session.commit()
    db.session.expire_all()
    seal_all(NOW)
    db.session.expire_all()
    assert verify(NOW) == []


def test_a_line_that_waits_too_long_is_reported(app: Flask) -> None:
    act(1)
    assert verify(NOW + timedelta(seconds=59)) == []
    findings = verify(NOW + timedelta(seconds=61))
    assert [finding.kind for finding in findings] == ["unsealed"]


def test_the_sealer_takes_no_lock_when_nothing_waits(app: Flask) -> None:
    sealed(1)
    with db.engine.connect() as other:
        other.execute(text("SELECT 1"))
        if db.engine.dialect.name == "sqlite":
            # `connect` above began a writing transaction, as an act in another process would.
            assert seal_batch(NOW) == 0
    assert db.session.scalar(select(func.count()).select_from(AuditLine)) == 1
