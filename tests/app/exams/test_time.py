"""Adding time: for one, for the room, never taken away; the cached deadline is the sum."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from time_machine import Traveller

from app import jobs
from app.exams import invigilators, rules, time_account
from app.extensions import db
from app.models.exams import TimeEntry
from app.models.people import Role, User
from tests import factories
from tests.app.exams.hall import GRACE, MINUTES, NOON, Hall, Sat

pytestmark = pytest.mark.rows


def add(hall: Hall, minutes: object, reason: str = "停电", **fields: object) -> str:
    """Fill in the form in the room, for everybody unless `seat` is given; return the page after it."""
    room = hall.browser(hall.invigilator)
    form = {"minutes": minutes, "reason": reason, **fields}
    reply = room.send(f"/exams/rooms/{hall.sitting_id}/time", form, follow_redirects=True)
    return reply.get_data(as_text=True)


def check_cache(hall: Hall, seat: int) -> None:
    attempt = hall.attempt(seat)
    lines = [rules.Line(e.kind, e.seconds) for e in attempt.time_entries]
    assert attempt.deadline_at == rules.deadline(attempt.started_at, lines)


def test_for_one(hall: Hall, sat: Sat) -> None:
    hall.started(2)
    html = add(hall, 5, seat=1)
    assert "已给 1 人补时" in html
    assert hall.attempt(1).deadline_at == NOON + timedelta(minutes=MINUTES + 5)
    assert hall.attempt(2).deadline_at == NOON + timedelta(minutes=MINUTES)
    entry = hall.attempt(1).time_entries[-1]
    assert (entry.kind, entry.seconds, entry.reason) == ("person", 300, "停电")
    assert entry.by_id == hall.invigilator
    check_cache(hall, 1)
    answer = sat.browser.get(sat.url("state")).get_json()
    assert answer["account"][-1]["why"] == "停电"
    assert answer["deadline"] == int((NOON + timedelta(minutes=MINUTES + 5)).timestamp() * 1000)


def test_for_the_room(hall: Hall, sat: Sat, time: Traveller) -> None:
    hall.started(2)
    time.shift(timedelta(minutes=2))
    for minutes in (5, 7):
        assert "已给 2 人补时" in add(hall, minutes)
    for seat in (1, 2):
        assert hall.attempt(seat).deadline_at == NOON + timedelta(minutes=MINUTES + 12)
        check_cache(hall, seat)


def test_a_double_click_adds_once(hall: Hall, sat: Sat, time: Traveller) -> None:
    """The same twice within half a minute is one; later, or with other words, it is meant."""
    for chosen in ({"seat": 1}, {}):
        assert "已给 1 人补时" in add(hall, 5, **chosen)
        assert "没有再补一次" in add(hall, 5, **chosen)
    assert hall.attempt().deadline_at == NOON + timedelta(minutes=MINUTES + 10)
    assert "已给 1 人补时" in add(hall, 5, "广播")
    time.shift(timedelta(seconds=31))
    assert "已给 1 人补时" in add(hall, 5)
    check_cache(hall, 1)


def test_two_invigilators_at_once(hall: Hall, sat: Sat, time: Traveller) -> None:
    """Both heard the same alarm: the second is told what the first added, and may add more."""
    hall.started(2)
    other = factories.user(Role.INVIGILATOR)
    manager = db.session.get_one(User, hall.manager)
    invigilators.name(hall.sitting, other, actor=manager, now=NOON)
    db.session.commit()
    pages = [hall.browser(who) for who in (hall.invigilator, other.id)]
    address = f"/exams/rooms/{hall.sitting_id}/time"
    seen = [_seen(page.page(address)) for page in pages]
    assert seen == ["", ""]
    form = {"minutes": 5, "reason": "火警"}
    assert pages[0].send(address, {**form, "seen": ""}).status_code == 302
    time.shift(timedelta(seconds=1))
    refused = pages[1].send(address, {**form, "seen": ""})
    assert refused.status_code == 409
    html = refused.get_data(as_text=True)
    name = db.session.get_one(User, hall.invigilator).name
    assert f"{name}已经补了 5 分钟（火警）" in html
    assert 'value="火警"' in html
    assert [hall.attempt(seat).deadline_at for seat in (1, 2)] == [
        NOON + timedelta(minutes=MINUTES + 5)
    ] * 2
    assert pages[1].send(address, {**form, "seen": _seen(html)}).status_code == 302
    assert hall.attempt().deadline_at == NOON + timedelta(minutes=MINUTES + 10)


def test_who_hands_in_meanwhile_hides_no_time(hall: Hall, sat: Sat, time: Traveller) -> None:
    """The last time was added to somebody who has handed in since: nothing new for the others."""
    hall.started(2)
    add(hall, 3, seat=2)
    time.shift(timedelta(seconds=1))
    add(hall, 5, seat=1)
    room = hall.browser(hall.invigilator)
    seen = _seen(room.page(f"/exams/rooms/{hall.sitting_id}/time"))
    sat.hand_in()
    assert "已给 1 人补时" in add(hall, 7, "广播", seen=seen)


def _seen(html: str) -> str:
    found = re.search(r'name="seen" value="(\w*)"', html)
    assert found
    return found[1]


def test_who_handed_in_gets_none(hall: Hall, sat: Sat) -> None:
    hall.started(2)
    sat.hand_in()
    assert "已给 1 人补时" in add(hall, 5)
    assert [e.kind for e in hall.attempt(2).time_entries] == ["base", "room"]
    assert "没有正在作答的考生" in add(hall, 5, seat=1)
    actor = db.session.get_one(User, hall.invigilator)
    with pytest.raises(time_account.TimeRefused, match="有考生已经交卷"):  # in that very moment
        time_account.add_time([hall.attempt(1)], "person", 5, "停电", actor=actor, now=NOON)


@pytest.mark.parametrize("minutes", ["-5", "0", "121", "x", ""])
def test_wrong_lengths(hall: Hall, sat: Sat, minutes: str) -> None:
    html = add(hall, minutes, seat=1)
    assert "补时请填 1 到 120 分钟" in html or "请填整数" in html
    assert db.session.query(TimeEntry).count() == 1


def test_no_reason(hall: Hall, sat: Sat) -> None:
    html = add(hall, 5, " ", seat=1)
    assert "请写补时的原因" in html
    assert db.session.query(TimeEntry).count() == 1


def test_nobody_writes(hall: Hall) -> None:
    assert "没有正在作答的考生" in add(hall, 5)


def test_the_sweeper_respects_what_was_added(hall: Hall, sat: Sat, time: Traveller) -> None:
    add(hall, 5, seat=1)
    moment = NOON + timedelta(minutes=MINUTES, seconds=GRACE + 1)
    time.move_to(moment)
    db.session.rollback()
    jobs.do_duties(moment, only="exams.sweep")
    assert hall.attempt().state == "open"
    assert sat.save((1, 1, "o2"))["stored"] == [1]
