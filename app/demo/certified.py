"""The demonstration's certificate holders, taken through the whole chain by its verbs."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from app.awards import deciding, issuing
from app.demo.accounts import person
from app.exams import answers, handing_in, marking, starting
from app.exams.labels import labelled
from app.exams.questions import asked, question
from app.extensions import db, outside_transaction
from app.models.awards import Certificate, Decision
from app.models.exams import Attempt, Booking
from app.models.training import Enrolment, TrainingClass
from question_bank import key_of


def certify(login: str, finished: TrainingClass, now: datetime) -> None:
    """Let one person sit, be marked, released, proposed, decided and certified."""
    if db.session.scalar(select(Certificate.id).where(Certificate.user_id == person(login).id)):
        return
    decision = propose(login, finished, now)
    outside_transaction()
    issuing.issue(decision, actor=person("certifier"), now=now)
    db.session.commit()


def propose(login: str, finished: TrainingClass, now: datetime) -> Decision:
    """Let one person sit, be marked, released and proposed."""
    holder = person(login)
    booking = db.session.scalars(
        select(Booking).where(Booking.user_id == holder.id).order_by(Booking.created_at.desc())
    ).first()
    if booking is None:
        raise LookupError(f"{login} is not booked for a sitting")
    attempt = booking.attempt or _sit(booking, now)
    db.session.commit()
    if marking.mark(attempt, now).released_at is None:
        marking.release(booking.sitting, actor=person("certifier"), now=now)
    db.session.commit()
    enrolment = db.session.scalars(
        select(Enrolment).where(Enrolment.class_id == finished.id, Enrolment.user_id == holder.id)
    ).one()
    decision = deciding.find_open(enrolment) or deciding.propose(
        enrolment, actor=person("registrar"), now=now
    )
    db.session.commit()
    return decision


def _sit(booking: Booking, now: datetime) -> Attempt:
    version = booking.sitting.revision.body["rules_text"]["version"]
    token = secrets.token_urlsafe(32)
    attempt = starting.start(
        booking, code="", rules_version=version, token=token, actor=booking.user, now=now
    )
    db.session.commit()
    device = answers.find_device(attempt.id, token, lock=True)
    delivered = []
    for slot in attempt.paper.slots:
        key = key_of(question(slot.version_id))
        right = (key["parts"][slot.part] if slot.part else key)["right"]
        # Every seventh is left wrong: a holder is a person, not a machine.
        wrong = [option for option in slot.option_order if option not in right]
        chosen = right if slot.number % 7 or not wrong else wrong[:1]
        one = asked(slot.version_id, slot.part)
        several = one.kind == "multiple_choice"
        value = labelled(one, slot.option_order, list(chosen) if several else chosen[0])
        delivered.append(answers.Delivered(slot.number, slot.number, value, now))
    answers.record(device, delivered, now)
    handing_in.hand_in(attempt, "candidate", actor=booking.user, now=now + timedelta(seconds=1))
    return attempt
