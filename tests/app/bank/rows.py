"""Questions for tests of the bank, as text of a file and as rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select

from app import clock
from app.bank import approving, handing_in, writing
from app.extensions import db
from app.models.bank import ExamBlueprint, QuestionEntry, QuestionVersion
from app.models.exams import Booking, Exam, ExamRevision, Paper, PaperSlot, Sitting
from app.models.learning import CourseEdition
from app.models.people import Role, User
from app.models.scheme import Scheme
from app.models.training import ClassInstructor, TrainingClass
from question_bank import Choice, Question, load
from tests import factories

FILE = """\
format: peizhen.questions
format_version: "1.0"
questions:
  - id: t1
    pool: live
    kind: single_choice
    domain: E
    lesson: "4.3"
    level: use
    stem: 先做什么？
    options:
      - {id: o1, text: 看一看, why: 先看清楚。}
      - {id: o2, text: 等一等, why: 等会误事。}
    key: [o1]
    x_note: 留着
  - id: t2
    pool: practice
    kind: true_false
    domain: A
    lesson: "4.1"
    level: recall
    stem: 陪诊师可以推荐医生。
    key: false
"""
BLUEPRINT = """\
format: peizhen.blueprint
format_version: "1.0"
id: plan
title: 两题的表
domains: {E: 就诊流程}
cells:
  - {domain: E, kind: single_choice, count: 2, marks: 50}
x_minutes: 30
"""


def folder(path: Path, text: str = FILE, blueprint: str | None = BLUEPRINT) -> Path:
    """Write a bank's folder with one question file and one blueprint."""
    root = path / "bank"
    (root / "module-4").mkdir(parents=True, exist_ok=True)
    (root / "module-4" / "one.yaml").write_text(text, "utf-8")
    if blueprint is not None:
        (root / "blueprints").mkdir(exist_ok=True)
        (root / "blueprints" / "plan.yaml").write_text(blueprint, "utf-8")
    return root


def question(code: str, **changes: Any) -> Question:
    """Return a single choice question, live unless said otherwise."""
    values: dict[str, Any] = {
        "id": code,
        "kind": "single_choice",
        "pool": "live",
        "domain": "E",
        "lesson": "4.3",
        "level": "use",
        "stem": f"{code}：先做什么？",
        "options": (Choice("o1", "看一看", "先看清楚。"), Choice("o2", "等一等", "等会误事。")),
        "key": ("o1",),
        **changes,
    }
    return Question(**values)


def entry(code: str = "q1", *, author: User | None = None, **changes: Any) -> QuestionEntry:
    """Save a draft question of an author."""
    writer = author or factories.user(Role.ITEM_WRITER)
    made = writing.create(question(code, **changes), actor=writer, now=clock.now())
    db.session.commit()
    return made


def current(of: QuestionEntry) -> QuestionVersion:
    """Return the current version."""
    return writing.get_version(of, of.current_number)


def hand_in(of: QuestionEntry) -> QuestionEntry:
    """Hand the current version in, as its writer does."""
    version = current(of)
    writer = db.session.get(User, of.author_id or version.created_by_id or "")
    actor = writer or factories.user(Role.ITEM_WRITER)
    handing_in.hand_in(version, actor=actor, now=clock.now())
    db.session.commit()
    return of


def activate(of: QuestionEntry, *, demonstration: bool = False) -> QuestionEntry:
    """Hand the current version in and let a clinician and a lawyer approve it."""
    if of.status == "draft":
        hand_in(of)
    for role in (Role.CLINICAL_REVIEWER, Role.LEGAL_REVIEWER):
        reviewer = factories.user(role)
        if demonstration:
            approving.demo_approve(current(of), reviewer, clock.now())
        else:
            approving.approve(current(of), then="active", actor=reviewer, now=clock.now())
    db.session.commit()
    return of


def body(of: QuestionEntry) -> Question:
    """Return the current question."""
    return load(current(of).body)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the SELECTs that run inside."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def codes() -> list[str]:
    """Return the codes of all entries."""
    return list(db.session.scalars(select(QuestionEntry.code).order_by(QuestionEntry.code)))


def teach(person: User, *, left_days_ago: int | None = None, ended_days_ago: int = 0) -> None:
    """Make a person instructor of record of a class, still or until some days ago."""
    today = clock.shanghai_date(clock.now())
    edition = factories.save(
        CourseEdition(
            code=f"course-{person.id}",
            edition="1",
            title="课程",
            title_en="Course",
            outline={},
            updated_at=clock.now(),
        )
    )
    scheme = factories.save(
        Scheme(
            code=f"s-{person.id}",
            version="1",
            title="方案",
            title_en="Scheme",
            body={},
            effective_from=today,
        )
    )
    row = TrainingClass(
        title="春季一班",
        join_code=person.id[:12],
        organisation_id=factories.organisation().id,
        district_code=factories.district().code,
        edition_id=edition.id,
        scheme_id=scheme.id,
        starts_on=today - timedelta(days=ended_days_ago + 30),
        ends_on=today - timedelta(days=ended_days_ago),
        capacity=30,
        created_at=clock.now(),
    )
    factories.save(row)
    until = None if left_days_ago is None else today - timedelta(days=left_days_ago)
    since = today - timedelta(days=ended_days_ago + 2000)
    factories.save(ClassInstructor(class_id=row.id, user_id=person.id, since=since, until=until))


def sitting(of: QuestionVersion, *, closed: bool = False) -> Sitting:
    """Make a sitting whose revision may draw a version."""
    now, manager = clock.now(), factories.user(Role.EXAM_MANAGER)
    plan = factories.save(
        ExamBlueprint(code=of.id, title="表", body={}, origin="browser", updated_at=now)
    )
    exam = Exam(
        title="春季理论考试",
        title_en="Spring exam",
        blueprint_id=plan.id,
        minutes=90,
        pass_percent=60,
        pass_method="固定",
        created_by_id=manager.id,
        created_at=now,
    )
    factories.save(exam)
    revision = ExamRevision(
        exam_id=exam.id,
        number=1,
        body={"eligible": [{"version": of.id}]},
        hash="0" * 64,
        published_by_id=manager.id,
        published_at=now,
    )
    factories.save(revision)
    made = Sitting(
        revision_id=revision.id,
        district_code=factories.district().code,
        place="一号教室",
        opens_at=now,
        last_start_at=now,
        closes_at=now,
        room_code="1234",
        closed_at=now if closed else None,
        created_by_id=manager.id,
        created_at=now,
    )
    return factories.save(made)


def paper(of: QuestionVersion, room: Sitting) -> None:
    """Put a version on somebody's paper."""
    seats = select(func.count()).select_from(Booking).where(Booking.sitting_id == room.id)
    now, person = clock.now(), factories.user(Role.TRAINEE)
    booking = factories.save(
        Booking(
            sitting_id=room.id,
            user_id=person.id,
            seat=1 + (db.session.scalar(seats) or 0),
            ticket_number=person.id[:12],
            created_at=now,
        )
    )
    drawn = factories.save(
        Paper(booking_id=booking.id, seed="S", algorithm="1", shown=[], drawn_at=now)
    )
    factories.save(
        PaperSlot(
            paper_id=drawn.id,
            number=1,
            version_id=of.id,
            domain="E",
            option_order=["o1", "o2"],
            maximum="1",
        )
    )
