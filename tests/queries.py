"""Counting what goes to the database: pages and saves must not ask more than they need."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from app import direct
from app.extensions import db

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that run inside, transactions' own words left out.

    Rows of the test itself wait in the session it shares with the page, and one that is no longer used
    costs a statement or none as the garbage collector pleases: so it is asked before, and not meanwhile.
    """
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.upper().startswith(NOT_COUNTED):
            statements.append(statement)

    said = direct.run

    def run(one: direct.Direct, *rest: Any) -> Any:
        statements.append(one.made(db.engine.dialect)[0])
        return said(one, *rest)

    event.listen(db.engine, "before_cursor_execute", note)
    gc.collect()
    gc.disable()
    try:
        with patch.object(direct, "run", run):
            yield statements
    finally:
        gc.enable()
        event.remove(db.engine, "before_cursor_execute", note)
