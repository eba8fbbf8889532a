"""A sitting of two rooms: each invigilator sees the seats of one room, on the board and at the door."""

from __future__ import annotations

import pytest

from app.exams import watching
from tests.app.exams.hall import Browser, Hall

pytestmark = pytest.mark.rows
ROOMS = "301 考场 1\n302 考场 5"


@pytest.fixture
def room(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """The invigilator's browser; seat 1 is in the first room, seat 2 in the second."""
    monkeypatch.setattr(watching, "LEAST_PAUSE", 0.0)
    monkeypatch.setattr(watching, "REST", 0)
    answer = hall.browser(hall.manager).send(
        f"/exams/sittings/{hall.sitting_id}/rooms", {"rooms": ROOMS}, follow_redirects=True
    )
    assert answer.status_code == 200
    return hall.browser(hall.invigilator)


def test_the_board_shows_one_room(hall: Hall, room: Browser) -> None:
    address = f"/exams/rooms/{hall.sitting_id}"
    first, second = hall.booking(1).user.name, hall.booking(2).user.name
    everybody, one = room.page(address), room.page(f"{address}?room=302+考场")
    assert first in everybody
    assert second in everybody
    assert first not in one
    assert second in one
    assert "对全场，不只这个考场" in one
    assert "对全场，不只这个考场" not in everybody
    assert first in room.page(f"{address}?room=309")  # no room of this sitting: all of them


def test_a_board_of_one_room_hears_of_that_room_alone(hall: Hall, room: Browser) -> None:
    address = f"/exams/rooms/{hall.sitting_id}/rows"
    told = room.get(f"{address}?room=302+考场").get_json()
    assert list(told["rows"]) == ["2"]
    assert told["counts"]["all"] == 1
    assert list(room.get(address).get_json()["rows"]) == ["1", "2"]
    same = room.get(f"{address}?room=302+考场&have={told['version']}").get_json()
    assert "rows" not in same


def test_the_door_lists_one_room(hall: Hall, room: Browser) -> None:
    address = f"/exams/rooms/{hall.sitting_id}/door"
    first, second = hall.booking(1).user.name, hall.booking(2).user.name
    one = room.page(f"{address}?room=301+考场")
    assert first in one
    assert second not in one
    assert second in room.page(address)
    assert "room=302" in one
