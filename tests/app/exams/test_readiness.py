"""Pre-flight of a sitting: each check red by itself; confirming refuses while red, and tells once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.exams import accommodations, readiness
from app.extensions import db
from app.models.exams import SittingRoom
from app.models.journal import OutboxMessage
from app.models.people import User
from tests.app.eligibility import evidence
from tests.app.exams import hall as halls
from tests.app.exams.checked import red_of
from tests.app.exams.hall import Hall
from tests.app.training import rows

pytestmark = pytest.mark.rows


@pytest.fixture
def ready(hall: Hall) -> Hall:
    """A sitting that lacks nothing."""
    db.session.add(SittingRoom(sitting_id=hall.sitting_id, number=1, name="302", seats=2))
    hall.sitting.dry_run_at, hall.sitting.dry_run_by_id = clock.now(), hall.invigilator
    db.session.commit()
    return hall


def test_confirming_tells_everyone_once(ready: Hall) -> None:
    manager = ready.browser(ready.manager)
    address = f"/exams/sittings/{ready.sitting_id}"
    board = f"/exams/rooms/{ready.sitting_id}"
    opens_at = ready.sitting.opens_at
    assert "考务还没有确认这一场" in ready.browser(ready.invigilator).page(board)
    assert not readiness.lacks_confirmation(ready.sitting, opens_at - timedelta(days=2))
    assert "确认这一场，通知考生" in manager.page(f"{address}/preflight")
    html = manager.send(f"{address}/confirm", follow_redirects=True).get_data(as_text=True)
    assert "已确认，通知了 2 人" in html
    assert ready.sitting.confirmed_by_id == ready.manager
    assert "还没有确认这一场" not in ready.browser(ready.invigilator).page(board)
    manager.send(f"{address}/confirm")
    sent = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "exam.confirmed")
    ).all()
    assert len(sent) == 2


def test_who_is_added_after_the_confirming_is_told(ready: Hall) -> None:
    manager = ready.browser(ready.manager)
    manager.send(f"/exams/sittings/{ready.sitting_id}/confirm")
    db.session.execute(update(SittingRoom).values(seats=3))
    late = rows.enrol(rows.training_class())
    evidence.make_ready(late)
    fields = {"training_class": late.class_id}
    html = manager.send(
        f"/exams/sittings/{ready.sitting_id}/roster", fields, follow_redirects=True
    ).get_data(as_text=True)
    assert "加进名单 1 人" in html
    told = db.session.scalars(
        select(OutboxMessage.text).where(
            OutboxMessage.kind == "exam.confirmed", OutboxMessage.user_id == late.user_id
        )
    ).one()
    assert "3 座" in told


def test_each_thing_a_sitting_lacks(ready: Hall) -> None:
    assert red_of(ready) == set()
    ready.sitting.dry_run_at = None
    assert red_of(ready) == {"dry_run"}
    db.session.rollback()
    db.session.execute(update(SittingRoom).values(seats=1))
    assert red_of(ready) == {"rooms"}
    db.session.rollback()
    halls.build_late(ready)
    assert red_of(ready) == {"papers", "rooms"}
    db.session.rollback()


def test_confirming_refuses_while_red(hall: Hall) -> None:
    manager = hall.browser(hall.manager)
    address = f"/exams/sittings/{hall.sitting_id}"
    html = manager.send(f"{address}/confirm", follow_redirects=True).get_data(as_text=True)
    assert "还不能确认" in html
    assert "还没有人试过" in html
    assert hall.sitting.confirmed_at is None


def test_an_accommodation_that_did_not_arrive(ready: Hall) -> None:
    user, manager = ready.booking().user, db.session.get_one(User, ready.manager)
    grant = accommodations.Grant(percent=150, reason="视力", evidence="医院证明，存档案室")
    accommodations.grant_to(user, grant, actor=manager, now=clock.now())
    db.session.flush()
    assert red_of(ready) == set()
    ready.booking().time_factor_percent = 100
    assert red_of(ready) == {"accommodations"}
    db.session.rollback()


def test_a_damaged_revision(ready: Hall) -> None:
    revision = ready.sitting.revision
    revision.body = {**revision.body, "minutes": 999}
    db.session.flush()
    assert red_of(ready) == {"revision"}
    db.session.rollback()
