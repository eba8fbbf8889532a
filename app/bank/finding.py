"""Find questions by all filters together. Live questions are found only by who may open them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import or_, select

from app.extensions import db
from app.models.bank import QuestionEntry

PER_PAGE = 25
FILTERS = ("pool", "status", "lesson", "domain", "kind", "level")
COLUMNS = {
    "pool": QuestionEntry.pool,
    "status": QuestionEntry.status,
    "lesson": QuestionEntry.lesson_code,
    "domain": QuestionEntry.domain,
    "kind": QuestionEntry.kind,
    "level": QuestionEntry.level,
}


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty means any."""

    words: str = ""
    pool: str = ""
    status: str = ""
    lesson: str = ""
    domain: str = ""
    kind: str = ""
    level: str = ""

    @classmethod
    def asked(cls, arguments: Mapping[str, str]) -> Wanted:
        """Read an address; whatever is not a filter is ignored."""
        known = {name: arguments.get(name, "").strip()[:40] for name in FILTERS}
        return cls(words=arguments.get("words", "").strip()[:80], **known)

    def given(self) -> dict[str, str]:
        """Return the filters that are set, for the address of the next page."""
        values = {name: getattr(self, name) for name in ("words", *FILTERS)}
        return {name: value for name, value in values.items() if value}


def find_questions(wanted: Wanted, pools: Sequence[str], page: int) -> Pagination:
    """Return one page of entries by code. `pools` are those this person may see at all."""
    query = select(QuestionEntry).where(QuestionEntry.pool.in_(pools))
    for name, column in COLUMNS.items():
        value = getattr(wanted, name)
        if value:
            query = query.where(column == value)
    if wanted.words:
        query = query.where(
            or_(
                QuestionEntry.stem.icontains(wanted.words, autoescape=True),
                QuestionEntry.code.icontains(wanted.words, autoescape=True),
            )
        )
    return db.paginate(
        query.order_by(QuestionEntry.code), page=page, per_page=PER_PAGE, error_out=False
    )


def values_in_use(pools: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lessons and the domains that the visible questions have."""
    rows = db.session.execute(
        select(QuestionEntry.lesson_code, QuestionEntry.domain)
        .where(QuestionEntry.pool.in_(pools))
        .distinct()
    ).all()
    lessons = {lesson for lesson, _domain in rows}
    return sorted(lessons, key=_as_numbers), sorted({domain for _lesson, domain in rows})


def _as_numbers(lesson: str) -> tuple[list[int], str]:
    return [int(part) for part in lesson.split(".") if part.isdigit()], lesson
