"""Tags: words people give an entry, beside its versions. They need no new version and no review."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app import audit
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionLabel
from app.models.people import User

TAG = "tag"


def tags_of(entry: QuestionEntry) -> list[str]:
    """Return an entry's tags in order."""
    return sorted(label.value for label in entry.labels if label.kind == TAG)


def set_tags(entry: QuestionEntry, tags: Iterable[str], *, actor: User, now: datetime) -> bool:
    """Give an entry exactly these tags; tells whether anything changed."""
    wanted = set(tags)
    before = set(tags_of(entry))
    if wanted == before:
        return False
    kept = [one for one in entry.labels if one.kind != TAG or one.value in wanted]
    added = [QuestionLabel(kind=TAG, value=value) for value in sorted(wanted - before)]
    entry.labels = [*kept, *added]
    db.session.flush()  # saving reads the entry anew, with its labels
    audit.record("question.tagged", entry, actor=actor, now=now, tags=len(wanted))
    return True
