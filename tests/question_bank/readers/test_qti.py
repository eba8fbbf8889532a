"""QTI 2.1 packages: simple items of others, pictures, and what is refused."""

import pytest

from question_bank.pieces import Medium
from question_bank.question import Choice, Question
from question_bank.readers.anything import read_any
from question_bank.writers.qti import write_qti
from tests.question_bank.readers.zips import MANIFEST, packed

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
ITEM = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="x" title="T" adaptive="false">
{declared}<itemBody><p>先做<em>什么</em>？</p>{body}</itemBody>
{processing}</assessmentItem>"""
CHOICE = (
    '<choiceInteraction responseIdentifier="R" shuffle="true" maxChoices="1"><prompt>选一个</prompt>'
    '<simpleChoice identifier="A">甲</simpleChoice><simpleChoice identifier="B">乙</simpleChoice>'
    "</choiceInteraction>"
)
RIGHT = (
    '<responseDeclaration identifier="R" cardinality="single" baseType="identifier">'
    "<correctResponse><value>B</value></correctResponse></responseDeclaration>"
)
MATCH = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'


def package(*items: str) -> bytes:
    resources = "".join(
        f"<resource type='imsqti_item_xmlv2p1' href='i/{n}.xml'/>" for n in range(len(items))
    )
    members = {f"i/{n}.xml": item.encode() for n, item in enumerate(items)}
    return packed({"imsmanifest.xml": MANIFEST % resources.encode(), **members})


def test_a_choice_of_another_system_is_read() -> None:
    report = read_any(package(ITEM.format(declared=RIGHT, body=CHOICE, processing=MATCH)), "a.zip")
    assert [str(problem) for problem in report.problems] == []
    (question,) = report.questions
    assert question.stem == "先做什么？\n选一个"
    assert (question.kind, question.key, question.shuffle) == ("single_choice", ("o2",), True)
    assert report.origins[0].place == "i/0.xml"


def test_a_single_item_file_is_read_too() -> None:
    data = ITEM.format(declared=RIGHT, body=CHOICE, processing=MATCH).encode()
    assert [one.kind for one in read_any(data, "a.xml").questions] == ["single_choice"]


@pytest.mark.parametrize(
    ("body", "processing"),
    [
        (CHOICE, "<responseProcessing><responseCondition/></responseProcessing>"),
        ('<hotspotInteraction responseIdentifier="R"/>', MATCH),
        (CHOICE + CHOICE, MATCH),
    ],
)
def test_what_would_be_marked_otherwise_is_skipped_by_name(body: str, processing: str) -> None:
    bad = ITEM.format(declared=RIGHT, body=body, processing=processing)
    good = ITEM.format(declared=RIGHT, body=CHOICE, processing=MATCH)
    report = read_any(package(bad, good), "a.zip")
    assert len(report.skipped) == 1
    assert len(report.questions) == 1


def test_a_broken_or_missing_or_hostile_item_is_named_and_the_rest_comes_in() -> None:
    good = ITEM.format(declared=RIGHT, body=CHOICE, processing=MATCH)
    hostile = '<!DOCTYPE a [<!ENTITY x "y">]><assessmentItem/>'
    report = read_any(package("<assessmentItem>", hostile, good), "a.zip")
    assert len(report.questions) == 1
    assert [problem.place for problem in report.problems] == ["i/0.xml", "i/1.xml"]
    resources = b"<resource type='imsqti_item_xmlv2p1' href='../gone.xml'/>"
    missing = read_any(packed({"imsmanifest.xml": MANIFEST % resources}), "a.zip")
    assert "没有这个文件" in missing.problems[0].message


def test_pictures_travel_with_their_bytes() -> None:
    options = (Choice("true", "正确"), Choice("false", "错误"))
    digest = "0" * 64
    question = Question(
        id="q1", kind="true_false", pool="practice", domain="E", lesson="4.3", level="use",
        stem="看图", options=options, key=("true",),
        media=(Medium("a.png", "picture", "桡动脉", digest, "image/png"),),
    )  # fmt: skip
    report = read_any(write_qti([question], {digest: PNG}), "a.zip")
    assert [str(problem) for problem in report.problems] == []
    (back,) = report.questions
    assert back.media[0].alt == "桡动脉"
    assert list(report.attachments.values()) == [PNG]


def test_two_pictures_of_one_name_in_two_folders_both_come_in_and_go_out() -> None:
    other = PNG + b"other"
    pictures = (
        '<p><img src="../one/a.png" alt="左手"/><img src="../two/a.png" alt="右手"/>'
        '<img src="../one/a.png" alt="左手"/></p>'
    )
    item = ITEM.format(declared=RIGHT, body=pictures + CHOICE, processing=MATCH)
    resource = b"<resource type='imsqti_item_xmlv2p1' href='i/0.xml'/>"
    files = {"one/a.png": PNG, "two/a.png": other}
    members = {"imsmanifest.xml": MANIFEST % resource, "i/0.xml": item.encode(), **files}
    report = read_any(packed(members), "a.zip")
    assert [str(problem) for problem in report.problems] == []
    (question,) = report.questions
    assert [(one.name, one.alt) for one in question.media] == [
        ("a.png", "左手"),
        ("a-2.png", "右手"),
    ]
    assert set(report.attachments.values()) == {PNG, other}
    again = read_any(write_qti([question], report.attachments), "b.zip")
    assert [one.alt for one in again.questions[0].media] == ["左手", "右手"]
    assert set(again.attachments.values()) == {PNG, other}


def test_the_same_questions_give_the_same_bytes() -> None:
    question = Question(
        id="q1", kind="description", pool="practice", domain="E", lesson="4", stem="看"
    )
    assert write_qti([question]) == write_qti([question])
