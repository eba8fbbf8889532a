"""Acknowledged means durable: workers die by SIGKILL at every step of a save, and nothing is lost.

Clients keep a ledger of what was acknowledged; afterwards the server's journal must hold each of
those answers exactly once, with the value that was acknowledged.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.exams import papers, starting
from app.extensions import db
from app.models.exams import AnswerEvent, Booking, Sitting
from app.models.people import User
from tests.conftest import DATABASES
from tests.demo import prepared
from tests.live import demo_environment, free_port, running
from tests.postgres import temporary_cluster

pytestmark = pytest.mark.rows
PLACES = ("before statement", "after statement", "after insert", "before commit", "before reply")
TRANSACTION = {"after insert", "before commit"}
CANDIDATES = 6
CHANGES = 60


@dataclass
class Candidate:
    """One device: its attempt, its token, its ledger of acknowledged changes."""

    attempt: str
    token: str
    options: list[tuple[int, list[str], bool]]
    ledger: dict[int, tuple[int, str]] = field(default_factory=dict)
    unanswered: int = 0

    def work(self, port: int, seed: int) -> None:
        """Send changes one after another, each until it is acknowledged; some kill who takes them."""
        numbers = random.Random(seed)
        places = numbers.sample(PLACES, len(PLACES))
        before: list[dict[str, object]] = []
        for sequence in range(1, CHANGES + 1):
            slot, options, several = numbers.choice(self.options)
            option = numbers.choice(options)
            value = [option] if several else option
            change = {"sequence": sequence, "slot": slot, "value": value, "at": 1}
            place = places[-1] if places and sequence % 4 == 0 else ""
            # Two that come together are no ordinary save: they go through a transaction.
            delivery = [*before, change] if place in TRANSACTION else [change]
            for _attempt in range(200):
                if sequence in self._send(port, delivery, place):
                    self.ledger[sequence] = (slot, option)
                    break
                self.unanswered += 1
                if place:
                    place = ""
                    places.pop()
            else:
                raise AssertionError("never acknowledged")
            before = [change]

    def _send(self, port: int, changes: list[dict[str, object]], place: str) -> list[int]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {
            "Content-Type": "application/json",
            "Cookie": f"device_{self.attempt}={self.token}",
            "Die-At": place,
        }
        try:
            body = json.dumps({"changes": changes})
            connection.request("POST", f"/exams/attempts/{self.attempt}/answers", body, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            return []
        finally:
            connection.close()
        assert answer.status == 200, text[:300]
        return list(json.loads(text)["stored"])


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A durable database of the test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'crash.sqlite3'}"
        return
    if not os.environ.get("TEST_POSTGRES_URL"):
        pytest.skip("no PostgreSQL: run script/test")
    with temporary_cluster(durable=True) as url:
        yield url


def candidates(app: Flask) -> list[Candidate]:
    """Book more people for the demonstration's sitting and start them."""
    now = clock.now()
    sitting = db.session.scalars(select(Sitting).order_by(Sitting.closes_at.desc())).first()
    assert sitting is not None
    for number in range(CANDIDATES):
        user = User(name=f"考生{number}", login_name=f"crash{number}", created_at=now)
        db.session.add(user)
        db.session.flush()
        booking = Booking(
            sitting_id=sitting.id,
            user_id=user.id,
            seat=100 + number,
            ticket_number=f"crash{number}",
            created_at=now,
        )
        db.session.add(booking)
    db.session.commit()
    papers.draw_missing(sitting, actor=None, now=now)
    db.session.commit()
    version = sitting.revision.body["rules_text"]["version"]
    made = []
    bookings = db.session.scalars(select(Booking).where(Booking.seat >= 100)).all()
    for booking in bookings:
        token = secrets.token_urlsafe(32)
        attempt = starting.start(
            booking, code="", rules_version=version, token=token, actor=booking.user, now=now
        )
        db.session.commit()
        options = [
            (item["number"], [o["id"] for o in item["options"]], item["kind"] == "multiple_choice")
            for group in attempt.paper.shown
            for item in group["items"]
        ]
        made.append(Candidate(attempt.id, token, options))
    return made


def test_every_acknowledged_answer_once(
    database_url: str, tmp_path: Path, first_demonstration: Path
) -> None:
    """Ledger and journal agree after many deaths at every place."""
    port = free_port()
    environment = demo_environment(tmp_path, port, database_url)
    app = prepared(environment, first_demonstration)
    with app.app_context():
        people = candidates(app)
        db.session.remove()
        db.engine.dispose()
    log = tmp_path / "crashes.log"
    faulty = {**environment, "CRASH_LOG": str(log)}
    with running(faulty, port, module="tests.crash.faulty:app", workers=2):
        threads = [
            threading.Thread(target=person.work, args=(port, seed))
            for seed, person in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    deaths = Counter(log.read_text("utf-8").splitlines())
    assert set(deaths) == set(PLACES), deaths
    with app.app_context():
        for person in people:
            rows = db.session.execute(
                select(AnswerEvent.sequence, AnswerEvent.slot, AnswerEvent.value).where(
                    AnswerEvent.attempt_id == person.attempt
                )
            ).all()
            journal = {sequence: (slot, value) for sequence, slot, value in rows}
            assert len(person.ledger) == CHANGES
            assert len(rows) == len(journal) == CHANGES
            for sequence, (slot, option) in person.ledger.items():
                assert journal[sequence][0] == slot
                kept = json.loads(journal[sequence][1])
                kept = kept[0] if isinstance(kept, list) else kept
                assert str(kept).lower() == option
        db.session.remove()
        db.engine.dispose()
