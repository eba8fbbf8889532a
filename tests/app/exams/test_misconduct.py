"""A misconduct case: the result is held, the candidate is heard, nobody decides their own case."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from time_machine import Traveller

from app import clock
from app.exams import marking, misconduct
from app.extensions import db
from app.models.exams import Result
from app.models.journal import AuditLine, OutboxMessage
from app.models.people import Role
from app.models.room import MisconductCase
from tests import factories
from tests.app.exams.hall import Hall, Sat

pytestmark = pytest.mark.rows


@pytest.fixture
def marked(hall: Hall, sat: Sat, time: Traveller) -> Sat:
    """Seat 1 handed in and marked; the time to start is over."""
    sat.hand_in()
    time.shift(timedelta(minutes=25))
    db.session.rollback()
    marking.mark_waiting(clock.now())
    db.session.rollback()
    return sat


def opened(hall: Hall, sat: Sat, person: str = "", days: str = "5") -> str:
    """Open a case as the invigilator; return its address."""
    browser = hall.browser(person or hall.invigilator)
    answer = browser.send(
        f"/exams/cases/attempts/{sat.attempt_id}", {"allegation": "看手机", "days": days}
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)[-2500:]
    return str(answer.location)


def step(hall: Hall, person: str, address: str, kind: str, text: str = "理由如下") -> str:
    reply = hall.browser(person).send(address, {"kind": kind, "text": text}, follow_redirects=True)
    return reply.get_data(as_text=True)


def standing() -> str:
    db.session.rollback()
    return misconduct.standing(db.session.scalars(select(MisconductCase)).one())


def release(hall: Hall) -> str:
    address = f"/exams/results/{hall.sitting_id}"
    browser = hall.browser(hall.certifier)
    browser.page(address)
    fields = {"acknowledged": "yes"}
    reply = browser.send(f"{address}/release", fields, follow_redirects=True)
    return reply.get_data(as_text=True)


def test_it_works(hall: Hall, marked: Sat, time: Traveller) -> None:
    address = opened(hall, marked)
    assert "没有等待公布的成绩" in release(hall)
    assert "暂缓" in hall.browser(hall.certifier).page(f"/exams/results/{hall.sitting_id}")
    own = address.replace("/cases/", "/my-cases/")
    candidate = hall.candidates[0]
    assert "违纪处理" in hall.browser(candidate).page("/exams/mine")
    assert "违纪处理" not in hall.browser(hall.candidates[1]).page("/exams/mine")
    page = hall.browser(candidate).page(own)
    assert "看手机" in page
    assert "申辩期没到" not in step(hall, candidate, own, "reply", "那是家里急事")
    for _click in range(2):
        step(hall, hall.manager, address, "hearing", "电话听取，十分钟")
    assert "已记下" in step(hall, hall.certifier, address, "dismissed", "事出有因")
    assert standing() == "dismissed"
    assert "已公布 1 人的成绩" in release(hall)
    kinds = [line.action for line in db.session.query(AuditLine).order_by(AuditLine.id)]
    taken = [kind for kind in kinds if kind.startswith("case.")]
    assert taken == ["case.notice", "case.reply", "case.hearing", "case.dismissed"]
    told = db.session.query(OutboxMessage).filter_by(kind="exam.case").count()
    assert told == 3
    listed = hall.browser(hall.manager).page("/exams/cases")
    assert "不认定" in listed
    assert "不认定" in hall.browser(candidate).page("/exams/my-cases")


def test_upheld_and_appealed(hall: Hall, marked: Sat, time: Traveller) -> None:
    address = opened(hall, marked)
    own, candidate = address.replace("/cases/", "/my-cases/"), hall.candidates[0]
    refused = step(hall, hall.certifier, address, "upheld", "传答案，两处<相同>")
    assert re.search(r"申辩期到 20\d\d.{4,40}，考生还没有答复，现在不能决定", refused)
    assert "传答案，两处&lt;相同&gt;</textarea>" in refused
    step(hall, candidate, own, "reply", "那是家里急事")
    assert "还可以补充" in step(hall, hall.certifier, address, "upheld")
    time.shift(timedelta(days=5))
    step(hall, hall.certifier, address, "upheld")
    assert standing() == "upheld"
    assert "没有等待公布的成绩" in release(hall)
    step(hall, candidate, own, "appeal", "不服")
    assert "由另一个人决定" in step(hall, hall.certifier, address, "appeal_upheld")
    other = factories.user(Role.CERTIFIER).id
    step(hall, other, address, "appeal_upheld")
    assert standing() == "appeal_upheld"
    assert "已公布 1 人的成绩" in release(hall)


def test_too_late_to_appeal(hall: Hall, marked: Sat, time: Traveller) -> None:
    address = opened(hall, marked)
    own = address.replace("/cases/", "/my-cases/")
    time.shift(timedelta(days=5))
    step(hall, hall.certifier, address, "upheld")
    time.shift(timedelta(days=15, seconds=1))
    assert "申诉期已过" in step(hall, hall.candidates[0], own, "appeal")
    assert standing() == "upheld"


def test_nobody_decides_their_own_case(hall: Hall, marked: Sat, time: Traveller) -> None:
    both = factories.user(Role.EXAM_MANAGER, Role.CERTIFIER).id
    address = opened(hall, marked, both)
    time.shift(timedelta(days=6))
    assert "要由另一个人决定" in step(hall, both, address, "dismissed")
    answer = hall.browser(hall.manager).send(address, {"kind": "dismissed", "text": "x"})
    assert answer.status_code == 403
    assert "只能由考生本人" in step(hall, hall.certifier, address, "reply")
    own = address.replace("/cases/", "/my-cases/")
    assert "不能由考生本人做" in step(hall, hall.candidates[0], own, "dismissed")
    assert standing() == "notice"


def test_a_case_that_is_refused_keeps_what_was_typed(hall: Hall, marked: Sat) -> None:
    browser = hall.browser(hall.manager)
    address = f"/exams/cases/attempts/{marked.attempt_id}"
    answer = browser.send(address, {"allegation": "看手机，两次", "days": "90"})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "申辩期限请填 3 到 30 天" in page
    assert "看手机，两次</textarea>" in page
    assert 'value="90"' in page
    assert db.session.query(MisconductCase).count() == 0


def test_when_no_case_can_be_opened(hall: Hall, sat: Sat, time: Traveller) -> None:
    def tried(**fields: str) -> str:
        address = f"/exams/cases/attempts/{sat.attempt_id}"
        given = {"allegation": "看手机", "days": "5", **fields}
        return hall.browser(hall.invigilator).send(address, given).get_data(as_text=True)

    assert "还在答题" in tried()
    sat.hand_in()
    assert "3 到 30 天" in tried(days="2")
    assert "请写明内容" in tried(allegation=" ")
    tried()
    assert "没有办完的违纪案" in tried()
    assert db.session.query(MisconductCase).count() == 1


def test_not_after_the_release(hall: Hall, marked: Sat) -> None:
    assert "已公布 1 人的成绩" in release(hall)
    address = f"/exams/cases/attempts/{marked.attempt_id}"
    answer = hall.browser(hall.manager).send(address, {"allegation": "看手机", "days": "5"})
    assert "成绩已经公布" in answer.get_data(as_text=True)
    assert db.session.query(Result).one().released_at is not None


def test_who_may(hall: Hall, marked: Sat) -> None:
    address = opened(hall, marked)
    own = address.replace("/cases/", "/my-cases/")
    stranger = factories.user(Role.INVIGILATOR).id
    assert hall.browser(stranger).get(address).status_code == 404
    assert hall.browser(hall.candidates[1]).get(own).status_code == 404
    assert hall.browser(hall.candidates[0]).get(address).status_code == 403
    assert hall.browser(hall.invigilator).get(own).status_code == 404
    new = f"/exams/cases/attempts/{marked.attempt_id}"
    assert hall.browser(stranger).get(new).status_code == 404
    assert "看手机" not in hall.browser(hall.invigilator).page(new)
    assert "没有违纪案" in hall.browser(stranger).page("/exams/cases")
