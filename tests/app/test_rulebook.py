"""Reading rules once in bulk work: the same values, one query each, and nothing kept afterwards."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from app import clock, rulebook
from app.extensions import db

pytestmark = pytest.mark.rows
NAME = "exam.minutes"


def test_inside_the_block_a_rule_is_read_once_and_afterwards_anew(app: Flask) -> None:
    today = clock.shanghai_date(clock.now())
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with rulebook.read_once():
            assert {rulebook.value(NAME, today) for _ in range(5)} == {90}
            assert len(asked) == 1
            assert rulebook.value(NAME, today - timedelta(days=1)) == 90
            assert len(asked) == 2
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    rulebook.set_value(
        NAME,
        75,
        from_date=today,
        source="测试",
        official=False,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    assert rulebook.value(NAME, today) == 75
    with rulebook.read_once():
        assert rulebook.value(NAME, today) == 75


def test_an_unknown_rule_is_an_error_in_the_block_too(app: Flask) -> None:
    today = clock.shanghai_date(clock.now())
    with rulebook.read_once(), pytest.raises(KeyError):
        rulebook.value("no.such", today)
