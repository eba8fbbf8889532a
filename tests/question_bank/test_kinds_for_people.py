"""What people mark, and what nobody marks: rubrics, files, descriptions, cases that hold them."""

from fractions import Fraction
from typing import Any

import pytest

from question_bank import (
    NeedsPeopleError,
    NoMarkError,
    Question,
    QuestionError,
    Response,
    ResponseFormatError,
    RubricError,
    check,
    dump,
    facts_of,
    key_of,
    load,
    mark_by_rubric,
    mark_parts,
    mark_response,
    parse_response,
    parts_for_people,
    raw_response,
    say_key,
    shown,
)
from tests.question_bank.samples import DESCRIPTION, RUBRIC, SHORT, UPLOAD
from tests.question_bank.strategies import single


def test_what_people_mark_is_never_marked_here() -> None:
    recording = {"sha256": "a" * 64, "name": "问候.mp3", "size": 900, "media_type": "audio/mpeg"}
    for question, raw in ((SHORT, "先问时间"), (UPLOAD, [recording])):
        response = parse_response(question, raw)
        assert raw_response(question, response) == raw
        with pytest.raises(NeedsPeopleError) as caught:
            mark_response(question, key_of(question), response)
        assert caught.value.ids == ("q1",)
        assert parts_for_people(question) == ("q1",)
        assert mark_response(question, key_of(question), Response()) == 0
        assert mark_response(question, key_of(question) | {"everyone": True}, response) == 1
        with pytest.raises(ValueError, match="cannot be marked"):
            mark_response(question, key_of(question), response, "all_or_nothing")
    assert say_key(SHORT) == "说清时间；语气"


def test_points_become_a_fraction_and_strange_points_are_refused() -> None:
    give = {"c1": Fraction(1), "c2": Fraction(1)}
    assert mark_by_rubric(SHORT, give) == Fraction(2, 3)
    for wrong in (
        {"c1": Fraction(1)},
        give | {"c1": Fraction(3)},
        give | {"c2": Fraction(1, 2)},
        give | {"c3": Fraction(0)},
    ):
        with pytest.raises(RubricError):
            mark_by_rubric(SHORT, wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 1_000_001},
        {"size": True},
        {"media_type": "image/png"},
        {"sha256": "短"},
        {"name": "坏\x00名"},
        {"path": "/etc"},
    ],
)
def test_a_file_that_may_not_be_handed_in_is_a_format_problem(change: dict[str, Any]) -> None:
    good = {"sha256": "a" * 64, "name": "问候.mp3", "size": 900, "media_type": "audio/mpeg"}
    with pytest.raises(ResponseFormatError, match="没有计入"):
        parse_response(UPLOAD, [good | change])
    with pytest.raises(ResponseFormatError, match="两次"):
        parse_response(UPLOAD, [good, good])
    with pytest.raises(ResponseFormatError, match="最多 20 个"):
        parse_response(SHORT, "长" * 21)


def test_a_description_is_read_and_never_marked() -> None:
    assert DESCRIPTION.marked_questions() == ()
    assert shown(DESCRIPTION) == {"id": "q1", "kind": "description", "stem": "先做什么？"}
    with pytest.raises(NoMarkError):
        mark_response(DESCRIPTION, key_of(DESCRIPTION), Response())
    with pytest.raises(ResponseFormatError):
        parse_response(DESCRIPTION, "甲")
    with pytest.raises(QuestionError, match="level"):
        load(dump(DESCRIPTION) | {"level": "use"})


def mixed_case() -> Question:
    inner = {"format": None, "format_version": None, "pool": None, "domain": None, "lesson": None}
    parts = [
        single(id="c.1", **inner),
        single(id="c.2", kind="description", options=None, key=None, level=None, **inner),
        single(id="c.3", kind="short_answer", options=None, key=None, rubric=RUBRIC, **inner),
    ]
    alone = {"stem": None, "options": None, "key": None, "level": None}
    return load(single(id="c", kind="case_set", scene="景", questions=parts, **alone))


def test_a_case_may_hold_text_and_parts_for_people() -> None:
    case = mixed_case()
    assert check(case) == []
    assert [part["kind"] for part in shown(case)["parts"]][1] == "description"
    assert set(key_of(case)["parts"]) == {"c.1", "c.3"}
    done = parse_response(case, {"c.1": "o2", "c.3": "说明"})
    assert done.is_complete
    with pytest.raises(NeedsPeopleError) as caught:
        mark_parts(case, key_of(case), done)
    assert caught.value.ids == ("c.3",)
    half = parse_response(case, {"c.1": "o2"})
    assert mark_response(case, key_of(case), half) == Fraction(1, 2)
    assert [one.id for one in facts_of(case).asked] == ["c.1", "c.3"]
    with pytest.raises(ResponseFormatError):
        parse_response(case, {"c.2": "o1"})
