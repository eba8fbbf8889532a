"""Planning a sitting: its window, its invigilators, who is ready and who is named as not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from time_machine import Traveller

from app.extensions import db
from app.models.exams import Booking, Sitting, SittingStaff
from app.models.people import Role, ScopeKind
from tests import factories
from tests.app.eligibility import evidence
from tests.app.exams.hall import NOON, Browser, Hall
from tests.app.training import rows

pytestmark = pytest.mark.rows


def form(**changes: str) -> dict[str, str]:
    """Return a good form: tomorrow morning."""
    return {
        "district": factories.DISTRICT,
        "place": "303 考场",
        "opens_at": "2026-11-28T09:00",
        "late_minutes": "30",
        "closes_at": "2026-11-28T10:00",
        **changes,
    }


def plan(hall: Hall, browser: Browser | None = None, **changes: str) -> tuple[int, str]:
    """Fill in the form; returns status and page or address."""
    browser = browser or hall.browser(hall.manager)
    address = f"/exams/revisions/{hall.sitting.revision_id}/sittings/new"
    reply = browser.send(address, form(**changes))
    if reply.status_code == 302:
        return 302, browser.page(reply.location)
    return reply.status_code, reply.get_data(as_text=True)


def test_it_works(hall: Hall) -> None:
    status, html = plan(hall)
    assert status == 302
    sitting = db.session.scalars(select(Sitting).where(Sitting.place == "303 考场")).one()
    assert sitting.opens_at == NOON.replace(day=28, hour=1)
    assert sitting.last_start_at == sitting.opens_at + timedelta(minutes=30)
    assert len(sitting.room_code) == 4
    assert sitting.room_code in html
    assert "名单还是空的" in html


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"opens_at": "2026-11-26T09:00"}, "开考时间已经过去"),
        ({"closes_at": "2026-11-28T09:29"}, "从开考到结束不足 30 分钟"),
        ({"closes_at": "x"}, "Not a valid"),
        ({"opens_at": "0001-01-01T09:00"}, "请核对年份"),
        ({"place": ""}, "请填写这一项"),
        ({"late_minutes": "0"}, "请填 1 到 240 分钟"),
    ],
)
def test_wrong_windows(hall: Hall, changes: dict[str, str], sentence: str) -> None:
    status, html = plan(hall, **changes)
    assert status == 400
    if sentence != "Not a valid":
        assert sentence in html
    assert db.session.scalar(select(func.count()).select_from(Sitting)) == 1


def test_one_room_one_sitting(hall: Hall) -> None:
    plan(hall)
    status, html = plan(hall)
    assert status == 400
    assert "已经排了一场" in html
    assert plan(hall, place="304 考场")[0] == 302


def test_only_ones_own_district(hall: Hall) -> None:
    factories.district("310115")
    theirs = factories.user(Role.EXAM_MANAGER, scope=(ScopeKind.DISTRICT, "310115"))
    assert plan(hall, hall.browser(theirs.id))[0] == 400
    assert plan(hall, hall.browser(theirs.id), district="310115")[0] == 302


def test_a_class_with_who_is_not_ready(hall: Hall) -> None:
    found = rows.training_class()
    ready = rows.enrol(found)
    evidence.make_ready(ready)
    missing = rows.enrol(found)
    manager = hall.browser(hall.manager)
    reply = manager.send(f"/exams/sittings/{hall.sitting_id}/roster", {"training_class": found.id})
    html = reply.get_data(as_text=True)
    assert "加进名单 1 人" in html
    assert "1 人没有加进名单" in html
    assert f"{missing.user.name}：同意保存培训和考试记录" in html
    assert "登记证件信息：还没登记" in html
    booking = db.session.scalars(select(Booking).where(Booking.user_id == ready.user_id)).one()
    assert (booking.seat, booking.enrolment_id) == (3, ready.id)
    again = manager.send(f"/exams/sittings/{hall.sitting_id}/roster", {"training_class": found.id})
    assert "加进名单 0 人" in again.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 3


def test_nobody_waits_for_two_sittings(hall: Hall) -> None:
    found = rows.training_class()
    ready = rows.enrol(found)
    evidence.make_ready(ready)
    manager = hall.browser(hall.manager)
    manager.send(f"/exams/sittings/{hall.sitting_id}/roster", {"training_class": found.id})
    plan(hall, manager)
    other = db.session.scalars(select(Sitting.id).where(Sitting.place == "303 考场")).one()
    reply = manager.send(f"/exams/sittings/{other}/roster", {"training_class": found.id})
    assert "已经排在另一场" in reply.get_data(as_text=True)


def test_nobody_comes_after_the_last_start(hall: Hall, time: Traveller) -> None:
    found = rows.training_class()
    time.move_to(NOON + timedelta(minutes=21))
    reply = hall.browser(hall.manager).send(
        f"/exams/sittings/{hall.sitting_id}/roster",
        {"training_class": found.id},
        follow_redirects=True,
    )
    assert "已过最晚进场时间" in reply.get_data(as_text=True)


def test_invigilators(hall: Hall) -> None:
    manager = hall.browser(hall.manager)
    person = factories.user(Role.INVIGILATOR)
    away = factories.user(Role.INVIGILATOR, scope=(ScopeKind.DISTRICT, "310115"))
    nobody = factories.user(Role.TRAINEE)
    address = f"/exams/sittings/{hall.sitting_id}/invigilators"
    for candidate in (person, person, away, nobody):
        manager.send(address, {"invigilator": candidate.id})
    named = set(db.session.scalars(select(SittingStaff.user_id)))
    assert named == {hall.invigilator, person.id}
