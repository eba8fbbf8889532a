"""The sittings of a chaos run: one for each round, with an invigilator and candidates' drawn papers.

Everything is made before the first fault. A round's deadline comes from the end of its sitting, which
is set when the round begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from app import clock, create_app, rulebook
from app.accounts import passwords
from app.bank.content import SHIPPED, BankContent, read_content
from app.config import Settings
from app.exams import invigilators, papers, publishing, rostering
from app.extensions import db
from app.models.bank import ExamBlueprint
from app.models.exams import Booking, ExamRevision, Sitting
from app.models.people import Role, User
from bench.hall import Seat
from question_bank import read_blueprint
from tests import factories
from tests.app.exams.hall import fill_bank

BLUEPRINT = "demo-module-4"
MINUTES = 30
GRACE = 4
"""Seconds after the deadline in which answers still count: short, as the rounds are."""
PASSWORD = "chaos-2026-bench"  # noqa: S105
FACTORS = (100, 100, 101)
"""Percent of the ordinary time: 101 is 18 seconds more, which no end of a sitting cuts off."""
Rule = bool | int


@dataclass(frozen=True)
class Round:
    """One sitting: its id, who invigilates, who sits."""

    sitting: str
    invigilator: tuple[str, str]
    """Login name and password."""
    seats: list[Seat]


def prepare(environment: Mapping[str, str]) -> Flask:
    """Return the application with tables, an approved bank and the rules of the run."""
    app = create_app(Settings.from_env(environment))
    with app.app_context():
        db.create_all()
        rules: dict[str, Rule] = {"exam.grace_seconds": GRACE, "staff.second_factor": False}
        now = clock.now()
        for name, value in rules.items():
            rulebook.set_value(
                name,
                value,
                from_date=date(2026, 1, 1),
                source="bench",
                official=False,
                actor=None,
                now=now,
            )
        db.session.commit()
        fill_bank(_one_module())
        db.session.remove()
    return app


def _one_module() -> BankContent:
    """Read the questions of one module and its blueprint: enough to fill the papers."""
    bank = read_content([SHIPPED / "module-4"])
    text = (SHIPPED / "blueprints" / f"{BLUEPRINT}.yaml").read_bytes()
    table = read_blueprint(text, f"{BLUEPRINT}.yaml").blueprint
    if table is None:
        raise LookupError(f"the blueprint {BLUEPRINT} cannot be read")
    return BankContent(bank.questions, (table,), (), bank.places)


def book(app: Flask, rounds: int, candidates: int) -> list[Round]:
    """Publish the exam and make each round's sitting with its candidates and papers."""
    now = clock.now()
    secret = passwords.make_hash(PASSWORD)
    with app.app_context():
        manager = factories.user(Role.EXAM_MANAGER)
        invigilator = factories.user(
            Role.INVIGILATOR, login_name="invigilator", password_hash=secret
        )
        revision = _published(manager, now)
        made = []
        for number in range(rounds):
            sitting = _sitting(revision, number, manager, invigilator, now)
            seats = [_seat(sitting, number, seat, secret, now) for seat in range(candidates)]
            db.session.commit()
            papers.draw_missing(sitting, actor=None, now=now)
            db.session.commit()
            made.append(Round(sitting.id, ("invigilator", PASSWORD), seats))
        db.session.remove()
        db.engine.dispose()
    return made


def _published(manager: User, now: datetime) -> ExamRevision:
    plan = db.session.scalars(select(ExamBlueprint).where(ExamBlueprint.code == BLUEPRINT)).one()
    exam = publishing.create_exam(
        title="理论考试",
        title_en="Theory exam",
        blueprint=plan,
        minutes=MINUTES,
        pass_percent=60,
        pass_panel="考试委员会",  # noqa: S106 — a panel of people
        pass_set_on=clock.shanghai_date(now),
        actor=manager,
        now=now,
    )
    db.session.flush()
    return publishing.publish(exam, actor=manager, now=now)


def _sitting(
    revision: ExamRevision, number: int, manager: User, invigilator: User, now: datetime
) -> Sitting:
    sitting = rostering.plan(
        revision,
        district=factories.district(),
        place=f"{number + 1} 号考场",
        opens_at=now,
        late_minutes=24 * 60,
        closes_at=now + timedelta(hours=30),
        actor=manager,
        now=now,
    )
    sitting.opens_at = now - timedelta(days=1)  # also for a clock that was stepped back
    db.session.flush()
    invigilators.name(sitting, invigilator, actor=manager, now=now)
    rostering.unlock(sitting, actor=invigilator, now=now)
    return sitting


def _seat(sitting: Sitting, number: int, seat: int, secret: str, now: datetime) -> Seat:
    login = f"chaos{number}x{seat}"
    user = User(name=f"考生{seat}", login_name=login, password_hash=secret, created_at=now)
    db.session.add(user)
    db.session.flush()
    booking = Booking(
        sitting_id=sitting.id,
        user_id=user.id,
        seat=seat + 1,
        ticket_number=login,
        time_factor_percent=FACTORS[seat % len(FACTORS)],
        time_factor_reason="" if FACTORS[seat % len(FACTORS)] == 100 else "合理便利",
        created_at=now,
    )
    db.session.add(booking)
    db.session.flush()
    return Seat(login, PASSWORD, booking.id)


def set_end(app: Flask, one: Round, seconds: float, offset: int) -> None:
    """Let a round's sitting end in so many seconds, by a server's clock that is `offset` beside."""
    with app.app_context():
        sitting = db.session.get_one(Sitting, one.sitting)
        sitting.closes_at = datetime.now(UTC) + timedelta(seconds=seconds + offset)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
