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


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("time", {"minutes": "5", "reason": "空调坏了"}),
        ("pause", {"reason": "火警"}),
        ("messages", {"text": "请把手机静音"}),
        ("devices", {}),
        ("admit", {"seat": "2"}),
        ("unlock", {}),
        ("incidents", {"kind": "other", "text": "停电", "happened_at": "2026-11-27T12:00"}),
    ],
)
def test_an_act_returns_to_the_room(
    hall: Hall, room: Browser, act: str, fields: dict[str, str]
) -> None:
    hall.started(2)
    address = f"/exams/rooms/{hall.sitting_id}"
    if act != "unlock":
        page = room.page(f"{address}/{act}?room=302+考场&seat=2")
        assert f'href="{address}?room=302+%E8%80%83%E5%9C%BA"' in page
    answer = room.send(f"{address}/{act}?room=302+考场", fields)
    back = f"{address}/incidents" if act == "incidents" else address
    assert answer.location.endswith(f"{back}?room=302+%E8%80%83%E5%9C%BA"), answer.location


def test_one_seat_and_the_door_return_to_the_room(hall: Hall, room: Browser) -> None:
    hall.started(2)
    seat, board = f"/exams/rooms/seats/{hall.bookings[1]}", f"/exams/rooms/{hall.sitting_id}"
    row = room.get(f"{board}/rows?room=302+考场").get_json()["rows"]["2"]
    assert f'href="{seat}?room=302+%E8%80%83%E5%9C%BA"' in row
    page = room.page(f"{seat}?room=302+考场")
    assert f'href="{board}?room=302+%E8%80%83%E5%9C%BA"' in page
    answer = room.send(f"{seat}/check-in?room=302+考场", {"result": "confirmed"})
    assert answer.location.endswith("?room=302+%E8%80%83%E5%9C%BA")
    attempt = f"/exams/rooms/attempts/{hall.attempt(2).id}/hand-in?room=302+考场"
    assert room.send(attempt, {"reason": "不舒服"}).location.endswith(
        "?room=302+%E8%80%83%E5%9C%BA"
    )


@pytest.mark.parametrize("name", ["https://evil.example", "//evil.example", "309", "\r\nX: y"])
def test_only_rooms_of_the_sitting_are_repeated(hall: Hall, room: Browser, name: str) -> None:
    hall.started(2)
    address = f"/exams/rooms/{hall.sitting_id}"
    answer = room.post(
        f"{address}/pause",
        query_string={"room": name},
        data={"reason": "火警", "csrf_token": room.token()},
    )
    assert answer.location.endswith(address)


def test_everyone_of_one_room(hall: Hall, room: Browser) -> None:
    """All who are ticked on the board of one room are that room, not the sitting."""
    hall.started(1)
    hall.started(2)
    address = f"/exams/rooms/{hall.sitting_id}/pause?room=302+考场&everyone=1"
    assert hall.booking(1).user.name not in room.page(address)
    room.send(address, {"reason": "空调坏了"})
    assert hall.attempt(1).paused_at is None
    assert hall.attempt(2).paused_at is not None
