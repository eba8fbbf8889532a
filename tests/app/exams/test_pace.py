"""A device that sends faster than any hand is asked to wait, and loses nothing by it."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.exams import pace
from app.extensions import db
from app.models.exams import AnswerEvent
from tests.app.exams.hall import Sat, change

pytestmark = pytest.mark.rows


def sequences() -> list[int]:
    """Return what the journal holds, in order."""
    db.session.rollback()
    return list(db.session.scalars(select(AnswerEvent.sequence).order_by(AnswerEvent.sequence)))


@pytest.mark.usefixtures("hall", "at_info")
def test_a_flood_from_one_device(
    sat: Sat, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is too much is refused in words and logged; what was acknowledged is there."""
    monkeypatch.setattr(pace, "AT_ONCE", 20.0)
    monkeypatch.setattr(pace, "A_SECOND", 0.0)
    found = [sat.post([change(number, 1, "o1")]) for number in range(1, 41)]
    taken = [one for one in found if one.status_code == 200]
    refused = found[len(taken) :]
    assert len(taken) == 21  # the first has made the device known
    assert {one.status_code for one in refused} == {429}
    assert refused[0].headers["Retry-After"] == "5"
    assert "发得太快" in refused[0].get_json()["error"]
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert sum(line.get("status") == 429 for line in lines) == len(refused)
    stored = [number for one in taken for number in one.get_json()["stored"]]
    assert sequences() == stored
    assert sat.browser.get(sat.url("state")).status_code == 200
    monkeypatch.setattr(pace, "_left", {})  # some seconds later
    assert sat.save((41, 1, "o2"))["stored"] == [41]


def test_a_pause_gives_deliveries_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten a second may go on for ever, and no pause saves up more than the first lot."""
    now = 1000.0
    monkeypatch.setattr(pace, "_left", {})
    monkeypatch.setattr(pace, "time", SimpleNamespace(monotonic=lambda: now))
    for _wait in (0.0, 100_000.0):
        now += _wait
        for _delivery in range(int(pace.AT_ONCE)):
            pace.count(("attempt", 1))
        with pytest.raises(pace.TooFast):
            pace.count(("attempt", 1))
        pace.count(("attempt", 2))  # another device of the same attempt is not held up
    now += 1.0
    for _delivery in range(int(pace.A_SECOND)):
        pace.count(("attempt", 1))
    with pytest.raises(pace.TooFast):
        pace.count(("attempt", 1))


def test_a_process_keeps_so_many_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_left", {})
    monkeypatch.setattr(pace, "MOST", 3)
    for number in range(10):
        pace.count((f"attempt{number}", 1))
    assert list(pace._left) == [(f"attempt{number}", 1) for number in (7, 8, 9)]
