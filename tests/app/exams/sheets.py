"""Answer sheets of a sitting on paper: right answers as somebody types them, typed in, refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.exams import on_paper
from app.exams import typed_answers as typed
from app.extensions import db
from app.models.journal import AuditLine
from app.models.people import Role, User
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams.hall import NOON, Hall

LATER = NOON + timedelta(minutes=40)
"""After the last start."""


def person(user_id: str) -> User:
    return db.session.get_one(User, user_id)


def second_invigilator(hall: Hall) -> str:
    """Name another invigilator for the sitting and return their id."""
    other = factories.user(Role.INVIGILATOR)
    from_office = person(hall.manager)
    halls.invigilators.name(hall.sitting, other, actor=from_office, now=clock.now())
    db.session.commit()
    return other.id


def right_texts(hall: Hall, seat: int = 1) -> dict[int, list[str]]:
    """Return the right answers of a seat's paper as somebody types them."""
    items = on_paper.items_of(hall.booking(seat))
    slots = {slot.number: slot for slot in hall.slots(seat)}
    found = {}
    for item in items:
        value = halls.right_value(slots[item["number"]])
        # Keys say a judgement as a word, answers as a truth value.
        meant = (
            {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
        )
        found[item["number"]] = typed.write(item, meant)
    return found


def as_form(texts: dict[int, list[str]]) -> dict[str, Any]:
    return {f"slot-{number}": list(fields) for number, fields in texts.items()}


def type_in(hall: Hall, by: str, texts: dict[int, list[str]], seat: int = 1) -> int:
    done = on_paper.type_in(hall.booking(seat), texts, actor=person(by), now=clock.now())
    db.session.commit()
    return done


def refused(hall: Hall, by: str, texts: dict[int, list[str]], seat: int = 1) -> str:
    with pytest.raises(on_paper.PaperRefused) as why:
        on_paper.type_in(hall.booking(seat), texts, actor=person(by), now=clock.now())
    db.session.rollback()
    return why.value.sentence


def actions(name: str) -> list[AuditLine]:
    return list(db.session.scalars(select(AuditLine).where(AuditLine.action == name)))
