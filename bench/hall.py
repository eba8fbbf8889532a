"""A hall of N candidates in the demonstration's open sitting, and what its journal holds afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.accounts import passwords
from app.demo import PASSWORD
from app.exams import papers
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt, Booking, Result, Sitting
from app.models.people import User
from bench.stored import settle


@dataclass(frozen=True)
class Seat:
    """One candidate: how to sign in, and the booking to sit."""

    login: str
    password: str
    booking: str


def fill(app: Flask, candidates: int) -> list[Seat]:
    """Add candidates with accounts, bookings and drawn papers; the room is unlocked."""
    now = clock.now()
    with app.app_context():
        sitting = db.session.scalars(
            select(Sitting).order_by(Sitting.closes_at.desc()).limit(1)
        ).one()
        sitting.unlocked_at = now
        secret = passwords.make_hash(PASSWORD)
        seats = []
        for number in range(candidates):
            login = f"bench{number}"
            user = User(
                name=f"考生{number}", login_name=login, password_hash=secret, created_at=now
            )
            db.session.add(user)
            db.session.flush()
            booking = Booking(
                sitting_id=sitting.id,
                user_id=user.id,
                seat=1000 + number,
                ticket_number=login,
                created_at=now,
            )
            db.session.add(booking)
            seats.append(Seat(login, PASSWORD, booking.id))
        db.session.commit()
        while papers.draw_missing(sitting, actor=None, now=now, most=papers.AT_ONCE):
            db.session.commit()
        db.session.commit()
        db.session.remove()
        settle()  # in life papers are drawn hours before
        db.engine.dispose()
    return seats


@dataclass(frozen=True)
class Count:
    """What became of the answers that candidates hold to be acknowledged."""

    acknowledged: int
    lost: int
    different: int
    doubled: int
    """Rows in the journal that no candidate sent, or more than were sent."""
    handed_in: int
    marked: int


def count(app: Flask, ledgers: Mapping[str, Mapping[int, tuple[int, object]]], sent: int) -> Count:
    """Compare each candidate's ledger (sequence -> slot, value) with the server's journal."""
    lost = different = rows_in_all = acknowledged = 0
    with app.app_context():
        for booking, ledger in ledgers.items():
            attempt = db.session.scalar(select(Attempt).where(Attempt.booking_id == booking))
            rows = db.session.execute(
                select(AnswerEvent.sequence, AnswerEvent.slot, AnswerEvent.value).where(
                    AnswerEvent.attempt_id == (attempt.id if attempt else "")
                )
            ).all()
            rows_in_all += len(rows)
            journal = {sequence: (slot, json.loads(value)) for sequence, slot, value in rows}
            acknowledged += len(ledger)
            lost += sum(sequence not in journal for sequence in ledger)
            different += sum(
                sequence in journal and _plain(journal[sequence]) != _plain(said)
                for sequence, said in ledger.items()
            )
        states = dict(
            db.session.execute(
                select(Attempt.state, func.count())
                .where(Attempt.booking_id.in_(ledgers))
                .group_by(Attempt.state)
            ).all()
        )
        marked = db.session.scalar(
            select(func.count())
            .select_from(Result)
            .join(Attempt, Attempt.id == Result.attempt_id)
            .where(Attempt.booking_id.in_(ledgers))
        )
        db.session.remove()
        db.engine.dispose()
    doubled = max(0, rows_in_all - sent)
    handed_in = states.get("handed_in", 0)
    return Count(acknowledged, lost, different, doubled, handed_in, int(marked or 0))


def _plain(row: tuple[int, object]) -> tuple[int, str]:
    """Write an answer so that `true` and "true", or a list in any order, are the same."""
    slot, value = row
    if isinstance(value, list):
        value = sorted(str(one) for one in value)
    return slot, str(value).lower()
