"""`flask content check`: what ships is complete; each gap in a lesson is a fault with its lesson."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import cli
from app.bank.content import SHIPPED
from app.handbook.commands import check_content
from app.handbook.coverage import cover, lesson_faults
from app.handbook.material import Material, NoCourseError, read_material, shipped
from curricula import CONTENT, Course, Lesson


@pytest.fixture(scope="module")
def material() -> Material:
    return shipped()


def with_lesson(material: Material, **changes: object) -> Material:
    """Return the material with the first lesson changed."""
    course = material.course
    first = course.modules[0]
    lesson: Lesson = replace(first.lessons[0], **changes)
    modules = (replace(first, lessons=(lesson, *first.lessons[1:])), *course.modules[1:])
    changed: Course = replace(course, modules=modules)
    return replace(material, course=changed)


def test_what_ships_is_complete() -> None:
    told = CliRunner().invoke(check_content, ["--json"])
    assert told.exit_code == 0, told.output
    report = json.loads(told.output)
    assert report["faults"] == []
    assert report["flaws"] == []
    assert report["near"] == []
    assert len(report["lessons"]) == 36
    assert all(1200 <= line["characters"] <= 2000 for line in report["lessons"])
    assert sum(line["live"] for line in report["lessons"]) >= 600
    assert sum(line["practice"] for line in report["lessons"]) >= 180
    assert len(report["cells"]) == 20
    assert all(cell["times"] >= 5 for cell in report["cells"])
    assert all(row["lessons"] and row["live"] for row in report["headings"])
    assert report["blind_solve"]["disagreeing"] == []


def test_in_words_it_says_the_same() -> None:
    told = CliRunner().invoke(check_content)
    assert told.exit_code == 0
    for words in (
        "A role-limits（",
        "A 单选题：要 8",
        "违反命题规则 0 处",
        "共 36 课",
        "相符 100%",
    ):
        assert words in told.output, words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sources": ()}, "没有写来源"),
        ({"reviewers_needed": ()}, "没有写由谁审"),
        ({"review_by": None}, "没有写复审期限"),
        ({"practice": ("q99-001",)}, "题库没有的题：q99-001"),
        ({"body": ""}, "还没有课文"),
        ({"id": "1.9"}, "只有 0 道练习题"),
        ({"id": "1.9"}, "没有一道题考到"),
    ],
)
def test_each_gap_is_a_fault(material: Material, changes: dict[str, object], words: str) -> None:
    faults = lesson_faults(with_lesson(material, **changes))
    assert any(words in fault for fault in faults), faults


def test_thin_places_are_told_but_no_fault(material: Material) -> None:
    fewer = tuple(one for one in material.questions if one.kind != "case_set")
    report = cover(replace(material, questions=fewer))
    assert report.faults == ()
    assert any(words.startswith("B 案例题 只有 0.0 倍") for words in report.thin)


def test_a_key_that_the_solver_contradicts_too_often_is_a_fault(material: Material) -> None:
    few = [solve for solve in material.solves if solve.question in ("q11-001", "q11-002")]
    wrong = (replace(few[0], answer="o4"), few[1])
    report = cover(replace(material, solves=wrong))
    assert any("相符率" in fault for fault in report.faults)
    assert [solve.question for solve in report.agreement.disagreeing] == ["q11-001"]


def test_a_broken_file_stops_it_with_its_name(tmp_path: Path) -> None:
    shutil.copytree(CONTENT, tmp_path / "courses")
    (course,) = (tmp_path / "courses").iterdir()
    (course / "stations" / "S1-intake.yaml").write_text("points: [", encoding="utf-8")
    told = CliRunner().invoke(check_content, ["--courses", str(tmp_path / "courses")])
    assert told.exit_code == 1
    assert "S1-intake.yaml" in told.output


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoCourseError):
        read_material(tmp_path, SHIPPED)


def test_it_needs_no_installation() -> None:
    bare = cli.without_settings(["flask", "--app", "wsgi", "content", "check"])
    assert bare is not None
    assert "content" in bare.cli.commands
    assert cli.without_settings(["flask", "content", "sync"]) is None
