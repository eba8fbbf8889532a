"""An archive of the bank: read(write(x)) equals x, equal bytes for equal content, nothing believed."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from question_bank.archive import ArchiveRefusedError, read_archive, write_archive
from question_bank.archive_entry import (
    ArchivedComment,
    ArchivedEntry,
    ArchivedKey,
    ArchivedReview,
    ArchivedVersion,
    Figures,
    Filed,
)
from question_bank.asking import key_of
from question_bank.pieces import Medium
from question_bank.question import Question
from question_bank.readers.anything import read_any
from tests.question_bank.readers.zips import packed
from tests.question_bank.strategies import FEWER, questions

AT = datetime(2026, 3, 4, 5, 6, 7, 8, UTC)
PICTURE = b"\x89PNG not looked into here"
SHA256 = hashlib.sha256(PICTURE).hexdigest()


def version(question: Question, number: int = 1) -> ArchivedVersion:
    return ArchivedVersion(
        number=number,
        question=question,
        by="writer1",
        at=AT,
        keys=(ArchivedKey(1, key_of(question), "writer1", AT),),
        reviews=(ArchivedReview("reviewer1", AT, True, "first_review", "clinical", "好\n行"),),
        comments=(
            ArchivedComment("c1", "reviewer1", AT, "选项 B 太长", settled_at=AT, settled_by="w2"),
            ArchivedComment("c2", "writer1", AT, "已改\u2028", answers="c1"),
        ),
    )


def entry(question: Question, code: str = "q1") -> ArchivedEntry:
    return ArchivedEntry(
        code=code,
        pool="live",
        status="active",
        origin="browser",
        current=2,
        created_at=AT,
        changed_at=AT,
        versions=(version(question), version(replace(question, explanation="为什么"), 2)),
        author="writer1",
        responsible="writer1",
        filed=Filed("E", "4.3", "use", "easy", date(2027, 1, 1)),
        tags=("乙", "甲"),
        figures=Figures(5, 4, 3),
    )


PLAIN = Question(id="q1", kind="description", pool="live", domain="E", lesson="4.3", stem="看")
PICTURED = replace(PLAIN, media=(Medium("一.png", "picture", "一", SHA256, "image/png"),))


@FEWER
@given(st.lists(questions(), max_size=3))
def test_what_is_written_reads_back_equal(several: list[Question]) -> None:
    entries = tuple(
        entry(replace(one, language="zh-CN", domain="E", lesson="4.3", parts=()), f"q{number}")
        for number, one in enumerate(several)
        if not one.parts
    )
    read = read_archive(write_archive(entries, {}, AT), "a.yaml")
    assert {problem.place for problem in read.problems} <= {"media"}
    assert read.entries == entries


def test_the_text_is_yaml_for_any_reader() -> None:
    text = write_archive([entry(PLAIN)], {}, AT)
    told = yaml.safe_load(text)
    assert told["format"] == "peizhen.bank"
    assert told["entries"][0]["versions"][1]["comments"][1]["text"] == "已改\u2028"
    assert told["entries"][0]["statistics"] == {
        "shown": 5,
        "answered": 4,
        "right": 3,
        "share": 0.75,
    }


def test_equal_content_gives_equal_bytes_but_the_date() -> None:
    entries = [entry(PICTURED, "b"), entry(PLAIN, "a")]
    one = write_archive(entries, {}, AT).split(b"\n")
    other = write_archive(entries[::-1], {}, datetime(2027, 1, 1, tzinfo=UTC)).split(b"\n")
    assert [a == b for a, b in zip(one, other, strict=True)].count(False) == 1
    assert one[2].startswith(b"written: ")


def test_media_travel_in_a_zip_and_are_checked_by_hash() -> None:
    data = write_archive([entry(PICTURED)], {SHA256: PICTURE}, AT)
    read = read_archive(data, "a.zip")
    assert (read.problems, dict(read.media)) == ((), {SHA256: PICTURE})
    text = write_archive([entry(PICTURED)], {}, AT)
    forged = packed({"bank.yaml": text, f"media/{SHA256}.png": b"other"})
    read = read_archive(forged, "a.zip")
    assert (len(read.entries), dict(read.media)) == (1, {})
    assert "改过" in read.problems[0].message


def test_an_import_takes_the_current_versions_only_and_says_so() -> None:
    data = write_archive([entry(PICTURED)], {SHA256: PICTURE}, AT)
    report = read_any(data, "bank.zip")
    assert (report.format, [one.explanation for one in report.questions]) == ("archive", ["为什么"])
    assert report.attachments == {SHA256: PICTURE}
    assert "flask bank restore" in report.notes[0].message
    assert report.problems == ()


@pytest.mark.parametrize(
    "change",
    [
        {"code": "a b"},
        {"code": "x" * 41},
        {"pool": "secret"},
        {"status": "ready"},
        {"current": 3},
        {"current": True},
        {"created_at": "yesterday"},
        {"author": "<script>"},
        {"versions": []},
        {"versions": [7]},
        {"tags": ["x" * 121]},
        {"tags": ["\x00"]},
        {"statistics": {"shown": -1}},
        {"filed": {"domain": "ABCDE"}},
        {"filed": {"review_by": "2026-02-30"}},
    ],
)
def test_a_faulty_entry_is_named_and_the_others_are_read(change: dict[str, object]) -> None:
    lines = write_archive([entry(PLAIN), entry(PLAIN, "q2")], {}, AT).decode().split("\n")
    told = json.loads(lines[4][2:]) | change
    lines[4] = f"- {json.dumps(told)}"
    read = read_archive("\n".join(lines).encode(), "a.yaml")
    assert [one.code for one in read.entries] == ["q2"]
    assert [one.line for one in read.problems] == [5]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 broken",
        packed({"other.yaml": b"x"}),
        b"format: peizhen.questions\n",
        b'format: peizhen.bank\nformat_version: "2.0"\nwritten: 2026-01-01T00:00:00Z\nentries: []\n',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_archive_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(ArchiveRefusedError, match="。"):
        read_archive(data, "a")


def test_nested_and_broken_lines_end_nothing() -> None:
    head = b'format: peizhen.bank\nformat_version: "1.0"\nwritten: 2026-01-01T00:00:00Z\nentries:\n'
    bad = b"- " + b"[" * 100_000 + b"\n- {\nrubbish\n- 1\n"
    read = read_archive(head + bad, "a.yaml")
    assert (read.entries, len(read.problems)) == ((), 4)
