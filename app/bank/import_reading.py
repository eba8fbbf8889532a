"""Read a file of questions: what can be kept, and every place where something cannot.

Two stages, each callable alone (the bench times them): `parse`, and `judge` (what can be stored,
pictures cleaned, writing rules); `import_comparing` follows. Nothing here writes a row, but `judge`
stores cleaned pictures and sounds under their hash. Whatever a file says of status, reviews and
approvals is dropped: what comes in is a draft that nobody here has reviewed.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from flask_babel import gettext as _

from app.bank import media
from app.bank.form_words import on_a_page, place_on_a_page
from app.bank.versions import content_hash_of
from app.bank.wall import LIVE
from app.extensions import db
from question_bank import ImportReport, Problem, Question, dump, read_any
from question_bank.readers.collecting import Defaults, Tick
from question_bank.readers.encoding import UndecodableError, decode_text
from question_bank.style import find_set_flaws, flaw_codes

NEW, TAKE = "new", "take"
MOST_SECONDS = 120
LONGEST_LESSON, LONGEST_DOMAIN, LONGEST_CODE = 10, 4, 40  # as in app/models/bank.py
SNIPPET = 240  # characters of the file beside a problem
SNIPPET_LINES = {"csv": 1}  # a row; else a question of a few lines
MOST_LINES = 6
LOSSLESS = ("yaml", "archive")  # our own files: what they leave empty is meant so
TEXTS = ("gift", "aiken", "text", "csv", "yaml")


class TooSlow(Exception):  # noqa: N818 — an outcome, said to the person as a sentence
    """Reading took longer than one file may."""


@dataclass
class Item:
    """One question that was read and can be kept; `standing` and what follows come by comparing."""

    question: Question
    place: str
    source_kind: str
    body: dict[str, Any]
    content_hash: str
    flaws: list[str]
    standing: str = NEW
    alike: list[list[Any]] = field(default_factory=list)
    decision: str = TAKE


@dataclass
class Reading:
    """A whole file: the good questions, and what is told beside them."""

    format: str = ""
    encoding: str = ""
    items: list[Item] = field(default_factory=list)
    troubles: list[dict[str, str]] = field(default_factory=list)
    """`{"kind": "problem"|"skipped"|"note", "place", "message", "raw"}` in the order of the file."""
    set_flaws: list[str] = field(default_factory=list)
    lacking: int = 0
    """How many questions stay out only because domain, lesson or level is missing."""
    unreadable: str = ""
    """Why the file as a whole could not be read; empty when it could."""


def parse(
    data: bytes, name: str, wanted: str, defaults: Defaults, tick: Tick | None = None
) -> ImportReport:
    """Read the bytes; raises TooSlow after MOST_SECONDS, and whatever `tick` raises."""
    began = time.monotonic()

    def watched(done: int, of: int) -> None:
        if time.monotonic() - began > MOST_SECONDS:
            raise TooSlow
        if tick is not None:
            tick(done, of)

    return read_any(data, name, wanted, defaults, watched)


def judge(report: ImportReport, data: bytes, *, pools: Collection[str], now: datetime) -> Reading:
    """Keep what can be stored, and name every question that cannot with its place.

    `pools` are those the importing person may open.
    """
    reading = Reading(format=report.format, encoding=report.encoding)
    if report.unreadable:
        said = [problem.message for problem in report.problems]
        reading.unreadable = said[0] if said else _("这个文件读不出来。")
        return reading
    lines, nth = _Lines(data, report.format), _("第 %(n)d 行")
    own = report.format in LOSSLESS
    found = [_trouble("problem", problem, lines, nth, own=own) for problem in report.problems]
    found += [_trouble("note", note, lines, nth, own=own) for note in report.notes]
    found += [
        (
            one.line,
            {
                "kind": "skipped",
                "place": _place(one.line, "", one.item, nth),
                "message": _("%(kind)s：%(reason)s", kind=one.kind, reason=one.reason),
                "raw": lines.quoted(one.line),
            },
        )
        for one in report.skipped
    ]
    kept = _clean_media(report, now)
    # Without its picture a question asks something else: it stays out, its problem is told already.
    for number, question in enumerate(report.questions):
        origin = report.origins[number] if report.origins else None
        line = origin.line if origin else 0
        if question.id in report.incomplete:
            continue
        at, item_id = (origin.place, origin.item) if origin else ("", question.id)
        place = _place(line, at, item_id, nth)
        faults, item = _item(question, place, origin.kind if origin else question.kind, kept, pools)
        if item is not None:
            reading.items.append(item)
        elif len(faults) == 1 and _lacking(question):
            reading.lacking += 1
        found += [
            (
                line,
                {
                    "kind": "problem",
                    "place": place,
                    "message": fault,
                    "raw": lines.quoted(line) or _words(question),
                },
            )
            for fault in faults
        ]
    found.sort(key=lambda one: one[0])
    reading.troubles = [trouble for _line, trouble in found]
    reading.set_flaws = [str(flaw) for flaw in find_set_flaws(i.question for i in reading.items)]
    return reading


def _item(
    question: Question,
    place: str,
    source_kind: str,
    kept: Mapping[str, media.Cleaned | str],
    pools: Collection[str],
) -> tuple[list[str], Item | None]:
    """Return what keeps a question out, or the question as it may come in."""
    draft = _as_draft(question)
    faults = _faults(draft, pools)
    if any(one.media for one in (draft, *draft.parts)):
        draft, more = _with_media(draft, kept)
        faults += more
    if faults:
        return faults, None
    body = dump(draft)
    return [], Item(draft, place, source_kind, body, content_hash_of(body), flaw_codes(draft))


def _as_draft(question: Question) -> Question:
    said = (question.version, question.status, question.reviewed, question.writer.approved_by)
    if said == (1, "draft", (), None):
        return question  # of foreign formats every one
    unapproved = replace(question.writer, approved_by=None)
    return replace(question, version=1, status="draft", reviewed=(), writer=unapproved)


def _faults(question: Question, pools: Collection[str]) -> list[str]:
    faults = []
    if question.pool not in pools:
        faults.append(
            _("这道题写明是考试题，你现在不能打开考试题，也就不能写入。")
            if question.pool == LIVE
            else _("这道题写明是练习题，你的角色不包括练习题。")
        )
    for value, name, longest, example in (
        (question.domain, "domain", LONGEST_DOMAIN, "D"),
        (question.lesson, "lesson", LONGEST_LESSON, "4.3"),
    ):
        if len(value) > longest:
            label = _("领域") if name == "domain" else _("课")
            faults.append(
                _(
                    "%(label)s“%(value)s”太长，最多 %(n)d 个字，请写成 %(example)s 这样。",
                    label=label,
                    value=value[:40],
                    n=longest,
                    example=example,
                )
            )
    lacking = _lacking(question)
    if lacking:
        what = _("、").join(lacking)
        faults.append(_("没有写%(what)s。请在文件里补上，或选好默认值再读一次。", what=what))
    return faults


def _lacking(question: Question) -> list[str]:
    """Name the fields that foreign files do not know and that a choice of defaults fills."""
    # Of thousands of questions few lack anything: only for those are words looked up.
    lacking = []
    if not question.domain.strip():
        lacking.append(_("领域"))
    if not question.lesson.strip():
        lacking.append(_("课"))
    if not all(one.level for one in question.marked_questions()):
        lacking.append(_("层次"))
    return lacking


def _clean_media(report: ImportReport, now: datetime) -> dict[str, media.Cleaned | str]:
    """Clean what questions name; the sentence of refusal in its place where it cannot be used."""
    kept: dict[str, media.Cleaned | str] = {}
    for sha256, data in report.attachments.items():
        try:
            kept[sha256] = media.clean(data)
        except media.MediumRefused as refused:
            kept[sha256] = refused.sentence
    for cleaned in kept.values():
        if isinstance(cleaned, media.Cleaned):
            media.keep(cleaned, now=now)
    if kept:
        db.session.commit()  # small and done: comparing must hold no lock
    return kept


def _with_media(
    question: Question, kept: Mapping[str, media.Cleaned | str]
) -> tuple[Question, list[str]]:
    """Return the question with its media as they are stored, and what is wrong with them."""
    faults = []
    shown = []
    for medium in question.media:
        cleaned = kept.get(medium.sha256)
        if medium.kind == "table":
            shown.append(medium)
        elif isinstance(cleaned, str):
            faults.append(_("“%(name)s”：%(why)s", name=medium.name[:60], why=cleaned))
        elif cleaned is not None:
            same = replace(medium, sha256=cleaned.sha256, media_type=cleaned.media_type)
            shown.append(replace(same, kind=cleaned.kind))
        elif media.find(medium.sha256) is not None:
            shown.append(medium)  # our own file names what is stored here already
        else:
            faults.append(
                _("“%(name)s”的文件不在里面，请连同图片或录音一起导出。", name=medium.name[:60])
            )
    parts = []
    for part in question.parts:
        whole, more = _with_media(part, kept)
        parts.append(whole)
        faults += more
    return replace(question, media=tuple(shown), parts=tuple(parts)), list(dict.fromkeys(faults))


def rows(items: Sequence[Item], import_id: str, first: int = 1) -> list[dict[str, Any]]:
    """Give the columns of `imported_question`, numbered in the order of the file."""
    return [
        {
            "import_id": import_id,
            "number": number,
            "place": item.place[:300],
            "source_kind": item.source_kind[:40],
            "body": item.body,
            "content_hash": item.content_hash,
            "standing": item.standing,
            "alike": item.alike,
            "flaws": item.flaws,
            "decision": item.decision,
        }
        for number, item in enumerate(items, first)
    ]


def _trouble(
    kind: str, problem: Problem, lines: _Lines, nth: str, *, own: bool
) -> tuple[int, dict[str, str]]:
    """Return a problem for the list; who writes `own` files knows the fields by their names."""
    place = problem.place if own else place_on_a_page(problem.place)
    said = {
        "kind": kind,
        "place": _place(problem.line, place, problem.item, nth),
        "message": problem.message if own else on_a_page(problem.message),
        "raw": lines.quoted(problem.line),
    }
    return problem.line, said


def _place(line: int, place: str, item: str, nth: str) -> str:
    """Say where: sheet and row where the reader knows them, else the line, then the inner place.

    `nth` is the words for a line, looked up once for a whole file.
    """
    own = place.startswith(("第", "工作表"))
    said = [place] if own else ([nth % {"n": line}] if line else [])
    if item:
        said.append(item)
    if place and not own:
        said.append(place)
    return " · ".join(said)


class _Lines:
    """The lines of a text file, to be quoted beside its problems; of other files nothing."""

    def __init__(self, data: bytes, name: str) -> None:
        self.lines: list[str] = []
        self.most = SNIPPET_LINES.get(name, MOST_LINES)
        if name in TEXTS:
            with suppress(UndecodableError):
                self.lines = decode_text(data).text.split("\n")

    def quoted(self, line: int) -> str:
        """Return what stands from a line on, counted from 1; nothing for line 0."""
        some = self.lines[line - 1 : line - 1 + self.most] if line else []
        # A blank line ends a question in every format whose lines are quoted.
        return _cut("\n".join(takewhile(bool, (one.strip() for one in some))))


def _cut(text: str) -> str:
    return text[:SNIPPET] + ("…" if len(text) > SNIPPET else "")


def _words(question: Question) -> str:
    return _cut(question.scene or question.stem)
