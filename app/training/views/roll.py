"""The roll on an instructor's phone: works with the network down, sends when it is back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.extensions import db
from app.models.training import ClassMeeting
from app.permissions import needs, the_user
from app.training import attendance, roll, signing
from app.training.pages import blueprint
from app.training.roll import Mark, RollRefused
from app.training.timetable import MINUTES_PER_CLASS_HOUR
from app.training.views.presence import find_meeting
from app.training.views.recording import enrolled

_DEVICE = re.compile(r"[\w-]{8,32}", re.ASCII)
LONGEST_REASON = 200


@blueprint.get("/classes/<class_id>/presence/<meeting_id>/roll")
@needs("class.record")
def call_roll(class_id: str, meeting_id: str) -> ResponseReturnValue:
    """Show the roll. Without script it is the form that records minutes by hand."""
    found, meeting = find_meeting(class_id, meeting_id)
    return render_template(
        "training/roll.html",
        training_class=found,
        meeting=meeting,
        people=enrolled(found),
        standing=attendance.standing(meeting),
        signs=signing.signs_of(meeting),
        steps=_steps(meeting),
    )


@blueprint.post("/classes/<class_id>/presence/<meeting_id>/roll")
@needs("class.record")
def send_roll(class_id: str, meeting_id: str) -> ResponseReturnValue:
    """Take the taps that a device kept; safe to send again."""
    found, meeting = find_meeting(class_id, meeting_id)
    device, marks = _read(request.get_json(silent=True))
    people = {one.id: one for one in enrolled(found)}
    done = roll.merge(meeting, people, device, marks, actor=the_user(), now=clock.now())
    db.session.commit()
    standing = {key: row.minutes for key, row in attendance.standing(meeting).items()}
    return jsonify(taken=done.taken, held=done.held, refused=done.refused, standing=standing)


def _steps(meeting: ClassMeeting) -> list[int]:
    """Return the minutes that can be tapped: all, none, then class hours fewer."""
    fewer = range(meeting.minutes - MINUTES_PER_CLASS_HOUR, 0, -MINUTES_PER_CLASS_HOUR)
    return [meeting.minutes, 0, *fewer]


def _read(told: Any) -> tuple[str, list[Mark]]:
    """Return device and taps of what was sent. Raises RollRefused for what no page of ours sends."""
    try:
        device, sent = str(told["device"]), told["marks"]
        if not _DEVICE.fullmatch(device) or len(sent) > roll.MOST_MARKS:
            raise ValueError
        return device, [_mark(one) for one in sent]
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise RollRefused(_("这份点名读不懂，没有记下。请刷新页面再点。")) from None


def _mark(one: Any) -> Mark:
    number, minutes = int(one["number"]), int(one["minutes"])
    if not 0 < number < 2**31 or abs(minutes) > 10_000:
        raise ValueError
    return Mark(
        number=number,
        enrolment_id=str(one["enrolment"])[:16],
        minutes=minutes,
        reason=str(one.get("reason", "")).strip()[:LONGEST_REASON],
        marked_at=datetime.fromtimestamp(float(one["at"]) / 1000, UTC),
    )
