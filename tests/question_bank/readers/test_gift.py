"""GIFT: the whole grammar, and every way a file can be wrong without losing the rest."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from question_bank.question import Question
from question_bank.readers.anything import read_any
from question_bank.readers.collecting import Defaults
from question_bank.readers.gift import read_gift
from question_bank.readers.report import ImportReport

WARD = Path(__file__).parent / "files" / "ward.gift"


def read(text: str, **defaults: str) -> ImportReport:
    return read_gift(text, "a.gift", "utf-8", Defaults(**defaults))


def one(text: str) -> Question:
    report = read(text)
    assert report.problems == ()
    (question,) = report.questions
    return question


def test_a_file_with_every_kind_comes_in_whole() -> None:
    report = read_any(WARD.read_bytes(), "ward.txt")
    assert [str(problem) for problem in report.problems] == []
    assert report.format == "gift"
    assert [question.kind for question in report.questions] == [
        "single_choice", "fill_in", "true_false", "numeric", "numeric", "numeric",
        "multiple_choice", "multiple_choice", "matching", "short_answer", "description", "true_false",
    ]  # fmt: skip
    assert [origin.line for origin in report.origins][:3] == [6, 13, 15]
    assert {question.extra["x_category"] for question in report.questions} == {"培训/就诊流程"}


def test_names_ids_tags_and_feedback_are_kept() -> None:
    question = read_any(WARD.read_bytes(), "ward.gift").questions[0]
    assert (question.id, question.domain) == ("w-1", "E")
    assert question.extra["x_tags"] == ["基础", "a]b"]
    assert question.extra["x_name"] == "测血压"
    assert [option.why for option in question.options] == ["对，先静坐", "太短", ""]
    assert question.explanation == "安静后再测。"


def test_formats_and_escapes_become_plain_text() -> None:
    questions = read_any(WARD.read_bytes(), "ward.gift").questions
    assert questions[2].stem == "水是 H₂O，血小板以 10⁹/L 计 & 报告"
    assert questions[2].options[0].why == "对"
    assert questions[-1].stem == "转义：写作 {甲: 1=1} ~ # \\ 的\n第二行"


def test_numbers_keep_tolerances_ranges_and_weights() -> None:
    exact, span, weighted = read_any(WARD.read_bytes(), "ward.gift").questions[3:6]
    assert exact.answers[0].tolerance == Decimal("0.7")
    assert (span.answers[0].value, span.answers[0].tolerance) == (Decimal("114.5"), Decimal("24.5"))
    assert [answer.fraction for answer in weighted.answers] == [1, Fraction(1, 2)]
    assert weighted.explanation == "单位是米"


def test_weights_are_marked_as_moodle_would() -> None:
    exact, plus = read_any(WARD.read_bytes(), "ward.gift").questions[6:8]
    assert exact.rule == "missing_partly_wrong_zero"
    assert plus.rule == "plus_minus_practice"
    assert [option.weight for option in plus.options] == [Fraction(1, 2), Fraction(1, 2), 0, 0]
    third = one("Q{~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-50%d}")
    assert third.options[0].weight == Fraction(1, 3)


def test_weights_that_punish_are_refused_in_the_live_pool_and_named() -> None:
    report = read("Q{~%50%a ~%50%b ~c}", pool="live")
    assert report.questions == ()
    assert "倒扣" in report.problems[0].message


def test_the_missing_word_stands_where_its_answers_stood() -> None:
    assert one("挂号要到 {=窗口 ~病房} 办理。").stem == "挂号要到 _____ 办理。"
    assert one("挂号要到 {=窗口 =自助机} 办理。").stem == "挂号要到 {{b1}} 办理。"


def test_a_western_and_a_chinese_code_page_are_both_read() -> None:
    western = "Où est l'entrée ?{\n=à l'étage\n~dehors\n}\n"
    report = read_any(western.encode("windows-1252"), "a.gift")
    assert report.encoding == "windows-1252"
    assert report.questions[0].options[0].text == "à l'étage"
    chinese = read_any(WARD.read_bytes().decode().replace("₂", "").encode("gb18030"), "a.gift")
    assert chinese.encoding == "gb18030"
    assert len(chinese.questions) == 12


def test_the_same_question_again_gets_an_id_of_its_own_and_the_same_one_next_time() -> None:
    text = "Q{T}\n\nQ{T}\n\nQ{F}\n"
    first, again = read(text), read(text)
    ids = [question.id for question in first.questions]
    assert len(set(ids)) == 3
    assert ids == [question.id for question in again.questions]


@pytest.mark.parametrize(
    ("broken", "line", "words"),
    [
        ("Q {=a ~b", 3, "缺 }"),
        ("Q =a ~b}", 3, "缺 {"),
        ("Q {=a ~b} R {T}", 3, "两处花括号"),
        ("Q {~a ~b}", 3, "没有一个选项得分"),
        ("Q {~%50%a ~%25%b}", 3, "75%"),
        ("Q {~%150%a ~b}", 3, "权重 150%"),
        ("Q {~%fifty%a =b}", 3, "百分数"),
        ("Q {=%50%a ~b}", 3, "满分"),
        ("Q {a ~b =c}", 3, "前面没有"),
        ("Q {#five}", 3, "不是数"),
        ("Q {#9..1}", 3, "前大后小"),
        ("Q {=a -> b =c}", 3, "->"),
        ("Q {=%50%a}", 3, "100%"),
        ("// [id:x]\nQ {T}\n\n// [id:x]\nQ {F}", 7, "已在"),
    ],
)
def test_a_fault_names_its_line_and_the_rest_comes_in(broken: str, line: int, words: str) -> None:
    report = read(f"Good {{T}}\n\n{broken}\n\nGood too {{F}}\n")
    assert report.questions[0].stem == "Good"
    assert report.questions[-1].stem == "Good too"
    assert [(one.line, words in one.message) for one in report.problems] == [(line, True)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Q {=*frog*}", "shortanswer"),
        ("Q {>3 ALL VERTICAL\na\nb\nc}", "ordering"),
        ("Q {#\n=%50%5:2\n=5:0\n}", "numerical"),
    ],
)
def test_what_would_be_marked_otherwise_is_skipped_by_name(text: str, kind: str) -> None:
    report = read(f"{text}\n\nGood {{T}}\n")
    assert [skipped.kind for skipped in report.skipped] == [kind]
    assert len(report.questions) == 1


def test_a_forgotten_blank_line_before_a_name_is_forgiven() -> None:
    assert [one.stem for one in read("A {T}\n::n::B {F}\n").questions] == ["A", "B"]


def test_a_picture_that_gift_cannot_carry_is_named() -> None:
    report = read("[html]<p>看图</p><img src='@@PLUGINFILE@@/pulse.png'>{T}")
    assert len(report.questions) == 1
    assert "pulse.png" in report.problems[0].message


def test_reading_can_be_watched_and_cancelled() -> None:
    seen: list[tuple[int, int]] = []

    def tick(done: int, of: int) -> None:
        seen.append((done, of))
        if len(seen) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read_gift("A {T}\n\nB {T}\n\nC {T}\n", "a", tick=tick)
    assert seen == [(1, 6), (3, 6)]
