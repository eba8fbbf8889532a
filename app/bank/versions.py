"""Versions of a question: written once, never changed, with what lists and draws need beside them.

One place for everything that is derived from a body. Who may save, and what a saving says, is known
by those who call: `writing`, `syncing`, `importing`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.bank import alike, searching
from app.bank.reviewers import CLINICAL, LEGAL, fields_asked
from app.extensions import db
from app.models.bank import MarkingKey, QuestionEntry, QuestionLabel, QuestionVersion
from app.models.people import User
from question_bank import Question, dump, dump_facts, facts_of, key_of
from question_bank.question import LEVELS
from question_bank.style import find_flaws

FROM_FILES = "content"
FROM_BROWSER = "browser"
FROM_IMPORT = "import"
LONGEST_LABEL = 120  # as in app/models/bank.py
ABOUT_THE_RECORD = frozenset({"id", "version", "pool", "status", "writer", "reviewed"})
"""What a body says of the record and not of the question."""


def body_hash(body: dict[str, Any]) -> str:
    """Return SHA-256 of a body as canonical JSON: sorted names, no spaces."""
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


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
    return {
        "body": body,
        "body_hash": body_hash(body),
        "content_hash": content_hash_of(body),
        "facts": dump_facts(facts_of(question)),
    }


def make_current(
    entry: QuestionEntry,
    question: Question,
    number: int,
    *,
    now: datetime,
    flaws: Sequence[str] | None = None,
) -> None:
    """Let an entry show a version: lists copy its words, and it waits for approval again.

    Works on an entry that is in no session, too: an import takes the columns from it, and hands
    in the `flaws` it found when it read the file.
    """
    entry.current_number = number
    entry.kind, entry.domain = question.kind, question.domain
    entry.level, entry.lesson_code = hardest_level(question), question.lesson
    entry.stem = question.stem or question.scene
    entry.difficulty = question.difficulty.band if question.difficulty else ""
    entry.language, entry.writer_kind = question.language, question.writer.kind
    entry.review_by = question.review_by
    asked = fields_asked(question.reviewers_needed)
    entry.asks_clinical, entry.asks_legal = CLINICAL in asked, LEGAL in asked
    entry.responsible_id = None  # somebody has to answer for the new text before it is reviewed
    entry.flaws = flaw_codes(question) if flaws is None else list(flaws)
    _label(entry, question)
    alike.keep(entry, question)
    searching.index(entry, question)
    entry.changed_at = now
    # A file's word "active" is no approval: that takes two people of this installation.
    entry.status = "retired" if question.status == "retired" else "draft"


def flaw_codes(question: Question) -> list[str]:
    """Return the codes of the writing rules a question breaks, each once."""
    return sorted({flaw.code for flaw in find_flaws(question)})


def hardest_level(question: Question) -> str:
    """Return the level under which lists file a question: of a case, its most demanding part's.

    Empty for a description, which asks nothing.
    """
    levels = (one.level for one in question.marked_questions())
    return max(levels, key=LEVELS.index, default="")


def _label(entry: QuestionEntry, question: Question) -> None:
    """Replace the labels that come from the content; tags are people's and stay.

    A picture's label stays too: the version that shows it is there for ever.
    """
    wanted = {("clause", clause) for clause in question.clauses}
    wanted |= {("source", source.title or source.id) for source in question.sources}
    wanted |= {("lesson", lesson) for lesson in question.also_lessons}
    wanted = {(kind, value[:LONGEST_LABEL]) for kind, value in wanted}
    wanted |= {
        ("medium", medium.sha256)
        for one in (question, *question.parts)
        for medium in one.media
        if medium.sha256
    }
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
