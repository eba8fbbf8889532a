"""Rows of renewals for tests: a holder whose certificate ends soon, with everything a renewal asks."""

from __future__ import annotations

import io
from datetime import date, timedelta

from PIL import Image

from app import clock
from app.models.awards import Certificate
from app.models.people import Role, User
from app.models.renewal import LearningEntry, PracticeEntry, Renewal
from app.renewal import handing_in, log, reviewing
from app.renewal.evidence import PDF, Proof
from app.renewal.log import Learned, Practised
from certificates import renewal
from tests import factories
from tests.app.awards import rows as awards
from tests.app.training import rows as training

HOURS = {"law": 4, "cpr": 4, "infection": 2, "hospital": 4, "communication": 4, "elective": 6}
NOBODY, ALWAYS = (lambda: renewal.LOTS - 1), (lambda: 0)
"""Lots: one that no audit of less than a hundred percent draws, one that every audit draws."""


def certificate(days_left: int = 60) -> Certificate:
    """Make a certificate that ends in so many days; below nought it has ended."""
    row = awards.certificate(valid_from=training.today() - timedelta(days=3 * 365))
    row.valid_until = training.today() + timedelta(days=days_left)
    factories.save(row)
    return row


def picture() -> bytes:
    """Return a photo as a phone sends it."""
    out = io.BytesIO()
    Image.new("RGB", (900, 1200), "#eeeeee").save(out, "JPEG")
    return out.getvalue()


def proof() -> Proof:
    """Return a small PDF."""
    return Proof(b"%PDF-1.4 ... %%EOF", PDF)


def until(row: Certificate) -> date:
    """Return the last day of a certificate that has one."""
    assert row.valid_until is not None
    return row.valid_until


def day(ago: int) -> date:
    """Return a day so many days ago."""
    return training.today() - timedelta(days=ago)


def learn(
    holder: User, category: str, hours: int, ago: int, *, proved: bool = True
) -> LearningEntry:
    """Write down continuing education."""
    return factories.save(
        log.add_learning(
            Learned(category, day(ago), hours * 2, f"{category}复训", "示例培训中心"),
            proof() if proved else None,
            actor=holder,
            now=clock.now(),
        )
    )


def practise(holder: User, visits: int = 30, minutes: int = 600) -> PracticeEntry:
    """Write down accompaniments."""
    return factories.save(
        log.add_practice(
            Practised(day(3), visits, minutes, "示例护理院"), None, actor=holder, now=clock.now()
        )
    )


def complete(row: Certificate, *, proved: bool = True) -> None:
    """Write down everything that a renewal asks."""
    for ago, (category, hours) in enumerate(HOURS.items(), 10):
        learn(row.user, category, hours, ago, proved=proved)
    practise(row.user)


def handed_in(row: Certificate | None = None, *, audited: bool = False) -> Renewal:
    """Make a renewal that was handed in with everything."""
    row = row or certificate()
    complete(row)
    return factories.save(
        handing_in.hand_in(
            row, "1", actor=row.user, now=clock.now(), lot=ALWAYS if audited else NOBODY
        )
    )


def checked(row: Renewal | None = None, registrar: User | None = None) -> Renewal:
    """Make a renewal that the registrar has passed on."""
    row = row or handed_in()
    registrar = registrar or factories.user(Role.REGISTRAR)
    reviewing.pass_on(row, actor=registrar, now=clock.now())
    return factories.save(row)
