"""Retention: passing records go when their time is over; all others are counted and stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import audit, retention, rulebook, throttle
from app.extensions import db
from app.models.base import RETENTION
from app.models.journal import AuditLine, ClockReading, Job
from app.models.people import Invitation, ThrottleCount, UserSession
from tests import factories

pytestmark = pytest.mark.rows
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=31)


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def session(**values: datetime) -> None:
    moments = dict.fromkeys(("created_at", "seen_at", "confirmed_at"), LONG_AGO)
    token = f"{count(UserSession):064d}"
    row = UserSession(user_id=factories.user().id, token_hash=token, browser="x", **moments)
    row.expires_at = values.get("expires_at", NOW + timedelta(days=1))
    row.revoked_at = values.get("revoked_at")
    factories.save(row)


def test_only_passing_records_that_ended_are_swept(app: Flask) -> None:
    session()
    session(expires_at=LONG_AGO)
    session(revoked_at=LONG_AGO)
    session(revoked_at=NOW - timedelta(days=29))
    throttle.count_try("x", "old", timedelta(hours=1), NOW - timedelta(hours=2))
    throttle.count_try("x", "new", timedelta(hours=1), NOW)
    for state, ended in (("done", LONG_AGO), ("done", NOW), ("waiting", None)):
        factories.save(
            Job(
                kind="x",
                payload={},
                state=state,
                run_after=LONG_AGO,
                created_at=LONG_AGO,
                finished_at=ended,
            )
        )
    host = factories.user()
    for number, used_at in enumerate((LONG_AGO, None)):
        factories.save(
            Invitation(
                token_hash=f"{number:064d}",
                name="某人",
                role="instructor",
                invited_by_id=host.id,
                invited_at=LONG_AGO,
                expires_at=NOW + timedelta(days=1),
                used_at=used_at,
            )
        )
    for machine, read_at in (("gone", LONG_AGO), ("here", NOW)):
        factories.save(ClockReading(machine=machine, apart_ms=0, read_ms=0, read_at=read_at))
    audit.record("test.acted", host, actor=None, now=NOW - timedelta(days=9999))
    db.session.commit()

    swept = retention.sweep_passing(NOW)
    assert swept == {
        "user_session": 2,
        "invitation": 1,
        "throttle_count": 1,
        "job": 1,
        "people_import": 0,
        "employer_link": 0,
        "clock_reading": 1,
    }
    assert (count(UserSession), count(ThrottleCount), count(Job)) == (2, 1, 2)
    assert count(AuditLine) == 1
    assert retention.sweep_passing(NOW) == dict.fromkeys(swept, 0)


def test_more_than_one_batch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        throttle.count_try("x", str(number), timedelta(minutes=1), LONG_AGO)
    db.session.commit()
    assert retention.sweep_passing(NOW)["throttle_count"] == 5


def test_the_report_counts_what_is_past_its_period(app: Flask) -> None:
    for years in (1, 5, 7):
        moment = NOW - timedelta(days=365 * years + 10)
        audit.record("test.acted", factories.user(), actor=None, now=moment)
    db.session.commit()
    kept = {line.table: line for line in retention.report(NOW)}
    assert (kept["audit_line"].rows, kept["audit_line"].years, kept["audit_line"].past_due) == (
        3,
        6,
        1,
    )
    rulebook.set_value(
        "retention.audit",
        4,
        from_date=date(2026, 1, 1),
        source="test",
        official=True,
        actor=None,
        now=NOW,
    )
    db.session.commit()
    kept = {line.table: line for line in retention.report(NOW)}
    assert (kept["audit_line"].years, kept["audit_line"].past_due) == (4, 2)


def test_an_account_in_use_is_never_past_due(app: Flask) -> None:
    old = NOW - timedelta(days=365 * 9)
    factories.user(created_at=old)
    factories.user(created_at=old, active=False)
    kept = {line.table: line for line in retention.report(NOW)}
    assert (kept["user_account"].rows, kept["user_account"].past_due) == (2, 1)


def test_every_table_has_a_class_that_is_explained(app: Flask) -> None:
    lines = retention.report(NOW)
    assert {line.table for line in lines} == set(db.metadata.tables)
    assert {line.retention for line in lines} <= set(RETENTION)


@pytest.mark.parametrize("table", sorted(retention.AGED_BY))
def test_columns_that_ages_count_by_exist(app: Flask, table: str) -> None:
    assert retention.age_column(db.metadata.tables[table]) is not None
