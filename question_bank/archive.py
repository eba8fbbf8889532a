"""The whole bank as one file: every version with its keys, reviews and comments, figures and media.

A text that is YAML, one entry a line (``peizhen.bank`` 1.x); with media a zip of ``bank.yaml`` and
``media/<sha256>.<ending>``. The same content gives the same bytes but for the line ``written``.
People are named by the account ids of the installation that wrote it, never by name. Who may read a
file back, and what its reviews are worth there, is not decided here.

COMPATIBILITY. A minor step only adds fields that may be left out; another major is refused.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from question_bank.archive_entry import ArchivedEntry, dump_entry, load_entry
from question_bank.archive_fields import EntryFaultError
from question_bank.pieces import Medium
from question_bank.question import Question
from question_bank.readers.encoding import UndecodableError, decode_text
from question_bank.readers.report import Problem
from question_bank.readers.safe_zip import Archive as Zip
from question_bank.readers.safe_zip import UnsafeArchiveError, open_archive

FORMAT = "peizhen.bank"
MEMBER = "bank.yaml"
VERSION = (1, 0)
MOST_ENTRIES = 100_000
LONGEST_LINE = 5_000_000  # characters: one entry with all its versions
MOST_TEXT = 400_000_000
_FIXED = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes
_HEAD = re.compile(
    r'format: peizhen\.bank\nformat_version: "(\d{1,3})\.(\d{1,3})"\n'
    r"written: ([0-9TZ:.+-]{1,40})\nentries:(?: \[\])?\n?"
)
# Signs that YAML does not take as they are, or that end a line for some readers.
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
}


class ArchiveRefusedError(ValueError):
    """The file as a whole is no archive that can be read; the message is for people."""


@dataclass(frozen=True, slots=True)
class BankArchive:
    """What one file holds. ``media`` are bytes by SHA-256; ``problems`` name what was left out."""

    entries: tuple[ArchivedEntry, ...]
    media: Mapping[str, bytes] = field(default_factory=dict, hash=False)
    written: str = ""
    problems: tuple[Problem, ...] = ()


def write_archive(
    entries: Iterable[ArchivedEntry], media: Mapping[str, bytes], written: datetime
) -> bytes:
    """Write entries in the order of their codes; ``media`` by SHA-256 makes it a zip."""
    ordered = sorted(entries, key=lambda entry: entry.code)
    lines = [
        f"format: {FORMAT}",
        f'format_version: "{VERSION[0]}.{VERSION[1]}"',
        f"written: {written:%Y-%m-%dT%H:%M:%SZ}",
        "entries:" if ordered else "entries: []",
        *(f"- {_line(dump_entry(entry))}" for entry in ordered),
    ]
    text = "\n".join([*lines, ""]).encode()
    if not media:
        return text
    out = BytesIO()
    kinds = _media_types(ordered)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo(MEMBER, _FIXED), text, zipfile.ZIP_DEFLATED)
        for sha256 in sorted(media):
            name = f"media/{sha256}.{_ENDINGS.get(kinds.get(sha256, ''), 'bin')}"
            package.writestr(zipfile.ZipInfo(name, _FIXED), media[sha256], zipfile.ZIP_STORED)
    return out.getvalue()


def _line(entry: Mapping[str, Any]) -> str:
    text = json.dumps(entry, ensure_ascii=False, separators=(", ", ": "))
    return _ODD.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def _media_types(entries: Iterable[ArchivedEntry]) -> dict[str, str]:
    return {
        one.sha256: one.media_type
        for entry in entries
        for version in entry.versions
        for one in media_of(version.question)
    }


def media_of(question: Question) -> list[Medium]:
    """Give the media with bytes of a question and its parts, each once."""
    found = {
        one.sha256: one
        for question_ in (question, *question.parts)
        for one in question_.media
        if one.sha256
    }
    return list(found.values())


def read_archive(data: bytes, file: str) -> BankArchive:
    """Read an archive; ArchiveRefusedError where it is none. A faulty entry is named and left out.

    Nothing in it is believed: sizes, hashes, every body and every date are checked.
    """
    package: Zip | None = None
    try:
        if data.startswith(b"PK"):
            package = open_archive(data)
            if MEMBER not in package:
                raise ArchiveRefusedError("压缩包里没有 bank.yaml，这不是本系统的题库存档。")
            data = package.read(MEMBER)
        text = decode_text(data).text
    except (UnsafeArchiveError, UndecodableError) as error:
        raise ArchiveRefusedError(str(error)) from error
    return _read(text, package, file)


def _read(text: str, package: Zip | None, file: str) -> BankArchive:
    if len(text) > MOST_TEXT:
        raise ArchiveRefusedError("存档太大，请按题库或课分几次导出再恢复。")
    head = _HEAD.match(text)
    if head is None:
        raise ArchiveRefusedError(
            "这不是本系统的题库存档，或开头被改过。请用 flask bank export 重新导出。"
        )
    if int(head[1]) != VERSION[0]:
        raise ArchiveRefusedError(
            f"存档的格式版本是 {head[1]}.{head[2]}，本系统读 {VERSION[0]}.x。请用新的版本来恢复。"
        )
    lines = text[head.end() :].split("\n")
    if len(lines) > MOST_ENTRIES:
        raise ArchiveRefusedError(f"存档里的题超过 {MOST_ENTRIES} 道，请分几次导出再恢复。")
    entries: list[ArchivedEntry] = []
    problems: list[Problem] = []
    first = text.count("\n", 0, head.end()) + 1
    seen: set[str] = set()
    for number, line in enumerate(lines, start=first):
        if not line.strip():
            continue
        try:
            entry = _entry(line)
            if entry.code in seen:
                raise EntryFaultError(entry.code, "", "这个编号在存档里出现了两次。")
        except EntryFaultError as fault:
            message = f"{fault}这道题没有读入。"
            problems.append(Problem(file, number, fault.code, fault.place, message))
            continue
        seen.add(entry.code)
        entries.append(entry)
    media = _media(entries, package, file, problems)
    return BankArchive(tuple(entries), media, head[3], tuple(problems))


def _entry(line: str) -> ArchivedEntry:
    if len(line) > LONGEST_LINE or not line.startswith("- "):
        raise EntryFaultError("", "", "这一行太长，或不是一道题。")
    try:
        told = json.loads(line[2:])
    except (ValueError, RecursionError) as error:
        raise EntryFaultError("", "", "这一行被改坏了，读不出来。") from error
    return load_entry(told)


def _media(
    entries: Iterable[ArchivedEntry], package: Zip | None, file: str, problems: list[Problem]
) -> dict[str, bytes]:
    """Give the bytes that some version names; what is missing or altered is a problem."""
    held = {}
    for name in package.names if package else ():
        sha256 = name.removeprefix("media/").partition(".")[0]
        if name.startswith("media/") and package:
            held[sha256] = name
    media: dict[str, bytes] = {}
    for entry in entries:
        for version in entry.versions:
            for one in media_of(version.question):
                if one.sha256 in media:
                    continue
                content = _bytes(held.get(one.sha256), package)
                if content is None or hashlib.sha256(content).hexdigest() != one.sha256:
                    message = f"“{one.name}”不在存档里，或内容被改过，题目恢复后没有它。"
                    problems.append(Problem(file, 1, entry.code, "media", message))
                else:
                    media[one.sha256] = content
    return media


def _bytes(name: str | None, package: Zip | None) -> bytes | None:
    if name is None or package is None:
        return None
    try:
        return package.read(name)
    except UnsafeArchiveError:
        return None
