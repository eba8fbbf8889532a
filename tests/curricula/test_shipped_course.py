"""The course that ships with the product is whole and without fault."""

import pytest

from curricula import course_folders, load_course, missing_prerequisites, render_lesson


@pytest.fixture(scope="module")
def report():
    (folder,) = course_folders()
    return load_course(folder)


@pytest.fixture(scope="module")
def course(report):
    return report.course


def test_it_loads_without_a_single_problem(report):
    assert [str(problem) for problem in report.problems] == []


def test_it_holds_the_whole_outline_of_36_class_hours(course):
    assert [len(module.lessons) for module in course.modules] == [4, 4, 7, 6, 5, 4, 3, 2, 1]
    assert sum(lesson.minutes for lesson in course.lessons) == 36 * 45
    practical = [lesson.id for lesson in course.lessons if lesson.practical]
    assert practical == [
        "2.3",
        "3.3",
        "3.6",
        "4.5",
        "5.3",
        "5.4",
        "6.2",
        "6.3",
        "7.1",
        "7.2",
        "7.3",
        "8.1",
        "8.2",
    ]
    assert course.get_lesson("9.1").title.en == "Mock exam and feedback"


def test_every_lesson_is_written_and_can_be_reached_in_teaching_order(course):
    done: set[str] = set()
    for lesson in course.lessons:
        assert lesson.countable, lesson.id
        assert missing_prerequisites(course, lesson, done) == (), lesson.id
        done.add(lesson.id)
    assert len(done) == 36


def test_at_least_25_drawings_each_with_words_for_those_who_do_not_see_them(course):
    drawings = [drawing for lesson in course.lessons for drawing in lesson.diagrams]
    assert len(drawings) >= 25
    assert all(drawing.alt for drawing in drawings)
    assert all("<title" in one.svg and "<desc" in one.svg for one in drawings)


def test_every_heading_is_taught_somewhere(course):
    taught = {heading for lesson in course.lessons for heading in lesson.headings}
    assert {heading.id for heading in course.headings} - taught == set()


def test_every_written_lesson_renders_with_its_drawings_and_parts(course):
    for lesson in filter(lambda one: one.countable, course.lessons):
        rendered = render_lesson(lesson)
        kinds = {section.kind for section in rendered.sections}
        assert {"aim", "case", "remember", "text"} <= kinds, lesson.id
        assert rendered.html.count("<figure ") == len(lesson.diagrams) >= 1, lesson.id
        assert rendered.teaching_html, lesson.id
        assert 3 <= len(lesson.english_remember) <= 5, lesson.id
        assert len(lesson.practice) >= 5, lesson.id


def test_nothing_shipped_claims_a_review_that_nobody_did(course):
    for lesson in filter(lambda one: one.countable, course.lessons):
        assert lesson.writer.approved_by is None
        assert lesson.reviewed == ()
        assert lesson.awaiting_review


def test_clauses_of_the_standards_stay_empty(course):
    assert all(standard.clauses == () for standard in course.standards)
    assert all(lesson.clauses == () for lesson in course.lessons)
