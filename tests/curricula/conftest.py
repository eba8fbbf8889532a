"""A small sound course on disk that each test damages in its own way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from curricula import LoadReport, load_course

COURSE = """\
format: peizhen.course
format_version: "1.0"
code: small
edition: "1"
title: {zh: 小课程, en: Small course}
language: zh-CN
class_hours: 3
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
"""

LESSON = """\
---
format: peizhen.lesson
format_version: "1.0"
id: "1.1"
title: {zh: 到院, en: Arriving}
module: M1
edition: "1"
minutes: 45
practical: false
prerequisites: []
objectives:
  - {id: 1.1-list, level: list, zh: 能列出三件事, en: can list three things}
headings: [visit-arrival]
clauses: []
diagrams:
  - {file: door.svg, alt: 大门}
practice: [q11-001]
figures: []
settings: []
en:
  aim: Arrive well.
  remember:
    - Seat the person first.
sources:
  - {title: 归纳, issuer: 本课程, date: 2026-11-21, used_for: 到院}
writer: {kind: ai_drafted, approved_by: null}
reviewers_needed: [服务流程]
reviewed: []
review_by: 2027-11-30
status: draft
---

# 到院

## 本课目标 {#aim}

学完这一课，你能**列出**到院后的三件事。

![大门](door.svg)

## 案例：门口 {#case}

老人站着等。

**参考**：先请老人坐稳。

## 记住 {#remember}

> 人先坐稳。
> 再去办事。

## 教学提示（教师） {#teaching}

- 安排：45分钟。
"""

DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" aria-labelledby="t">
  <title id="t">大门</title>
  <path d="M0 0h10v10z" fill="var(--pz-accent, #0b8577)"/>
</svg>
"""


class SmallCourse:
    """The folder of the small course; `change` replaces words in one of its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("course.yaml", COURSE)
        self.write("m1/1-1.md", LESSON)
        self.write("m1/door.svg", DRAWING)

    def write(self, name: str, text: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        self.write(name, text.replace(old, new, 1))

    def load(self) -> LoadReport:
        return load_course(self.folder)


@pytest.fixture
def small(tmp_path: Path) -> SmallCourse:
    folder = tmp_path / "small"
    folder.mkdir()
    return SmallCourse(folder)


@pytest.fixture
def found(small: SmallCourse) -> Callable[[], set[tuple[str, int, str]]]:
    """Return file, line and code of every problem of the small course."""

    def read() -> set[tuple[str, int, str]]:
        return {(p.file, p.line, p.code) for p in small.load().problems}

    return read
