"""Signed heads: when they are made, what they say, and that they leave the database."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import jobs
from app.audit_chain import heads, seal_all, sign_head, sign_head_later
from app.extensions import db
from app.models.journal import Job, Seal, SignedHead
from tests.app.audit_chain.trail_rows import NOW, act, sealed

pytestmark = pytest.mark.rows


@pytest.fixture(autouse=True)
def no_heads_file(app: Flask) -> None:
    heads.heads_file().unlink(missing_ok=True)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(SignedHead)) or 0


def test_it_works(app: Flask) -> None:
    sealed(3)
    row = sign_head("release", NOW)
    db.session.commit()
    assert row is not None
    last = db.session.scalars(select(Seal).where(Seal.number == 3)).one()
    (head,) = heads.read_file(heads.heads_file())
    assert (head.number, head.hash, head.reason) == (3, last.hash, "release")
    assert head.is_signed_by(heads.public_key_hex())
    assert heads.from_row(row) == head


def test_an_empty_chain_is_not_signed(app: Flask) -> None:
    assert sign_head("daily", NOW) is None
    assert not heads.heads_file().exists()


def test_a_changed_word_breaks_the_signature(app: Flask) -> None:
    sealed(1)
    sign_head("daily", NOW)
    line = json.loads(heads.heads_file().read_text("utf-8"))
    for name, other in (("number", 2), ("hash", "0" * 64), ("reason", "x"), ("signed_at", "x")):
        assert not heads.Head(**{**line, name: other}).is_signed_by(heads.public_key_hex())
    assert not heads.Head(**line).is_signed_by("00" * 32)
    assert not heads.Head(**{**line, "signature": "zz"}).is_signed_by(heads.public_key_hex())


def test_one_head_a_day(app: Flask) -> None:
    act(2)
    jobs.do_duties(NOW, only="audit.daily_head")
    jobs.do_duties(NOW + timedelta(hours=1), only="audit.daily_head")
    assert count() == 1
    jobs.do_duties(NOW + timedelta(days=1), only="audit.daily_head")
    assert count() == 2


def test_a_head_asked_for_covers_the_act_that_asked(app: Flask) -> None:
    act(2)
    seal_all(NOW)
    job = sign_head_later("release", NOW)
    act(1)  # commits the act and the job together
    assert jobs.run_next(NOW + timedelta(seconds=1))
    assert db.session.get_one(Job, job.id).result == {"number": 3}
    assert count() == 1
