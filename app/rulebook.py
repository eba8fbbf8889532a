"""Dated settings (规则设置): every rule that may change, with its value, day, source and standing.

`value(name, on)` gives the row in force on a day, or the proposal as shipped. A change never
edits: it adds a row. What a setting decides elsewhere is frozen there (an exam revision keeps its
grace), so that a later change does not reach back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import audit
from app.extensions import db
from app.models.people import User
from app.models.scheme import DatedSetting
from app.proposals import PROPOSALS

_held: ContextVar[dict[tuple[str, date], Any] | None] = ContextVar("rules_held", default=None)


def value(name: str, on: date) -> Any:
    """Return a rule's value in force on a day (Shanghai calendar).

    Raises KeyError for a name that is not in `PROPOSALS`.
    """
    held = _held.get()
    if held is None:
        return _read(name, on)
    if (name, on) not in held:
        held[name, on] = _read(name, on)
    return held[name, on]


@contextmanager
def read_once(known: Mapping[tuple[str, date], Any] | None = None) -> Iterator[None]:
    """Read each rule only once inside the block: for bulk work in which nobody sets a rule.

    `known` are values by name and day that the caller has read already, with other things.
    """
    token = _held.set(dict(known or {}))
    try:
        yield
    finally:
        _held.reset(token)


def _read(name: str, on: date) -> Any:
    proposal = PROPOSALS[name]
    row = db.session.scalars(
        select(DatedSetting)
        .where(DatedSetting.name == name, DatedSetting.from_date <= on)
        .order_by(DatedSetting.from_date.desc(), DatedSetting.set_at.desc())
        .limit(1)
    ).first()
    return proposal.value if row is None else row.value


def timeline(name: str) -> Callable[[date], Any]:
    """Return a rule as a function of the day, read in one query: for lists over many days.

    Raises KeyError for a name that is not in `PROPOSALS`.
    """
    proposal = PROPOSALS[name]
    rows = db.session.execute(
        select(DatedSetting.from_date, DatedSetting.value)
        .where(DatedSetting.name == name)
        .order_by(DatedSetting.from_date.desc(), DatedSetting.set_at.desc())
    ).all()

    def on(day: date) -> Any:
        return next((value for since, value in rows if since <= day), proposal.value)

    return on


def is_set(name: str, on: date) -> bool:
    """Tell whether somebody here gave a rule its value: a proposal alone is nobody's word."""
    return (
        db.session.scalar(
            select(DatedSetting.id)
            .where(DatedSetting.name == name, DatedSetting.from_date <= on)
            .limit(1)
        )
        is not None
    )


def set_value(
    name: str,
    new: Any,
    *,
    from_date: date,
    source: str,
    official: bool,
    actor: User | None,
    now: datetime,
) -> DatedSetting:
    """Add a value from a day on. The type must be that of the proposal.

    Raises KeyError for an unknown name, TypeError for a value of another shape.
    """
    expected = PROPOSALS[name].value
    if type(new) is not type(expected):
        raise TypeError(name)
    row = DatedSetting(
        name=name,
        value=new,
        from_date=from_date,
        source=source,
        official=official,
        set_by_id=actor.id if actor else None,
        set_at=now,
    )
    db.session.add(row)
    audit.record("rule.set", row, actor=actor, now=now, name=name, from_date=from_date.isoformat())
    return row
