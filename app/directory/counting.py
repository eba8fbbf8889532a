"""How many practitioners an institution has today, and how many it needs by the rules of a day.

Counted are people, not certificates: who works there today and holds at least one certificate that
is valid today. Suspended, due, expired or replaced ones do not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app import rulebook
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.people import Affiliation, Consent, User


@dataclass(frozen=True)
class Threshold:
    """How many practitioners are asked on a day, and since when."""

    least: int
    citywide: bool
    citywide_from: date
    citywide_least: int


def threshold(on: date) -> Threshold:
    """Return the number asked on a day: the pilot's, or the citywide one from its day on."""
    parts = rulebook.value("directory.citywide_from", on)
    since = date(parts["year"], parts["month"], parts["day"])
    later = rulebook.value("directory.least_citywide", on)
    citywide = on >= since
    least = later if citywide else rulebook.value("directory.least_pilot", on)
    return Threshold(least, citywide, since, later)


def valid_on(today: date) -> ColumnElement[bool]:
    """Return the condition that a certificate is valid today, as the ledger's verdict would say.

    A suspension with a last day ends by itself, without a line of its own.
    """
    later = aliased(StatusChange)
    over = exists().where(
        StatusChange.certificate_id == Certificate.id,
        StatusChange.status == "suspended",
        StatusChange.until < today,
        ~exists().where(
            later.certificate_id == StatusChange.certificate_id,
            later.number > StatusChange.number,
        ),
    )
    return and_(
        or_(Certificate.status == "valid", and_(Certificate.status == "suspended", over)),
        Certificate.valid_from <= today,
        or_(Certificate.valid_until.is_(None), Certificate.valid_until >= today),
    )


def works_there(today: date) -> ColumnElement[bool]:
    """Return the condition that an affiliation stands today."""
    return and_(
        Affiliation.starts_on <= today,
        or_(Affiliation.ends_on.is_(None), Affiliation.ends_on >= today),
    )


def practitioners(organisation_ids: Iterable[str], today: date) -> dict[str, int]:
    """Return how many practitioners each organisation has today, in one query."""
    wanted = list(organisation_ids)
    counted = dict.fromkeys(wanted, 0)
    rows = db.session.execute(
        select(Affiliation.organisation_id, func.count(Affiliation.user_id.distinct()))
        .join(Certificate, Certificate.user_id == Affiliation.user_id)
        .where(Affiliation.organisation_id.in_(wanted), works_there(today), valid_on(today))
        .group_by(Affiliation.organisation_id)
    )
    return counted | dict(rows.all())


def listed(organisation_id: str, today: date, page: int, per_page: int) -> tuple[list[str], bool]:
    """Return the names of who may be found under an organisation, and whether more follow.

    Only people who hold a valid certificate today and agreed to be listed.
    """
    agreed = exists().where(
        Consent.user_id == User.id,
        Consent.kind == "register_public",
        Consent.withdrawn_at.is_(None),
    )
    there = exists().where(
        Affiliation.user_id == User.id,
        Affiliation.organisation_id == organisation_id,
        works_there(today),
    )
    holds = exists().where(Certificate.user_id == User.id, valid_on(today))
    rows = db.session.scalars(
        select(User.name)
        .where(agreed, there, holds)
        .order_by(User.id)  # an order that says nothing, and stays the same from page to page
        .offset((page - 1) * per_page)
        .limit(per_page + 1)
    ).all()
    return list(rows[:per_page]), len(rows) > per_page
