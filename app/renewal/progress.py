"""How far somebody is with the renewal of a certificate: what counts, what is still missing.

Reads only. Counted is what the holder wrote down since the certificate began, unless the association
struck it or it served an earlier renewal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app import rulebook
from app.clock import shanghai_date
from app.extensions import db
from app.models.awards import Certificate, Decision
from app.models.renewal import LearningEntry, PracticeEntry, Renewal
from app.models.training import Enrolment
from app.register import ledger
from certificates import renewal
from certificates.renewal import Asked, Entry, Practice, Window
from certificates.verdict import Status, Verdict

OPEN_STATES = ("handed_in", "returned", "checked")
RENEWABLE = frozenset({Status.VALID, Status.DUE})


@dataclass(frozen=True)
class Line:
    """One category: half class-hours had, asked, and still missing."""

    category: str
    have: int
    need: int
    short: int


@dataclass(frozen=True)
class Progress:
    """One certificate on its way to the next."""

    certificate: Certificate
    verdict: Verdict
    window: Window
    opens_on: date | None
    closes_on: date | None
    asked: Asked
    volunteer: bool
    lines: tuple[Line, ...]
    practice: Practice
    learning: Sequence[LearningEntry]
    visits: Sequence[PracticeEntry]
    renewal: Renewal | None
    """The application under way."""

    @property
    def have(self) -> int:
        """Half class-hours that count towards what is asked: what is missing is not there."""
        return self.asked.total - self.short

    @property
    def short(self) -> int:
        """Half class-hours still missing over all categories."""
        return sum(line.short for line in self.lines)

    @property
    def practised(self) -> bool:
        """Tell whether the practice is enough."""
        return renewal.practised_enough(self.practice, self.asked, volunteer=self.volunteer)

    @property
    def complete(self) -> bool:
        """Tell whether nothing is missing."""
        return not self.short and self.practised

    @property
    def in_time(self) -> bool:
        """Tell whether it can be handed in today."""
        return self.window in {Window.OPEN, Window.GRACE}

    @property
    def locked(self) -> bool:
        """Tell whether the log lies with the association."""
        return self.renewal is not None and self.renewal.state != "returned"

    def figures(self, on: date) -> dict[str, Any]:
        """Return rules and counts as JSON, for the record."""
        return {
            "on": on.isoformat(),
            "hours": {line.category: [line.have, line.need] for line in self.lines},
            "visits": self.practice.visits,
            "minutes": self.practice.minutes,
            "volunteer": self.volunteer,
            "asked": {
                "visits": self.asked.visits,
                "minutes": self.asked.visit_minutes,
                "volunteer_visits": self.asked.volunteer_visits,
            },
        }


def asked_on(on: date) -> Asked:
    """Return what a renewal asks by the settings of a day."""
    return Asked(
        halves={name: n * 2 for name, n in rulebook.value("renewal.hours", on).items()},
        halves_a_day=rulebook.value("renewal.hours_a_day", on) * 2,
        visits=rulebook.value("renewal.visits", on),
        visit_minutes=rulebook.value("renewal.visit_hours", on) * 60,
        volunteer_visits=rulebook.value("renewal.volunteer_visits", on),
    )


def of(certificate: Certificate, now: datetime) -> Progress:
    """Return how far the renewal of one certificate is."""
    today, until = shanghai_date(now), certificate.valid_until
    opens = rulebook.value("renewal.opens_days", today)
    grace = rulebook.value("certificate.grace_days", today)
    asked, under_way = asked_on(today), find_open(certificate)
    learning, visits = _entries(certificate, under_way)
    have = renewal.counted(
        (Entry(one.category, one.day, one.halves) for one in learning if one.checked != "struck"),
        asked,
        certificate.valid_from,
        today,
    )
    short = renewal.missing(have, asked)
    counting = [one for one in visits if _counts(one, certificate, today)]
    return Progress(
        certificate=certificate,
        verdict=ledger.verdict_now(certificate, now),
        window=renewal.window(until, opens, grace, today),
        opens_on=renewal.opens_on(until, opens) if until else None,
        closes_on=renewal.closes_on(until, grace) if until else None,
        asked=asked,
        volunteer=is_volunteer(certificate),
        lines=tuple(
            Line(name, have.get(name, 0), need, short.get(name, 0))
            for name, need in asked.halves.items()
        ),
        practice=Practice(
            sum(one.visits for one in counting), sum(one.minutes for one in counting)
        ),
        learning=learning,
        visits=visits,
        renewal=under_way,
    )


def renewable(user_id: str, now: datetime) -> list[Certificate]:
    """Return a person's certificates that can be renewed now or later, the last to end first."""
    rows = db.session.scalars(
        select(Certificate)
        .where(Certificate.user_id == user_id, Certificate.valid_until.is_not(None))
        .order_by(Certificate.valid_until.desc(), Certificate.issued_at.desc())
    ).all()
    lines = ledger.histories(rows)
    return [row for row in rows if ledger.verdict(row, lines[row.id], now).code in RENEWABLE]


def find_open(certificate: Certificate) -> Renewal | None:
    """Return the application for this certificate that is not decided yet."""
    return db.session.scalar(
        select(Renewal).where(
            Renewal.certificate_id == certificate.id, Renewal.state.in_(OPEN_STATES)
        )
    )


def is_volunteer(certificate: Certificate) -> bool:
    """Tell whether the holder was trained as a volunteer: other figures are asked of them."""
    category = db.session.scalar(
        select(Enrolment.category)
        .join(Decision, Decision.enrolment_id == Enrolment.id)
        .where(Decision.id == certificate.decision_id)
    )
    return category == "volunteer"


def _entries(
    certificate: Certificate, under_way: Renewal | None
) -> tuple[list[LearningEntry], list[PracticeEntry]]:
    found: list[Any] = []
    for model in (LearningEntry, PracticeEntry):
        free = model.renewal_id.is_(None)
        mine = or_(free, model.renewal_id == under_way.id) if under_way else free
        rows = (
            select(model)
            .where(model.user_id == certificate.user_id, mine)
            .options(selectinload(model.evidence))
        )
        found.append(
            list(db.session.scalars(rows.order_by(model.day, model.recorded_at, model.id)))
        )
    return found[0], found[1]


def _counts(entry: PracticeEntry, certificate: Certificate, today: date) -> bool:
    return entry.checked != "struck" and certificate.valid_from <= entry.day <= today
