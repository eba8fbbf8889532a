"""Statements said to the driver itself: for the few that a hall says thousands of times a minute.

Built and typed with SQLAlchemy, turned into the driver's text once, sent on a connection of the
engine's own pool, each a transaction of its own: it is committed when `run` returns. What SQLAlchemy
does between a statement and its driver costs more than what these few ask of the database, and on
PostgreSQL BEGIN and COMMIT are journeys too.

It deliberately serves nothing else: no objects, no session, nothing of several statements.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import OperationalError

from app.extensions import db

Made = tuple[str, tuple[str, ...], dict[str, Callable[[Any], Any]]]


class Direct:
    """One statement, made for a database when it is first said there.

    Given by the dialect's name where databases want different words, else one for all.
    """

    def __init__(self, statement: Executable | Mapping[str, Executable]) -> None:
        self._statement = statement
        self._made: dict[str, Made] = {}

    def rows(self, values: Mapping[str, Any]) -> int:
        """Run a statement that writes; return how many rows it wrote, now durable."""
        return int(run(self, values, lambda cursor: cursor.rowcount))

    def first(self, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return the first row as the driver gives it, or None."""
        found = run(self, values, lambda cursor: cursor.fetchone())
        return None if found is None else tuple(found)

    def all(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return all rows as the driver gives them."""
        return [tuple(row) for row in run(self, values, lambda cursor: cursor.fetchall())]

    def made(self, dialect: Dialect) -> Made:
        """Return the driver's text, the order of its values, and what changes them on the way."""
        known = self._made.get(dialect.name)
        if known is None:
            statement: Any = self._statement
            if isinstance(statement, Mapping):
                statement = statement[dialect.name]
            compiled = statement.compile(dialect=dialect)
            changes = {
                name: change
                for bind, name in compiled.bind_names.items()
                if (change := bind.type.dialect_impl(dialect).bind_processor(dialect))
            }
            known = (str(compiled), tuple(compiled.positiontup or ()), changes)
            self._made[dialect.name] = known
        return known


def run(direct: Direct, values: Mapping[str, Any], take: Callable[[Any], Any]) -> Any:
    """Say one statement in a transaction of its own, and return what `take` takes of the cursor.

    Raises OperationalError when the database does not answer or refuses; as with any commit whose
    answer is lost, it may then have been written.
    """
    engine = db.engine
    text, order, changes = direct.made(engine.dialect)
    bound = {**values, **{name: change(values[name]) for name, change in changes.items()}}
    line = engine.raw_connection()
    try:
        driver: Any = line.driver_connection
        if isinstance(driver, sqlite3.Connection):  # begins nothing by itself, see `extensions`
            return take(driver.execute(text, [bound[name] for name in order]))
        driver.autocommit = True
        answer = take(driver.execute(text, bound, prepare=True))
        driver.autocommit = False
        return answer
    except BaseException as error:
        # Whatever it was: nobody gets a line again that may still commit each statement by itself.
        line.invalidate(error if isinstance(error, Exception) else None)
        if isinstance(error, sqlite3.Error | psycopg.Error):
            raise OperationalError(text, None, error) from error
        raise
    finally:
        line.close()
