"""The filters of the list by name: what each is called, which values it offers, what is chosen.

The form, the chips of what is chosen and their order all come from this one list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.bank import wording
from app.bank.finding import ANY_FLAW, FILES, LABELS, ME, Wanted
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionLabel
from app.models.people import User

MOST_VALUES = 500
"""Values of one filter that its list offers; the address takes any."""


@dataclass(frozen=True)
class Filter:
    """One filter with the values it offers as (value, words)."""

    name: str
    label: str
    options: Sequence[tuple[str, Any]]

    def say(self, value: str) -> str:
        """Return the words of a value; one that is not offered says itself."""
        return str(dict(self.options).get(value, value))


@dataclass(frozen=True)
class Chosen:
    """One thing that narrows the list, in words, and the address without it."""

    label: str
    words: str
    without: dict[str, str]


def filters(pools: Sequence[str]) -> list[Filter]:
    """Return all filters for somebody who may see these pools. Three queries, whatever the bank."""
    used = _used_columns(pools)
    labels = _used_labels(pools)
    return [
        Filter("pool", _("题池"), [(pool, wording.POOLS[pool]) for pool in pools]),
        Filter("kind", _("题型"), list(wording.KINDS.items())),
        Filter("domain", _("领域"), [(one, wording.domain_name(one)) for one in used["domain"]]),
        Filter("lesson", _("课"), _plain(used["lesson_code"])),
        Filter("level", _("层次"), list(wording.LEVELS.items())),
        Filter("difficulty", _("难度"), list(wording.BANDS.items())),
        Filter("tag", _("标签"), _plain(labels["tag"])),
        Filter("clause", _("条款"), _plain(labels["clause"])),
        Filter("source", _("出处"), _plain(labels["source"])),
        Filter("language", _("语言"), _plain(used["language"])),
        Filter("author", _("作者"), _authors(pools)),
        Filter("writer", _("起草"), list(wording.WRITERS.items())),
        Filter("flaw", _("写法问题"), [(ANY_FLAW, _("有写法问题")), *wording.FLAWS.items()]),
        Filter("review", _("复查日期"), list(wording.REVIEW_DATES.items())),
        Filter("shown", _("用过没有"), list(wording.EXPOSURES.items())),
    ]


def chosen(wanted: Wanted, offered: Iterable[Filter]) -> Iterator[Chosen]:
    """Say what narrows the list; the status has its own row of chips on the page."""
    if wanted.words:
        yield Chosen(_("文字"), wanted.words, wanted.without("words"))
    for one in offered:
        value = getattr(wanted, one.name)
        if value:
            yield Chosen(one.label, one.say(value), wanted.without(one.name))


def _plain(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


def _used_columns(pools: Sequence[str]) -> dict[str, list[str]]:
    """Return the lessons, domains and languages that the visible questions have."""
    columns = (QuestionEntry.lesson_code, QuestionEntry.domain, QuestionEntry.language)
    rows = db.session.execute(
        select(*columns).where(QuestionEntry.pool.in_(pools)).group_by(*columns)
    ).all()
    return {
        column.key: sorted({row[place] for row in rows}, key=_as_numbers)
        for place, column in enumerate(columns)
    }


def _used_labels(pools: Sequence[str]) -> dict[str, list[str]]:
    """Return the tags, clauses and sources of the visible questions."""
    query = select(QuestionLabel.kind, QuestionLabel.value).where(QuestionLabel.kind.in_(LABELS))
    if len(pools) < len(wording.POOLS):  # who sees every pool need not be told them apart
        visible = select(QuestionEntry.id).where(QuestionEntry.pool.in_(pools))
        query = query.where(QuestionLabel.entry_id.in_(visible))
    found: dict[str, list[str]] = {kind: [] for kind in LABELS}
    for kind, value in db.session.execute(query.distinct()):
        found[kind].append(value)
    return {kind: sorted(values, key=_as_numbers)[:MOST_VALUES] for kind, values in found.items()}


def _authors(pools: Sequence[str]) -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(User.id, User.name)
        .where(
            User.id.in_(
                select(QuestionEntry.author_id).where(QuestionEntry.pool.in_(pools)).distinct()
            )
        )
        .order_by(User.name, User.id)
    )
    return [(ME, _("我写的")), (FILES, _("随产品来的")), *((row[0], row[1]) for row in rows)]


def _as_numbers(value: str) -> tuple[list[int], str]:
    """Order 4.10 after 4.9; a value without numbers by its signs."""
    return [int(part) for part in value.split(".") if part.isascii() and part.isdigit()], value
