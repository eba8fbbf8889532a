"""The board: one page, and the same rows again as they change, by stream or by asking.

A stream holds a thread, so each process gives only a few; a board without one asks every five
seconds. Rows are drawn by one template in all three ways.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import (
    Response,
    current_app,
    get_template_attribute,
    jsonify,
    render_template,
    request,
    stream_with_context,
)
from flask.typing import ResponseReturnValue

from app import clock, clock_alarms
from app.config import Settings
from app.exams import board, incidents, readiness, room_messages, seating, watching
from app.exams.views import blueprint
from app.exams.views.room.own import only_room, own_sitting
from app.permissions import needs

FILTERS = frozenset({"look", "waiting", "checked", "writing", "paused", "done"})
STREAM_SECONDS = 180
"""A stream ends by itself, so that a right taken away or a lost tablet does not hold one."""
BREATH = 2.0
_streams: dict[int, watching.Streams] = {}


@blueprint.get("/rooms/<sitting_id>")
@needs("exam.invigilate")
def room(sitting_id: str) -> ResponseReturnValue:
    """Show the board: code, gate, one row per candidate as the server knows it."""
    sitting = own_sitting(sitting_id)
    now = clock.now()
    rooms = [one.name for one in seating.rooms_of(sitting)]
    only = only_room(sitting)
    found = [row for row in board.rows(sitting, now) if only in ("", row.room)]
    shown = request.args.get("show", "")
    return render_template(
        "exams/room.html",
        sitting=sitting,
        rooms=rooms,
        only=only,
        rows=found,
        counts=board.counts(found),
        shown=shown if shown in FILTERS else "all",
        version=_version(watching.Look(tuple(found), now)),
        messages_sent=room_messages.sent(sitting, 5),
        incidents=len(incidents.of_sitting(sitting.id)),
        alarms=clock_alarms.open_alarms(),
        unconfirmed=readiness.lacks_confirmation(sitting, now),
        milliseconds=_milliseconds(now),
        now=now,
    )


@blueprint.get("/rooms/<sitting_id>/rows")
@needs("exam.invigilate")
def room_rows(sitting_id: str) -> ResponseReturnValue:
    """Answer a board that asks: all rows, or only the time when `have` names what there is."""
    only = only_room(own_sitting(sitting_id))
    seen = _in_room(watching.look(sitting_id, clock.now), only)
    if request.args.get("have") == _version(seen):
        return jsonify(at=_milliseconds(clock.now()))
    return jsonify(_told(seen, {}))


@blueprint.get("/rooms/<sitting_id>/stream")
@needs("exam.invigilate")
def room_stream(sitting_id: str) -> ResponseReturnValue:
    """Send a board its changed rows as server-sent events; 204 when no thread is free for it."""
    only = only_room(own_sitting(sitting_id))
    places = _places()
    if not places.enter():
        return "", 204  # a browser does not ask again for a stream that was answered so
    have = request.headers.get("Last-Event-ID") or request.args.get("have", "")
    events = _events(sitting_id, only, have)
    response = Response(stream_with_context(events), mimetype="text/event-stream")
    response.call_on_close(places.leave)
    response.headers["X-Accel-Buffering"] = "no"
    response.headers["Cache-Control"] = "no-store, no-transform"
    return response


def _in_room(seen: watching.Look, only: str) -> watching.Look:
    """Return what is seen of one room; of all rooms when none is named."""
    if not only:
        return seen
    return watching.Look(tuple(row for row in seen.rows if row.room == only), seen.at)


def _places() -> watching.Streams:
    """Return this process's places for streams: a quarter of its threads."""
    settings: Settings = current_app.config["PEIZHEN"]
    most = max(1, settings.web_threads // 4)
    return _streams.setdefault(most, watching.Streams(most))


def _events(sitting_id: str, only: str, have: str) -> Iterator[str]:
    """Give the events of one stream; between two looks nothing of the database is held."""
    until, sent, first = time.monotonic() + STREAM_SECONDS, dict[int, str](), True
    order: list[int] = []
    yield "retry: 3000\n\n"
    while time.monotonic() < until and _is_serving():
        seen = _in_room(watching.look(sitting_id, clock.now), only)
        marks = seen.marks
        if first and have == _version(seen):
            sent, order = marks, list(marks)
        first = False
        if marks != sent or list(marks) != order:
            told = json.dumps(_told(seen, sent), ensure_ascii=False)
            yield f"id: {_version(seen)}\nevent: rows\ndata: {told}\n\n"
            sent, order = marks, list(marks)
        else:  # keeps proxies from closing the line, and tells the board that its data is fresh
            yield f'event: alive\ndata: {{"at": {_milliseconds(clock.now())}}}\n\n'
        threading.Event().wait(BREATH)


def _is_serving() -> bool:
    """Tell whether this process goes on; a stream must not hold up its ending."""
    worker = current_app.extensions.get("worker")
    return bool(getattr(worker, "alive", True))


def _told(seen: watching.Look, sent: dict[int, str]) -> dict[str, Any]:
    """Return what a board needs to show the room: the order, and the rows it does not have yet."""
    assert seen.at is not None  # noqa: S101 — a look that was taken has its time
    draw = get_template_attribute("exams/_board_row.html", "board_row")
    return {
        "at": _milliseconds(seen.at),
        "version": _version(seen),
        "look": [row.seat for row in seen.rows if row.needs_look],
        "fine": [row.seat for row in seen.rows if not row.needs_look],
        "counts": board.counts(list(seen.rows)),
        "rows": {
            row.seat: str(draw(row, seen.at)) for row in seen.rows if sent.get(row.seat) != row.mark
        },
    }


def _version(seen: watching.Look) -> str:
    return hashlib.blake2b(repr(seen.marks).encode(), digest_size=8).hexdigest()


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
