"""read(write(q)) equals q, for each foreign format and every kind it can hold."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from question_bank.question import Question
from question_bank.readers.anything import read_any
from question_bank.writers.losses import WRITERS, losses, write_as
from tests.question_bank.readers.held import QUIET, held
from tests.question_bank.strategies import FEWER, questions

GIFT = (
    "single_choice",
    "multiple_choice",
    "true_false",
    "matching",
    "fill_in",
    "numeric",
    "short_answer",
    "description",
)
ALL = (*GIFT, "ordering")


def _banks(one: st.SearchStrategy[Question]) -> st.SearchStrategy[list[Question]]:
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda question: question.id)


def _back(bank: list[Question], name: str) -> list[Question]:
    report = read_any(write_as(bank, name), f"bank.{name}", name)
    assert [str(problem) for problem in report.problems] == []
    assert report.skipped == ()
    return list(report.questions)


@FEWER
@given(_banks(held(GIFT)))
def test_gift_gives_back_the_same_questions(bank: list[Question]) -> None:
    assert _back(bank, "gift") == bank


@FEWER
@given(_banks(held(ALL)))
def test_moodle_xml_gives_back_the_same_questions(bank: list[Question]) -> None:
    assert _back(bank, "moodle_xml") == bank


@FEWER
@given(_banks(held(ALL)))
def test_qti_gives_back_the_same_questions(bank: list[Question]) -> None:
    assert _back(bank, "qti") == bank


@FEWER
@given(_banks(held(("single_choice", "multiple_choice", "ordering"), QUIET)))
def test_text_gives_back_the_same_questions(bank: list[Question]) -> None:
    bank = [replace(one, rule="" if "plus" in one.rule else one.rule) for one in bank]
    assert _back(bank, "text") == bank


@FEWER
@given(_banks(held(("single_choice",), QUIET, told=False)))
def test_aiken_gives_back_stem_options_and_key(bank: list[Question]) -> None:
    def asked(question: Question) -> object:
        return question.stem, question.options, question.key

    assert [asked(one) for one in _back(bank, "aiken")] == [asked(one) for one in bank]


@FEWER
@given(questions(), st.sampled_from(sorted(WRITERS)))
def test_what_losses_does_not_name_comes_back(question: Question, name: str) -> None:
    named = {loss.field for loss in losses([question], name)}
    report = read_any(write_as([question], name), "bank", name)
    if "" in named:
        return
    (back,) = report.questions
    if "explanation" not in named:
        assert back.explanation == question.explanation
    if not named & {"options", "key"} and question.kind in ("single_choice", "multiple_choice"):
        assert [option.text for option in back.options] == [one.text for one in question.options]
        texts = {option.id: option.text for option in back.options}
        assert [texts[one] for one in back.key] == [
            question.choice(one).text for one in question.key
        ]


def test_losses_are_told_by_field_and_count() -> None:
    plain = Question(
        id="q1", kind="description", pool="practice", domain="E", lesson="4.3", stem="看"
    )
    told = losses([plain, replace(plain, id="q2")], "aiken")
    assert [(loss.field, loss.ids) for loss in told] == [("", ("q1", "q2"))]
    assert losses([plain], "yaml") == []
    assert losses([plain], "gift") == []
