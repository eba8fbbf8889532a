"""What we write as Excel or CSV reads back as the same questions, of every kind."""

from hypothesis import given
from hypothesis import strategies as st

from question_bank.body import load
from question_bank.kinds import KINDS
from question_bank.question import Question
from question_bank.readers.excel import read_csv, read_excel
from question_bank.readers.table_words import KIND_WORDS
from question_bank.writers.delimited import write_csv
from question_bank.writers.excel import write_excel
from tests.question_bank.strategies import FEWER, questions, single

BANKS = st.lists(questions(), min_size=1, max_size=3, unique_by=lambda one: one.id)


@FEWER
@given(BANKS)
def test_csv_gives_back_the_same_questions(bank: list[Question]) -> None:
    report = read_csv(write_csv(bank), "bank.csv")
    assert [str(one) for one in report.problems] == []
    assert list(report.questions) == bank


@FEWER
@given(BANKS)
def test_excel_gives_back_the_same_questions(bank: list[Question]) -> None:
    report = read_excel(write_excel(bank), "bank.xlsx")
    assert [str(one) for one in report.problems] == []
    assert list(report.questions) == bank


def test_every_kind_is_covered_by_the_words_of_a_table() -> None:
    assert set(KIND_WORDS) == set(KINDS)


def test_who_edits_a_cell_wins_over_what_stands_beside_it() -> None:
    question = load(single(stem=" 先做什么？", sources=[{"id": "s", "title": "课程"}]))
    text = write_csv([question]).decode("utf-8-sig")
    assert "先做什么" in text
    untouched, edited = (
        read_csv(one.encode(), "a.csv").questions[0]
        for one in (text, text.replace(" 先做什么？", "先去哪里？", 1))
    )
    assert untouched == question
    assert (edited.stem, edited.sources) == ("先去哪里？", question.sources)


def test_damaged_rest_is_named_and_the_cells_are_read() -> None:
    question = load(single(sources=[{"id": "s", "title": "课程"}]))
    text = write_csv([question]).decode("utf-8-sig").replace('{""format', '{{""format')
    report = read_csv(text.replace('"{""', '"{[""').encode(), "a.csv")
    assert report.questions[0].stem == question.stem
    assert "其余信息" in report.problems[0].message
