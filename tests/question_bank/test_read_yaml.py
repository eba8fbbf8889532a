"""Question files: the worked example, round trips, and every way a file can be wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import read_files, read_folder, read_questions, write_questions
from question_bank.question import Question
from question_bank.readers.marked_yaml import MAX_BYTES
from tests.question_bank.strategies import FEWER, questions

EXAMPLE = (Path(__file__).parent / "files" / "questions-4-3.yaml").read_bytes()
HEAD = """\
format: peizhen.questions
format_version: "1.0"
defaults: {lesson: "4.3", pool: live, domain: E, level: use}
sources:
  book: {title: 一本书}
questions:
"""
GOOD = """\
  - id: good
    kind: true_false
    stem: 对不对？
    key: true
    sources: [book]
"""


def problems_of(text: str) -> list[str]:
    report = read_questions(text.encode(), "a.yaml")
    return [str(problem) for problem in report.problems]


def test_the_worked_example_reads_without_a_problem() -> None:
    report = read_questions(EXAMPLE, "questions-4-3.yaml")
    assert report.is_clean
    assert len(report.questions) == 12
    assert report.skipped == ()
    case = report.questions[-1]
    assert [part.id for part in case.parts] == ["q43-012.1", "q43-012.2", "q43-012.3"]
    assert [source.id for source in case.parts[1].sources] == ["lesson", "redlines", "civil_code"]
    assert str(case.review_by) == "2027-11-30"


@FEWER
@given(st.data())
def test_reading_what_was_written_gives_the_equal_questions(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 3))
    written = [data.draw(questions(f"q{number}")) for number in range(count)]
    report = read_questions(write_questions(written).encode(), "a.yaml")
    assert report.problems == ()
    assert list(report.questions) == written


def test_the_worked_example_survives_a_round_trip() -> None:
    first = read_questions(EXAMPLE, "a").questions
    text = write_questions(first, {"id": "again", "title": "再写"})
    assert read_questions(text.encode(), "b").questions == first
    assert "set:\n  id: again" in text


def test_one_source_id_with_two_meanings_goes_to_two_documents() -> None:
    one = read_questions((HEAD + GOOD).encode(), "a").questions
    other_text = (HEAD + GOOD).replace("一本书", "另一本").replace("good", "other")
    both = [*one, *read_questions(other_text.encode(), "b").questions]
    text = write_questions(both)
    assert text.count("format: peizhen.questions") == 2
    assert list(read_questions(text.encode(), "c").questions) == both


@pytest.mark.parametrize(
    ("broken", "line", "words"),
    [
        ("  - id: bad\n    kind: true_false\n    stem: 问\n    key: maybe\n", 10, "true 或 false"),
        ("  - id: bad\n    kind: true_false\n    stm: 问\n    key: true\n", 9, "拼写"),
        ("  - id: bad\n    kind: singel\n    stem: 问\n", 8, "没有题型"),
        ("  - id: good2\n    kind: true_false\n    stem: 问\n", 7, "没有正确答案"),
        ("  - id: bad\n    kind: true_false\n    stem: 问\n    key: true\n    sources: [film]\n", 11, "film"),
        ("  - id: bad\n    kind: true_false\n    stem: 问\n    stem: 问\n    key: true\n", 10, "两次"),
        ("  - id: bad\n    kind: true_false\n    stem: 2026-13-45\n    key: true\n", 9, "引号"),
        ("  - id: bad\n    kind: true_false\n    stem: 12:30\n    key: true\n", 9, "引号"),
        ("  - id: bad\n    kind: true_false\n    stem: 问\n    key: true\n    x_n: .nan\n", 11, "读不成"),
        ("  - 只有一句话\n", 7, "字段"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_the_rest_comes_in(broken: str, line: int, words: str) -> None:
    report = read_questions((HEAD + broken + GOOD).encode(), "a.yaml")
    assert "good" in [question.id for question in report.questions]
    assert any(line == one.line and words in one.message for one in report.problems)


def test_a_fault_that_comes_from_the_defaults_points_there() -> None:
    report = read_questions((HEAD.replace("level: use", "level: usee") + GOOD).encode(), "a.yaml")
    assert [problem.line for problem in report.problems] == [3]


def test_a_repeated_id_names_the_first_place() -> None:
    (problem,) = problems_of(HEAD + GOOD + GOOD)
    assert problem.startswith("a.yaml:12 good：")
    assert "a.yaml:7" in problem


def test_after_a_syntax_error_what_came_before_is_kept() -> None:
    report = read_questions((HEAD + GOOD + "  - id: bad\n    stem: [没有关上\n").encode(), "a.yaml")
    assert [question.id for question in report.questions] == ["good"]
    assert ["YAML" in problem.message for problem in report.problems] == [True]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((HEAD + GOOD).encode("gb18030"), "GBK"),
        ((HEAD + GOOD).encode("utf-16"), "UTF-16"),
        (b"\xff" * 9, "UTF-8"),
        (b"#" * (MAX_BYTES + 1), "MB"),
        (b"a: &a [1]\nb: *a\n", "锚点"),
        (("[" * 100_000).encode(), "层"),
        (b"!!python/object/apply:os.system ['true']", "标签"),
        (b"a: !!python/name:os.system x", "标签"),
        (b"a: \x07", "U+0007"),
        (b"? [a]\n: b\n", "字段名"),
        (b"- 1\n", "format"),
        (b"format: something\n", "peizhen.questions"),
        (b"format: peizhen.questions\nformat_version: '3.0'\n", "3.0"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    report = read_questions(data, "a.yaml")
    assert report.unreadable
    assert report.questions == ()
    assert len(report.problems) == 1
    assert words in report.problems[0].message


@pytest.mark.parametrize("text", ["", "# nothing\n", HEAD, HEAD.replace("questions:", "qestions:")])
def test_a_file_without_questions_says_so(text: str) -> None:
    assert any("没有题目" in problem for problem in problems_of(text))


def test_a_number_to_the_base_sixty_does_not_stop_the_server() -> None:
    text = HEAD + GOOD.replace("对不对？", "1:" * 400_000 + "1")
    assert "最多" in problems_of(text)[0]


def test_a_byte_order_mark_is_fine() -> None:
    assert read_questions((HEAD + GOOD).encode("utf-8-sig"), "a").is_clean


def test_from_a_newer_minor_unknown_kinds_are_skipped_and_fields_kept() -> None:
    text = (HEAD + GOOD).replace(
        '"1.0"', '"1.5"'
    ) + "    mood: calm\n  - {id: new, kind: hologram}\n"
    report = read_questions(text.encode(), "a.yaml")
    assert [question.extra for question in report.questions] == [{"mood": "calm"}]
    assert [skipped.kind for skipped in report.skipped] == ["hologram"]
    again = read_questions(write_questions(report.questions).encode(), "b.yaml")
    assert again.questions == report.questions


def test_a_folder_is_one_bank(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.yaml").write_text(HEAD + GOOD + "    enemies: [nobody]\n", encoding="utf-8")
    (tmp_path / "inner" / "b.yaml").write_text(HEAD + GOOD, encoding="utf-8")
    found = [str(problem) for problem in read_folder(tmp_path).problems]
    assert len(found) == 2
    assert "inner/b.yaml:7" in found[0]
    assert "a.yaml:7" in found[0]
    assert "nobody" in found[1]


def test_enemies_in_another_file_are_known() -> None:
    one, other = HEAD + GOOD + "    enemies: [other]\n", (HEAD + GOOD).replace("good", "other")
    report = read_files([("a.yaml", one.encode()), ("b.yaml", other.encode())])
    assert report.is_clean


@FEWER
@given(
    st.binary(max_size=80)
    | st.text(max_size=80).map(lambda text: (HEAD + text).encode("utf-8", "surrogatepass"))
)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    report = read_questions(data, "a.yaml")
    assert all(isinstance(question, Question) for question in report.questions)
    assert all(problem.line >= 1 and problem.message for problem in report.problems)


def test_the_line_is_right_after_many_characters_of_more_than_one_byte() -> None:
    text = "甲" * 60 + ": 1\n\nb: \x01\n" + "\n" * 100
    problem = read_questions(text.encode(), "a.yaml").problems[0]
    assert (problem.line, "U+0001" in problem.message) == (3, True)
