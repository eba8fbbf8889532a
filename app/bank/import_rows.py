"""The rows that an import writes, by table, and how they come into the tables in bulk.

What they say is decided in `import_taking`; here nothing is looked up or refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, inspect, update

from app.extensions import db, insert_rows
from app.models.bank import ImportedQuestion, MarkingKey, QuestionVersion
from app.models.base import Base


@dataclass
class Rows:
    """Rows ready to be inserted, by table."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    searches: list[dict[str, Any]] = field(default_factory=list)
    labels: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    keys: list[dict[str, Any]] = field(default_factory=list)
    became: dict[int, str] = field(default_factory=dict)  # number in the file -> entry id
    bases: dict[str, tuple[int, str]] = field(default_factory=dict)  # entry id -> number, code


def add_version(
    made: Rows,
    entry_id: str,
    number: int,
    values: dict[str, Any],
    key: dict[str, Any],
    author_id: str,
    now: datetime,
    ids: Sequence[str],
) -> None:
    """Add a version, with what follows from its content, and its first marking key."""
    version_id, key_id = ids
    made.versions.append(
        {
            "id": version_id,
            "entry_id": entry_id,
            "number": number,
            **values,
            "created_by_id": author_id,
            "created_at": now,
        }
    )
    made.keys.append(
        {
            "id": key_id,
            "version_id": version_id,
            "number": 1,
            "key": key,
            "set_by_id": author_id,
            "set_at": now,
        }
    )


_NAMES: dict[type[Base], frozenset[str]] = {}


def columns_of(row: Base) -> dict[str, Any]:
    """Return the columns that are set on a row that is in no session."""
    model = type(row)
    if model not in _NAMES:
        _NAMES[model] = frozenset(one.key for one in inspect(model).column_attrs)
    known = _NAMES[model]
    return {name: value for name, value in row.__dict__.items() if name in known}


def _table_of(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


def insert_versions(made: Rows) -> None:
    """Insert the versions and the first key of each."""
    insert_rows(QuestionVersion, made.versions)
    insert_rows(MarkingKey, made.keys)


def note_what_became(made: Rows, import_id: str) -> None:
    """Write beside each question of the file which entry it became."""
    kept = _table_of(ImportedQuestion)
    db.session.execute(
        update(kept)
        .where(kept.c.import_id == import_id, kept.c.number == bindparam("of"))
        .values(entry_id=bindparam("became")),
        [{"of": number, "became": entry_id} for number, entry_id in made.became.items()],
    )
