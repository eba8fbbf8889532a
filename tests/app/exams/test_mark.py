"""Marking: every slot by its key and rule, exactly; marked again by other means it comes out equal."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.exams import marking
from app.exams.labels import labelled
from app.exams.questions import asked
from app.extensions import db
from app.models.bank import MarkingKey
from app.models.exams import AnswerEvent, MarkEntry, Result
from app.models.journal import AuditLine
from tests.app.exams.hall import SLOTS, Hall, Sat, right_value

pytestmark = pytest.mark.rows


def finish(sat: Sat) -> None:
    """Hand in and let the worker mark."""
    sat.hand_in()
    db.session.rollback()
    jobs.do_duties(clock.now(), only="exams.mark")


def entries(attempt_id: str) -> list[MarkEntry]:
    rows = select(MarkEntry).where(MarkEntry.attempt_id == attempt_id).order_by(MarkEntry.slot)
    return list(db.session.scalars(rows))


def test_all_right(hall: Hall, sat: Sat) -> None:
    sat.save(*[(s.number, s.number, right_value(s)) for s in hall.slots()])
    finish(sat)
    result = hall.attempt().result
    assert result is not None
    assert Fraction(result.mark) == Fraction(result.maximum) == Fraction("19.5")
    assert result.passed
    assert result.released_at is None
    assert result.domains == {"B": ["9/2", "9/2"], "E": ["15", "15"]}
    assert hall.attempt().marked_at == clock.now()
    assert db.session.scalar(select(AuditLine).where(AuditLine.action == "attempt.marked"))


def test_nothing_answered(hall: Hall, sat: Sat) -> None:
    finish(sat)
    result = hall.attempt().result
    assert result is not None
    assert (result.mark, result.passed) == ("0", False)
    assert len(entries(sat.attempt_id)) == SLOTS


def test_every_slot_names_key_and_rule(hall: Hall, sat: Sat) -> None:
    first = hall.slots()[0]
    sat.save((1, first.number, right_value(first)))
    finish(sat)
    found = entries(sat.attempt_id)
    for slot, entry in zip(hall.slots(), found, strict=True):
        key = db.session.get_one(MarkingKey, entry.marking_key_id)
        assert key.version_id == slot.version_id
        assert (entry.number, entry.rule, entry.by_id) == (1, "all_or_nothing", None)
    assert found[0].fraction == "1"
    assert found[0].mark == hall.slots()[0].maximum
    assert {e.fraction for e in found[1:]} == {"0"}


def independent(hall: Hall, seat: int) -> dict[int, Fraction]:
    """Mark from the journal and the keys alone, by none of the product's functions."""
    last: dict[int, tuple[int, int, str]] = {}
    for row in db.session.scalars(
        select(AnswerEvent).where(AnswerEvent.attempt_id == hall.attempt(seat).id)
    ):
        if not row.late and (row.epoch, row.sequence) > last.get(row.slot, (0, 0, ""))[:2]:
            last[row.slot] = (row.epoch, row.sequence, row.value)
    earned = {}
    for slot in hall.slots(seat):
        right = right_value(slot)
        wanted: Any = sorted(right) if isinstance(right, list) else right
        text = last.get(slot.number, (0, 0, "null"))[2]
        given = text.strip("[]").replace('"', "").split(", ")
        full = sorted(given) == (wanted if isinstance(wanted, list) else [wanted])
        earned[slot.number] = Fraction(slot.maximum) if full else Fraction(0)
    return earned


def test_equals_an_independent_marking(hall: Hall, sat: Sat) -> None:
    random = Random(4)
    sequence = 0
    shown = {item["number"]: item for group in hall.shown() for item in group["items"]}
    slots = [
        (s.number, [o["id"] for o in shown[s.number]["options"]], right_value(s))
        for s in hall.slots()
    ]
    for number, options, right in slots:
        for _change in range(random.randint(0, 3)):
            sequence += 1
            several = isinstance(right, list)
            wrong: Any = sorted(random.sample(options, 2)) if several else random.choice(options)
            sat.save((sequence, number, random.choice([right, right, wrong, None])))
    finish(sat)
    earned = independent(hall, 1)
    assert 0 < sum(earned.values()) < Fraction("19.5"), "the sample says something"
    assert {e.slot: Fraction(e.mark) for e in entries(sat.attempt_id)} == earned
    result = hall.attempt().result
    assert result is not None
    assert Fraction(result.mark) == sum(earned.values())
    assert result.passed == (sum(earned.values()) * 100 >= 60 * Fraction("19.5"))
    for domain, (mark, maximum) in result.domains.items():
        numbers = [s.number for s in hall.slots() if s.domain == domain]
        assert Fraction(mark) == sum(earned[n] for n in numbers)
        assert Fraction(maximum) == sum(
            Fraction(s.maximum) for s in hall.slots() if s.domain == domain
        )


def test_late_answers_earn_nothing(hall: Hall, sat: Sat) -> None:
    sat.hand_in()
    sat.save(*[(s.number, s.number, right_value(s)) for s in hall.slots()])
    jobs.do_duties(clock.now(), only="exams.mark")
    result = hall.attempt().result
    assert result is not None
    assert result.mark == "0"


def test_marking_again_changes_nothing(hall: Hall, sat: Sat) -> None:
    finish(sat)
    again = marking.mark(hall.attempt(), clock.now())
    db.session.commit()
    assert db.session.scalars(select(Result)).one().id == again.id
    assert len(entries(sat.attempt_id)) == SLOTS


def test_the_newest_key_marks(hall: Hall, sat: Sat) -> None:
    """A key that was mended before the marking: the next number counts, the version stands."""
    number = hall.slot("single_choice")
    slot = next(s for s in hall.slots() if s.number == number)
    old = db.session.scalars(
        select(MarkingKey).where(MarkingKey.version_id == slot.version_id)
    ).one()
    (right,) = old.key["right"]
    other = next(o for o in slot.option_order if o != right)
    db.session.add(
        MarkingKey(
            version_id=slot.version_id,
            number=2,
            key={**old.key, "right": [other]},
            reason="答案错了",
            set_at=clock.now(),
        )
    )
    db.session.commit()
    sat.save((1, number, labelled(asked(slot.version_id, slot.part), slot.option_order, other)))
    finish(sat)
    entry = next(e for e in entries(sat.attempt_id) if e.slot == number)
    assert entry.fraction == "1"
    assert db.session.get_one(MarkingKey, entry.marking_key_id).number == 2
