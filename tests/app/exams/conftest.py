"""The clock of the exam's tests and a hall ready at its start minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from app.exams import watching
from app.extensions import db
from tests import snapshot
from tests.app.exams import hall as halls
from tests.app.exams.hall import Hall, Sat
from tests.snapshot import Snapshot

_built: dict[str, tuple[Hall, Snapshot]] = {}


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """A clock that stands at the start minute until a test moves it."""
    with time_machine.travel(halls.NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hall(app: Flask, time: time_machine.Traveller) -> Hall:
    """A sitting of two candidates at its start minute, papers drawn.

    It is built once for each database; later tests get the same rows put back.
    """
    watching._rooms.clear()  # what a board of another test saw in the same rows
    database = db.engine.dialect.name
    if database in _built:
        made, rows = _built[database]
        snapshot.put_back(rows)
    else:
        made = halls.build(app)
        db.session.remove()
        _built[database] = made, snapshot.take()
    return replace(made, candidates=list(made.candidates), bookings=list(made.bookings))


@pytest.fixture
def sat(hall: Hall) -> Sat:
    """The candidate of seat 1, started."""
    return hall.started(1)
