"""What the answering page exchanges with the server while it is open: saves and heartbeats.

These two are nearly all that happens in a hall, so they go without the sign-in's cookie and without
the session of the database (see `app.exams.quick` and docs/exam-protocol.md).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Response, request

from app import clock, clock_alarms
from app.exams import (
    answers,
    devices,
    handing_in,
    known,
    ordinary,
    pace,
    quick,
    room_messages,
    sections,
    time_account,
)
from app.exams.views import blueprint
from app.exchanges import exchange
from app.extensions import db, may_write
from app.formatting import show_time

MOST_BODY = 256 * 1024
MOST_LEAVES = 20
WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def milliseconds(moment: datetime) -> int:
    """Return milliseconds since 1970: what the page's clock counts in."""
    return int(moment.timestamp() * 1000)


def standing(
    device: answers.Device | quick.QuickDevice | known.Known, now: datetime
) -> dict[str, Any]:
    """Return what every exchange tells the page: the time, the deadline, the state."""
    attempt: quick.Touched = device.attempt
    parts: dict[str, Any] = {"sections": sections.told(attempt)} if attempt.sections else {}
    if attempt.paused_at:
        parts["pause_reason"] = attempt.pause_reason
    paused_at = attempt.paused_at
    if paused_at is None and attempt.state == "open" and clock_alarms.doubt.raised:
        paused_at = now  # no page may hand in by a clock that has just stepped
    return {
        **parts,
        "now": milliseconds(now),
        "deadline": milliseconds(attempt.deadline_at),
        "grace": attempt.grace_seconds,
        "paused": milliseconds(paused_at) if paused_at else None,
        "state": attempt.state,
        "live": device.live,
        "epoch": device.epoch,
    }


@blueprint.post("/attempts/<attempt_id>/answers")
@exchange
@devices.by_device
def save(attempt_id: str) -> Response:
    """Take a delivery of answer changes; what the answer acknowledges is on the disk."""
    devices.refuse_foreign_pages()
    request.max_content_length = MOST_BODY
    body: Any = request.get_json(silent=True)
    delivered = answers.read_delivery(body)
    token = devices.token(attempt_id)
    device = known.find(attempt_id, token)
    if device is not None:
        pace.count((attempt_id, device.epoch))
    if device is not None and len(delivered) == 1 and "left" not in body:
        now = clock.now()
        receipt = ordinary.record(device, delivered[0], now)
        if receipt is not None:
            return _received(standing(device, now), receipt, now)
    return _save_anew(attempt_id, token, body, delivered)


def _save_anew(
    attempt_id: str, token: str | None, body: Any, delivered: list[answers.Delivered]
) -> Response:
    """Take a delivery by what the database says of the attempt now."""
    slot = delivered[0].slot if delivered else quick.NO_SLOT
    with quick.transaction() as connection:
        device = quick.find(connection, attempt_id, token, slot=slot, lock=True)
        now = clock.now()
        receipt = answers.record(device, delivered, now)
        _note_leaves(device, body, now)
    known.keep(device, token)
    return _received(standing(_closed_if_over(device, token, now), now), receipt, now)


def _received(told: dict[str, Any], receipt: answers.Receipt, now: datetime) -> Response:
    found = {"stored": receipt.stored, "late": receipt.late, "refused": receipt.refused}
    return _written({**told, **found, "saved_at": show_time(now)})


def _note_leaves(device: quick.QuickDevice, body: Any, now: datetime) -> None:
    """Note how often and how long the page was left: information, never a verdict."""
    leaves = body.get("left", ())
    for away in leaves[:MOST_LEAVES] if isinstance(leaves, list) else ():
        if type(away) is int and 0 < away < 86_400_000:
            answers.note(device.attempt, "left_page", {"ms": away}, now, on=device.connection)


@blueprint.get("/attempts/<attempt_id>/state")
@exchange
@devices.by_device
def state(attempt_id: str) -> Response:
    """Tell an idle page the time, the deadline, the account and what the room was told."""
    token, now = devices.token(attempt_id), clock.now()
    device = known.find(attempt_id, token)
    stands = device is not None and not handing_in.is_over(device.attempt, now)
    if device is not None and stands and known.confirm(device, now):
        told = standing(device, now)
        return _written({**told, "account": device.account, "messages": device.messages})
    return _state_anew(attempt_id, token)


def _state_anew(attempt_id: str, token: str | None) -> Response:
    """Tell an idle page what the database says now."""
    with quick.transaction() as connection:
        device = quick.find(connection, attempt_id, token)
        account = time_account.account(device.attempt, connection)
        messages = room_messages.to_attempt(device.attempt, connection)
    now = clock.now()
    kept = known.keep(device, token, account, messages)
    if known.is_seen_due(kept, now):
        may_write()
        quick.note_seen(device, now)
        kept.seen_at = now
    told = standing(_closed_if_over(device, token, now), now)
    return _written({**told, "account": account, "messages": messages})


def _closed_if_over(
    device: quick.QuickDevice, token: str | None, now: datetime
) -> answers.Device | quick.QuickDevice:
    """Hand in an attempt whose time is over; after the quick transaction, in one of the session.

    The order does not matter: what came too late is in the journal as late either way.
    """
    if not handing_in.is_over(device.attempt, now):
        return device
    may_write()
    found = answers.find_device(device.attempt.id, token, lock=True)
    handing_in.close_if_over(found.attempt, now)
    db.session.commit()
    return found


def _written(answer: dict[str, Any]) -> Response:
    return Response(WRITTEN.encode(answer), mimetype="application/json")
