"""A lesson page that somebody reads, for tests: its ticket, its signs of life, at moments of ours."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.learning import CourseEdition
from app.models.studying import StudyStretch
from tests.client import PageClient


class OpenPage:
    """One open tab. `at` is moved by time_machine; each answer's ticket is kept for the next."""

    def __init__(self, client: PageClient, edition: CourseEdition, code: str = "1.1") -> None:
        self.client = client
        html = client.page(f"/learn/{edition.id}/{code}")
        found = re.search(r'data-ticket="([^"]+)"', html)
        self.ticket = found.group(1) if found else ""
        self.html = html

    def beat(self, ticket: str | None = None, place: str = "aim:10") -> dict[str, Any]:
        body = {"ticket": ticket or self.ticket, "place": place}
        answer = self.client.post("/learn/beat", json=body)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        told: dict[str, Any] = answer.get_json()
        if ticket is None:
            self.ticket = told["ticket"]
        return told

    def answer(self, chosen: str) -> dict[str, Any]:
        body = {"ticket": self.ticket, "chosen": chosen}
        reply = self.client.post("/learn/presence", json=body)
        assert reply.status_code == 200, reply.get_data(as_text=True)
        told: dict[str, Any] = reply.get_json()
        self.ticket = told["ticket"]
        return told


def seconds() -> float:
    """Return all seconds counted so far."""
    db.session.expire_all()
    total = sum(row.counted_ms for row in stretches()) / 1000
    db.session.commit()
    return total


def stretches() -> list[StudyStretch]:
    """Return all stretches, the first begun first."""
    order = StudyStretch.began_at, StudyStretch.id
    return list(db.session.scalars(select(StudyStretch).order_by(*order)))


def moment() -> datetime:
    """Return the moment it is now."""
    return clock.now()
