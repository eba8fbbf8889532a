"""The register of places and supervisors: who may sign, where, under which agreement, until when.

A supervisor has no account. Besides the link each signature needs a code that only they were told:
the link passes through the trainee's phone, and must not be enough to sign one's own visit.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select

from app import audit, secrecy
from app.accounts.phones import normal_phone
from app.clock import shanghai_date
from app.extensions import db
from app.formatting import mask_phone
from app.models.people import Organisation, User
from app.models.practicum import PracticumPlace, PracticumSupervisor
from app.models.training import TrainingClass
from app.permissions import Scope
from app.practicum.refusing import PracticumRefused

DOUBLE_CLICK = timedelta(minutes=1)


@dataclass(frozen=True)
class Agreement:
    """What is agreed with a place."""

    name: str
    kind: str
    district_code: str
    agreed_from: date
    agreed_until: date | None


def scope_of(place: PracticumPlace) -> Scope:
    """Return where a place lies: its district and the training body that has the agreement."""
    return Scope(district=place.district_code, organisation=place.organisation_id)


def usable(training_class: TrainingClass, on: date) -> list[PracticumPlace]:
    """Return the places whose agreement with the class's training body runs on a day."""
    return list(
        db.session.scalars(
            select(PracticumPlace)
            .where(PracticumPlace.organisation_id == training_class.organisation_id, running(on))
            .order_by(PracticumPlace.name)
        ).unique()
    )


def running(on: date) -> ColumnElement[bool]:
    """Return the condition that an agreement is in force on a day."""
    ends = or_(PracticumPlace.agreed_until.is_(None), PracticumPlace.agreed_until >= on)
    return (PracticumPlace.agreed_from <= on) & ends


def supervisors(place: PracticumPlace, on: date) -> list[PracticumSupervisor]:
    """Return who may sign at a place on a day."""
    rows = select(PracticumSupervisor).where(
        PracticumSupervisor.place_id == place.id,
        or_(PracticumSupervisor.ended_on.is_(None), PracticumSupervisor.ended_on >= on),
    )
    return list(db.session.scalars(rows.order_by(PracticumSupervisor.name)).unique())


def add_place(
    body: Organisation, agreement: Agreement, *, actor: User, now: datetime
) -> PracticumPlace:
    """Register a place. Raises PracticumRefused for a name that stands there, or dates reversed."""
    if agreement.agreed_until is not None and agreement.agreed_until < agreement.agreed_from:
        raise PracticumRefused(_("协议的结束日期早于开始日期，请检查。"), "agreed_until")
    same = select(PracticumPlace.id).where(
        PracticumPlace.organisation_id == body.id, PracticumPlace.name == agreement.name
    )
    if db.session.scalar(same) is not None:
        raise PracticumRefused(_("“%(name)s”已经登记过。", name=agreement.name), "name")
    row = PracticumPlace(
        organisation_id=body.id,
        name=agreement.name,
        kind=agreement.kind,
        district_code=agreement.district_code,
        agreed_from=agreement.agreed_from,
        agreed_until=agreement.agreed_until,
        added_by_id=actor.id,
        added_at=now,
    )
    db.session.add(row)
    audit.record("practicum.place_added", row, actor=actor, now=now)
    return row


def change_term(place: PracticumPlace, until: date | None, *, actor: User, now: datetime) -> None:
    """Set until when an agreement runs; None for no end. Raises PracticumRefused."""
    if until is not None and until < place.agreed_from:
        raise PracticumRefused(_("协议的结束日期早于开始日期，请检查。"), "until")
    place.agreed_until = until
    told = until.isoformat() if until else ""
    audit.record("practicum.place_term", place, actor=actor, now=now, until=told)


def add_supervisor(
    place: PracticumPlace, name: str, phone: str, *, consented: bool, actor: User, now: datetime
) -> tuple[PracticumSupervisor, str]:
    """Register a supervisor. Returns the row with the code to be told to them, this once.

    Raises PracticumRefused without consent, for a wrong phone number, or somebody registered here.
    """
    number = normal_phone(phone)
    if number is None:
        raise PracticumRefused(_("手机号应是 11 位数字。"), "phone")
    if not consented:
        raise PracticumRefused(_("要本人同意登记姓名和手机号，才能请他签字。"), "consented")
    name = " ".join(name.split())
    for other in supervisors(place, shanghai_date(now)):
        if other.name == name and phone_of(other) == number:
            if now - other.added_at < DOUBLE_CLICK:
                return other, new_code(other, actor=actor, now=now)
            raise PracticumRefused(_("%(name)s已经登记过。", name=name), "name")
    row = PracticumSupervisor(
        place_id=place.id,
        name=name,
        phone_shown=mask_phone(number),
        consented_at=now,
        added_by_id=actor.id,
        added_at=now,
        code_hash="",
    )
    row.phone_sealed = secrecy.seal(
        number, table=row.__tablename__, column="phone_sealed", row=row.id
    )
    code = _give_code(row)
    db.session.add(row)
    audit.record("practicum.supervisor_added", row, actor=actor, now=now)
    return row, code


def phone_of(row: PracticumSupervisor) -> str:
    """Return a supervisor's phone number."""
    return secrecy.unseal(
        row.phone_sealed, table=row.__tablename__, column="phone_sealed", row=row.id
    )


def new_code(row: PracticumSupervisor, *, actor: User, now: datetime) -> str:
    """Replace a supervisor's code; the old one is worth nothing from now on."""
    audit.record("practicum.code_renewed", row, actor=actor, now=now)
    return _give_code(row)


def end_supervisor(row: PracticumSupervisor, on: date, *, actor: User, now: datetime) -> None:
    """Let somebody sign no more after a day; what they signed stands."""
    if row.ended_on is None:
        row.ended_on = on - timedelta(days=1)
        audit.record("practicum.supervisor_ended", row, actor=actor, now=now)


def code_fits(row: PracticumSupervisor, code: str) -> bool:
    """Tell whether a code is this supervisor's."""
    return secrets.compare_digest(row.code_hash, hash_of(row, code.strip()))


def _give_code(row: PracticumSupervisor) -> str:
    code = f"{secrets.randbelow(1_000_000):06d}"
    row.code_hash = hash_of(row, code)
    return code


def hash_of(row: PracticumSupervisor, code: str) -> str:
    """Return what is stored of a supervisor's code."""
    return secrecy.match_hash(f"practicum:{row.id}:{code}")
