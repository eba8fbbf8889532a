"""Rows and files for learning's tests: a small course on disk, a class, finished lessons."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.learning.content import read_courses
from app.learning.syncing import SyncReport, sync_course
from app.models.learning import CourseEdition, LessonProgress
from app.models.people import User
from app.models.scheme import Scheme
from app.models.studying import StudyStretch
from app.models.training import Enrolment, TrainingClass
from tests import factories

COURSE = """\
format: peizhen.course
format_version: "1.0"
code: small
edition: "1"
title: {zh: 小课程, en: Small course}
language: zh-CN
class_hours: 4
minutes_per_class_hour: 45
body_characters: {least: 10, most: 2000}
completion:
  lesson: {opened: true}
  practical: {opened: true, instructor_tick: true}
policy_areas:
  - {id: hospital, zh: 就诊, en: Hospital}
headings:
  - {id: visit-arrival, domain: E, zh: 到院, en: Arriving}
standards:
  - {id: service, title: 《规范》, kind: 团体标准, number: "", issuer: 待补}
sources:
  - {id: own, title: 归纳, issuer: 本课程, date: 2026-11-21, used_for: 全课}
modules:
  - id: M1
    title: {zh: 第一模块, en: First module}
    policy_areas: [hospital]
    lessons:
      - {id: "1.1", title: {zh: 到院, en: Arriving}, minutes: 45, practical: false, prerequisites: []}
      - {id: "1.2", title: {zh: 候诊, en: Waiting}, minutes: 45, practical: false, prerequisites: ["1.1"]}
      - {id: "1.3", title: {zh: 演练, en: Drill}, minutes: 45, practical: true, prerequisites: ["1.2"]}
      - {id: "1.4", title: {zh: 离院, en: Leaving}, minutes: 45, practical: false, prerequisites: ["1.3"]}
"""

LESSON = """\
---
format: peizhen.lesson
format_version: "1.0"
id: "{id}"
title: {{zh: {zh}, en: {en}}}
module: M1
edition: "1"
minutes: 45
practical: {practical}
prerequisites: {needs}
objectives:
  - {{id: {id}-list, level: list, zh: 能列出三件事, en: can list three things}}
headings: [visit-arrival]
clauses: []
diagrams:
  - {{file: door{drawing}.svg, alt: 大门}}
practice: [{practice}]
figures: []
settings: []
en:
  aim: Arrive well.
  remember:
    - Seat the person first.
sources:
  - {{title: 归纳, issuer: 本课程, date: 2026-11-21, used_for: 到院}}
writer: {{kind: ai_drafted, approved_by: null}}
reviewers_needed: [服务流程]
reviewed: []
review_by: 2027-11-30
status: draft
---

# {zh}

## 本课目标 {{#aim}}

学完这一课，你能**列出**到院后的三件事。

![大门](door{drawing}.svg)

## 案例：门口 {{#case}}

老人站着等。

**参考**：先请老人坐稳。

## 记住 {{#remember}}

> 人先坐稳。

## 教学提示（教师） {{#teaching}}

- 只给老师看的安排。
"""

DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" aria-labelledby="t">
  <title id="t">大门</title>
  <path d="M0 0h10v10z" fill="var(--pz-accent, #0b8577)"/>
</svg>
"""

QUESTIONS = """\
format: peizhen.questions
format_version: "1.0"
defaults:
  lesson: "1.1"
  domain: E
  level: recall
  status: draft
  writer: {kind: human, approved_by: null}
questions:
  - id: p-one
    pool: practice
    kind: single_choice
    stem: 进门先做什么？
    options:
      - {id: o1, text: 请老人坐稳, why: 坐稳了再办事。}
      - {id: o2, text: 先去排队, why: 排队时看不见老人。}
      - {id: o3, text: 先打电话, why: 电话可以晚些打。}
    key: [o1]
    explanation: 人先坐稳，事再去办。
  - id: p-two
    pool: practice
    kind: multiple_choice
    stem: 取号时对哪些？
    options:
      - {id: o1, text: 姓名, why: 要对。}
      - {id: o2, text: 科室, why: 要对。}
      - {id: o3, text: 天气, why: 不用对。}
      - {id: o4, text: 早饭, why: 不用对。}
    key: [o1, o2]
    explanation: 对姓名和科室。
  - id: live-one
    pool: live
    kind: single_choice
    stem: 这是一道考试题。
    options:
      - {id: o1, text: 考试题的正确选项, why: 考试题的解释。}
      - {id: o2, text: 乙, why: 不对。}
      - {id: o3, text: 丙, why: 不对。}
    key: [o1]
    explanation: 考试题的要点。
"""


class SmallCourse:
    """The content folder with one small course; `change` replaces words in one of its files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "small"
        self.write("course.yaml", COURSE)
        self.lesson("1.1", "到院", "Arriving", "[]", practice="p-one, p-two")
        self.lesson("1.2", "候诊", "Waiting", '["1.1"]')
        self.lesson("1.3", "演练", "Drill", '["1.2"]', practical=True)

    def lesson(
        self,
        id_: str,
        zh: str,
        en: str,
        needs: str,
        *,
        practice: str = "",
        practical: bool = False,
    ) -> None:
        number = id_.replace(".", "-")
        text = LESSON.format(
            id=id_,
            zh=zh,
            en=en,
            needs=needs,
            practice=practice,
            practical=str(practical).lower(),
            drawing=number,
        )
        self.write(f"m1/{number}.md", text)
        self.write(f"m1/door{number}.svg", DRAWING)

    def write(self, name: str, text: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def change(self, name: str, old: str, new: str, times: int = 1) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        self.write(name, text.replace(old, new, times))

    def new_edition(self, number: str) -> None:
        """Give every file another edition number, as an author does."""
        for path in [*self.folder.rglob("*.md"), self.folder / "course.yaml"]:
            name = path.relative_to(self.folder).as_posix()
            self.change(name, 'edition: "1"', f'edition: "{number}"')

    def sync(self) -> SyncReport:
        report = sync_course(clock.now(), read_courses(self.root))
        db.session.commit()
        return report


def make_class(edition: CourseEdition) -> TrainingClass:
    today = clock.shanghai_date(clock.now())
    scheme = db.session.scalar(select(Scheme)) or factories.save(
        Scheme(code="t", version="1", title="测", title_en="T", body={}, effective_from=today)
    )
    return factories.save(
        TrainingClass(
            title=f"{edition.edition} 班",
            join_code=f"CLASS{edition.edition}"[:12],
            organisation_id=factories.organisation().id,
            district_code=factories.district().code,
            edition_id=edition.id,
            scheme_id=scheme.id,
            starts_on=today,
            ends_on=today + timedelta(days=30),
            capacity=30,
            created_at=clock.now(),
        )
    )


def enrol(person: User, training_class: TrainingClass) -> Enrolment:
    return factories.save(
        Enrolment(
            class_id=training_class.id,
            user_id=person.id,
            category="independent",
            enrolled_at=clock.now(),
        )
    )


def done(person: User, edition: CourseEdition, *codes: str) -> None:
    """Let a person have finished some lessons."""
    version = edition.lessons[0]
    for code in codes:
        now = clock.now()
        db.session.add(
            LessonProgress(
                user_id=person.id,
                edition_id=edition.id,
                code=code,
                version_id=version.id,
                opened_at=now,
                last_opened_at=now,
                completed_at=now,
                completed_by="opened",
            )
        )
    db.session.commit()


def long_ago(person: User) -> None:
    """Let everything that was opened have been opened an hour ago."""
    for row in db.session.scalars(
        select(LessonProgress).where(LessonProgress.user_id == person.id)
    ):
        row.opened_at -= timedelta(hours=1)
    db.session.commit()


def studied(person: User, edition: CourseEdition, code: str, minutes: float) -> StudyStretch:
    """Let a person have studied a lesson for some minutes, an hour ago."""
    began = clock.now() - timedelta(hours=1, minutes=minutes)
    return factories.save(
        StudyStretch(
            user_id=person.id,
            edition_id=edition.id,
            code=code,
            began_at=began,
            last_at=began + timedelta(minutes=minutes),
            counted_ms=int(minutes * 60_000),
            open=False,
            other_pages={},
        )
    )
