"""Progress adds up, prerequisites hold, and there is always a next lesson until all is done."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula import (
    CompletionRule,
    Condition,
    Course,
    Evidence,
    Lesson,
    Module,
    Words,
    conditions,
    is_done,
    may_open,
    missing_prerequisites,
    next_lesson,
    progress,
)


def lesson(id_: str, *needs: str, body: str = "x", **more: object) -> Lesson:
    return Lesson(id_, "M1", Words(id_, id_), 45, False, needs, CompletionRule(), body=body, **more)


def course(*lessons: Lesson) -> Course:
    module = Module("M1", Words("一", "One"), (), lessons)
    return Course("c", "1", Words("课", "C"), 1, 45, (module,), (), (), (), ())


def ids(lessons) -> list[str]:
    return [one.id for one in lessons]


@pytest.mark.parametrize(
    ("rule", "evidence", "done"),
    [
        (CompletionRule(), Evidence(), False),
        (CompletionRule(), Evidence(opened=True), True),
        (CompletionRule(minimum_minutes=20), Evidence(True, timedelta(minutes=20)), True),
        (
            CompletionRule(minimum_minutes=20),
            Evidence(True, timedelta(minutes=19, seconds=59)),
            False,
        ),
        (CompletionRule(practice_share=Fraction(4, 5)), Evidence(True, practice_right=4), True),
        (CompletionRule(practice_share=Fraction(4, 5)), Evidence(True, practice_right=3), False),
        (CompletionRule(practice_share=Fraction(1, 2)), Evidence(True, practice_right=2), False),
        (CompletionRule(instructor_tick=True), Evidence(opened=True), False),
        (CompletionRule(False, instructor_tick=True), Evidence(instructor_ticked=True), True),
    ],
)
def test_a_lesson_is_done_when_every_condition_is_met(rule, evidence, done):
    one = replace(lesson("1.1"), completion=rule, practice=("a", "b", "c", "d", "e"))
    assert is_done(one, evidence) is done


def test_conditions_say_how_much_is_missing():
    rule = CompletionRule(minimum_minutes=20, practice_share=Fraction(3, 5), instructor_tick=True)
    one = replace(lesson("1.1"), completion=rule, practice=("a", "b", "c", "d", "e"))
    states = conditions(one, Evidence(True, timedelta(minutes=12, seconds=30), 1))
    assert [(state.condition, state.met, state.missing) for state in states] == [
        (Condition.OPENED, True, 0),
        (Condition.MINIMUM_TIME, False, 8),
        (Condition.PRACTICE, False, 2),
        (Condition.INSTRUCTOR_TICK, False, 1),
    ]


def test_a_lesson_in_preparation_or_retired_is_never_done_and_never_opens():
    for one in (lesson("1.1", body=""), lesson("1.1", status="retired")):
        assert not is_done(one, Evidence(opened=True))
        assert not may_open(course(one), one, ())


def test_a_missing_prerequisite_is_named():
    whole = course(lesson("1"), lesson("2", "1"), lesson("3", "2", "1"))
    last = whole.get_lesson("3")
    assert ids(missing_prerequisites(whole, last, ())) == ["1", "2"]
    assert ids(missing_prerequisites(whole, last, {"1"})) == ["2"]
    assert may_open(whole, last, {"1", "2"})


def test_a_prerequisite_in_preparation_steps_aside_for_its_own():
    whole = course(lesson("1"), lesson("2", "1", body=""), lesson("3", "2"))
    assert ids(missing_prerequisites(whole, whole.get_lesson("3"), ())) == ["1"]
    assert may_open(whole, whole.get_lesson("3"), {"1"})


def test_progress_leaves_out_what_is_in_preparation():
    whole = course(lesson("1"), lesson("2"), lesson("3", body=""))
    half = progress(whole.lessons, {"1", "3", "unknown"})
    assert (half.lessons_done, half.lessons_total, half.lessons_in_preparation) == (1, 2, 1)
    assert (half.minutes_done, half.minutes_total, half.percent) == (45, 90, 50)
    assert progress(whole.lessons, {"1", "2"}).complete
    assert not progress((), ()).complete
    assert progress((), ()).percent == 0


def test_a_lesson_the_course_does_not_have_is_an_error():
    with pytest.raises(KeyError):
        course(lesson("1")).get_lesson("2")


@st.composite
def orders(draw) -> Course:
    """Draw a course whose lessons, in any order, need only lessons of a hidden order before them."""
    names = [str(number) for number in range(draw(st.integers(1, 8)))]
    lessons = [
        lesson(
            name,
            *draw(st.lists(st.sampled_from(names[:at]), unique=True) if at else st.just([])),
            body=draw(st.sampled_from(["x", "x", ""])),
        )
        for at, name in enumerate(names)
    ]
    return course(*draw(st.permutations(lessons)))


@given(orders())
def test_following_what_is_next_finishes_every_course_without_a_gap(whole):
    completed: list[str] = []
    while (following := next_lesson(whole, completed)) is not None:
        assert missing_prerequisites(whole, following, completed) == ()
        before = progress(whole.lessons, completed)
        completed.append(following.id)
        after = progress(whole.lessons, completed)
        assert after.lessons_done == before.lessons_done + 1
        assert after.minutes_done == before.minutes_done + 45
    assert len(completed) == len(set(completed)) == sum(one.countable for one in whole.lessons)
