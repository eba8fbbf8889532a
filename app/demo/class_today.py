"""A class of the demonstration that meets today: room, plan, signatures, heads, somebody waiting."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock
from app.accounts import registering
from app.demo.accounts import DISTRICT, person
from app.extensions import db
from app.models.learning import CourseEdition
from app.models.people import Organisation, User
from app.models.training import ClassMeeting, TrainingClass
from app.secrecy import token_hash
from app.training import classes, enrolling, joining, rooms, signing, timetable
from app.training.classes import ClassPlan
from app.training.codes import IN
from app.training.rooms import RoomFacts
from app.training.timetable import HalfDay

TITLE = "演示三班（今天上课）"
PLAN = "请带身份证。教室在二楼，有电梯；午饭自理，楼下有食堂。\n每个半天上课前扫屏幕上的码签到，下课再扫一次签退。"
# Name, category, subdistrict.
PEOPLE = (
    ("陶平", "care_institution", "示例一街道"),
    ("姜顺", "platform", "示例一街道"),
    ("谢和", "volunteer", "示例二街道"),
    ("范康", "independent", "示例三镇"),
    ("苏宁", "care_institution", "示例二街道"),
    ("倪安", "volunteer", "示例三镇"),
)
SIGNED, PLACES = 3, 5


def class_of_today(now: datetime) -> None:
    """Make the class, once."""
    if db.session.scalar(select(TrainingClass.id).where(TrainingClass.title == TITLE)):
        return
    manager = person("training")
    found = _class(manager, now)
    meeting = _half_days(found, manager, now)
    people = [_trainee(number, found, now) for number in range(len(PEOPLE))]
    db.session.flush()
    begun = max(meeting.starts_at, now - timedelta(minutes=8))
    for number, user in enumerate(people[:SIGNED]):
        enrolment = signing.find_enrolment(meeting, user)
        signing.sign(meeting, enrolment, IN, token_hash(f"demo {number}"), now=begun)
    signing.count_heads(meeting, IN, SIGNED + 1, actor=person("teacher"), now=now)


def _class(manager: User, now: datetime) -> TrainingClass:
    today = clock.shanghai_date(now)
    body = db.session.scalars(
        select(Organisation).where(Organisation.kind == "training_body")
    ).first()
    edition = db.session.scalars(
        select(CourseEdition).order_by(CourseEdition.updated_at.desc())
    ).first()
    assert body is not None and edition is not None  # noqa: S101, PT018 — made before
    plan = ClassPlan(
        title=TITLE,
        organisation=body,
        district_code=DISTRICT,
        edition=edition,
        starts_on=today,
        ends_on=today + timedelta(days=6),
        capacity=PLACES,
        plan=PLAN,
    )
    found = classes.open_class(plan, actor=manager, now=now)
    db.session.flush()
    classes.name_instructor(found, person("teacher"), on=today, actor=manager, now=now)
    return found


def _half_days(found: TrainingClass, manager: User, now: datetime) -> ClassMeeting:
    """Give the class a half day around this moment, in which codes work, and one tomorrow."""
    facts = RoomFacts("201 教室", "示例路 8 号二楼", 140)
    room = rooms.register(found.organisation_id, facts, actor=manager, now=now)
    db.session.flush()
    midnight = datetime.combine(found.starts_on, datetime.min.time(), clock.SHANGHAI)
    lately = now.replace(second=0, microsecond=0) - timedelta(minutes=10)
    begins = max(midnight, min(lately, midnight + timedelta(hours=19)))
    ends = min(begins + timedelta(hours=8), midnight + timedelta(hours=23, minutes=59))
    first = HalfDay("演示半天", begins, ends, 180, room, ("4.1", "4.2", "4.3", "4.4"))
    meeting = timetable.add(found, first, actor=manager, now=now)
    morning = midnight + timedelta(days=2, hours=9)
    second = HalfDay("第3天上午", morning, morning + timedelta(minutes=210), 180, room, ("4.5",))
    db.session.flush()
    timetable.add(found, second, actor=manager, now=now)
    return meeting


def _trainee(number: int, found: TrainingClass, now: datetime) -> User:
    name, category, street = PEOPLE[number]
    user = registering.register_trainee(
        name=name, phone=f"1980000{7000 + number}", password_hash="", now=now
    )
    joined = joining.join_or_wait(user, found, category, now=now)
    db.session.flush()
    if joined.enrolment is not None:
        details = enrolling.Details(category, street, "机构投保意外险（演示）")
        enrolling.change(joined.enrolment, details, actor=person("training"), now=now)
    return user
