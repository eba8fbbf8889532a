"""What we write as Excel or CSV reads back as the same questions, of every kind."""

from hypothesis import given
from hypothesis import strategies as st

from question_bank.kinds import KINDS
from question_bank.question import Question
from question_bank.readers.excel import read_csv, read_excel
from question_bank.writers.delimited import write_csv
from question_bank.writers.excel import write_excel
from tests.question_bank.strategies import FEWER, questions

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
    from question_bank.readers.table_words import KIND_WORDS

    assert set(KIND_WORDS) == set(KINDS)
