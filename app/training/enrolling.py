"""What is kept of an enrolled person beside their records: category, subdistrict, insurance, employer.

Affiliations have a first and a last day and are never deleted: impartiality reaches back to them.
Certificates of other bodies are kept as stated; nothing here calls one verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app import audit
from app.clock import shanghai_date
from app.errors import Refusal
from app.extensions import db
from app.models.classes import OtherCertificate
from app.models.people import Affiliation, Organisation, User
from app.models.training import Enrolment

EMPLOYERS = ("institution", "platform", "subdistrict", "training_body")
"""Kinds of organisations that people are affiliated to."""


class DetailsRefused(Refusal):
    """What was stated of a person cannot be kept like this."""


@dataclass(frozen=True)
class Details:
    """What somebody states of an enrolment."""

    category: str
    subdistrict: str
    insurance_note: str


@dataclass(frozen=True)
class StatedCertificate:
    """A certificate of another body, as its holder states it."""

    title: str
    issuer: str
    number: str
    issued_on: date | None


def change(enrolment: Enrolment, new: Details, *, actor: User, now: datetime) -> bool:
    """Keep the details of an enrolment; False when nothing is new."""
    before = Details(enrolment.category, enrolment.subdistrict, enrolment.insurance_note)
    if before == new:
        return False
    enrolment.category, enrolment.subdistrict = new.category, new.subdistrict
    enrolment.insurance_note = new.insurance_note
    audit.record("enrolment.changed", enrolment, actor=actor, now=now, category=new.category)
    return True


def affiliate(
    user: User, employer: Organisation, starts_on: date, *, actor: User, now: datetime
) -> Affiliation:
    """Note that a person works for an organisation from a day on; a running one stays as it is.

    Raises DetailsRefused for a day in the future.
    """
    if starts_on > shanghai_date(now):
        raise DetailsRefused(_("开始日期在将来，请填已经开始的日期。"))
    running = db.session.scalar(
        select(Affiliation).where(
            Affiliation.user_id == user.id,
            Affiliation.organisation_id == employer.id,
            or_(Affiliation.ends_on.is_(None), Affiliation.ends_on >= starts_on),
        )
    )
    if running is not None:
        return running
    row = Affiliation(user_id=user.id, organisation_id=employer.id, starts_on=starts_on)
    db.session.add(row)
    audit.record("affiliation.noted", row, actor=actor, now=now, organisation=employer.id)
    return row


def end_affiliation(row: Affiliation, ends_on: date, *, actor: User, now: datetime) -> None:
    """Note the last day. Raises DetailsRefused for one before the first; twice changes nothing."""
    if row.ends_on is not None:
        return
    if ends_on < row.starts_on:
        raise DetailsRefused(_("结束日期早于开始日期，请改结束日期。"))
    row.ends_on = ends_on
    audit.record("affiliation.ended", row, actor=actor, now=now)


def affiliations(user: User) -> list[Affiliation]:
    """Return a person's affiliations, the newest first."""
    rows = select(Affiliation).where(Affiliation.user_id == user.id)
    return list(db.session.scalars(rows.order_by(Affiliation.starts_on.desc(), Affiliation.id)))


def employers() -> list[Organisation]:
    """Return the organisations that people can be affiliated to, by name."""
    rows = select(Organisation).where(Organisation.kind.in_(EMPLOYERS))
    return list(db.session.scalars(rows.order_by(Organisation.name)))


def state_certificate(
    user: User, stated: StatedCertificate, *, actor: User, now: datetime
) -> OtherCertificate:
    """Keep a certificate of another body, unverified. Raises DetailsRefused for the same again."""
    same = select(OtherCertificate.id).where(
        OtherCertificate.user_id == user.id,
        OtherCertificate.title == stated.title,
        OtherCertificate.number == stated.number,
    )
    if db.session.scalar(same) is not None:
        raise DetailsRefused(_("“%(title)s”已经登记过了，没有再记一次。", title=stated.title))
    row = OtherCertificate(
        user_id=user.id,
        title=stated.title,
        issuer=stated.issuer,
        number=stated.number,
        issued_on=stated.issued_on,
        recorded_by_id=actor.id,
        recorded_at=now,
    )
    db.session.add(row)
    audit.record("other_certificate.stated", row, actor=actor, now=now)
    return row


def certificates_of(user: User) -> list[OtherCertificate]:
    """Return what a person stated, in the order it was recorded."""
    rows = select(OtherCertificate).where(OtherCertificate.user_id == user.id)
    order = OtherCertificate.recorded_at, OtherCertificate.id
    return list(db.session.scalars(rows.order_by(*order)))


def forget_certificate(row: OtherCertificate, *, actor: User, now: datetime) -> None:
    """Take a stated certificate back."""
    audit.record("other_certificate.withdrawn", row, actor=actor, now=now)
    db.session.delete(row)
