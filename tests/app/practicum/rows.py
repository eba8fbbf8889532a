"""Rows of the practicum for tests: a place with a supervisor, a trainee in a class, visits."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from app import clock
from app.extensions import db
from app.models.people import Role, User
from app.models.practicum import PracticumPlace, PracticumSupervisor, PracticumVisit
from app.models.training import Enrolment
from app.practicum import places, signing, visits
from app.practicum.moments import Step
from app.practicum.places import Agreement
from app.practicum.visits import Account, Setting
from tests import factories
from tests.app.training import rows as training

_count = itertools.count(1)


def trainee() -> Enrolment:
    """Make a trainee in a class."""
    return training.enrol(training.training_class(), factories.user(Role.TRAINEE))


def place(enrolment: Enrolment, **values: object) -> PracticumPlace:
    """Register a place of the class's training body."""
    body = enrolment.training_class.organisation
    agreement = Agreement(
        name=str(values.pop("name", f"示例医院{next(_count)}")),
        kind="hospital",
        district_code=factories.district().code,
        agreed_from=training.today() - timedelta(days=30),
        agreed_until=values.pop("until", None),  # type: ignore[arg-type]
    )
    made = places.add_place(body, agreement, actor=manager(), now=clock.now())
    db.session.commit()
    return made


def manager() -> User:
    """Make a training manager with a reach over everything."""
    return factories.user(Role.TRAINING_MANAGER)


def supervisor(where: PracticumPlace, name: str = "沈带教") -> tuple[PracticumSupervisor, str]:
    """Register a supervisor; returns the code too."""
    made = places.add_supervisor(
        where,
        name,
        f"138{next(_count):08d}",
        consented=True,
        actor=manager(),
        now=clock.now(),
    )
    db.session.commit()
    return made


def visit(
    enrolment: Enrolment,
    where: PracticumPlace,
    *,
    hours_ago: float = 5,
    minutes: int = 120,
    tasks: tuple[str, ...] = ("register", "consult"),
) -> PracticumVisit:
    """Log a visit that has ended and waits for its signature."""
    actor, began = enrolment.user, clock.now() - timedelta(hours=hours_ago)
    setting = Setting(where, "tertiary", "medicine")
    made = visits.begin(enrolment, setting, actor=actor, now=began)
    press(made, "met", began)
    press(made, "handover", began + timedelta(minutes=minutes))
    visits.finish(made, Account(tasks, ""), actor=actor, now=began + timedelta(minutes=minutes))
    db.session.commit()
    return made


def press(row: PracticumVisit, kind: str, now: datetime, mark: str = "") -> None:
    """Press one moment at once."""
    key = f"test-key-{next(_count)}"
    visits.press(
        row, Step(kind, mark), key=key, age=timedelta(0), actor=row.enrolment.user, now=now
    )
    db.session.commit()


def signed(row: PracticumVisit, by: PracticumSupervisor) -> PracticumVisit:
    """Let a supervisor sign a visit."""
    now = clock.now()
    request, _token = signing.ask(row, by, actor=row.enrolment.user, now=now)
    db.session.flush()
    signing.sign(request, seen=signing.content_hash(row), now=now)
    db.session.commit()
    return row
