"""The application with sudden death built in: a worker kills itself where a save's header `Die-At` says.

An ordinary save is one statement that commits itself: "before statement" and "after statement". Any other
save is a transaction: "after insert" and "before commit". "before reply" is after either, when all is
durable and nothing was sent. SIGKILL: nothing is flushed or closed.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from flask import Response, request
from sqlalchemy import event

from app import direct, exchanges
from app.extensions import db
from wsgi import app


def _perhaps_die(place: str) -> None:
    if request and request.endpoint == "exams.save" and request.headers.get("Die-At") == place:
        with open(os.environ["CRASH_LOG"], "a", encoding="utf-8") as log:  # noqa: PTH123
            log.write(f"{place}\n")
        os.kill(os.getpid(), signal.SIGKILL)


with app.app_context():
    engine = db.engine

    @event.listens_for(engine, "after_cursor_execute")
    def _after_insert(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO answer_event"):
            _perhaps_die("after insert")

    @event.listens_for(engine, "commit")
    def _before_commit(_connection: Any) -> None:
        _perhaps_die("before commit")


said = direct.run


def _run(*given: Any) -> Any:
    _perhaps_die("before statement")
    answer = said(*given)
    _perhaps_die("after statement")
    return answer


direct.run = _run


answered = exchanges.answer


def _answer(*given: Any) -> Response:
    response = answered(*given)
    _perhaps_die("before reply")
    return response


exchanges.answer = _answer
