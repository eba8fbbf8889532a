"""RFC 5545: folding, escaping; the private address of a timetable."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.extensions import db
from app.models.classes import CalendarLink
from app.models.people import Role
from app.training.icalendar import Event, escape, fold, write
from tests import factories
from tests.app.training import rows
from tests.client import PageClient

WORDS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=200)


def _unfold(text: str) -> str:
    return text.replace("\r\n ", "")


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text, flags=re.S)


@given(WORDS)
def test_folding_loses_nothing(text: str) -> None:
    """No line has over 75 octets, and what was folded comes back."""
    line = escape(text)
    folded = fold(line)
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))
    assert _unfold(folded) == line


@given(WORDS)
def test_escaping_keeps_the_text(text: str) -> None:
    """Commas, semicolons, backslashes and line ends come back; no raw line end is left."""
    escaped = escape(text)
    assert "\n" not in escaped
    assert "\r" not in escaped
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    visible = "".join(
        sign for sign in plain if sign == "\n" or not re.match(r"[\x00-\x1f\x7f]", sign)
    )
    assert _unescape(escaped) == visible


def test_event() -> None:
    """Times in UTC, a stamp, place and text."""
    moment = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    text = write(
        "班", [Event("a@b", "第1天; 上午", moment, moment, moment, "201, 二楼", "4.1\n4.2")]
    )
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART:20261123T010000Z" in lines
    assert "SUMMARY:第1天\\; 上午" in lines
    assert "LOCATION:201\\, 二楼" in lines
    assert "DESCRIPTION:4.1\\n4.2" in lines


@pytest.mark.rows
def test_private_address(client: PageClient) -> None:
    """A stranger with the address gets the half days; a new address ends the former."""
    found = rows.training_class()
    rows.meeting(found)
    person = rows.enrol(found).user
    client.sign_in(person)
    client.page("/my-class/calendar")
    page = client.send("/my-class/calendar").get_data(as_text=True)
    first = re.search(r"/calendar/[\w-]+\.ics", page)
    assert first
    stranger = PageClient(client.application)
    got = stranger.get(first[0])
    assert got.mimetype == "text/calendar"
    assert found.title in _unfold(got.get_data(as_text=True))
    assert person.name not in got.get_data(as_text=True)
    assert first[0] not in client.page("/my-class/calendar")
    client.send("/my-class/calendar")
    assert stranger.get(first[0]).status_code == 404
    client.send("/my-class/calendar/end")
    assert all(row.revoked_at for row in db.session.scalars(select(CalendarLink)))
    assert client.get("/my-class/timetable.ics").status_code == 200


@pytest.mark.rows
def test_teachers_have_one_too(client: PageClient) -> None:
    """An instructor of record finds the classes they teach, and no others."""
    found, other = rows.training_class(), rows.training_class()
    rows.meeting(found)
    rows.meeting(other)
    teacher = factories.user(Role.INSTRUCTOR)
    rows.teach(found, teacher)
    text = _unfold(client.sign_in(teacher).get("/my-class/timetable.ics").get_data(as_text=True))
    assert found.title in text
    assert other.title not in text
    assert PageClient(client.application).get("/my-class/timetable.ics").status_code in {302, 401}


@pytest.mark.rows
def test_asked_for_twice_one_address_stands(client: PageClient) -> None:
    """The second takes the row of the first."""
    client.sign_in(factories.user(Role.TRAINEE))
    client.send("/my-class/calendar")
    page = client.send("/my-class/calendar").get_data(as_text=True)
    assert db.session.scalars(select(CalendarLink)).one().revoked_at is None
    second = re.search(r"/calendar/[\w-]+\.ics", page)
    assert second
    assert PageClient(client.application).get(second[0]).status_code == 200
