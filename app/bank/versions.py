"""Versions of a question: written once, never changed, with what lists and draws need beside them.

One place for everything that is derived from a body. Who may save, and what a saving says, is known
by those who call: `writing`, `syncing`, `importing`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from app.bank import searching
from app.bank.reviewers import CLINICAL, LEGAL, fields_asked
from app.extensions import db
from app.models.bank import (
    MarkingKey,
    QuestionEntry,
    QuestionLabel,
    QuestionSearch,
    QuestionVersion,
)
from app.models.people import User
from question_bank import Question, dump, dump_facts, facts_of, key_of
from question_bank.duplicates import text_of
from question_bank.question import LEVELS
from question_bank.style import flaw_codes

FROM_FILES = "content"
FROM_BROWSER = "browser"
FROM_IMPORT = "import"
LONGEST_LABEL = 120  # as in app/models/bank.py
ABOUT_THE_RECORD = frozenset(
    {"id", "version", "pool", "status", "writer", "reviewed", "format_version"}
)
"""What a body says of the record and not of the question."""
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def body_hash(body: dict[str, Any]) -> str:
    """Return SHA-256 of a body as canonical JSON: sorted names, no spaces."""
    return hashlib.sha256(_CANONICAL.encode(body).encode()).hexdigest()


def content_hash(question: Question) -> str:
    """Return the hash of what a question says: the same whatever its code, version, pool, status."""
    return content_hash_of(dump(question))


def content_hash_of(body: dict[str, Any]) -> str:
    """Return the same of a body."""
    return body_hash({name: value for name, value in body.items() if name not in ABOUT_THE_RECORD})


def add_version(
    entry: QuestionEntry, question: Question, number: int, *, author: User | None, now: datetime
) -> QuestionVersion:
    """Add a version with its first marking key; the caller decides whether it is current."""
    author_id = author.id if author else None
    version = QuestionVersion(
        entry=entry,
        number=number,
        **version_values(question),
        created_by_id=author_id,
        created_at=now,
    )
    db.session.add(version)
    db.session.add(
        MarkingKey(version=version, number=1, key=key_of(question), set_by_id=author_id, set_at=now)
    )
    return version


def version_values(question: Question) -> dict[str, Any]:
    """Return the columns of a version that follow from its content alone."""
    body = dump(question)
    return values_of_body(question, body, content_hash_of(body))


def values_of_body(question: Question, body: dict[str, Any], content: str) -> dict[str, Any]:
    """Return the same where the question's body and content hash are known already."""
    return {
        "body": body,
        "body_hash": body_hash(body),
        "content_hash": content,
        "facts": dump_facts(facts_of(question)),
    }


def make_current(entry: QuestionEntry, question: Question, number: int, *, now: datetime) -> None:
    """Let an entry show a version: lists copy its words, and it waits for approval again.

    Works on an entry that is in no session, too: an import takes the columns from it.
    """
    values = entry_values(question, number, flaw_codes(question), now=now)
    for name, value in values.items():
        setattr(entry, name, value)
    _label(entry, question)
    index(entry, question)


def index(entry: QuestionEntry, question: Question) -> None:
    """Keep again what an entry with this current version is found by."""
    labels = [(one.kind, one.value) for one in entry.labels]
    if entry.search is None:
        entry.search = QuestionSearch()
    for name, value in search_values(entry.code, labels, question).items():
        setattr(entry.search, name, value)


def entry_values(
    question: Question, number: int, flaws: Sequence[str], *, now: datetime
) -> dict[str, Any]:
    """Return the columns of an entry that shows this version; `flaws` are its `flaw_codes`."""
    asked = fields_asked(question.reviewers_needed)
    return {
        "current_number": number,
        "kind": question.kind,
        "domain": question.domain,
        "level": hardest_level(question),
        "lesson_code": question.lesson,
        "stem": question.stem or question.scene,
        "difficulty": question.difficulty.band if question.difficulty else "",
        "language": question.language,
        "writer_kind": question.writer.kind,
        "review_by": question.review_by,
        "asks_clinical": CLINICAL in asked,
        "asks_legal": LEGAL in asked,
        "responsible_id": None,  # somebody has to answer for the new text before it is reviewed
        "flaws": list(flaws),
        "changed_at": now,
        # A file's word "active" is no approval: that takes two people of this installation.
        "status": "retired" if question.status == "retired" else "draft",
    }


def search_values(
    code: str, labels: Iterable[tuple[str, str]], question: Question
) -> dict[str, Any]:
    """Return the columns by which an entry with these labels is found, and its likes are."""
    return {**searching.values(code, labels, question), "alike": text_of(question)}


def hardest_level(question: Question) -> str:
    """Return the level under which lists file a question: of a case, its most demanding part's.

    Empty for a description, which asks nothing.
    """
    levels = (one.level for one in question.marked_questions())
    return max(levels, key=LEVELS.index, default="")


def labels_of(question: Question) -> set[tuple[str, str]]:
    """Return the labels that come from the content, as kind and value."""
    wanted = {("clause", clause) for clause in question.clauses}
    wanted |= {("source", source.title or source.id) for source in question.sources}
    wanted |= {("lesson", lesson) for lesson in question.also_lessons}
    wanted = {(kind, value[:LONGEST_LABEL]) for kind, value in wanted}
    return wanted | {
        ("medium", medium.sha256)
        for one in (question, *question.parts)
        for medium in one.media
        if medium.sha256
    }


def _label(entry: QuestionEntry, question: Question) -> None:
    """Replace the labels that come from the content; tags are people's and stay.

    A picture's label stays too: the version that shows it is there for ever.
    """
    wanted = labels_of(question)
    kept = [
        one
        for one in entry.labels
        if one.kind in ("tag", "medium") or (one.kind, one.value) in wanted
    ]
    have = {(one.kind, one.value) for one in kept}
    entry.labels = [
        *kept,
        *(QuestionLabel(kind=kind, value=value) for kind, value in sorted(wanted - have)),
    ]
