"""The application with sudden death built in: a worker may kill itself at each step of a save.

`CRASH_RATE` is the chance at each of the four places: after the insert, before the commit, after the
commit, and after the answer was made but before it is sent. SIGKILL: nothing is flushed or closed.
"""

from __future__ import annotations

import os
import random
import signal
from typing import Any

from flask import Response, request
from sqlalchemy import event

from app.extensions import db
from wsgi import app

RATE = float(os.environ["CRASH_RATE"])
chance = random.SystemRandom()


def _perhaps_die(place: str) -> None:
    if request and request.endpoint == "exams.save" and chance.random() < RATE:
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


@app.after_request
def _before_reply(response: Response) -> Response:
    _perhaps_die("after commit")
    return response
