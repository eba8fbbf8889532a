"""A class of invented people who have everything a certificate needs and are proposed: rows only.

Made in a few large statements, so that a thousand take a second; the evidence of one person is what
`app/eligibility` asks for and no more. Photos are those of `made_up_certificates`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app import blobs, clock, rulebook
from app.clock import shanghai_date
from app.extensions import db
from app.models.awards import Decision
from app.models.bank import ExamBlueprint
from app.models.exams import Attempt, Booking, Exam, ExamRevision, Paper, Result, Sitting
from app.models.learning import CourseEdition, LessonProgress, LessonVersion
from app.models.people import Consent, District, Identity, Organisation, Role, RoleGrant, User
from app.models.scheme import Scheme
from app.models.training import (
    Attendance,
    ClassMeeting,
    Enrolment,
    PracticalAssessment,
    TrainingClass,
)
from bench.made_up_certificates import photo
from certificates.characters import general_table

DISTRICT = "310110"
OURS = ("certificate.issuer", "certificate.complaints")
PHOTOS = 8
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华红玉萍建国文辉鹏飞雪梅琴云莲珍贞莉"
    "凤洁琳素翠雅芝荣爱妹香月莺媛瑞凡佳嘉琼勤晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓"
    "纨仪荷丹蓉眉君蕊薇菁梦岚苑筠柔竹霭凝晓欢霄枫芸菲寒欣滢亚宜可姬舒影荔枝思毅俊峰保东力"
    "永健世广志义兴良海山仁波宁贵福生龙元全胜学祥才发武新利清彬富顺信子康光天达安岩中茂进林"
)
"""Characters of most given names; one name in thirty has a rarer one."""


@dataclass(frozen=True)
class Made:
    """The class, and who may act on it, by ids."""

    class_id: str
    certifier_id: str
    registrar_id: str
    decisions: tuple[str, ...]


def proposed_class(many: int, now: datetime | None = None, *, photos: bool = True) -> Made:
    """Make a class of `many` people who are proposed; commits."""
    now = now or clock.now()
    _name_issuer(now)
    staff = {role: _person(f"示例{role.value}", now) for role in _STAFF}
    db.session.add_all(staff.values())
    db.session.flush()
    db.session.add_all(
        RoleGrant(user_id=one.id, role=role, granted_at=now) for role, one in staff.items()
    )
    training_class, meeting, lesson, sitting = _around(staff, now)
    pictures = [_picture(number, now) for number in range(PHOTOS)] if photos else []
    db.session.flush()
    decisions: list[str] = []
    chosen = random.Random(many)
    for start in range(0, many, 500):
        some = [
            _one(number, chosen, pictures, now) for number in range(start, min(start + 500, many))
        ]
        decisions += _evidence(
            some, training_class, meeting, lesson, sitting, staff, start + 1, now
        )
        db.session.commit()
    made = Made(
        training_class.id,
        staff[Role.CERTIFIER].id,
        staff[Role.REGISTRAR].id,
        tuple(decisions),
    )
    db.session.commit()
    return made


_STAFF = (Role.CERTIFIER, Role.REGISTRAR, Role.EXAMINER, Role.EXAM_MANAGER)


def _person(name: str, now: datetime) -> User:
    return User(name=name, created_at=now)


def _one(number: int, chosen: random.Random, pictures: list[str], now: datetime) -> User:
    signs = general_table()[:3500] if chosen.random() < 1 / 30 else _GIVEN
    name = chosen.choice(_SURNAMES) + "".join(chosen.choices(signs, k=2))
    return User(
        name=name,
        photo_blob_id=pictures[number % len(pictures)] if pictures else None,
        created_at=now,
    )


def _picture(number: int, now: datetime) -> str:
    blob = blobs.put(photo(number), media_type="image/jpeg", purpose="photo", now=now)
    return blob.id


def _name_issuer(now: datetime) -> None:
    for name in OURS:
        if not rulebook.is_set(name, shanghai_date(now)):
            rulebook.set_value(
                name,
                {"zh": "示例养老服务行业协会", "en": "Example Association for Elderly Services"},
                from_date=date(2020, 1, 1),
                source="示例",
                official=False,
                actor=None,
                now=now,
            )


def _around(
    staff: dict[Role, User], now: datetime
) -> tuple[TrainingClass, ClassMeeting, LessonVersion, Sitting]:
    """Make what the people's rows hang on: district, body, course, class, exam."""
    if db.session.get(District, DISTRICT) is None:
        db.session.add(District(code=DISTRICT, name="杨浦区", name_en="Yangpu"))
    mark = f"{now.timestamp():.0f}-{random.SystemRandom().randrange(10**6)}"
    body = Organisation(kind="training_body", name=f"示例机构{mark}", district_code=DISTRICT)
    lesson = {"code": "4.1", "title": "课", "title_en": "L", "minutes": 45, "practical": False}
    outline = [{"code": "M4", "title": "就诊", "title_en": "V", "lessons": [lesson]}]
    edition = CourseEdition(
        code="course",
        edition=mark[:20],
        title="示例课程",
        title_en="Sample",
        outline={
            "modules": [{**one, "lessons": [{**lesson, "prerequisites": []}]} for one in outline]
        },
        updated_at=now,
    )
    scheme = Scheme(
        code="sample",
        version=mark[-20:],
        title="示例方案",
        title_en="Sample",
        body={},
        effective_from=date(2020, 1, 1),
    )
    db.session.add_all([body, edition, scheme])
    db.session.flush()
    version = _version(edition, now)
    db.session.add(version)
    today = shanghai_date(now)
    found = TrainingClass(
        title="示例区 2026 年秋季班",
        join_code=mark[-12:],
        organisation_id=body.id,
        district_code=DISTRICT,
        edition_id=edition.id,
        scheme_id=scheme.id,
        starts_on=today - timedelta(days=9),
        ends_on=today - timedelta(days=1),
        capacity=5000,
        created_at=now,
    )
    db.session.add(found)
    db.session.flush()
    meeting = ClassMeeting(
        class_id=found.id, title="第1天", starts_at=now - timedelta(days=2), minutes=1620
    )
    db.session.add(meeting)
    return found, meeting, version, _sitting(staff[Role.EXAM_MANAGER], mark, now)


def _version(edition: CourseEdition, now: datetime) -> LessonVersion:
    return LessonVersion(
        edition_id=edition.id,
        code="4.1",
        number=1,
        title="课",
        title_en="L",
        minutes=45,
        practical=False,
        countable=True,
        front={},
        html="<p>…</p>",
        teaching_html="",
        content_hash="0" * 64,
        created_at=now,
    )


def _sitting(manager: User, mark: str, now: datetime) -> Sitting:
    blueprint = ExamBlueprint(
        code=f"b{mark}"[:40], title="细目表", body={}, origin="content", updated_at=now
    )
    db.session.add(blueprint)
    db.session.flush()
    exam = Exam(
        title="理论考试",
        title_en="Theory",
        blueprint_id=blueprint.id,
        minutes=90,
        pass_percent=60,
        pass_method="fixed",  # noqa: S106 — how the pass mark is set
        purpose="certification",
        created_by_id=manager.id,
        created_at=now,
    )
    db.session.add(exam)
    db.session.flush()
    revision = ExamRevision(
        exam_id=exam.id, number=1, body={}, hash="-", published_by_id=manager.id, published_at=now
    )
    db.session.add(revision)
    db.session.flush()
    sat = now - timedelta(days=1)
    sitting = Sitting(
        revision_id=revision.id,
        district_code=DISTRICT,
        place="示例考点",
        opens_at=sat,
        last_start_at=sat,
        closes_at=sat,
        room_code="1234",
        created_by_id=manager.id,
        created_at=sat,
        closed_at=sat,
    )
    db.session.add(sitting)
    db.session.flush()
    return sitting


def _evidence(
    people: list[User],
    found: TrainingClass,
    meeting: ClassMeeting,
    lesson: LessonVersion,
    sitting: Sitting,
    staff: dict[Role, User],
    first: int,
    now: datetime,
) -> list[str]:
    """Write everything that a certificate asks of each; returns the ids of their proposals."""
    db.session.add_all(people)
    db.session.flush()
    enrolments = [
        Enrolment(class_id=found.id, user_id=one.id, category="independent", enrolled_at=now)
        for one in people
    ]
    db.session.add_all(enrolments)
    for one in people:
        db.session.add_all(_about(one, found, lesson, now))
    db.session.flush()
    rows: list[Any] = []
    assessments, bookings = [], []
    for number, (one, enrolment) in enumerate(zip(people, enrolments, strict=True), first):
        rows.append(
            Attendance(
                meeting_id=meeting.id,
                enrolment_id=enrolment.id,
                minutes=1620,
                recorded_by_id=staff[Role.EXAM_MANAGER].id,
                recorded_at=now,
            )
        )
        assessments.append(_assessment(enrolment, staff, now))
        bookings.append(
            Booking(
                sitting_id=sitting.id,
                user_id=one.id,
                enrolment_id=enrolment.id,
                seat=number,
                ticket_number=f"T{one.id[:14]}{number}"[:20],
                created_at=now,
            )
        )
    db.session.add_all([*rows, *assessments, *bookings])
    db.session.flush()
    results = _results(bookings, sitting, now)
    return _proposals(people, enrolments, results, assessments, found, staff, now)


def _about(one: User, found: TrainingClass, lesson: LessonVersion, now: datetime) -> list[Any]:
    kinds = ("service", "photo_on_certificate", "photo_public")
    return [
        Identity(
            user_id=one.id,
            kind="resident_id",
            number_sealed="-",
            match_hash=f"made-up:{one.id}",
            shown="990***********0118",
            recorded_at=now,
        ),
        *(Consent(user_id=one.id, kind=kind, version="1", given_at=now) for kind in kinds),
        LessonProgress(
            user_id=one.id,
            edition_id=found.edition_id,
            code=lesson.code,
            version_id=lesson.id,
            opened_at=now,
            last_opened_at=now,
            completed_at=now,
            completed_by="opened",
        ),
    ]


def _assessment(
    enrolment: Enrolment, staff: dict[Role, User], now: datetime
) -> PracticalAssessment:
    examiner = staff[Role.EXAMINER].id
    return PracticalAssessment(
        enrolment_id=enrolment.id,
        first_examiner_id=examiner,
        second_examiner_id=examiner,
        held_on=shanghai_date(now) - timedelta(days=1),
        mark=82,
        critical_error=False,
        passed=True,
        recorded_by_id=examiner,
        recorded_at=now,
    )


def _results(bookings: list[Booking], sitting: Sitting, now: datetime) -> list[Result]:
    papers = [
        Paper(booking_id=one.id, seed="1", algorithm="1", shown=[], drawn_at=now)
        for one in bookings
    ]
    db.session.add_all(papers)
    db.session.flush()
    attempts = [
        Attempt(
            booking_id=booking.id,
            sitting_id=sitting.id,
            user_id=booking.user_id,
            paper_id=paper.id,
            state="handed_in",
            rules_version="1",
            rules_accepted_at=now,
            started_at=sitting.opens_at,
            deadline_at=sitting.opens_at,
            grace_seconds=10,
            device_hash="-",
        )
        for booking, paper in zip(bookings, papers, strict=True)
    ]
    db.session.add_all(attempts)
    db.session.flush()
    results = [
        Result(
            attempt_id=one.id,
            mark="81",
            maximum="100",
            pass_percent=60,
            passed=True,
            domains={},
            computed_at=now,
            released_at=now,
        )
        for one in attempts
    ]
    db.session.add_all(results)
    db.session.flush()
    return results


def _proposals(
    people: list[User],
    enrolments: list[Enrolment],
    results: list[Result],
    assessments: list[PracticalAssessment],
    found: TrainingClass,
    staff: dict[Role, User],
    now: datetime,
) -> list[str]:
    made = [
        Decision(
            user_id=one.id,
            enrolment_id=enrolment.id,
            scheme_id=found.scheme_id,
            result_id=result.id,
            assessment_id=assessment.id,
            evidence={"proposed": {"on": shanghai_date(now).isoformat(), "rules": {}}},
            proposed_by_id=staff[Role.REGISTRAR].id,
            proposed_at=now,
        )
        for one, enrolment, result, assessment in zip(
            people, enrolments, results, assessments, strict=True
        )
    ]
    db.session.add_all(made)
    db.session.flush()
    return [one.id for one in made]
