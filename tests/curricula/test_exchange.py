"""load(dump(x)) == x, through real JSON; a body that cannot be read is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula import (
    Lesson,
    UnknownBodyError,
    dump_course,
    dump_lesson,
    fingerprint,
    load_course_body,
    load_lesson,
)


def through_json(body):
    return json.loads(json.dumps(body, ensure_ascii=False))


@given(st.from_type(Lesson))
def test_any_lesson_comes_back_as_it_went(lesson):
    assert load_lesson(through_json(dump_lesson(lesson))) == lesson


def test_a_whole_course_comes_back_as_it_went(small):
    course = small.load().course
    assert load_course_body(through_json(dump_course(course))) == course


def test_fields_an_older_program_did_not_write_get_their_default(small):
    body = dump_lesson(small.load().course.get_lesson("1.1"))
    del body["settings"], body["reviewed"], body["completion"]["minimum_minutes"]
    assert load_lesson({**body, "from_the_future": 1}) == small.load().course.get_lesson("1.1")


@pytest.mark.parametrize(
    "damage",
    [
        {"body_version": 2},
        {"body_version": None},
        {"minutes": "45"},
        {"review_by": "soon"},
        {"title": {"zh": "甲"}},
        {"prerequisites": [1]},
        {"completion": None},
    ],
)
def test_a_body_that_cannot_be_read_is_refused(small, damage):
    body = dump_lesson(small.load().course.get_lesson("1.1"))
    with pytest.raises(UnknownBodyError):
        load_lesson({**body, **damage})


def test_the_fingerprint_changes_with_text_and_drawing_and_with_nothing_else(small):
    before = fingerprint(small.load().course.get_lesson("1.1"))
    assert fingerprint(small.load().course.get_lesson("1.1")) == before
    small.change("m1/door.svg", "M0 0h10", "M0 0h9")
    drawn = fingerprint(small.load().course.get_lesson("1.1"))
    small.change("m1/1-1.md", "老人站着等", "老人坐着等")
    written = fingerprint(small.load().course.get_lesson("1.1"))
    assert len({before, drawn, written}) == 3
