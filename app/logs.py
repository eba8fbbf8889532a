"""Logs: one JSON object a line on stderr, with references only.

No path (it can hold a token), no address, no query, no text of an error (it can hold what people
typed): the endpoint's name, the request's id, kinds and places. `X-Request-Id` of an answer, the
audit line and the log share the id.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO, cast

import structlog
from flask import Flask, Response, g, request
from flask.globals import request_ctx
from structlog.typing import EventDict, WrappedLogger

log = structlog.get_logger()
STATIC = frozenset({"static", "bootstrap.static"})
WRITTEN = json.JSONEncoder(ensure_ascii=False)
DEEPEST = 8
"""How many places of a failure are kept, the innermost last."""


def without_texts(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Replace an exception by its kind and where it came from."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(given, tuple):
        error = given[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = [
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)[-DEEPEST:]
        ]
    return event


class Stderr:
    """The standard error, whose troubles are nobody's else.

    On a full disk a line that cannot be written is lost; an answer, or the worker that hands exams
    in, must not fall with it.
    """

    def write(self, text: str) -> None:
        """Write, if it can be written."""
        # Looked up at each call: tests and servers exchange the stream.
        with suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Flush, if it can be flushed."""
        with suppress(OSError, ValueError):
            sys.stderr.flush()


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_texts,
]


_level = logging.INFO


def configure(level: int) -> None:
    """Write our own log in this form, from a level up."""
    global _level  # asked for each request; structlog takes long to tell
    _level = level
    structlog.configure(
        processors=[*SHARED, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(cast("TextIO", Stderr())),
    )


def note(response: Response) -> None:
    """Write the line of a request, in the form of the others but by hand: each answer pays for it."""
    if _level > logging.INFO:
        return
    asked, kept = request_ctx.request, g._get_current_object()  # each use of a proxy costs a look
    line = {
        "method": asked.method,
        "endpoint": asked.endpoint or "(none)",
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - kept.get("request_began", 0)) * 1000, 1),
        "event": "request",
        "request_id": kept.get("request_id", ""),
        "level": "info",
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }
    sys.stderr.write(f"{WRITTEN.encode(line)}\n")
    sys.stderr.flush()


def library_formatter() -> logging.Formatter:
    """Return a formatter that puts the standard library's records into the same form."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        foreign_pre_chain=SHARED,
    )


def init_app(app: Flask) -> None:
    """Configure once and note each request when it is answered."""
    configure(logging.WARNING if app.config["TESTING"] else logging.INFO)
    if not app.config["TESTING"]:  # pytest keeps its own handlers
        handler = logging.StreamHandler()
        handler.setFormatter(library_formatter())
        logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)

    app.before_request(begin)

    @app.after_request
    def _note(response: Response) -> Response:
        if request.endpoint not in STATIC:
            note(response)
        return response


def begin() -> None:
    """Note when the request began, and under what id our log's lines about it stand."""
    g.request_began = time.perf_counter()
    # The only thing bound, so that binding it again leaves nothing of the request before.
    structlog.contextvars.bind_contextvars(request_id=g.get("request_id", ""))
