"""Course files become editions and lesson versions, all or nothing."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.learning.content import read_courses
from app.learning.syncing import check_course
from app.models.journal import AuditLine
from app.models.learning import CourseEdition, LessonVersion
from tests.app.learning.rows import make_class

pytestmark = pytest.mark.rows


def versions(edition, code):
    return db.session.scalars(
        select(LessonVersion)
        .where(LessonVersion.edition_id == edition.id, LessonVersion.code == code)
        .order_by(LessonVersion.number)
    ).all()


def rows():
    return [
        db.session.scalar(select(func.count()).select_from(table))
        for table in (CourseEdition, LessonVersion, AuditLine)
    ]


def test_it_works(edition):
    assert (edition.code, edition.edition, edition.title_en) == ("small", "1", "Small course")
    (module,) = edition.outline["modules"]
    assert module["code"] == "M1"
    assert module["lessons"][1] == {
        "code": "1.2",
        "title": "候诊",
        "title_en": "Waiting",
        "minutes": 45,
        "practical": False,
        "prerequisites": ["1.1"],
    }
    (first,) = versions(edition, "1.1")
    assert first.countable
    assert '<section class="keep"' in first.html
    assert "只给老师看的安排" not in first.html
    assert "只给老师看的安排" in first.teaching_html
    (outline,) = versions(edition, "1.4")
    assert (outline.countable, outline.html) == (False, "")


def test_a_second_sync_writes_nothing(edition, small):
    before = rows()
    report = small.sync()
    assert report.did_nothing
    assert rows() == before
    assert report.sentences() == ["课程没有变化。"]


def test_a_changed_text_is_the_next_version_and_the_old_one_is_kept(edition, small):
    make_class(edition)
    small.change("m1/1-1.md", "老人站着等。", "老人坐着等。")
    report = small.sync()
    assert report.changed == ["1/1.1"]
    old, new = versions(edition, "1.1")
    assert (old.current, new.current, new.number) == (False, True, 2)
    assert "站着" in old.html
    assert "坐着" in new.html


def test_a_written_lesson_supersedes_its_outline(edition, small):
    make_class(edition)
    small.lesson("1.4", "离院", "Leaving", '["1.3"]')
    small.sync()
    outline, written = versions(edition, "1.4")
    assert (outline.countable, written.countable) == (False, True)


def test_a_new_edition_stands_beside_the_old_one(edition, small):
    before = [row.id for row in db.session.scalars(select(LessonVersion))]
    small.new_edition("2")
    report = small.sync()
    assert report.editions == ["small 2"]
    assert {row.edition for row in db.session.scalars(select(CourseEdition))} == {"1", "2"}
    for row_id in before:
        assert db.session.get_one(LessonVersion, row_id).current


def test_an_edition_in_use_keeps_its_structure(edition, small):
    make_class(edition)
    before = rows()
    small.change("course.yaml", '["1.1"]}', "[]}")
    small.change("m1/1-2.md", 'prerequisites: ["1.1"]', "prerequisites: []")
    (problem,) = small.sync().problems
    assert (problem.file, problem.line, problem.code) == (
        "small/course.yaml",
        4,
        "edition-in-use",
    )
    assert rows() == before


def test_an_unused_edition_may_still_change(edition, small):
    small.change("course.yaml", '["1.1"]}', "[]}")
    small.change("m1/1-2.md", 'prerequisites: ["1.1"]', "prerequisites: []")
    assert small.sync().outlines == ["small 1"]
    lesson = edition.outline["modules"][0]["lessons"][1]
    assert lesson["prerequisites"] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "code"),
    [
        ("course.yaml", "edition: ", "edition: [", 5, "bad-yaml"),
        ("course.yaml", '["1.1"]}', '["7.7"]}', 27, "unknown-prerequisite"),
        ("course.yaml", '{id: "1.2"', '{id: "1.1"', 27, "lesson-listed-twice"),
        ("course.yaml", '["1.3"]}', '["1.3"], file: m1/no.md}', 29, "missing-lesson-file"),
        ("course.yaml", "zh: 离院", "zh: " + "离" * 101, 29, "too-long"),
        ("m1/1-1.md", "p-one", "p-none", 17, "unknown-practice-question"),
        ("m1/1-1.md", "p-two", "live-one", 17, "live-question-in-lesson"),
    ],
)
def test_one_fault_keeps_everything_out(questions, small, file, old, new, line, code):
    small.change(file, old, new)
    report = small.sync()
    found = {(p.file, p.line, p.code) for p in report.problems}
    assert (f"small/{file}", line, code) in found
    assert rows() == [0, 0, 0]
    assert "没有写入" in report.sentences()[-1]


def test_another_encoding_is_refused_by_file_and_line(questions, small):
    text = (small.folder / "m1/1-2.md").read_text(encoding="utf-8")
    small.write("m1/1-2.md", text.encode("gbk"))
    report = small.sync()
    assert ("small/m1/1-2.md", 5, "wrong-encoding") in {
        (p.file, p.line, p.code) for p in report.problems
    }
    assert rows() == [0, 0, 0]


def test_checking_writes_nothing_and_takes_questions_from_files(app, small):
    found = {problem.code for problem in check_course(read_courses(small.root))}
    assert found == {"unknown-practice-question"}
    new = {"p-one": "practice", "p-two": "practice"}
    assert check_course(read_courses(small.root), new) == ()
    assert rows() == [0, 0, 0]


def test_html_of_an_older_program_is_written_anew(edition, small):
    (version,) = versions(edition, "1.1")
    version.html = "<p>old</p>"
    db.session.commit()
    assert small.sync().redrawn == ["1/1.1"]
    (version,) = versions(edition, "1.1")
    assert version.number == 1
    assert "keep" in version.html
