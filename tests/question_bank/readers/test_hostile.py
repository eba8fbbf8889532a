"""Hostile files: each is refused, or limited, within a second of the processor, with one sentence."""

import os
import zipfile
from time import process_time

import pytest

from question_bank.readers.anything import read_any
from tests.question_bank.readers.zips import one_member, overlapping, packed, set_flag

_TYPES = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
_ENTITIES = "".join(f'<!ENTITY a{n + 1} "&a{n};&a{n};">' for n in range(30))


def _link() -> bytes:
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    return one_member(info, b"/etc/passwd")


REFUSED: dict[str, tuple[bytes, str]] = {
    "entity bomb": (
        f'<!DOCTYPE q [<!ENTITY a0 "x">{_ENTITIES}]><quiz>&a30;</quiz>'.encode(),
        "DOCTYPE",
    ),
    "external entity": (
        b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
        "DOCTYPE",
    ),
    "doctype in utf-16": ('<!DOCTYPE q [<!ENTITY x "y">]><quiz/>'.encode("utf-16"), "DOCTYPE"),
    "deep xml": (b"<quiz>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</quiz>", "XML"),
    "yaml bomb": (
        b'format: peizhen.questions\nformat_version: "1.0"\na: &a [x]\nb: [*a, *a]\n',
        "锚点",
    ),
    "yaml object": (b"format: peizhen.questions\nx: !!python/object:os.system {}\n", "标签"),
    "deep yaml": (b"format: peizhen.questions\nx: " + b"[" * 100_000, "层"),
    "large zip": (packed(_TYPES | {"xl/a": b"0" * 210_000_000}), "200 MB"),
    "ratio": (packed(_TYPES | {"xl/a": b"0" * 40_000_000}), "大得不正常"),
    "many entries": (packed({f"{n}": b"" for n in range(6_000)}, zipfile.ZIP_STORED), "太多"),
    "zip slip": (packed(_TYPES | {"../../x": b"1"}), "指到外面"),
    "overlap": (overlapping(), "重叠"),
    "symlink": (_link(), "符号链接"),
    "encrypted": (set_flag(packed({"a": b"x"}), 1), "密码"),
    "h5p": (packed({"h5p.json": b"{}", "content/content.json": b"{}"}), "H5P"),
    "scorm": (
        packed({"imsmanifest.xml": b"<manifest><schema>ADL SCORM</schema></manifest>"}),
        "SCORM",
    ),
    "qti 1.2 package": (
        packed({"imsmanifest.xml": b'<manifest><resource type="imsqti_xmlv1p2"/></manifest>'}),
        "QTI 1.2",
    ),
    "qti 1.2 file": (b"<questestinterop><item/></questestinterop>", "QTI 1.2"),
    "qti 3.0 file": (b"<qti-assessment-item/>", "QTI 3.0"),
    "zip in zip": (packed({"a.zip": packed({"b": b"x"})}), "压缩包里还有压缩包"),
    "nul bytes": (b"a\0b {=a}", "NUL"),
    "damaged utf-8": ("1. 先做什么？".encode()[:-1] + b"\nA. x\n", "读不出的字节"),
    "noise": (os.urandom(3) + b"\x00\x01\x02" * 100_000, "。"),
}
LIMITED: dict[str, bytes] = {
    "open braces": b"{" * 2_000_000,
    "backslashes": b"\\" * 5_000_000 + b" {=a}",
    "a million answers": b"x {=" + b"~" * 1_000_000 + b"}",
    "one endless line": b"1. " + b"A. " * 2_000_000 + "\n答案：A\n".encode(),
    "open quotation mark": "题干,答案\n".encode() + b'"' * 3_000_000,
    "endless row": "题干,答案\n".encode() + b"," * 5_000_000,
    "html tags": b"[html]" + b"<" * 1_000_000 + b"x {=a ~b}",
    "too many elements": b"<quiz>" + b'<question type="x"/>' * 300_000 + b"</quiz>",
    "never closed": b"<quiz>" + b'<question type="essay">' * 200_000,
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_it_is_refused_at_once_with_one_sentence(name: str) -> None:
    data, words = REFUSED[name]
    begun = process_time()
    report = read_any(data, "upload")
    assert process_time() - begun < 1
    assert report.unreadable
    assert report.questions == ()
    (problem,) = report.problems
    assert words in problem.message
    assert problem.message.endswith("。")


@pytest.mark.parametrize("name", list(LIMITED))
def test_it_costs_no_more_than_a_second(name: str) -> None:
    begun = process_time()
    report = read_any(LIMITED[name], "upload")
    assert process_time() - begun < 2  # one second on a machine that does nothing else
    assert report.questions == ()
    assert report.problems
