"""A sheet of people for one class: read and kept sealed, shown, then taken as a whole or dropped.

What is shown is judged anew each time, so that somebody who joined meanwhile is seen. Taking enrols
who has an account here and keeps a place, with a link, for everybody else, in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, secrecy
from app.clock import shanghai_date
from app.config import Settings
from app.extensions import db
from app.models.classes import PeopleImport
from app.models.people import Organisation, User
from app.models.training import TrainingClass
from app.training import enrolling, invitations, joining, telling, waiting
from app.training.group_enrolling import EMPLOYER, Reach
from app.training.people_judging import ImportRefused, judge
from app.training.people_rows import ACCOUNT, NEW, Person
from app.training.people_sheet import Read, Row

READY, TAKEN, DROPPED = "ready", "taken", "dropped"
PLACE = {"table": "people_import", "column": "sealed"}


@dataclass(frozen=True)
class Taken:
    """What came of taking a sheet."""

    enrolled: int
    invited: int


@dataclass
class Sorted:
    """The people of a sheet by what becomes of them."""

    people: list[Person]
    notes: list[str] = field(default_factory=list)

    def of(self, *standings: str) -> list[Person]:
        """Return who stands so, in the order of the sheet."""
        return [one for one in self.people if one.standing in standings]

    @property
    def unknown_units(self) -> list[str]:
        """Return the employers that are not registered here, each once."""
        good = self.of(NEW, ACCOUNT)
        return list(dict.fromkeys(one.unit for one in good if one.unit and not one.organisation))


def begin(
    training_class: TrainingClass,
    read: Read,
    *,
    file_name: str,
    default_category: str,
    reach: Reach,
    actor: User,
    now: datetime,
) -> PeopleImport:
    """Keep what was read, sealed, until somebody decides."""
    row = PeopleImport(
        class_id=training_class.id,
        owner_id=actor.id,
        organisation_id=reach.employer.id if reach.employer else None,
        file_name=file_name[:200],
        created_at=now,
        state=READY,
    )
    told = {
        "rows": [one.dump() for one in read.rows],
        "notes": read.notes,
        "category": default_category,
    }
    row.sealed = secrecy.seal(json.dumps(told, ensure_ascii=False), row=row.id, **PLACE)
    db.session.add(row)
    audit.record("people_import.read", row, actor=actor, now=now, rows=len(read.rows))
    return row


def sort(row: PeopleImport, now: datetime) -> Sorted:
    """Judge the kept people as things stand now."""
    told: dict[str, Any] = json.loads(secrecy.unseal(row.sealed, row=row.id, **PLACE))
    settings: Settings = current_app.config["PEIZHEN"]
    employer = db.session.get(Organisation, row.organisation_id) if row.organisation_id else None
    people = judge(
        [Row(**one) for one in told["rows"]],
        row.training_class,
        default_category=told["category"],
        employer=employer,
        today=shanghai_date(now),
        invented=settings.demo,
    )
    return Sorted(people, told["notes"])


def take(
    row: PeopleImport,
    reach: Reach,
    *,
    merged: Collection[int],
    register_units: bool,
    actor: User,
    now: datetime,
) -> Taken:
    """Enrol and invite everybody who is good, or nobody.

    `merged` are the numbers of rows whose existing account is said to be the same person. Raises
    ImportRefused when nobody is good or the class has too few places, CannotJoin when it is closed.
    """
    db.session.refresh(row, with_for_update=True)
    found = row.training_class
    if row.state != READY:
        raise ImportRefused(_("这份名单已经处理过了，没有再做一次。"))
    waiting.lock(found)
    joining.check_open(found, now)
    sorted_ = sort(row, now)
    wanted = [one for one in sorted_.of(ACCOUNT) if one.number in merged]
    new = sorted_.of(NEW)
    if not wanted and not new:
        raise ImportRefused(_("名单里没有可以报名的人，什么都没有做。请改好名单再上传。"))
    free = joining.free_places(found, now)
    if len(wanted) + len(new) > free:
        raise ImportRefused(
            _(
                "名单里有 %(people)s 人可以报名，这个班还有 %(free)s 个名额，什么都没有做。请增加名额，或拆成几个班。",
                people=len(wanted) + len(new),
                free=max(0, free),
            )
        )
    if register_units and reach.via != EMPLOYER:
        _register(sorted_, found, actor=actor, now=now)
    for one in wanted:
        _enrol(one, found, reach, actor=actor, now=now)
    for one in new:
        invitations.make(one, found, import_id=row.id, via=reach.via, actor=actor, now=now)
    row.state, row.ended_at, row.people = TAKEN, now, len(wanted) + len(new)
    row.sealed = ""
    audit.record(
        "people_import.taken", row, actor=actor, now=now, enrolled=len(wanted), invited=len(new)
    )
    return Taken(len(wanted), len(new))


def drop(row: PeopleImport, *, actor: User, now: datetime) -> None:
    """Forget a sheet. Raises ImportRefused for one already taken; twice changes nothing."""
    if row.state == TAKEN:
        raise ImportRefused(_("这份名单已经报上名了，不能放弃。要撤人，请在班级里办理。"))
    if row.state == READY:
        row.state, row.ended_at, row.sealed = DROPPED, now, ""
        audit.record("people_import.dropped", row, actor=actor, now=now)


def _register(sorted_: Sorted, found: TrainingClass, *, actor: User, now: datetime) -> None:
    made: dict[str, Organisation] = {}
    for name in sorted_.unknown_units:
        made[name] = Organisation(kind="institution", name=name, district_code=found.district_code)
        db.session.add(made[name])
        db.session.flush()
        audit.record("organisation.registered", made[name], actor=actor, now=now)
    for one in sorted_.people:
        one.organisation = one.organisation or made.get(one.unit)


def _enrol(one: Person, found: TrainingClass, reach: Reach, *, actor: User, now: datetime) -> None:
    user = one.user
    assert user is not None  # noqa: S101 — whoever has an account stands so
    enrolment, _new = joining.join(user, found, one.category, now=now, actor=actor, via=reach.via)
    enrolment.subdistrict = one.street or enrolment.subdistrict or ""
    if one.organisation is not None:
        on = shanghai_date(now)
        enrolling.affiliate(user, one.organisation, on, actor=actor, now=now)
    telling.enrolled(user, found, now=now)


def own_imports(class_id: str, user: User) -> list[PeopleImport]:
    """Return the sheets that a person sent for a class, the newest first."""
    rows = select(PeopleImport).where(
        PeopleImport.class_id == class_id, PeopleImport.owner_id == user.id
    )
    return list(db.session.scalars(rows.order_by(PeopleImport.created_at.desc()).limit(10)))
