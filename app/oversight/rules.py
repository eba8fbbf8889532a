"""The rules in force, their history, and a new value from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import clock, rulebook
from app.errors import Refusal
from app.extensions import db
from app.models.people import District, User
from app.models.scheme import DatedSetting
from app.oversight.rule_values import must_have_new_version, put_together
from app.proposals import PROPOSALS, Proposal


class TooEarlyError(Refusal):
    """A rule cannot begin in the past."""


class SameValueError(Refusal):
    """Nothing would change."""


@dataclass(frozen=True)
class RuleLine:
    """One rule as it stands today: `row` is None while the proposal counts."""

    name: str
    proposal: Proposal
    value: Any
    row: DatedSetting | None
    coming: DatedSetting | None
    """The next value, if one has been set for a later day."""

    @property
    def group(self) -> str:
        """Return the first word of the name: what it belongs to."""
        return self.name.split(".")[0]

    @property
    def official(self) -> bool:
        """Tell whether an authority said so; a proposal of ours never is."""
        return self.row is not None and self.row.official

    @property
    def source(self) -> str:
        """Return where the value in force comes from."""
        return self.row.source if self.row is not None else self.proposal.source


def in_force(today: date) -> list[RuleLine]:
    """Return every rule with its value on a day, in one query."""
    rows: dict[str, list[DatedSetting]] = {}
    ordered = select(DatedSetting).order_by(DatedSetting.from_date, DatedSetting.set_at)
    for row in db.session.scalars(ordered):
        rows.setdefault(row.name, []).append(row)
    return [_line(name, rows.get(name, []), today) for name in PROPOSALS]


def one_in_force(name: str, today: date) -> RuleLine:
    """Return one rule. Raises KeyError for a name that is none."""
    ordered = select(DatedSetting).where(DatedSetting.name == name)
    rows = db.session.scalars(ordered.order_by(DatedSetting.from_date, DatedSetting.set_at))
    return _line(name, list(rows), today)


def _line(name: str, rows: list[DatedSetting], today: date) -> RuleLine:
    proposal = PROPOSALS[name]
    past = [row for row in rows if row.from_date <= today]
    coming = [row for row in rows if row.from_date > today]
    row = past[-1] if past else None
    value = proposal.value if row is None else row.value
    first = coming[0].from_date if coming else None
    # Two values for one day: the one set last counts.
    following = [later for later in coming if later.from_date == first]
    return RuleLine(name, proposal, value, row, following[-1] if following else None)


def history(name: str) -> list[tuple[DatedSetting, str]]:
    """Return all values ever set for a rule with who set them, the newest first."""
    rows = db.session.execute(
        select(DatedSetting, User.name)
        .outerjoin(User, User.id == DatedSetting.set_by_id)
        .where(DatedSetting.name == name)
        .order_by(DatedSetting.from_date.desc(), DatedSetting.set_at.desc())
    )
    return [(row, who or "") for row, who in rows]


def set_rule(
    name: str,
    texts: Mapping[str, str],
    *,
    from_date: date,
    source: str,
    official: bool,
    actor: User,
    now: datetime,
) -> DatedSetting:
    """Set a rule from a day on. What was frozen before that day is not touched.

    Raises BadValueError for a part that cannot be taken, TooEarlyError for a day that is past,
    SameValueError when that value would count on that day anyway from the same source.
    """
    if from_date < clock.shanghai_date(now):
        raise TooEarlyError(
            _("生效日期已经过去。规则只能从今天或以后起改，已经发生的事按当时的规则算。")
        )
    districts = db.session.scalars(select(District.code)).all()
    new = put_together(name, PROPOSALS[name].value, texts, districts)
    line = one_in_force(name, from_date)
    if line.row is not None and (line.value, line.source, line.official) == (new, source, official):
        raise SameValueError(_("那一天本来就是这个值、这个来源，不用再设。"))
    must_have_new_version(line.value, new)
    return rulebook.set_value(
        name,
        new,
        from_date=from_date,
        source=source,
        official=official,
        actor=actor,
        now=now,
    )
