"""Counting tries: per subject, per window, without keeping who it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import throttle
from app.extensions import db
from app.models.people import ThrottleCount

pytestmark = pytest.mark.rows
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_it_works(app: Flask) -> None:
    assert throttle.tries("sign-in", "13800138000", MINUTE, NOW) == 0
    assert [throttle.count_try("sign-in", "13800138000", MINUTE, NOW) for _ in range(3)] == [
        1,
        2,
        3,
    ]
    assert throttle.tries("sign-in", "13800138000", MINUTE, NOW) == 3


def test_names_and_subjects_do_not_count_together(app: Flask) -> None:
    throttle.count_try("sign-in", "a", MINUTE, NOW)
    assert throttle.tries("sign-in", "b", MINUTE, NOW) == 0
    assert throttle.tries("check", "a", MINUTE, NOW) == 0


def test_the_next_window_begins_at_nothing(app: Flask) -> None:
    throttle.count_try("sign-in", "a", MINUTE, NOW)
    assert throttle.tries("sign-in", "a", MINUTE, NOW + MINUTE) == 0


def test_a_success_forgets(app: Flask) -> None:
    throttle.count_try("sign-in", "a", MINUTE, NOW)
    throttle.count_try("sign-in", "b", MINUTE, NOW)
    throttle.forget("sign-in", "a")
    assert throttle.tries("sign-in", "a", MINUTE, NOW) == 0
    assert throttle.tries("sign-in", "b", MINUTE, NOW) == 1


def test_a_refused_request_is_counted_too(app: Flask) -> None:
    throttle.count_try("sign-in", "a", MINUTE, NOW)
    db.session.commit()
    db.session.rollback()
    assert throttle.tries("sign-in", "a", MINUTE, NOW) == 1


def test_the_row_does_not_say_who(app: Flask) -> None:
    throttle.count_try("sign-in", "13800138000", MINUTE, NOW)
    row = db.session.scalars(select(ThrottleCount)).one()
    assert "13800138000" not in row.key
    assert len(row.key) == 64
    assert row.ends_at == NOW + MINUTE  # windows are whole minutes since 1970
