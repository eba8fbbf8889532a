"""Each fault in a course folder is told with file, line and code, and reading goes on."""

import pytest

from curricula import Problem
from curricula.marked_yaml import UnreadableYamlError, read_yaml


def test_it_works(small):
    report = small.load()
    assert report.problems == ()
    assert report.usable
    first, second, third = report.course.lessons
    assert first.objectives[0].label.en == "can list three things"
    assert first.review_by.isoformat() == "2027-11-30"
    assert first.diagrams[0].svg.startswith("<svg")
    assert first.awaiting_review
    assert first.countable
    assert second.in_preparation
    assert not second.countable
    assert third.completion.instructor_tick


LESSON = "m1/1-1.md"
COURSE = "course.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "code"),
    [
        (COURSE, "edition: ", "edition: [", 5, "bad-yaml"),
        (COURSE, 'edition: "1"', "edition: 1", 4, "wrong-kind"),
        (COURSE, "code: small", "code: large", 3, "code-differs-from-folder"),
        (COURSE, "class_hours: 3", "class_hours: 4", 7, "hours-do-not-add-up"),
        (COURSE, "class_hours", "clas_hours", 7, "unknown-field"),
        (COURSE, "class_hours", "code", 7, "duplicate-field"),
        (COURSE, "peizhen.course", "other.course", 1, "wrong-format"),
        (COURSE, '"1.0"', '"2.0"', 2, "wrong-format"),
        (COURSE, "domain: E", "domain: Z", 16, "wrong-kind"),
        (COURSE, "[hospital]", "[hotel]", 24, "unknown-policy-area"),
        (COURSE, '{id: "1.2"', '{id: "1.1"', 27, "lesson-listed-twice"),
        (COURSE, '{id: "1.2"', '{id: "../1"', 27, "bad-id"),
        (COURSE, '["1.2"]', '["7.7"]', 28, "unknown-prerequisite"),
        (COURSE, "prerequisites: []", 'prerequisites: ["1.3"]', 26, "prerequisite-circle"),
        (COURSE, "prerequisites: []", 'prerequisites: ["1.1"]', 26, "prerequisite-circle"),
        (COURSE, "minutes: 45, practical: true", "minutes: 0, practical: true", 28, "not-positive"),
        (
            COURSE,
            "minutes: 45, practical: true",
            "minutes: -5, practical: true",
            28,
            "not-positive",
        ),
        (
            COURSE,
            "minutes: 45, practical: true",
            "minutes: 许多, practical: true",
            28,
            "not-positive",
        ),
        (COURSE, '"1.2"]}', '"1.2"], file: m1/no.md}', 28, "missing-lesson-file"),
        (COURSE, '"1.2"]}', '"1.2"], file: ../../no.md}', 28, "file-outside"),
        (COURSE, '"1.2"]}', '"1.2"], file: m1/1-1.md}', 28, "file-used-twice"),
        (COURSE, "lesson: {opened: true}", "lesson: {}", 11, "empty-completion"),
        (COURSE, "lesson: {opened: true}", "lesson: {practice_share: 1.5}", 11, "wrong-kind"),
        (LESSON, "---\n", "", 1, "no-front-matter"),
        (LESSON, "minutes: 45", "minutes: 40", 8, "differs-from-course"),
        (LESSON, "minutes: 45", "minutes: 0", 8, "not-positive"),
        (LESSON, "zh: 到院", "zh: 出院", 5, "differs-from-course"),
        (LESSON, "headings: [visit-arrival]", "headings: [visit-moon]", 13, "unknown-heading"),
        (LESSON, "headings: [visit-arrival]", "headings: []", 13, "empty-list"),
        (LESSON, "headings: [visit-arrival]", "headings: [4.3]", 13, "wrong-kind"),
        (LESSON, "[q11-001]", "[q11-001, q11-001]", 17, "duplicate-item"),
        (LESSON, "door.svg, alt", "gate.svg, alt", 16, "missing-diagram"),
        (LESSON, "door.svg, alt", "../door.svg, alt", 16, "bad-diagram-name"),
        (LESSON, "2027-11-30", "2027-13-40", 29, "bad-value"),
        (LESSON, "2027-11-30", "soon", 29, "wrong-kind"),
        (LESSON, "date: 2026-11-21", "date: 昨天", 25, "wrong-kind"),
        (LESSON, "status: draft", "status: active", 30, "not-approved"),
        (LESSON, "status: draft", "status: ready", 30, "wrong-kind"),
        (LESSON, "status: draft\n", "", 2, "missing-field"),
        (LESSON, "# 到院", "# 出院", 33, "differs-from-course"),
        (LESSON, " {#aim}", "", 35, "bad-section-id"),
        (LESSON, "{#aim}", "{#main}", 35, "bad-section-id"),
        (LESSON, "{#case}", "{#aim}", 41, "duplicate-section"),
        (LESSON, "**列出**到", "**“列出”**到", 37, "bold-not-closed"),
        (LESSON, "列出**到院", "列出**[到院](http://a.example)", 37, "bad-link"),
        (LESSON, "![大门](door.svg)", "![大门](gate.svg)", 39, "unknown-picture"),
        (LESSON, "![大门](door.svg)", "看：![大门](door.svg)", 39, "picture-not-alone"),
        (LESSON, "![大门](door.svg)", "", 1, "unused-diagram"),
        (LESSON, "{#teaching}", "{#notes}", 32, "missing-part"),
    ],
)
def test_a_fault_is_told_where_it_stands(small, found, file, old, new, line, code):
    small.change(file, old, new)
    assert (file, line, code) in found()


@pytest.mark.parametrize("name", ["course.yaml", "m1/1-1.md", "m1/door.svg"])
def test_a_file_in_gbk_is_refused_with_the_first_bad_line(small, found, name):
    text = (small.folder / name).read_text(encoding="utf-8")
    small.write(name, text.encode("gbk"))
    first = next(at for at, line in enumerate(text.split("\n"), 1) if not line.isascii())
    assert (name, first, "wrong-encoding") in found()


@pytest.mark.parametrize("name", ["course.yaml", "m1/1-1.md", "m1/door.svg"])
def test_windows_line_ends_and_byte_order_mark_are_taken(small, found, name):
    text = (small.folder / name).read_text(encoding="utf-8")
    small.write(name, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert found() == set()


@pytest.mark.parametrize("name", ["course.yaml", "m1/1-1.md", "m1/door.svg"])
def test_a_file_that_is_too_large_is_not_even_read(small, found, name):
    small.write(name, b"x" * 500_000)
    assert (name, 1, "file-too-large") in found()


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "deep: " + "[" * 5_000,
        "key: !!python/object/apply:os.system [ls]\n",
        "? [a, b]\n: c\n",
        "a: \x00\n",
        "one: 1\n---\ntwo: 2\n",
        "- just\n- a list\n",
        "",
    ],
)
def test_yaml_that_is_a_trap_or_no_mapping_ends_in_a_problem(small, bomb):
    small.write("course.yaml", bomb)
    report = small.load()
    assert report.course is None
    assert report.errors


def test_aliases_are_refused_in_front_matter_with_their_line(small, found):
    small.change(LESSON, "practice: [q11-001]", "practice: &p [q11-001]")
    assert (LESSON, 17, "yaml-alias") in found()


def test_a_missing_course_file_is_one_clear_problem(tmp_path, small):
    (small.folder / "course.yaml").unlink()
    report = small.load()
    assert [problem.code for problem in report.problems] == ["missing-file"]


def test_an_invisible_character_is_told_with_its_line(small, found):
    small.change(LESSON, "老人站着等", "老人\x07站着等")
    assert (LESSON, 43, "control-character") in found()


@pytest.mark.parametrize("sign", ["\x01", "\ud800"])
def test_the_line_is_right_after_many_characters_of_more_than_one_byte(sign):
    with pytest.raises(UnreadableYamlError) as refused:
        read_yaml("甲" * 60 + f": 1\n\nb: {sign}\n" + "\n" * 100)
    assert (refused.value.line, refused.value.code) == (3, "bad-yaml")


def test_all_faults_are_told_at_once(small, found):
    small.change(COURSE, '["1.2"]', '["7.7"]')
    small.change(LESSON, "[visit-arrival]", "[visit-moon]")
    small.change(LESSON, "status: draft", "status: ready")
    small.change("m1/door.svg", "<path", "<script>1</script><path")
    small.write("m1/9-9.md", "nobody's")
    assert {code for _, _, code in found()} >= {
        "unknown-prerequisite",
        "unknown-heading",
        "wrong-kind",
        "diagram-unsafe",
        "unclaimed-file",
    }


def test_a_fault_in_a_drawing_is_told_in_the_drawing(small, found):
    small.change("m1/door.svg", "fill=", "onclick=")
    assert ("m1/door.svg", 3, "diagram-unsafe") in found()


def test_length_outside_the_limits_is_a_warning_only(small):
    small.change(COURSE, "least: 10", "least: 900")
    report = small.load()
    assert [problem.code for problem in report.warnings] == ["body-length"]
    assert report.usable


def test_a_lesson_after_one_in_preparation_is_a_warning(small):
    small.change(COURSE, "prerequisites: []", 'prerequisites: ["1.2"]')
    small.change(COURSE, '["1.1"]', "[]")
    small.change(LESSON, "prerequisites: []", 'prerequisites: ["1.2"]')
    report = small.load()
    assert [problem.code for problem in report.warnings] == ["prerequisite-in-preparation"]


def test_an_objective_id_used_by_two_lessons_is_refused(small, found):
    second = (small.folder / LESSON).read_text(encoding="utf-8")
    second = second.replace('id: "1.1"', 'id: "1.2"').replace(
        "prerequisites: []", 'prerequisites: ["1.1"]'
    )
    second = second.replace("zh: 到院, en: Arriving", "zh: 候诊, en: Waiting").replace(
        "# 到院", "# 候诊"
    )
    small.write("m1/1-2.md", second)
    assert found() == {("m1/1-2.md", 11, "duplicate-objective")}


def test_practice_as_a_condition_needs_practice_questions(small, found):
    small.change(COURSE, "lesson: {opened: true}", "lesson: {practice_share: 0.8}")
    small.change(LESSON, "practice: [q11-001]", "practice: []")
    assert found() == {(LESSON, 17, "no-practice")}


def test_own_fields_and_fields_of_a_newer_minor_version_are_kept_quiet_about(small, found):
    small.change(LESSON, "status: draft", "status: draft\nx_note: mine")
    assert found() == set()
    small.change(LESSON, '"1.0"', '"1.4"')
    small.change(LESSON, "status: draft", "status: draft\nmood: bright")
    assert found() == set()


def test_every_sentence_is_complete_in_both_languages(small):
    small.change(COURSE, '["1.2"]', '["7.7"]')
    small.change(LESSON, "status: draft", "status: ready")
    for problem in small.load().problems:
        assert problem.zh.endswith("。")
        assert problem.en.endswith(".")
        assert f"{problem.file}:{problem.line}" in str(problem)


def test_problems_sort_by_place():
    late, early = Problem("b", 2, "x", "。", "."), Problem("b", 1, "y", "。", ".")
    assert sorted([late, early]) == [early, late]
