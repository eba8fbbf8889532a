"""The demonstration's practicum: a place, two supervisors, visits in every state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.clock import SHANGHAI, shanghai_date
from app.demo.accounts import DISTRICT, person
from app.extensions import db
from app.models.people import User
from app.models.practicum import (
    PracticumMoment,
    PracticumPlace,
    PracticumSupervisor,
    PracticumVisit,
)
from app.models.training import Enrolment, TrainingClass
from app.practicum import moments, places, signing, visits
from app.practicum.moments import Step
from app.practicum.places import Agreement
from app.practicum.visits import Account, Setting

CODE = "135790"
"""The signing code of both supervisors; the signing page of a demonstration says it."""
ALL_TASKS = ("handover", "payment", "pharmacy", "register", "consult", "test")


@dataclass(frozen=True)
class _Told:
    """One visit: how many days ago, how long, where in the hospital, how it ended."""

    days_ago: int
    minutes: int
    department: str
    tasks: tuple[str, ...]
    end: str


VISITS = {
    "holder": (
        _Told(6, 245, "medicine", ALL_TASKS, "signed"),
        _Told(4, 190, "senses", ALL_TASKS, "signed"),
        _Told(2, 75, "test", ("register", "test", "handover"), "signed"),
    ),
    "trainee": (
        _Told(5, 210, "geriatric", ("register", "consult", "test", "handover"), "signed"),
        _Told(3, 150, "chinese", ("register", "consult", "handover"), "ready"),
        _Told(1, 95, "medicine", ("register", "payment"), "refused"),
    ),
    "learner": (_Told(1, 120, "medicine", ("register", "consult", "handover"), "ready"),),
}


def practise(finished: TrainingClass, now: datetime) -> None:
    """Register a place and log visits, unless a place is there."""
    if db.session.scalar(select(PracticumPlace.id).limit(1)) is not None:
        return
    place, supervisor = _place(finished, now)
    for login, told in VISITS.items():
        user = person(login)
        enrolment = db.session.scalars(
            select(Enrolment).where(Enrolment.user_id == user.id, Enrolment.class_id == finished.id)
        ).one()
        for one in told:
            _log(enrolment, place, supervisor, user, one, now)


def _place(finished: TrainingClass, now: datetime) -> tuple[PracticumPlace, PracticumSupervisor]:
    manager = person("training")
    on = shanghai_date(now)
    agreement = Agreement(
        "江畔示例医院", "hospital", DISTRICT, on - timedelta(days=60), on + timedelta(days=305)
    )
    place = places.add_place(finished.organisation, agreement, actor=manager, now=now)
    db.session.flush()
    rows = [
        places.add_supervisor(place, name, phone, consented=True, actor=manager, now=now)[0]
        for name, phone in (("示例带教甲", "13800000001"), ("示例带教乙", "13800000002"))
    ]
    for row in rows:
        row.code_hash = places.hash_of(row, CODE)
    db.session.flush()
    return place, rows[0]


def _log(
    enrolment: Enrolment,
    place: PracticumPlace,
    supervisor: PracticumSupervisor,
    user: User,
    told: _Told,
    now: datetime,
) -> None:
    day = shanghai_date(now) - timedelta(days=told.days_ago)
    began = datetime(day.year, day.month, day.day, 8, 10, tzinfo=SHANGHAI)
    setting = Setting(place, "tertiary", told.department)
    visit = visits.begin(enrolment, setting, actor=user, now=began)
    # Rows instead of presses: the same record, at a tenth of the time of opening the demonstration.
    moment, done = began, list[Step]()
    while offers := moments.following(done):
        done.append(offers[0])
        db.session.add(
            PracticumMoment(
                visit_id=visit.id,
                key=f"demo-{told.days_ago}-{len(done)}",
                kind=offers[0].kind,
                mark=offers[0].mark,
                happened_at=moment,
                source="server",
                recorded_at=moment,
            )
        )
        moment += timedelta(minutes=told.minutes) / 8
    db.session.flush()
    visits.finish(visit, Account(told.tasks, ""), actor=user, now=moment)
    if told.end != "ready":
        _answer(visit, supervisor, user, told.end, moment + timedelta(hours=2))


def _answer(
    visit: PracticumVisit, supervisor: PracticumSupervisor, user: User, end: str, at: datetime
) -> None:
    row, _token = signing.ask(visit, supervisor, actor=user, now=at)
    db.session.flush()
    if end == "signed":
        signing.sign(row, seen=signing.content_hash(visit), now=at)
    else:
        signing.refuse(row, "没有看到取药，请核对后再来。", now=at)
