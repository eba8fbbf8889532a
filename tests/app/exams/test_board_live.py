"""The board keeps itself up to date: by stream, by asking; the same rows, few questions, few threads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.exams import watching
from app.exams.views.room import live
from app.extensions import db
from tests.app.exams.hall import Hall, Sat
from tests.queries import counted

pytestmark = pytest.mark.rows


@pytest.fixture(autouse=True)
def always_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """No look is kept and nothing waits, except where a test says so."""
    monkeypatch.setattr(watching, "LEAST_PAUSE", 0.0)
    monkeypatch.setattr(watching, "REST", 0)
    monkeypatch.setattr(live, "BREATH", 0.0)


def stream(hall: Hall, looks: int, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    """Return the events of a stream that ends after some looks."""
    serving = iter([True] * looks)
    monkeypatch.setattr(live, "_is_serving", lambda: next(serving, False))
    room = hall.browser(hall.invigilator)
    answer = room.get(f"/exams/rooms/{hall.sitting_id}/stream", headers=headers)
    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    text = answer.get_data(as_text=True)
    answer.close()
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line)
        if "event" in fields:
            events.append((fields["event"], json.loads(fields["data"])))
    return events


def test_a_stream_tells_what_changed(hall: Hall, sat: Sat, monkeypatch: pytest.MonkeyPatch) -> None:
    read, changes = watching.read, iter([1, 2])

    def read_and_change(sitting_id: str, now: Any) -> watching.Look:
        seen = read(sitting_id, now)
        if next(changes, None) == 1:
            sat.save((1, 1, "o2"))
        return seen

    monkeypatch.setattr(watching, "read", read_and_change)
    events = stream(hall, 3, monkeypatch)
    assert [name for name, _data in events] == ["rows", "rows", "alive"]
    first, second = events[0][1], events[1][1]
    assert set(first["rows"]) == {"1", "2"}
    assert (first["look"], first["fine"]) == ([], [1, 2])
    assert first["counts"]["writing"] == 1
    assert set(second["rows"]) == {"1"}
    assert "1 / 8" in second["rows"]["1"]
    assert second["version"] != first["version"]


def test_a_board_that_has_it_all_is_told_only_the_time(
    hall: Hall, sat: Sat, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/{hall.sitting_id}"
    html = room.page(address)
    version = html.split('data-version="')[1].split('"')[0]
    assert set(room.get(f"{address}/rows?have={version}").get_json()) == {"at"}
    told = room.get(f"{address}/rows?have=old").get_json()
    assert told["version"] == version
    assert [e for e, _d in stream(hall, 1, monkeypatch, **{"Last-Event-ID": version})] == ["alive"]
    for row in told["rows"].values():  # the same row, drawn by the page and for the script
        assert row.splitlines()[1].strip() in html


def test_streams_are_few_and_give_their_place_back(
    app: Flask, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = watching.Streams(1)
    monkeypatch.setattr(live, "_places", lambda: places)
    assert len(stream(hall, 1, monkeypatch)) == 1
    assert places.enter()
    room = hall.browser(hall.invigilator)
    assert room.get(f"/exams/rooms/{hall.sitting_id}/stream").status_code == 204
    places.leave()
    assert len(stream(hall, 1, monkeypatch)) == 1


def test_boards_of_one_process_share_a_look(
    hall: Hall, sat: Sat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LEAST_PAUSE", 60.0)
    first = watching.look(hall.sitting_id, clock.now)
    with counted() as statements:
        assert watching.look(hall.sitting_id, clock.now) is first
    assert not statements
    assert not db.session().in_transaction()


def test_who_may(hall: Hall) -> None:
    for act in ("rows", "stream"):
        address = f"/exams/rooms/{hall.sitting_id}/{act}"
        assert hall.browser(hall.manager).get(address).status_code == 403
        assert "/sign-in" in hall.browser().get(address).location
