"""The life of an attempt in any order of events, against a small model that keeps the rules by itself.

The model knows no table: a clock, a time account, a list of what arrived and when. Whatever
hypothesis does (answer, deliver again, wait, add time, move the device, hand in, let the sweeper
pass), the server must hold the same standing answers, deadline, state, receipt and marks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app import clock
from app.exams import answers, handing_in, marking, papers, pausing, starting, time_account, voiding
from app.extensions import db
from app.models.exams import Attempt, Result
from app.models.journal import ClockAlarm
from app.models.people import Role, User
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams.hall import GRACE, MINUTES, NOON, Hall, Sat

pytestmark = pytest.mark.rows


@dataclass(frozen=True)
class Sent:
    """A change that a device made: what it is in the journal."""

    epoch: int
    sequence: int
    slot: int
    value: str


@dataclass
class Model:
    """What must be true, kept without the application."""

    started: Any
    seconds: int = MINUTES * 60
    counted: list[Sent] = field(default_factory=list)
    kept: set[tuple[int, int]] = field(default_factory=set)
    epochs: int = 1
    state: str = "open"
    receipt: str | None = None
    paused: Any = None
    """Since when the clock stands."""

    @property
    def deadline(self) -> Any:
        """The start plus every line of the account."""
        return self.started + timedelta(seconds=self.seconds)

    def close_if_over(self, now: Any) -> None:
        """Any touch after the grace hands in."""
        late = now > self.deadline + timedelta(seconds=GRACE)
        if self.state == "open" and self.paused is None and late:
            self.state = "handed_in"

    def end_pause(self, now: Any) -> None:
        """The seconds stood go into the account."""
        if self.paused is not None:
            self.seconds += int((now - self.paused).total_seconds())
            self.paused = None

    def standing(self) -> dict[int, str]:
        """The highest (epoch, sequence) of each slot among what counts."""
        best: dict[int, Sent] = {}
        for one in self.counted:
            if one.slot not in best or (one.epoch, one.sequence) > (
                best[one.slot].epoch,
                best[one.slot].sequence,
            ):
                best[one.slot] = one
        return {slot: one.value for slot, one in best.items()}


class Life(RuleBasedStateMachine):
    """One candidate's life; `hall` is set by the test's own subclass of it."""

    hall: Hall
    may_be_void = False

    def __init__(self) -> None:
        super().__init__()
        self.time = time_machine.travel(NOON, tick=False)
        self.clock = self.time.start()
        self.devices: dict[int, Sat] = {}
        self.sequences: dict[int, int] = {}
        self.sent: list[Sent] = []
        self.added: set[tuple[Any, int]] = set()

    def teardown(self) -> None:
        try:
            if self.devices:
                self.marks_are_those_of_the_model()
        finally:
            db.session.rollback()
            self.time.stop()

    @initialize()
    def begin(self) -> None:
        person = factories.user(Role.TRAINEE)
        seat = len(self.hall.bookings) + 1
        self.hall.candidates.append(person.id)
        self.hall.bookings.append(halls.book(self.hall.sitting, person, seat).id)
        papers.draw_missing(self.hall.sitting, actor=None, now=clock.now())
        db.session.commit()
        self.seat = seat
        self.sat = self.hall.started(seat)
        self.devices, self.sequences = {1: self.sat}, {1: 0}
        self.model = Model(started=clock.now())
        self.slots = [
            (item["number"], item["kind"], [option["id"] for option in item["options"]])
            for group in self.hall.shown(seat)
            for item in group["items"]
        ]
        self.slots.sort(key=lambda slot: slot[1])  # one of several answers first
        db.session.rollback()

    def attempt(self) -> Attempt:
        db.session.rollback()
        return db.session.get_one(Attempt, self.sat.attempt_id)

    def deliver(self, change: Sent) -> None:
        """Send one change from its device and hold the answer against the model."""
        now = clock.now()
        self.model.close_if_over(now)
        counts = self.model.state == "open"
        again = (change.epoch, change.sequence) in self.model.kept
        sat = self.devices[change.epoch]
        answer = sat.save((change.sequence, change.slot, json.loads(change.value)))
        told = "stored" if counts else "late"
        assert answer[told] == [change.sequence], (answer, told)
        assert not answer["refused"]
        assert answer["live"] == (change.epoch == self.model.epochs)
        if not again:
            self.model.kept.add((change.epoch, change.sequence))
            if counts:
                self.model.counted.append(change)

    @rule(data=st.data())
    def change_an_answer(self, data: st.DataObject) -> None:
        epoch = data.draw(st.sampled_from(sorted(self.devices)), label="device")
        # Few slots, so that devices and sequences meet on the same one.
        slot, kind, options = data.draw(st.sampled_from(self.slots[:3]), label="slot")
        value: Any = data.draw(st.sampled_from([*options, None]), label="value")
        if kind == "multiple_choice" and value is not None:
            value = [value]
        self.sequences[epoch] += 1
        change = Sent(epoch, self.sequences[epoch], slot, json.dumps(value))
        self.sent.append(change)
        self.deliver(change)

    @precondition(lambda self: bool(self.sent))
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        self.deliver(data.draw(st.sampled_from(self.sent), label="again"))

    @rule(seconds=st.sampled_from([1, 40, 600]))
    def wait(self, seconds: int) -> None:
        self.clock.shift(timedelta(seconds=seconds))

    @rule(beside=st.sampled_from([-1, 0, 1, GRACE, GRACE + 1]))
    def wait_until_about_the_end(self, beside: int) -> None:
        moment = self.model.deadline + timedelta(seconds=beside)
        if moment > clock.now():
            self.clock.move_to(moment, tick=False)

    @rule()
    def ask_for_the_state(self) -> None:
        now = clock.now()
        self.model.close_if_over(now)
        said = self.devices[self.model.epochs].browser.get(self.sat.url("state")).get_json()
        assert said["state"] == self.model.state
        since = self.model.paused
        assert said["paused"] == (int(since.timestamp() * 1000) if since else None)
        assert said["deadline"] == int(self.model.deadline.timestamp() * 1000)
        assert sum(line["seconds"] for line in said["account"]) == self.model.seconds

    @rule(minutes=st.integers(1, 20))
    def add_time(self, minutes: int) -> None:
        attempt, actor = self.attempt(), db.session.get_one(User, self.hall.invigilator)
        reason = f"消防演习 {clock.now().timestamp()} {minutes}"
        try:
            time_account.add_time(
                [attempt], "person", minutes, reason, actor=actor, now=clock.now()
            )
        except time_account.TimeRefused:
            # Refused only once handed in, or as the same act again in the same moment.
            assert self.model.state != "open" or (clock.now(), minutes) in self.added
            db.session.rollback()
            return
        db.session.commit()
        self.added.add((clock.now(), minutes))
        self.model.seconds += minutes * 60

    @precondition(lambda self: len(self.devices) < 4)
    @rule(allowed=st.sampled_from([True, True, False]))
    def move_to_another_device(self, allowed: bool) -> None:
        actor, now = db.session.get_one(User, self.hall.invigilator), clock.now()
        if allowed and self.attempt().state == "open":
            starting.allow_takeover(self.attempt(), actor=actor, now=now)
            db.session.commit()
        waits = self.attempt().takeover_allowed_at
        may = (
            self.attempt().state == "open"
            and waits is not None
            and now - waits <= starting.TAKEOVER_LASTS
        )
        browser = self.hall.candidate(self.seat)
        answer = browser.send(f"/exams/sit/{self.sat.booking_id}/take-over")
        assert answer.status_code == (303 if may else 409)
        if may:
            self.model.epochs += 1
            self.devices[self.model.epochs] = Sat(
                self.hall, browser, self.sat.booking_id, self.sat.attempt_id
            )
            self.sequences[self.model.epochs] = 0

    @rule()
    def hand_in(self) -> None:
        self.devices[self.model.epochs].hand_in()
        if self.model.state == "open":
            self.model.close_if_over(clock.now())
            self.model.end_pause(clock.now())
            self.model.state = "handed_in"

    @rule()
    def pause(self) -> None:
        actor, now = db.session.get_one(User, self.hall.invigilator), clock.now()
        self.model.close_if_over(now)
        may = self.model.state == "open" and self.model.paused is None
        try:
            pausing.pause([self.attempt()], "洗手间", actor=actor, now=now)
        except pausing.PauseRefused:
            assert not may
        else:
            assert may
            self.model.paused = now
        db.session.commit()

    @rule()
    def resume(self) -> None:
        actor, now = db.session.get_one(User, self.hall.invigilator), clock.now()
        try:
            pausing.resume([self.attempt()], actor=actor, now=now)
        except pausing.PauseRefused:
            assert self.model.paused is None
        else:
            assert self.model.paused is not None
            self.model.end_pause(now)
        db.session.commit()

    @rule(seconds=st.sampled_from([-3600, 7, 1200]))
    def the_clock_steps(self, seconds: int) -> None:
        """Whatever the wall clock does, the remaining time stays, and the attempt stands."""
        self.clock.shift(timedelta(seconds=seconds))
        alarm = ClockAlarm(seen_at=clock.now(), moved_ms=seconds * 1000)
        db.session.rollback()
        pausing.hold_everybody(alarm, clock.now())
        db.session.commit()
        if self.model.state == "open":
            self.model.seconds += seconds
            if self.model.paused is None:
                self.model.paused = clock.now()
            else:
                self.model.paused += timedelta(seconds=seconds)

    @precondition(lambda self: self.may_be_void and len(self.model.counted) > 3)
    @rule()
    def make_void(self) -> None:
        actor, now = db.session.get_one(User, self.hall.invigilator), clock.now()
        try:
            voiding.void(self.attempt(), "替考", actor=actor, now=now)
        except voiding.VoidRefused:
            assert self.model.state == "void"
        else:
            assert self.model.state != "void"
            self.model.end_pause(now)
            self.model.state = "void"
        db.session.commit()

    @rule()
    def sweeper_passes(self) -> None:
        now = clock.now()
        db.session.rollback()
        handing_in.sweep(now)
        self.model.close_if_over(now)

    @invariant()
    def server_and_model_agree(self) -> None:
        if not self.devices:
            return
        attempt = self.attempt()
        assert attempt.state == self.model.state
        assert attempt.paused_at == self.model.paused
        assert attempt.deadline_at == self.model.deadline
        assert attempt.epoch == self.model.epochs
        said = {slot: json.dumps(value) for slot, value in answers.standing(attempt).items()}
        wanted = self.model.standing()
        assert {s: v for s, v in said.items() if v != "null"} == {
            s: v for s, v in wanted.items() if v != "null"
        }
        if attempt.state == "handed_in":
            lines = handing_in.changes(attempt)
            assert attempt.journal_hash == handing_in.journal_hash(attempt.id, lines)
            self.model.receipt = self.model.receipt or attempt.receipt_code
            assert attempt.receipt_code == self.model.receipt
            assert attempt.handed_in_at is not None
        db.session.rollback()

    def marks_are_those_of_the_model(self) -> None:
        """Hand in, mark, and mark once more by the model's answers alone."""
        self.devices[self.model.epochs].hand_in()
        db.session.rollback()
        marking.mark_waiting(clock.now())
        db.session.rollback()
        if self.model.state == "void":
            assert not marking.held(self.hall.sitting)
            return
        result = db.session.query(Result).filter_by(attempt_id=self.sat.attempt_id).one()
        wanted = self.model.standing()
        earned = Fraction(0)
        for slot in self.hall.slots(self.seat):
            right = halls.right_value(slot)
            value = json.loads(wanted.get(slot.number, "null"))
            several = isinstance(right, list)
            same = value == right or (several and sorted(value or []) == sorted(right))
            earned += Fraction(slot.maximum) if same else 0
        assert Fraction(result.mark) == earned
        db.session.rollback()


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A hall with nobody in it, held open for as long as a run may wait."""
    with time_machine.travel(NOON, tick=False):
        made = halls.build(app, candidates=0)
        made.sitting.closes_at = NOON + timedelta(days=30)
        made.sitting.last_start_at = NOON + timedelta(days=29)
        db.session.commit()
    return made


@pytest.mark.parametrize("may_be_void", [False, True])
def test_any_order_of_events(hall: Hall, may_be_void: bool) -> None:
    """Whatever happens in whatever order, the rules hold; some lives may be made void."""
    run_state_machine_as_test(
        type("LifeHere", (Life,), {"hall": hall, "may_be_void": may_be_void}),
        settings=settings(
            max_examples=6 if may_be_void else 15,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # shrinking whole lives takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
