"""Finding out what a file is: by content, in every encoding, refusing what is not questions."""

import time

import pytest

from question_bank.readers.anything import read_any
from question_bank.readers.encoding import UndecodableError, decode_text
from question_bank.readers.opening import Opened, Refused, open_source
from tests.question_bank.readers.zips import MANIFEST, packed

CHINESE = "1. 挂号前先核对什么？\nA. 身份证件\nB. 天气\n答案：A\n"
WESTERN = "Quel est l'événement ?{\n=la santé\n~l'hôpital fermé\n}\n"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz></quiz>'


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8-sig"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("utf-16"), "utf-16-le"),
        ("\ufeff".encode("utf-16-be") + CHINESE.encode("utf-16-be"), "utf-16-be"),
        (CHINESE.encode("utf-16-le"), "utf-16-le"),
        ("\ufeff".encode("utf-32-le") + CHINESE.encode("utf-32-le"), "utf-32-le"),
    ],
)
def test_chinese_text_is_decoded_in_every_encoding(data: bytes, encoding: str) -> None:
    decoded = decode_text(data)
    assert (decoded.text, decoded.encoding) == (CHINESE, encoding)


def test_western_text_is_not_taken_for_chinese() -> None:
    decoded = decode_text(WESTERN.encode("windows-1252"))
    assert (decoded.text, decoded.encoding) == (WESTERN, "windows-1252")


def test_line_ends_of_all_systems_become_one() -> None:
    assert decode_text("甲\r\n乙\r丙\n".encode()).text == "甲\n乙\n丙\n"


def test_what_is_no_text_says_its_line() -> None:
    with pytest.raises(UndecodableError, match="第 2 行"):
        decode_text("甲\n".encode() + b"\x00\x01\x02")


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (CHINESE.encode(), "text"),
        (WESTERN.encode("windows-1252"), "gift"),
        (b"$CATEGORY: a\n\nQ {T}", "gift"),
        (b"Q?\nA. one\nB. two\nANSWER: B\n", "aiken"),
        (XML.encode(), "moodle_xml"),
        (XML.replace("UTF-8", "GB2312").encode("gb18030"), "moodle_xml"),
        (b"<!-- note -->\n<assessmentItem xmlns='x'/>", "qti"),
        (b"format: peizhen.questions\n", "yaml"),
        ("题型,题干,选项A,选项B,答案\n单选,问,甲,乙,A\n".encode(), "csv"),
        (packed({"[Content_Types].xml": b"", "word/document.xml": b""}), "word"),
        (packed({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "excel"),
        (packed({"imsmanifest.xml": MANIFEST % b"<resource type='imsqti_item_xmlv2p1'/>"}), "qti"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.xml", "questions.zip", ""])
def test_content_says_the_format_and_the_name_does_not(
    data: bytes, format_: str, name: str
) -> None:
    opened = open_source(data, name)
    assert isinstance(opened, Opened)
    assert opened.format == format_


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空"),
        (b" \n\n", "空"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (packed({"h5p.json": b"{}", "content/content.json": b"{}"}), "H5P"),
        (packed({"imsmanifest.xml": b"<manifest><schema>ADL SCORM</schema></manifest>"}), "SCORM"),
        (packed({"inner.zip": packed({"a": b"x"})}), "还有压缩包"),
        (packed({"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b""}), "宏"),
        (b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz/>', "DOCTYPE"),
        (b'<?xml version="1.0"?><!-- c --><!DOCTYPE quiz SYSTEM "http://x/y"><quiz/>', "DOCTYPE"),
        (b"<questestinterop/>", "QTI 1.2"),
        (b"<html><body>1</body></html>", "网页"),
        (b"<svg xmlns='x'/>", "不是认得的题库"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "旧版 Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
    ],
)  # fmt: skip
def test_what_is_no_question_file_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    before = time.process_time()
    refused = open_source(data, "questions.gift")
    assert isinstance(refused, Refused)
    assert words in refused.message
    assert refused.message.endswith("。")
    assert time.process_time() - before < 1
    report = read_any(data, "questions.gift")
    assert report.unreadable
    assert report.problems[0].message == refused.message


def test_text_without_questions_is_refused_unless_its_name_says_what_it_is() -> None:
    refused = open_source("今天天气很好。".encode(), "a.txt")
    assert isinstance(refused, Refused)
    assert "看不出" in refused.message
    opened = open_source("今天天气很好。".encode(), "a.gift")
    assert isinstance(opened, Opened)


def test_a_chosen_format_that_the_content_denies_is_refused() -> None:
    refused = open_source(packed({"h5p.json": b""}), "a.h5p", "gift")
    assert isinstance(refused, Refused)
    assert "H5P" in refused.message
    wrong = open_source(XML.encode(), "a.xml", "excel")
    assert isinstance(wrong, Refused)
    assert "excel" in wrong.message


def test_a_huge_text_is_refused_at_once() -> None:
    before = time.process_time()
    refused = open_source(b"Q {T}\n\n" * 4_000_000)
    assert isinstance(refused, Refused)
    assert "MB" in refused.message
    assert time.process_time() - before < 1
