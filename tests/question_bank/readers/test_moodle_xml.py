"""Moodle XML: every core kind, embedded files, hostile and broken documents."""

import base64
import hashlib
import time
from decimal import Decimal
from fractions import Fraction

import pytest

from question_bank.readers.anything import read_any
from question_bank.readers.report import ImportReport

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
TRUE = '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>'


def quiz(*questions: str) -> ImportReport:
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(questions) + "\n</quiz>\n"
    return read_any(text.encode(), "a.xml")


def question(kind: str, inside: str, stem: str = "问", extra: str = "") -> str:
    return (
        f'<question type="{kind}"><name><text>n</text></name>'
        f'<questiontext format="html"><text><![CDATA[{stem}]]></text>{extra}</questiontext>{inside}</question>'
    )


def answers(*told: tuple[str, str]) -> str:
    return "".join(
        f'<answer fraction="{share}"><text>{text}</text></answer>' for share, text in told
    )


def test_every_core_kind_comes_in() -> None:
    report = quiz(
        question("multichoice", "<single>true</single>" + answers(("100", "a"), ("0", "b"))),
        question("multichoice", "<single>false</single>" + answers(("50", "a"), ("50", "b"), ("-100", "c"))),
        question("multichoiceset", answers(("100", "a"), ("100", "b"), ("0", "c"))),
        question("truefalse", TRUE),
        question("shortanswer", answers(("100", "120"), ("50", "110"), ("0", "*"))),
        question("numerical", '<answer fraction="100"><text>36.5</text><tolerance>0.2</tolerance></answer>'),
        question("matching", "".join(
            f"<subquestion format='html'><text>{left}</text><answer><text>{right}</text></answer></subquestion>"
            for left, right in (("甲", "1"), ("乙", "2"), ("", "3"))
        )),
        question("essay", "<responseformat>editor</responseformat><graderinfo><text>要点</text></graderinfo>"),
        question("essay", "<responseformat>noinline</responseformat><attachments>2</attachments>"),
        question("description", ""),
        question("cloze", "", "打 {1:SHORTANSWER:=120#对~%50%一二零} 或 {1:SA:=999}"),
        question("ordering", "<gradingtype>ABSOLUTE_POSITION</gradingtype>" + answers(("1", "a"), ("2", "b"), ("3", "c"))),
    )  # fmt: skip
    assert [str(problem) for problem in report.problems] == []
    assert [one.kind for one in report.questions] == [
        "single_choice", "multiple_choice", "multiple_choice", "true_false", "fill_in", "numeric",
        "matching", "short_answer", "upload", "description", "fill_in", "ordering",
    ]  # fmt: skip
    assert [one.rule for one in report.questions[1:3]] == ["missing_partly_wrong_zero", ""]
    assert report.questions[4].blanks[0].partly[0].fraction == Fraction(1, 2)
    assert report.questions[5].answers[0].tolerance == Decimal("0.2")
    assert len(report.questions[6].options) == 3
    assert report.questions[7].model_answer == "要点"
    assert report.questions[10].stem == "打 {{b1}} 或 {{b2}}"
    assert report.questions[11].rule == "position"
    assert [origin.kind for origin in report.origins][:2] == ["multichoice", "multichoice"]


@pytest.mark.parametrize(
    ("kind", "inside", "stem"),
    [
        ("ddwtos", "", "问"),
        ("gapselect", "", "问"),
        ("calculated", "", "问"),
        ("ddmarker", "", "问"),
        ("wonder", "", "问"),
        ("shortanswer", answers(("100", "frog*")), "问"),
        ("cloze", "", "{1:NUMERICAL:=5:1}"),
        ("cloze", "", "{1:MULTICHOICE:=a~b}"),
        ("cloze", "", "{1:SA:=a} {2:SA:=b}"),
        ("ordering", "<gradingtype>LONGEST_ORDERED_SUBSET</gradingtype>" + answers(("1", "a")), "问"),
        ("numerical", "<answer fraction='100'><text>5</text></answer><unitgradingtype>1</unitgradingtype>"
         "<unitpenalty>0.1</unitpenalty><units><unit><multiplier>1</multiplier>"
         "<unit_name>m</unit_name></unit></units>", "问"),
    ],
)  # fmt: skip
def test_what_would_be_marked_otherwise_is_skipped_by_name(
    kind: str, inside: str, stem: str
) -> None:
    report = quiz(question(kind, inside, stem), question("truefalse", TRUE))
    assert [skipped.kind for skipped in report.skipped] == [kind]
    assert len(report.questions) == 1
    assert report.problems == ()


def test_units_are_turned_round() -> None:
    units = "".join(
        f"<unit><multiplier>{factor}</multiplier><unit_name>{name}</unit_name></unit>"
        for name, factor in (("kPa", "0.133322"), ("mmHg", "1"))
    )
    report = quiz(question("numerical", answers(("100", "120")) + f"<units>{units}</units>"))
    (read,) = report.questions
    assert read.unit == "mmHg"
    assert abs(read.units[0].factor - Decimal("7.5006")) < Decimal("0.001")


def test_case_sensitive_answers_stay_case_sensitive() -> None:
    (read,) = quiz(
        question("shortanswer", answers(("100", "CT")) + "<usecase>1</usecase>")
    ).questions
    assert read.blanks[0].match_case


def test_categories_follow_wherever_they_stand_and_tags_are_kept() -> None:
    category = (
        '<question type="category"><category><text>$course$/top/就诊</text></category></question>'
    )
    tags = "<tags><tag><text>基础</text></tag><tag><text>level:use</text></tag></tags><idnumber>m-1</idnumber>"
    report = quiz(question("truefalse", TRUE), category, question("truefalse", TRUE + tags))
    assert [one.extra.get("x_category") for one in report.questions] == [None, "$course$/top/就诊"]
    assert (report.questions[1].id, report.questions[1].level) == ("m-1", "use")
    assert report.questions[1].extra["x_tags"] == ["基础"]


def test_an_embedded_picture_is_kept_as_media() -> None:
    file = (
        f'<file name="pulse.png" path="/" encoding="base64">{base64.b64encode(PNG).decode()}</file>'
    )
    stem = '<p>看<b>图</b></p><img src="@@PLUGINFILE@@/pulse.png" alt="桡动脉位置">'
    report = quiz(question("truefalse", TRUE, stem, file))
    (read,) = report.questions
    digest = hashlib.sha256(PNG).hexdigest()
    assert read.stem == "看图"
    assert [(one.name, one.alt, one.sha256, one.media_type) for one in read.media] == [
        ("pulse.png", "桡动脉位置", digest, "image/png")
    ]
    assert report.attachments == {digest: PNG}


@pytest.mark.parametrize("content", [b"<svg onload='x'/>", b"MZ program", b""])
def test_a_file_that_is_no_picture_is_left_out_and_named(content: bytes) -> None:
    file = (
        f'<file name="a.png" path="/" encoding="base64">{base64.b64encode(content).decode()}</file>'
    )
    report = quiz(question("truefalse", TRUE, '<img src="@@PLUGINFILE@@/a.png" alt="x">看', file))
    assert report.attachments == {}
    assert report.questions[0].media == ()
    assert "a.png" in report.problems[0].message
    assert report.incomplete == {report.questions[0].id}


def test_a_picture_without_words_comes_in_and_is_named() -> None:
    file = f'<file name="a.png" path="/" encoding="base64">{base64.b64encode(PNG).decode()}</file>'
    report = quiz(question("truefalse", TRUE, '看<img src="@@PLUGINFILE@@/a.png">', file))
    assert report.questions[0].media[0].alt == "a.png"
    assert not report.problems
    assert not report.incomplete
    assert "替代文字" in report.notes[0].message


def test_after_a_break_in_the_xml_the_other_questions_still_come_in() -> None:
    report = quiz(
        question("truefalse", TRUE, "一"),
        '<question type="truefalse"><name><text>broken</name></question>',
        question("truefalse", TRUE, "三"),
    )
    assert [one.stem for one in report.questions] == ["一", "三"]
    assert [problem.line for problem in report.problems] == [4]
    assert not report.unreadable


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<single>true</single>" + answers(("0", "a"), ("0", "b")), "100%"),
        ("<single>true</single>" + answers(("lots", "a"), ("100", "b")), "百分数"),
        ("<single>false</single>" + answers(("30", "a"), ("30", "b"), ("0", "c")), "60%"),
        ("<single>true</single>" + answers(("100", "a"), ("0", "a")), "相同"),
    ],
)
def test_a_fault_is_named_and_the_rest_comes_in(inside: str, words: str) -> None:
    report = quiz(question("multichoice", inside), question("truefalse", TRUE))
    assert len(report.questions) == 1
    assert any(words in problem.message for problem in report.problems)


BOMB = (
    '<!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><quiz><question type='truefalse'><name><text>&j;</text></name></question></quiz>"
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
        '<!DOCTYPE quiz SYSTEM "http://example.org/x.dtd"><quiz/>',
        "<quiz>" + "<a>" * 5_000 + "</a>" * 5_000 + "</quiz>",
        "<quiz>&undeclared;</quiz>",
        "<quiz><question type='truefalse'>",
    ],
)
def test_hostile_xml_is_refused_within_a_second(text: str) -> None:
    before = time.process_time()
    report = read_any(text.encode(), "a.xml")
    assert report.questions == ()
    assert report.problems
    assert time.process_time() - before < 1


LEFT = {
    "<defaultgrade>2.0000000</defaultgrade>": ("defaultgrade", "默认 2.0000000 分"),
    "<hint format='html'><text>&lt;p&gt;想想费别&lt;/p&gt;</text></hint><hint><text>再想</text></hint>": (
        "hint",
        "2 条提示没有带过来（“想想费别”）",
    ),
    "<responsetemplate format='html'><text>时间：\n地点：</text></responsetemplate>": (
        "responsetemplate",
        "答题模板没有带过来",
    ),
    "<hidden>1</hidden>": ("hidden", "隐藏的"),
}


@pytest.mark.parametrize("inside", LEFT)
def test_what_has_no_place_here_is_named_once(inside: str) -> None:
    report = quiz(question("essay", inside))
    assert len(report.questions) == 1
    (note,) = report.notes
    place, words = LEFT[inside]
    assert note.place == place
    assert words in note.message


def test_what_says_nothing_is_not_named() -> None:
    silent = "<defaultgrade>1.0000000</defaultgrade><hidden>0</hidden><hint><text></text></hint>"
    silent += "<responsetemplate format='html'><text>&lt;p&gt;&lt;/p&gt;</text></responsetemplate>"
    assert quiz(question("essay", silent)).notes == ()
