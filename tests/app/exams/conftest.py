"""The clock of the exam's tests and a hall ready at its start minute."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.app.exams import hall as halls
from tests.app.exams.hall import Hall, Sat


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """A clock that stands at the start minute until a test moves it."""
    with time_machine.travel(halls.NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hall(app: Flask, time: time_machine.Traveller) -> Hall:
    """A sitting of two candidates at its start minute, papers drawn."""
    return halls.build(app)


@pytest.fixture
def sat(hall: Hall) -> Sat:
    """The candidate of seat 1, started."""
    return hall.started(1)
