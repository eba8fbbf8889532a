"""Every naughty text through every field of every format: it comes back, or something is said."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from time import process_time

import pytest

from question_bank.body import check, dump, load
from question_bank.kinds.true_false import WORDS
from question_bank.pieces import Blank, Criterion
from question_bank.question import Choice, Question, QuestionError
from question_bank.readers.anything import read_any
from question_bank.readers.sheets import clean
from question_bank.writers.losses import WRITERS, losses, write_as
from tests.naughty import NAUGHTY, TOO_LONG, UNSTORABLE

PLAIN = Question(
    id="n1",
    kind="single_choice",
    pool="practice",
    domain="E",
    lesson="4.3",
    level="use",
    stem="先做什么？",
    options=(Choice("o1", "看一看", "先看清楚"), Choice("o2", "等一等", "会误事")),
    key=("o1",),
    explanation="先看",
)


def each_field(text: str) -> Iterator[tuple[str, Question]]:
    """Give questions with the text in one field each."""
    yield "stem", replace(PLAIN, stem=text)
    yield "explanation", replace(PLAIN, explanation=text)
    first, second = PLAIN.options
    yield "option", replace(PLAIN, options=(first, replace(second, text=text)))
    yield "right", replace(PLAIN, options=(replace(first, text=text), second))
    yield "why", replace(PLAIN, options=(replace(first, why=text), second))
    yield "tag", replace(PLAIN, extra={"x_tags": [text]})
    yield "heading", replace(PLAIN, headings=(text,))
    yield "name", replace(PLAIN, extra={"x_name": text})
    truths = tuple(Choice(one, word, text) for one, word in WORDS.items())
    yield "truth", replace(PLAIN, kind="true_false", options=truths, key=("true",), stem=text)
    bare = replace(PLAIN, options=(), key=())
    yield (
        "blank",
        replace(bare, kind="fill_in", stem="打 {{b1}} 叫车", blanks=(Blank("b1", (text,)),)),
    )
    rubric = (Criterion("c1", text, Fraction(2)),)
    yield "rubric", replace(bare, kind="short_answer", rubric=rubric, model_answer=text)
    lefts = (Choice("l1", text), Choice("l2", "乙"))
    rights = (Choice("r1", "一"), Choice("r2", f"二{text}"))
    pairs = (("l1", "r1"), ("l2", "r2"))
    yield "matching", replace(bare, kind="matching", lefts=lefts, options=rights, pairs=pairs)
    parts = (replace(PLAIN, id="n1.1"), replace(PLAIN, id="n1.2", stem=text))
    yield (
        "case",
        replace(bare, kind="case_set", stem="", scene=text, level="", explanation="", parts=parts),
    )


def _bank(name: str) -> dict[str, Question]:
    """Give a question for each field that can hold the text, by id; one plain question is last."""
    told = {}
    for field, question in each_field(NAUGHTY[name]):
        parts = tuple(replace(one, id=f"{field}.{at}") for at, one in enumerate(question.parts))
        told[field] = replace(question, id=field, parts=parts)
    good = {field: one for field, one in told.items() if not _refusal(one)}
    assert len(good) == len(told) or name in {*UNSTORABLE, "carriage_returns", "placeholder"}
    return good | {"after": replace(PLAIN, id="after")}


def _refusal(question: Question) -> str:
    try:
        load(dump(question))
    except QuestionError as error:
        return str(error)
    return "".join(fault.message for fault in check(question))


@pytest.mark.parametrize("name", sorted(NAUGHTY))
@pytest.mark.parametrize("format_", sorted(WRITERS))
def test_it_comes_back_or_its_loss_is_foretold(name: str, format_: str) -> None:
    bank = _bank(name)
    foretold = {one for loss in losses(bank.values(), format_) for one in loss.ids}
    report = read_any(write_as(list(bank.values()), format_), "bank", format_)
    assert not report.unreadable, report.problems
    back = {one.id: one for one in report.questions}
    for field in bank.keys() - foretold:
        assert replace(back[field], format_version="") == replace(bank[field], format_version="")
    if format_ in ("yaml", "excel", "csv"):
        assert not foretold


@pytest.mark.parametrize("name", sorted(UNSTORABLE))
def test_what_nothing_can_hold_is_refused_with_a_sentence(name: str) -> None:
    for field, question in each_field(NAUGHTY[name]):
        refusal = _refusal(question)
        assert "不能显示" in refusal, field
        assert refusal.endswith("。")


@pytest.mark.parametrize("name", sorted(UNSTORABLE))
def test_what_nothing_can_hold_is_refused_by_each_reader(name: str) -> None:
    text = NAUGHTY[name]
    for format_, source in {
        "gift": f"问？ {{={text} ~乙}}\n\n好？ {{=甲 ~乙}}\n",
        "text": f"1. {text}\nA. 甲\nB. 乙\n答案：A\n2. 好？\nA. 甲\nB. 乙\n答案：A\n",
        "csv": f"题干,选项A,选项B,答案\n{text},甲,乙,A\n好？,甲,乙,A\n",
    }.items():
        report = read_any(source.encode("utf-8", "surrogatepass"), "a", format_)
        assert report.problems, format_
        assert all(one.message.endswith("。") for one in report.problems)
        assert not any(text in one.stem for one in report.questions)


@pytest.mark.parametrize("format_", ["gift", "text", "csv"])
def test_two_megabytes_of_stem_are_refused_and_the_rest_comes_in(format_: str) -> None:
    source = {
        "gift": f"{TOO_LONG} {{=甲 ~乙}}\n\n好？ {{=甲 ~乙}}\n",
        "text": f"1. {TOO_LONG}\nA. 甲\nB. 乙\n答案：A\n2. 好？\nA. 甲\nB. 乙\n答案：A\n",
        "csv": f"题干,选项A,选项B,答案\n{TOO_LONG},甲,乙,A\n好？,甲,乙,A\n",
    }[format_]
    begun = process_time()
    report = read_any(source.encode(), "a", format_)
    assert process_time() - begun < 1
    assert [one.stem for one in report.questions] == ["好？"]
    assert "个字，最多" in report.problems[0].message


def test_a_sheet_never_begins_a_cell_with_a_formula() -> None:
    for name in (one for one in NAUGHTY if one.startswith(("formula", "apostrophe"))):
        data = write_as([replace(PLAIN, stem=NAUGHTY[name])], "csv").decode("utf-8-sig")
        row = data.split("\r\n", 1)[1]
        assert f'"{NAUGHTY[name]}"' not in row
        assert f"'{clean(NAUGHTY[name])}".replace('"', '""') in row
