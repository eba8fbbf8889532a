"""What an institution's manager keeps up to date: contact, insurance, displayed prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.directory.refusing import DirectoryRefused
from app.extensions import db
from app.models.directory import InstitutionPage, InstitutionPrice
from app.models.people import Organisation, User
from app.permissions import Scope, allows

KINDS = ("institution", "platform")
"""Organisations that may have an entry."""
MOST_PRICES = 30


@dataclass(frozen=True)
class Entry:
    """What stands in the directory about an institution."""

    kind: str
    address: str
    phone: str
    hours: str
    insurer: str
    insurance_kind: str
    insured_until: date | None
    published: bool


def own_organisations(user: User) -> list[Organisation]:
    """Return the institutions whose entry a person keeps."""
    rows = select(Organisation).where(Organisation.kind.in_(KINDS)).order_by(Organisation.name)
    return [
        row
        for row in db.session.scalars(rows)
        if allows(user, "directory.keep", Scope(organisation=row.id, district=row.district_code))
    ]


def find_page(organisation: Organisation) -> InstitutionPage | None:
    """Return an institution's entry."""
    return db.session.scalar(
        select(InstitutionPage).where(InstitutionPage.organisation_id == organisation.id)
    )


def save(
    organisation: Organisation, entry: Entry, *, actor: User, now: datetime
) -> InstitutionPage:
    """Write an institution's entry. Raises DirectoryRefused when insurance is named by halves."""
    if len({bool(entry.insurer), bool(entry.insurance_kind), bool(entry.insured_until)}) > 1:
        raise DirectoryRefused(
            _("保险要写全：保险公司、险种、保到哪一天。没有保险的，三项都空着。")
        )
    row = find_page(organisation) or InstitutionPage(organisation_id=organisation.id)
    row.updated_by_id, row.updated_at = actor.id, now
    for name, value in vars(entry).items():
        setattr(row, name, value)
    db.session.add(row)
    audit.record("institution.entry", row, actor=actor, now=now, published=entry.published)
    return row


def add_price(
    page: InstitutionPage, service: str, fen: int, unit: str, *, actor: User, now: datetime
) -> InstitutionPrice:
    """Display one more price. Raises DirectoryRefused when there are too many to read."""
    last, many = db.session.execute(
        select(func.max(InstitutionPrice.place), func.count()).where(
            InstitutionPrice.page_id == page.id
        )
    ).one()
    if many >= MOST_PRICES:
        raise DirectoryRefused(
            _("价目最多 %(n)d 条，太长没有人看得完。请先删掉不用的。", n=MOST_PRICES)
        )
    row = InstitutionPrice(
        page_id=page.id, place=(last or 0) + 1, service=service, fen=fen, unit=unit
    )
    db.session.add(row)
    _changed(page, actor=actor, now=now)
    return row


def remove_price(
    page: InstitutionPage, row: InstitutionPrice, *, actor: User, now: datetime
) -> None:
    """Take a price off the display."""
    db.session.delete(row)
    _changed(page, actor=actor, now=now)


def _changed(page: InstitutionPage, *, actor: User, now: datetime) -> None:
    page.updated_by_id, page.updated_at = actor.id, now
    audit.record("institution.prices", page, actor=actor, now=now)
