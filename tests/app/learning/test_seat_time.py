"""Seat time: earned second by second by one person, whatever tabs, devices and tricks (A4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app import clock, rulebook
from app.extensions import db
from app.models.people import Role
from app.models.training import TrainingClass
from tests import factories
from tests.app.learning.heart import OpenPage, seconds, stretches
from tests.app.learning.rows import done
from tests.client import PageClient
from tests.queries import counted

pytestmark = pytest.mark.rows
DAY = timedelta(days=1)


@pytest.fixture
def at():
    """A moment that stands still until it is moved."""
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def nobody_is_asked(app):
    """Presence checks have tests of their own."""
    ask_every(0)


def ask_every(minutes: int) -> None:
    set_rule("lesson.presence_minutes", minutes)


def set_rule(name: str, value: int) -> None:
    day = clock.shanghai_date(clock.now()) - DAY
    rulebook.set_value(
        name, value, from_date=day, source="测", official=False, actor=None, now=clock.now()
    )
    db.session.commit()


def read_for(page: OpenPage, at, beats: int, every: float = 30) -> None:
    for _beat in range(beats):
        at.shift(every)
        page.beat()


def test_it_works(reader, edition, at):
    page = OpenPage(reader, edition)
    assert page.beat()["earned"] == 0
    read_for(page, at, 10)
    assert seconds() == 300
    (stretch,) = stretches()
    assert stretch.last_at - stretch.began_at == timedelta(minutes=5)
    assert 'id="study-minutes">5<' in reader.page(f"/learn/{edition.id}/1.1")


def test_a_usual_sign_of_life_is_one_statement(reader, edition, at):
    page = OpenPage(reader, edition)
    page.beat()
    read_for(page, at, 1)
    at.shift(30)
    with counted() as statements:
        page.beat()
    assert statements == []  # all but the one that `quick` gives to the driver
    assert seconds() == 60


def test_the_first_one_and_a_silence_stay_cheap(reader, edition, at):
    page = OpenPage(reader, edition)
    with counted() as statements:
        page.beat()
    assert len(statements) <= 3
    at.shift(600)
    with counted() as statements:
        page.beat()
    assert len(statements) <= 4


def test_silence_earns_nothing_and_loses_nothing(reader, edition, at):
    page = OpenPage(reader, edition)
    page.beat()
    read_for(page, at, 2)
    at.shift(1200)
    assert page.beat()["earned"] == 0
    read_for(page, at, 2)
    assert seconds() == 120
    assert [row.counted_ms for row in stretches()] == [60_000, 60_000]


def test_a_repeated_one_earns_nothing(reader, edition, at):
    page = OpenPage(reader, edition)
    page.beat()
    old = page.ticket
    read_for(page, at, 1)
    for _time in range(20):
        at.shift(30)
        assert page.beat(ticket=old)["earned"] == 0
    assert seconds() == 30


def test_those_of_another_day_earn_nothing(reader, edition, at):
    page = OpenPage(reader, edition)
    page.beat()
    kept = []
    for _beat in range(5):
        kept.append(page.ticket)
        read_for(page, at, 1)
    at.shift(3600)
    for old in kept:
        at.shift(30)
        page.beat(ticket=old)
    assert seconds() == 150


@pytest.mark.parametrize("every", [30, 10])
def test_two_tabs_of_one_lesson_earn_what_one_does(reader, edition, at, every):
    one, other = OpenPage(reader, edition), OpenPage(reader, edition)
    one.beat()
    other.beat()
    for _beat in range(10):
        read_for(one, at, 1, every / 2)
        read_for(other, at, 1, every / 2)
    assert seconds() == 10 * every


def test_two_devices_on_two_lessons_earn_what_one_does(app, trainee, edition, at):
    done(trainee, edition, "1.1")
    phone = OpenPage(PageClient(app).sign_in(trainee), edition, "1.1")
    tablet = OpenPage(PageClient(app).sign_in(trainee), edition, "1.2")
    phone.beat()
    tablet.beat()
    for _beat in range(10):
        read_for(phone, at, 1, 15)
        read_for(tablet, at, 1, 15)
    assert seconds() == 300
    assert len(stretches()) == 2
    assert {row.code for row in stretches()} == {"1.1", "1.2"}


@pytest.mark.parametrize("forged", ["", "x", "0" * 32 + "|a|b|c|d|1|2|e|0|0|0|0", None, 7, {}])
def test_a_forged_one_is_refused(reader, edition, at, forged):
    answer = reader.post("/learn/beat", json={"ticket": forged})
    assert answer.status_code == 403
    assert "没有计时" in answer.get_json()["error"]
    assert stretches() == []


def test_no_field_of_a_ticket_can_be_changed(reader, edition, at):
    page = OpenPage(reader, edition)
    page.beat()
    parts = page.ticket.split("|")
    for place in range(1, len(parts)):
        changed = [*parts[:place], parts[place] + "0", *parts[place + 1 :]]
        assert reader.post("/learn/beat", json={"ticket": "|".join(changed)}).status_code == 403
    assert seconds() == 0


def test_what_the_page_says_of_the_time_counts_for_nothing(reader, edition, at):
    """A sign of life from the future is only one of now: the page's clock is never asked."""
    page = OpenPage(reader, edition)
    page.beat()
    at.shift(30)
    body = {"ticket": page.ticket, "now": 4_102_444_800_000, "seconds": 90_000, "earned": 90_000}
    assert reader.post("/learn/beat", json=body).get_json()["earned"] == 30_000
    assert seconds() == 30


def test_a_server_clock_put_back_takes_nothing_and_counts_on(reader, edition, at):
    page = OpenPage(reader, edition)
    page.beat()
    read_for(page, at, 2)
    at.shift(-3600)
    assert page.beat()["earned"] == 0
    read_for(page, at, 2)
    assert seconds() == 120


def test_after_the_class_has_ended_nothing_is_earned(reader, edition, at):
    row = db.session.scalars(select(TrainingClass)).one()
    row.ends_on = clock.shanghai_date(clock.now())
    db.session.commit()
    page = OpenPage(reader, edition)
    page.beat()
    read_for(page, at, 1)
    at.shift(86_400)
    told = page.beat()
    assert told["over"]
    assert told["earned"] == 0
    assert seconds() == 30
    again = OpenPage(reader, edition)
    assert again.ticket == ""
    assert "班级已结束，不再计时" in again.html


def test_a_rule_may_let_people_finish_after_the_class(reader, edition, at):
    row = db.session.scalars(select(TrainingClass)).one()
    row.ends_on = clock.shanghai_date(clock.now())
    set_rule("lesson.days_after_class", 2)
    at.shift(86_400)
    page = OpenPage(reader, edition)
    page.beat()
    read_for(page, at, 1)
    assert seconds() == 30
    at.shift(2 * 86_400)
    assert OpenPage(reader, edition).ticket == ""


def test_the_last_place_is_kept(reader, edition, at):
    page = OpenPage(reader, edition)
    page.beat()
    at.shift(30)
    page.beat(place="case:40")
    at.shift(30)
    page.beat(place="<script>:1")
    assert stretches()[0].place == ""
    db.session.commit()
    at.shift(30)
    page.beat(place="case:40")
    assert 'data-place="case:40"' in reader.page(f"/learn/{edition.id}/1.1")


def test_without_script_a_button_counts_what_really_passed(reader, edition, at):
    path = f"/learn/{edition.id}/1.1"
    assert "记下我读的时间" in reader.page(path)
    at.shift(100)
    reader.send(f"{path}/time")
    reader.send(f"{path}/time")
    assert seconds() == 100
    at.shift(3600)
    reader.send(f"{path}/time")  # an hour away is not an hour read
    assert seconds() == 280


def test_button_and_page_together_count_once(reader, edition, at):
    page = OpenPage(reader, edition)
    page.beat()
    at.shift(20)
    reader.send(f"/learn/{edition.id}/1.1/time")
    at.shift(10)
    page.beat()
    assert seconds() == 20
    read_for(page, at, 1)
    assert seconds() == 60


def test_an_instructor_who_looks_ahead_is_not_counted(client, trainee, edition, at):
    client.sign_in(factories.user(Role.INSTRUCTOR))
    assert OpenPage(client, edition).ticket == ""
    assert client.send(f"/learn/{edition.id}/1.1/time").status_code == 404


def test_a_ticket_earns_for_its_own_person_only(app, reader, trainee, edition, at):
    page = OpenPage(reader, edition)
    stranger = PageClient(app)
    stranger.post("/learn/beat", json={"ticket": page.ticket})
    assert [row.user_id for row in stretches()] == [trainee.id]
