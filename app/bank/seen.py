"""What somebody saw of a question's filing and tags when the form was opened; it travels in the form.

Filing and tags belong to the entry and are not kept with its versions. Without what was seen, nobody
could tell which of two people changed them. Signed, so that a form cannot file a question under
anything that it never stood under.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from app.bank.filing import Filing, filing_of
from app.bank.tagging import tags_of
from app.models.bank import QuestionEntry


@dataclass(frozen=True, slots=True)
class Seen:
    """Filing and tags at one moment."""

    filing: Filing
    tags: tuple[str, ...]


def seen_of(entry: QuestionEntry) -> Seen:
    """Return what is to be seen now."""
    return Seen(filing_of(entry), tuple(tags_of(entry)))


def signed(entry: QuestionEntry) -> str:
    """Return what is to be seen now, as a form carries it."""
    seen = seen_of(entry)
    review_by = seen.filing.review_by
    filing = asdict(seen.filing) | {"review_by": review_by and review_by.isoformat()}
    return str(_signer(entry).dumps([filing, seen.tags]))


def read(entry: QuestionEntry, text: str | None) -> Seen:
    """Return what a form carried; what is to be seen now where it carried nothing of ours."""
    try:
        filing, tags = _signer(entry).loads(text or "")
        review_by = filing["review_by"] and date.fromisoformat(filing["review_by"])
        return Seen(Filing(**(filing | {"review_by": review_by})), tuple(tags))
    except (BadSignature, KeyError, TypeError):  # not ours, or of another release
        return seen_of(entry)


def _signer(entry: QuestionEntry) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=f"seen of {entry.id}")
