"""Rows of training for tests: an edition with an outline, a class, people in it."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from app import clock
from app.models.learning import CourseEdition, LessonProgress, LessonVersion
from app.models.people import Consent, Identity, Role, User
from app.models.scheme import Scheme
from app.models.training import ClassInstructor, ClassMeeting, Enrolment, TrainingClass
from tests import factories
from tests.factories import save

_count = itertools.count(1)
PRACTICAL = ("2.3", "4.5")
READING = ("4.1", "4.2", "4.3")


def today() -> date:
    """Return today in Shanghai."""
    return clock.shanghai_date(clock.now())


def _lesson(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "title": f"第{code}课",
        "title_en": f"Lesson {code}",
        "minutes": 45,
        "practical": code in PRACTICAL,
        "prerequisites": [],
    }


def edition(countable: tuple[str, ...] = READING) -> CourseEdition:
    """Make an edition of five lessons, two of them practical; some lessons countable."""
    number = next(_count)
    modules = [
        {"code": "M2", "title": "基础", "title_en": "Basics", "lessons": [_lesson("2.3")]},
        {
            "code": "M4",
            "title": "就诊",
            "title_en": "Visit",
            "lessons": [_lesson(code) for code in (*READING, "4.5")],
        },
    ]
    row: CourseEdition = save(
        CourseEdition(
            code="course",
            edition=f"2026.{number}",
            title="示例课程",
            title_en="Sample course",
            outline={"modules": modules},
            updated_at=clock.now(),
        )
    )
    for code in countable:
        save(
            LessonVersion(
                edition_id=row.id,
                code=code,
                number=1,
                title=f"第{code}课",
                title_en=f"Lesson {code}",
                minutes=45,
                practical=code in PRACTICAL,
                countable=True,
                front={},
                html="<p>…</p>",
                teaching_html="",
                content_hash=f"{number:064d}",
                created_at=clock.now(),
            )
        )
    return row


def scheme() -> Scheme:
    """Make a scheme in force since long ago."""
    number = next(_count)
    row: Scheme = save(
        Scheme(
            code="sample",
            version=str(number),
            title="示例方案",
            title_en="Sample scheme",
            body={},
            effective_from=date(2020, 1, 1),
        )
    )
    return row


def training_class(**values: Any) -> TrainingClass:
    """Make a class that began yesterday and lasts a week."""
    number = next(_count)
    values.setdefault("organisation_id", factories.organisation().id)
    values.setdefault("edition_id", edition().id)
    values.setdefault("starts_on", today() - timedelta(days=1))
    values.setdefault("ends_on", today() + timedelta(days=6))
    row: TrainingClass = save(
        TrainingClass(
            **{
                "title": f"示例{number}班",
                "join_code": f"CLASS{number:03d}",
                "district_code": factories.district().code,
                "scheme_id": scheme().id,
                "capacity": 30,
                "created_at": clock.now(),
                **values,
            }
        )
    )
    return row


def enrol(found: TrainingClass, person: User | None = None, **values: Any) -> Enrolment:
    """Put a person, or somebody new, into a class."""
    person = person or factories.user(Role.TRAINEE)
    values.setdefault("category", "independent")
    values.setdefault("enrolled_at", clock.now())
    row: Enrolment = save(Enrolment(class_id=found.id, user_id=person.id, **values))
    return row


def teach(found: TrainingClass, person: User, **values: Any) -> ClassInstructor:
    """Name a person instructor of record of a class since it began."""
    values.setdefault("since", found.starts_on)
    row: ClassInstructor = save(ClassInstructor(class_id=found.id, user_id=person.id, **values))
    return row


def meeting(found: TrainingClass, starts_at: datetime | None = None) -> ClassMeeting:
    """Make a half day that began two hours ago."""
    row: ClassMeeting = save(
        ClassMeeting(
            class_id=found.id,
            title="第1天上午",
            starts_at=starts_at or clock.now() - timedelta(hours=2),
            minutes=180,
        )
    )
    return row


def consent(person: User) -> Consent:
    """Note the consent to keep records."""
    row: Consent = save(
        Consent(user_id=person.id, kind="service", version="1", given_at=clock.now())
    )
    return row


def identity(person: User) -> Identity:
    """Record an identity document, its number of no meaning."""
    row: Identity = save(
        Identity(
            user_id=person.id,
            kind="resident_id",
            number_sealed="-",
            match_hash=f"test:{person.id}",
            shown="E12******678",
            recorded_at=clock.now(),
        )
    )
    return row


def complete(person: User, course: CourseEdition, *codes: str) -> None:
    """Note lessons as completed."""
    for lesson in course.lessons:
        if lesson.code in codes:
            save(
                LessonProgress(
                    user_id=person.id,
                    edition_id=course.id,
                    code=lesson.code,
                    version_id=lesson.id,
                    opened_at=clock.now(),
                    last_opened_at=clock.now(),
                    completed_at=clock.now(),
                    completed_by="opened",
                )
            )
