"""Reading without a line: copies, the file, and time handed in later (M7)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.extensions import db
from app.learning.offline import without
from app.learning.tickets import milliseconds
from app.models.people import Role
from app.models.training import TrainingClass
from tests import factories
from tests.app.learning.heart import OpenPage, seconds, stretches
from tests.app.learning.rows import enrol, make_class  # noqa: F401 — used by fixtures
from tests.app.learning.test_seat_time import ask_every

rows = pytest.mark.rows


@pytest.fixture
def at(app):
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as traveller:
        ask_every(0)
        yield traveller


def copy_of(reader, edition, code="1.1"):
    html = reader.page(f"/learn/{edition.id}/{code}/offline")
    return re.search(r'data-ticket="([^"]+)"', html).group(1)


def ago(minutes):
    return milliseconds(clock.now() - timedelta(minutes=minutes))


def hand_in(client, *notes, now=None):
    body = {
        "now": now or milliseconds(clock.now()),
        "notes": [{"ticket": t, "lesson": "1.1", "from": a, "to": b} for t, a, b in notes],
    }
    return client.post("/learn/offline", json=body)


@rows
def test_it_works(reader, edition, at):
    ticket = copy_of(reader, edition)
    at.shift(3600)
    told = hand_in(reader, (ticket, ago(40), ago(20))).get_json()
    assert told["seconds"] == 1200
    assert "20 分钟" in told["said"]
    (row,) = stretches()
    assert (row.kind, row.code, row.open) == ("offline", "1.1", False)


@rows
def test_handing_in_twice_earns_once(reader, edition, at):
    ticket = copy_of(reader, edition)
    at.shift(3600)
    note = (ticket, ago(40), ago(20))
    hand_in(reader, note, note)
    assert hand_in(reader, note).get_json()["seconds"] == 0
    assert seconds() == 1200


@rows
def test_never_more_than_has_passed(reader, edition, at):
    """Before the copy was given out, after now, in years to come: all is cut to what passed."""
    ticket = copy_of(reader, edition)
    at.shift(600)
    hand_in(reader, (ticket, ago(600), ago(-600)), (ticket, 0, 4_102_444_800_000))
    assert seconds() == 600


@rows
def test_a_device_whose_clock_is_wrong_is_put_right(reader, edition, at):
    ticket = copy_of(reader, edition)
    at.shift(3600)
    years = 3 * 365 * 86_400_000
    note = (ticket, ago(30) - years, ago(10) - years)
    hand_in(reader, note, now=milliseconds(clock.now()) - years)
    assert seconds() == 1200


@rows
def test_what_the_server_counted_is_not_counted_again(reader, edition, at):
    ticket = copy_of(reader, edition)
    page = OpenPage(reader, edition)
    page.beat()
    for _beat in range(10):
        at.shift(30)
        page.beat()
    at.shift(300)
    hand_in(reader, (ticket, ago(10), ago(0)))
    assert seconds() == 600
    page.beat()
    at.shift(30)
    page.beat()
    assert seconds() <= 630


@rows
def test_a_lesson_earns_so_many_minutes_only(reader, edition, at):
    ticket = copy_of(reader, edition)
    at.shift(5 * 3600)
    hand_in(reader, (ticket, ago(290), ago(10)))
    assert seconds() == 90 * 60
    at.shift(3600)
    assert hand_in(reader, (ticket, ago(50), ago(10))).get_json()["seconds"] == 0


@rows
def test_after_the_class_and_after_a_fortnight_nothing(reader, edition, at):
    row = db.session.query(TrainingClass).one()
    row.ends_on = clock.shanghai_date(clock.now())
    db.session.commit()
    ticket = copy_of(reader, edition)
    at.shift(2 * 86_400)
    assert hand_in(reader, (ticket, ago(30), ago(10))).get_json()["seconds"] == 0
    at.shift(15 * 86_400)
    assert hand_in(reader, (ticket, ago(30), ago(10))).get_json()["seconds"] == 0


@rows
def test_what_is_no_delivery(reader, edition, at):
    for body in ({}, {"now": 1}, {"now": "x", "notes": []}, [], {"now": 1, "notes": "x"}):
        assert reader.post("/learn/offline", json=body).status_code == 403
    assert hand_in(reader, ("forged", ago(3), ago(1))).status_code == 403
    body = {"now": 1, "notes": [1, None, {"from": 1}, {"from": "a", "to": 2, "ticket": "x"}]}
    assert reader.post("/learn/offline", json=body).get_json()["seconds"] == 0
    assert stretches() == []


@rows
def test_what_a_device_keeps(reader, edition, at):
    listed = reader.get(f"/learn/{edition.id}/offline.json").get_json()
    assert len(listed["pages"]) == 1 + 3
    for page in listed["pages"]:
        html = reader.page(page)
        assert "测试人" not in html
    for asset in listed["assets"]:
        with reader.get(asset) as answer:
            assert answer.status_code == 200, asset
    worker = reader.get("/learn/sw.js")
    assert worker.mimetype == "text/javascript"
    assert "caches" in worker.get_data(as_text=True)


@rows
def test_a_changed_lesson_is_another_version(reader, edition, small, at):
    before = reader.get(f"/learn/{edition.id}/offline.json").get_json()["version"]
    small.change("m1/1-1.md", "老人站着等。", "老人坐着等。")
    small.sync()
    assert reader.get(f"/learn/{edition.id}/offline.json").get_json()["version"] != before


@rows
def test_one_file_for_browsers_that_keep_nothing(reader, edition, at):
    answer = reader.get(f"/learn/{edition.id}/download")
    html = reader.page(f"/learn/{edition.id}/download")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert html.count("<article") == 3
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert "只给老师看" not in html


@rows
def test_who_may(client, trainee, edition):
    paths = [f"/learn/{edition.id}/{end}" for end in ("offline", "offline.json", "download")]
    for path in [*paths, f"/learn/{edition.id}/1.1/offline"]:
        assert client.get(path).status_code == 302
    client.sign_in(factories.user(Role.TRAINEE))
    for path in paths:
        assert client.get(path).status_code == 404


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted).map(tuple), max_size=8
)


@given(SPANS)
def test_without(taken):
    """What is left lies in the span, overlaps nothing taken, and misses nothing that is free."""
    start = clock.now()

    def moment(minute):
        return start + timedelta(minutes=minute)

    left = without((moment(10), moment(50)), [(moment(a), moment(b)) for a, b in taken])
    for minute in range(10, 50):
        middle = moment(minute + 0.5)
        covered = any(moment(a) <= middle < moment(b) for a, b in taken)
        assert any(a <= middle < b for a, b in left) == (not covered)
    assert all(moment(10) <= a < b <= moment(50) for a, b in left)
