"""Load the demonstration: bodies, scheme, classes, records, an approved bank, an open sitting.

Each step first looks whether it is done, so that an interrupted load goes on where it stopped and a
second start writes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from stdnum.cn import ric

from app import clock, rulebook
from app.accounts import consents, identity, photos
from app.demo import (
    applying,
    arranged,
    checked,
    class_today,
    complaining,
    finishing,
    practising,
    rehearsing,
    renewing,
    reviewing,
    sittings,
    studying,
)
from app.demo.accounts import DISTRICT, make_accounts, person
from app.demo.certified import certify
from app.demo.portrait import portrait
from app.extensions import db, outside_transaction
from app.learning import reading
from app.models.awards import Certificate
from app.models.learning import CourseEdition, LessonVersion
from app.models.people import Affiliation, District, Organisation, User
from app.models.scheme import DatedSetting, Scheme
from app.models.training import Enrolment, TrainingClass
from app.training import assessing, attendance, classes, joining, practice, records, timetable
from app.training.assessing import Outcome
from app.training.classes import ClassPlan

JOIN_CODE = "DEMO2026"
# The learner has done modules 1 to 3 and lesson 4.1; 4.2 comes next.
LEARNED = 16
LATIN = {
    "learner": "Shen Yue",
    "trainee": "Lin Qiu",
    "holder": "Zhou An",
    "booker": "Song He",
    "paused": "Pan Ning",
    "proposed": "Su Man",
}
CERTIFIED = {"holder": "101", "paused": "102"}
"""Who has a certificate, and in which room they sat the exam."""
MAY: list[dict[str, str]] = [
    {
        "zh": "陪老人就诊、检查、取药，帮忙排队跑手续",
        "en": "Go along to doctor, tests and pharmacy, queue and run errands",
    },
    {
        "zh": "帮老人记下医生的话，念给医生核对",
        "en": "Write down the doctor's words and read them back",
    },
]
MAY_NOT: list[dict[str, str]] = [
    {
        "zh": "替老人看病、改药，替老人签字",
        "en": "Diagnose, change medicines or sign for the elder",
    },
    {
        "zh": "保管老人的医保卡、密码，借钱或收红包",
        "en": "Keep cards or passwords, lend money or take gifts",
    },
]


def load_demo(now: datetime) -> None:
    """Bring the demonstration up to date; commits step by step."""
    if _is_complete(now):
        return
    _bodies(now)
    db.session.commit()
    make_accounts(now)
    db.session.commit()
    with rulebook.read_once():
        reviewing.approve_bank(now)
    db.session.commit()
    finished = _classes(now)
    class_today.class_of_today(now)
    db.session.commit()
    exam = sittings.theory_exam(now)
    rehearsing.offer_mock(now)
    db.session.commit()
    for login in LATIN:
        _trainee(login, finished, now)
    studying.study(finished, LEARNED, now)
    practising.practise(finished, now)
    finishing.finish(finished, now)
    finishing.evaluate(finished, now)
    db.session.commit()
    for login, room in CERTIFIED.items():
        if not _certified(login):
            sittings.seat(login, exam, room, timedelta(days=1), now)
            certify(login, finished, now)
    if not applying.is_published():
        sittings.seat(applying.PROPOSED, exam, "103", timedelta(days=1), now)
        applying.publish(finished, now)
    applying.apply(finished, now)
    applying.keep_files(now)
    complaining.complain(now)
    checked.tell_of_sites(now)
    arranged.arrange_layouts(now)
    renewing.go_on(now)
    db.session.commit()
    if not sittings.can_sit(now):
        sittings.seat("trainee", exam, "201", timedelta(days=15), now)
    if not sittings.can_book(now):
        sittings.offer(exam, now)
        db.session.commit()


def _is_complete(now: datetime) -> bool:
    return all(map(_certified, CERTIFIED)) and sittings.can_sit(now) and sittings.can_book(now)


def _certified(login: str) -> bool:
    """Tell whether a person has a certificate."""
    found = select(Certificate.id).join(User, User.id == Certificate.user_id)
    return db.session.scalar(found.where(User.login_name == login)) is not None


def _bodies(now: datetime) -> None:
    for kind, name, name_en in (
        (
            "association",
            "江畔示例养老服务协会",
            "Riverside Example Association for Elderly Services",
        ),
        ("training_body", "江畔示例培训中心", "Riverside Example Training Centre"),
        ("institution", "示例护理院", "Example Care Home"),
    ):
        if db.session.scalar(select(Organisation).where(Organisation.name == name)) is None:
            db.session.add(
                Organisation(kind=kind, name=name, name_en=name_en, district_code=DISTRICT)
            )
    if db.session.scalar(select(Scheme)) is None:
        db.session.add(
            Scheme(
                code="shanghai-elder-accompaniment",
                version="2026.1",
                title="为老服务陪诊师认证方案（演示）",
                title_en="Scheme for accompaniment practitioners (demonstration)",
                body={"may": MAY, "may_not": MAY_NOT},
                effective_from=clock.shanghai_date(now - timedelta(days=60)),
            )
        )
    _rule("certificate.issuer", _issuer(), now)
    # Whoever tries the product finds its classes ended: their study is counted all the same.
    _rule("lesson.days_after_class", 30, now)
    _rule(
        "certificate.complaints",
        {
            "zh": "演示环境，没有真实的投诉电话",
            "en": "A demonstration: there is no real complaints line",
        },
        now,
    )


def _issuer() -> dict[str, str]:
    return {
        "zh": "江畔示例养老服务协会（演示）",
        "en": "Riverside Example Association for Elderly Services (demonstration)",
    }


def _rule(name: str, value: Any, now: datetime) -> None:
    if db.session.scalar(select(DatedSetting).where(DatedSetting.name == name)) is None:
        rulebook.set_value(
            name,
            value,
            from_date=clock.shanghai_date(now - timedelta(days=60)),
            source="演示数据",
            official=False,
            actor=None,
            now=now,
        )


def _classes(now: datetime) -> TrainingClass:
    """Make a class that has just ended, which is returned, and one that can be joined."""
    today = clock.shanghai_date(now)
    body = db.session.scalars(
        select(Organisation).where(Organisation.kind == "training_body")
    ).first()
    edition = db.session.scalars(
        select(CourseEdition).order_by(CourseEdition.updated_at.desc())
    ).first()
    assert body is not None  # noqa: S101 — made above
    if edition is None:
        raise LookupError("the course is not loaded: run flask content sync first")
    made = []
    for title, first, days in (
        ("演示一班（已结业）", today - timedelta(days=9), 8),
        ("演示二班（可以加入）", today, 60),
    ):
        found = db.session.scalar(select(TrainingClass).where(TrainingClass.title == title))
        if found is None:
            found = classes.open_class(
                ClassPlan(
                    title=title,
                    organisation=body,
                    district_code=db.session.get_one(District, DISTRICT).code,
                    edition=edition,
                    starts_on=first,
                    ends_on=first + timedelta(days=days),
                    capacity=130,
                ),
                actor=person("training"),
                now=now,
            )
            db.session.flush()
            timetable.make_timetable(found, actor=person("training"), now=now)
            classes.name_instructor(
                found, person("teacher"), on=first, actor=person("training"), now=now
            )
        made.append(found)
    made[1].join_code = JOIN_CODE
    return made[0]


def _trainee(login: str, finished: TrainingClass, now: datetime) -> None:
    """Give a trainee the records of a class that has ended; the learner is in its middle."""
    user = person(login)
    if user.identity is None:
        consents.give(user, "service", actor=user, now=now)
        consents.give(user, "identity_number", actor=user, now=now)
        number = list(LATIN).index(login) + 1
        identity.record(user, "resident_id", _invented(number), actor=user, now=now)
        user.name_latin = LATIN[login]
        _affiliate(user, now)
        db.session.commit()
    if user.photo_blob_id is None and login != "learner":
        outside_transaction()
        jpeg = photos.prepare(portrait(login))
        photos.keep(user, jpeg, actor=user, now=now)
        for purpose in ("photo_on_certificate", "photo_public"):
            consents.give(user, purpose, actor=user, now=now)
    began = datetime.combine(finished.starts_on, datetime.min.time(), tzinfo=clock.SHANGHAI)
    enrolment, new = joining.join(user, finished, "care_institution", now=began)
    db.session.flush()
    if new:
        _records(enrolment, finished, now)
    _lessons(user, finished, LEARNED if login == "learner" else None, now)


def _invented(number: int) -> str:
    """Return an identity number that nobody has: no area begins with 99."""
    digits = f"99000019680512{number:03d}"
    return digits + str(ric.calc_check_digit(digits + "0"))


def _affiliate(user: User, now: datetime) -> None:
    institution = db.session.scalars(
        select(Organisation).where(
            Organisation.kind == "institution", Organisation.name == "示例护理院"
        )
    ).one()
    since = clock.shanghai_date(now - timedelta(days=400))
    db.session.add(Affiliation(user_id=user.id, organisation_id=institution.id, starts_on=since))


def _records(enrolment: Enrolment, finished: TrainingClass, now: datetime) -> None:
    teacher = person("teacher")
    today = clock.shanghai_date(now)
    for meeting in finished.meetings:
        attendance.record(meeting, {enrolment: meeting.minutes}, reason="", actor=teacher, now=now)
    lessons = records.lessons_to_sign(finished.edition, today)
    practice.sign(
        finished, [(enrolment, one.code) for one in lessons], on=today, actor=teacher, now=now
    )
    first, second = person("examiner1"), person("examiner2")
    outcome = Outcome(held_on=finished.ends_on, mark=84, critical_error=False)
    assessing.assess(enrolment, outcome, first=first, second=second, actor=first, on=today, now=now)


def _lessons(user: User, finished: TrainingClass, most: int | None, now: datetime) -> None:
    versions = db.session.scalars(
        select(LessonVersion)
        .where(
            LessonVersion.edition_id == finished.edition_id,
            LessonVersion.current.is_(True),
            LessonVersion.countable.is_(True),
        )
        .order_by(LessonVersion.code)
    ).all()
    for version in versions[:most]:
        progress = reading.open_lesson(user, version, now=now)
        if progress.completed_at is None:
            progress.completed_at, progress.completed_by = now, "opened"
