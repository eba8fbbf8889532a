"""Scopes of roles as a person reads and chooses them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from app.accounts.wording import SCOPES
from app.extensions import db
from app.models.people import District, Organisation, ScopeKind
from app.models.training import TrainingClass
from app.translating import language

Place = tuple[str, str]


def _tables() -> Sequence[tuple[str, Any, Any]]:
    english = language() == "en"
    return (
        (ScopeKind.DISTRICT, District.code, District.name_en if english else District.name),
        (ScopeKind.ORGANISATION, Organisation.id, Organisation.name),
        (ScopeKind.TRAINING_CLASS, TrainingClass.id, TrainingClass.title),
    )


def scope_choices() -> dict[str, str]:
    """Return what a role can reach as `kind:id` and words, everything first."""
    choices = {f"{ScopeKind.ALL}:": str(SCOPES[ScopeKind.ALL])}
    for kind, key, title in _tables():
        rows = db.session.execute(select(key, title).order_by(title))
        choices |= {f"{kind}:{row_id}": f"{SCOPES[kind]} · {name}" for row_id, name in rows}
    return choices


def scope_names(places: Iterable[Place]) -> dict[Place, str]:
    """Return the words for scopes, with one question to the database for each kind."""
    wanted = set(places)
    names = {place: str(SCOPES[place[0]]) for place in wanted}
    for kind, key, title in _tables():
        ids = [scope_id for of_kind, scope_id in wanted if of_kind == kind]
        if ids:
            rows = db.session.execute(select(key, title).where(key.in_(ids)))
            names |= {(kind, row_id): f"{SCOPES[kind]} · {name}" for row_id, name in rows}
    return names
