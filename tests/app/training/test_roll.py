"""The roll on an instructor's phone: sent again and merged once, corrections with their reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app import clock
from app.extensions import db
from app.models.classes import RollMark
from app.models.people import Role
from app.models.training import Attendance, ClassMeeting, Enrolment
from app.training import roll
from app.training.roll import Mark
from tests import factories
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
DEVICE = "a" * 24


def _tap(number: int, enrolment: Enrolment, minutes: int, reason: str = "") -> dict[str, Any]:
    return {
        "number": number,
        "enrolment": enrolment.id,
        "minutes": minutes,
        "reason": reason,
        "at": clock.now().timestamp() * 1000,
    }


@pytest.fixture
def half_day(client: PageClient) -> ClassMeeting:
    """A half day that has begun, and its instructor's phone."""
    found = rows.training_class()
    client.sign_in(factories.user(Role.INSTRUCTOR))
    return rows.meeting(found)


def _people(half_day: ClassMeeting, many: int = 2) -> list[Enrolment]:
    found = db.session.get_one(type(rows.training_class()), half_day.class_id)
    return [rows.enrol(found) for _n in range(many)]


def _send(client: PageClient, half_day: ClassMeeting, *taps: Any, device: str = DEVICE) -> Any:
    answer = client.post(
        f"/classes/{half_day.class_id}/presence/{half_day.id}/roll",
        data=json.dumps({"device": device, "marks": list(taps)}),
        headers={
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-CSRFToken": client.token(),
        },
    )
    return answer.status_code, answer.get_json()


def _standing(enrolment: Enrolment) -> list[tuple[int, str, str]]:
    return [
        (row.minutes, row.reason, row.source)
        for row in db.session.scalars(
            select(Attendance).where(
                Attendance.enrolment_id == enrolment.id, Attendance.current.is_(True)
            )
        )
    ]


def test_it_works(client: PageClient, half_day: ClassMeeting) -> None:
    """Taps kept for hours arrive and are attendance; sent again they are the same taps."""
    here, away = _people(half_day)
    client.page(f"/classes/{half_day.class_id}/presence/{half_day.id}/roll")
    taps = (_tap(1, here, 180), _tap(2, away, 0))
    for _twice in range(2):
        status, told = _send(client, half_day, *taps)
        assert (status, told["taken"], told["held"]) == (200, [1, 2], [])
        assert told["standing"] == {here.id: 180, away.id: 0}
    assert _standing(here) == [(180, "", "roll")]
    assert len(db.session.scalars(select(RollMark)).all()) == 2
    assert len(db.session.scalars(select(Attendance)).all()) == 2


def test_changed_mind_before_sending(client: PageClient, half_day: ClassMeeting) -> None:
    """Two taps that wait together: the last counts, and no correction is written."""
    (here,) = _people(half_day, 1)
    _send(client, half_day, _tap(1, here, 0), _tap(2, here, 180))
    assert _standing(here) == [(180, "", "roll")]
    assert len(db.session.scalars(select(Attendance)).all()) == 1


def test_correction_needs_a_reason(client: PageClient, half_day: ClassMeeting) -> None:
    """Without reason a contradicting tap is held and shown; with one the old value stays beside."""
    (here,) = _people(half_day, 1)
    _send(client, half_day, _tap(1, here, 0))
    _status, told = _send(client, half_day, _tap(2, here, 180))
    assert told["held"] == [2]
    assert _standing(here) == [(0, "", "roll")]
    hub = f"/classes/{half_day.class_id}/presence/{half_day.id}"
    assert "点名和登记不一致" in client.page(hub)
    _send(client, half_day, _tap(3, here, 180, "坐在后排没看见"))
    assert _standing(here) == [(180, "坐在后排没看见", "roll")]
    assert "点名和登记不一致" not in client.page(hub)
    assert "原来 0 分钟" in client.page(f"/classes/{half_day.class_id}/meetings/{half_day.id}")


def test_two_devices(client: PageClient, half_day: ClassMeeting) -> None:
    """Two instructors with the same numbers do not meet; agreeing taps change nothing."""
    (here,) = _people(half_day, 1)
    _send(client, half_day, _tap(1, here, 180))
    _status, told = _send(client, half_day, _tap(1, here, 180), device="b" * 24)
    assert (told["taken"], told["held"], told["refused"]) == ([1], [], {})
    assert len(db.session.scalars(select(Attendance)).all()) == 1


def test_reused_number(client: PageClient, half_day: ClassMeeting) -> None:
    """The same number with another value is refused and changes nothing."""
    (here,) = _people(half_day, 1)
    _send(client, half_day, _tap(1, here, 180))
    _status, told = _send(client, half_day, _tap(1, here, 0))
    assert "1" in told["refused"]
    assert _standing(here) == [(180, "", "roll")]


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"device": "x", "marks": []},
        {"device": DEVICE, "marks": [{"number": 0}]},
        {"device": DEVICE, "marks": [{"number": 1, "enrolment": "x", "minutes": 1, "at": 1e300}]},
        {"device": DEVICE, "marks": 7},
    ],
)
def test_nonsense(client: PageClient, half_day: ClassMeeting, body: Any) -> None:
    """What no page of ours sends is refused whole."""
    answer = client.post(
        f"/classes/{half_day.class_id}/presence/{half_day.id}/roll",
        json=body,
        headers={"X-CSRFToken": client.token()},
    )
    assert answer.status_code == 400


def test_wrong_people_and_minutes(client: PageClient, half_day: ClassMeeting) -> None:
    """Another class's person, too many minutes: named by number, the rest is kept."""
    (here,) = _people(half_day, 1)
    stranger = rows.enrol(rows.training_class())
    _status, told = _send(
        client, half_day, _tap(1, stranger, 180), _tap(2, here, 999), _tap(3, here, 90)
    )
    assert (set(told["refused"]), told["taken"]) == ({"1", "2"}, [3])
    assert _standing(here) == [(90, "", "roll")]


def test_signed_out(client: PageClient, half_day: ClassMeeting) -> None:
    """An expired sign-in is told apart, so that the device keeps what it has."""
    stranger = PageClient(client.application)
    status, _told = _send(stranger, half_day)
    assert status == 401


TAPS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0, 90, 180])), min_size=1, max_size=5)
CUTS = st.lists(st.tuples(st.integers(1, 3), st.booleans()), max_size=8)


@given(TAPS, CUTS)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_cutting_gives_the_same(
    client: PageClient,
    half_day: ClassMeeting,
    taps: list[tuple[int, int]],
    cuts: list[tuple[int, bool]],
) -> None:
    """However the line breaks, each tap is merged once and the taps that arrived stand."""
    actor = factories.user(Role.INSTRUCTOR)
    people = _people(half_day)
    known, now = {one.id: one for one in people}, clock.now()
    marks = [Mark(n, people[i].id, minutes, "改", now) for n, (i, minutes) in enumerate(taps, 1)]
    start = 0
    for length, acknowledged in (*cuts, (len(marks), True)):
        roll.merge(half_day, known, DEVICE, marks[start : start + length], actor=actor, now=now)
        db.session.commit()
        start += length if acknowledged else 0  # a lost acknowledgement: sent again
    last = {mark.enrolment_id: mark.minutes for mark in marks}
    for one in people:
        assert [row[0] for row in _standing(one)] == ([last[one.id]] if one.id in last else [])
    for model in (RollMark, Attendance):
        db.session.execute(delete(model))
    db.session.commit()
