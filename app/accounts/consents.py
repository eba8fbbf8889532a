"""Consents: one row for each purpose and wording, given and withdrawn with its time.

The purposes and their texts are the setting `consent.texts`. A consent stands for the wording it was
given to; when a new wording comes into force, the page asks again, and until then the earlier one
stands. A purpose is never bundled with another (PIPL, articles 14, 15 and 29).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock, rulebook
from app.errors import Refusal
from app.extensions import db
from app.models.people import Consent, User


class ConsentError(Refusal):
    """There is no such purpose, or nothing to withdraw."""


class ConsentMissingError(Refusal):
    """An act needs a consent that was not given."""


@dataclass(frozen=True)
class Purpose:
    """A purpose as one person sees it."""

    kind: str
    version: str
    text: dict[str, Any]
    """The wording in force: `zh` and `en`."""
    current: Consent | None
    earlier: list[Consent]

    @property
    def has_new_wording(self) -> bool:
        """True when the consent that stands was given to an earlier wording."""
        return self.current is not None and self.current.version != self.version


def _standing(user: User, kind: str) -> Consent | None:
    return db.session.scalars(
        select(Consent)
        .where(Consent.user_id == user.id, Consent.kind == kind, Consent.withdrawn_at.is_(None))
        .order_by(Consent.given_at.desc())
        .limit(1)
    ).first()


def holds(user: User, kind: str) -> bool:
    """Tell whether a person's consent to a purpose stands at this moment."""
    return _standing(user, kind) is not None


def require(user: User, kind: str, sentence: str) -> None:
    """Raise ConsentMissingError with a sentence unless the consent stands."""
    if not holds(user, kind):
        raise ConsentMissingError(sentence)


def purposes(user: User, now: datetime) -> list[Purpose]:
    """Return every purpose with its wording in force and this person's consents."""
    texts = rulebook.value("consent.texts", clock.shanghai_date(now))
    rows = db.session.scalars(
        select(Consent).where(Consent.user_id == user.id).order_by(Consent.given_at.desc())
    ).all()
    return [
        Purpose(
            kind=kind,
            version=text["version"],
            text=text,
            current=next((r for r in rows if r.kind == kind and r.withdrawn_at is None), None),
            earlier=[r for r in rows if r.kind == kind and r.withdrawn_at is not None],
        )
        for kind, text in texts.items()
    ]


def give(user: User, kind: str, *, actor: User, now: datetime) -> Consent:
    """Note a consent to the wording in force; nothing new when it is noted already.

    Consents are personal: `actor` is the person. Raises ConsentError for an unknown purpose.
    """
    text = rulebook.value("consent.texts", clock.shanghai_date(now)).get(kind)
    if text is None:
        raise ConsentError(_("没有这一项同意。请刷新页面后再选。"))
    standing = _standing(user, kind)
    if standing is not None and standing.version == text["version"]:
        return standing
    if standing is not None:
        standing.withdrawn_at = now  # replaced by the consent to the new wording
    row = Consent(user_id=user.id, kind=kind, version=text["version"], given_at=now)
    db.session.add(row)
    audit.record("consent.given", row, actor=actor, now=now, kind=kind, version=row.version)
    return row


def withdraw(user: User, kind: str, *, actor: User, now: datetime) -> Consent:
    """Withdraw a consent; what rests on it ends with the same commit.

    Raises ConsentError when none stands.
    """
    row = _standing(user, kind)
    if row is None:
        raise ConsentError(_("这一项没有同意过，或已经撤回。"))
    row.withdrawn_at = now
    audit.record("consent.withdrawn", row, actor=actor, now=now, kind=kind, version=row.version)
    return row
