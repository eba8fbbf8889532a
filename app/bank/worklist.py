"""What waits for a person in the bank: to review, to mend, to take on, to look at again.

Everything is asked of the database in a constant number of queries, whatever the bank's size. Only
pools that the person may open are looked at, so that the wall holds here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app import rulebook
from app.bank.approving import IN_REVIEW
from app.bank.reviewers import (
    AI_DRAFTED,
    FIELD_ROLES,
    counting_approval,
    domains_of,
    has_field,
    needs_field,
)
from app.extensions import db
from app.models.bank import Approval, QuestionEntry, QuestionVersion
from app.models.people import User
from app.permissions import allows, has_role

PER_PAGE = 25
FIRST, FINAL, RETURNED, MINE, UNTAKEN, TRIAL, OVERDUE, DUE = (
    "first",
    "final",
    "returned",
    "mine",
    "untaken",
    "trial",
    "overdue",
    "due",
)
PERMISSION = {
    FIRST: "bank.approve",
    FINAL: "bank.approve",
    RETURNED: "bank.write",
    MINE: "bank.write",
    UNTAKEN: "bank.write",
    TRIAL: "bank.activate",
    OVERDUE: "bank.work",
    DUE: "bank.work",
}
STAGE = dict(zip((FIRST, FINAL), IN_REVIEW, strict=True))
# Why somebody may not review a question that waits.
OWN, SAID, FIELD, FREE = "own", "said", "field", "free"


@dataclass
class Work:
    """How much waits for a person, by list; and what waits for somebody else, by reason."""

    counts: dict[str, int]
    barred: dict[str, dict[str, int]] = field(default_factory=dict)
    """List -> reason -> how many: questions in review that this person may not review."""

    @property
    def fullest(self) -> str:
        """Return the first list that holds something, or the first of all."""
        return next((name for name, count in self.counts.items() if count), next(iter(self.counts)))


def lists_of(user: User) -> list[str]:
    """Return the lists that this person's roles have."""
    return [name for name, permission in PERMISSION.items() if allows(user, permission)]


def work_of(user: User, pools: Sequence[str], on: date) -> Work:
    """Count everything that waits, in one query for the reviews and one for the rest."""
    names = lists_of(user)
    work = Work(dict.fromkeys(names, 0))
    if FIRST in names:
        _count_reviews(work, user, pools, on)
    others = [name for name in names if name not in STAGE]
    until = notice_until(on)
    sums = [
        func.coalesce(func.sum(case((_condition(name, user, on, until), 1), else_=0)), 0)
        for name in others
    ]
    # Most of a bank is active and not due: only what may count is looked at.
    query = _current(pools, *sums).where(
        or_(QuestionEntry.status.in_(("draft", "trial")), QuestionEntry.review_by <= until)
    )
    for name, count in zip(others, db.session.execute(query).one(), strict=True):
        work.counts[name] = int(count)
    return work


def listed(name: str, user: User, pools: Sequence[str], on: date, page: int) -> Pagination:
    """Return one page of a list as versions with their entries; the longest waiting first."""
    if name in STAGE:
        condition = and_(QuestionEntry.status == STAGE[name], _barred_by(user, on) == literal(FREE))
    else:
        condition = _condition(name, user, on, notice_until(on))
    first = QuestionEntry.review_by if name in (OVERDUE, DUE) else QuestionEntry.changed_at
    query = _current(pools, QuestionEntry).where(condition).order_by(first, QuestionEntry.id)
    return db.paginate(query, page=page, per_page=PER_PAGE, error_out=False)


def notice_until(on: date) -> date:
    """Return the last review date that is listed as due on a day."""
    return on + timedelta(days=rulebook.value("bank.review_notice_days", on))


def notes(name: str, entries: Sequence[QuestionEntry]) -> Mapping[str, Approval]:
    """Return, by entry, the word that sent it back, for the list of what was returned."""
    if name != RETURNED or not entries:
        return {}
    rows = db.session.execute(
        select(QuestionEntry.id, Approval)
        .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
        .join(Approval, Approval.version_id == QuestionVersion.id)
        .where(
            QuestionEntry.id.in_([entry.id for entry in entries]),
            QuestionVersion.number == QuestionEntry.current_number,
            Approval.approves.is_(False),
        )
        .order_by(Approval.given_at)
    )
    return {row[0]: row[1] for row in rows}


def sentence(reason: str, count: int) -> str:
    """Say why some questions wait for others."""
    words: str = _("%(n)d 题是你写的或由你负责", n=count)
    if reason == SAID:
        words = _("%(n)d 题你已审过", n=count)
    elif reason == FIELD:
        words = _("%(n)d 题要等临床或法律审题人", n=count)
    return words


def _current(pools: Sequence[str], *columns: Any) -> Select[Any]:
    """Select of entries in some pools, joined with their current version."""
    return (
        select(*columns)
        .select_from(QuestionEntry)
        .join(
            QuestionVersion,
            and_(
                QuestionVersion.entry_id == QuestionEntry.id,
                QuestionVersion.number == QuestionEntry.current_number,
            ),
        )
        .where(QuestionEntry.pool.in_(pools))
    )


def _count_reviews(work: Work, user: User, pools: Sequence[str], on: date) -> None:
    inner = (
        _current(pools, QuestionEntry.status.label("status"), _barred_by(user, on).label("reason"))
        .where(QuestionEntry.status.in_(IN_REVIEW))
        .subquery()
    )
    rows = db.session.execute(
        select(inner.c.status, inner.c.reason, func.count()).group_by(
            inner.c.status, inner.c.reason
        )
    )
    names = {status: name for name, status in STAGE.items()}
    for status, reason, count in rows:
        if reason == FREE:
            work.counts[names[status]] = count
        else:
            work.barred.setdefault(names[status], {})[reason] = count


def _barred_by(user: User, on: date) -> ColumnElement[str]:
    """Return the reason why a person may not review a current version, as `approving.why_not`."""
    said = aliased(Approval)
    spoke = exists().where(said.version_id == QuestionVersion.id, said.reviewer_id == user.id)
    return case(
        (or_(_is_insider(user), _led_here(user)), literal(OWN, String)),
        (spoke, literal(SAID, String)),
        (_missing(user, on) > _left_after(), literal(FIELD, String)),
        else_=literal(FREE, String),
    )


def _is_insider(user: User) -> ColumnElement[bool]:
    return or_(
        QuestionEntry.author_id == user.id,
        QuestionEntry.responsible_id == user.id,
        QuestionVersion.created_by_id == user.id,
    )


def _led_here(user: User) -> ColumnElement[bool]:
    """Return the condition that a person wrote a version before the current one."""
    before = aliased(QuestionVersion)
    return exists().where(
        before.entry_id == QuestionEntry.id,
        before.number < QuestionVersion.number,
        before.created_by_id == user.id,
    )


def _missing(user: User, on: date) -> ColumnElement[int]:
    """Return how many fields still lack a reviewer once this person has spoken for one."""
    domains = domains_of(on)
    lacks = {one: and_(needs_field(one, domains), ~has_field(one)) for one in FIELD_ROLES}
    held = [lacks[one] for one, role in FIELD_ROLES.items() if has_role(user, role)]
    missing: Any = sum((case((lack, 1), else_=0) for lack in lacks.values()), literal(0))
    left: ColumnElement[int] = missing - case((or_(*held), 1), else_=0) if held else missing
    return left


def _left_after() -> ColumnElement[int]:
    """Return how many words are wanted after the next one."""
    given = (
        select(func.count(Approval.reviewer_id.distinct()))
        .where(Approval.version_id == QuestionVersion.id, counting_approval())
        .correlate(QuestionVersion, QuestionEntry)
        .scalar_subquery()
    )
    return case((given == 0, 1), else_=0)


def _condition(name: str, user: User, on: date, until: date) -> ColumnElement[bool]:
    """Return which entries a list holds, apart from the reviews."""
    draft = QuestionEntry.status == "draft"
    word = aliased(Approval)
    returned = exists().where(word.version_id == QuestionVersion.id, word.approves.is_(False))
    strangers = or_(QuestionEntry.author_id.is_(None), QuestionEntry.writer_kind == AI_DRAFTED)
    in_use = QuestionEntry.status != "retired"
    return {
        RETURNED: and_(draft, returned, _is_insider(user)),
        MINE: and_(draft, ~returned, _is_insider(user), ~strangers),
        UNTAKEN: and_(draft, ~returned, strangers, QuestionEntry.responsible_id.is_(None)),
        TRIAL: QuestionEntry.status == "trial",
        OVERDUE: and_(in_use, QuestionEntry.review_by < on),
        DUE: and_(in_use, QuestionEntry.review_by.between(on, until)),
    }[name]
