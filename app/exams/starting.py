"""Start an attempt, and move it to another device with the invigilator's leave."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import insert, select

from app import audit, throttle
from app.errors import Refusal
from app.exams import places, rules, sections, time_account
from app.exams.places import Frozen, Place
from app.extensions import db
from app.models.base import new_id
from app.models.exams import Attempt, AttemptEvent, Booking, DeviceEpoch
from app.models.people import User
from app.secrecy import token_hash

CODE_PERIOD = timedelta(minutes=5)
MOST_CODE_TRIES = 10
NEW_ATTEMPT, NEW_DEVICE = insert(Attempt), insert(DeviceEpoch)


class CannotStart(Refusal):
    """The start gate is shut for this person now."""


@dataclass(frozen=True)
class Started:
    """What the page needs of an attempt that has just begun."""

    id: str
    deadline_at: datetime


def admitted(place: Place, code: str) -> bool:
    """Tell whether the sitting is unlocked or the room's code was given."""
    given = code.strip().upper()
    return place.unlocked_at is not None or hmac.compare_digest(
        given.encode(), place.room_code.encode()
    )


def why_shut(gate: rules.Gate) -> str:
    """Say what a shut gate means and what to do."""
    words: dict[rules.Gate, str] = {
        rules.Gate.TOO_EARLY: _("还没到开考时间。到点后这一页会自己打开，不用刷新。"),
        rules.Gate.LOCKED: _("考场口令不对，或监考员还没有开考。请看考场前面写的口令。"),
        rules.Gate.TOO_LATE: _("已过最晚进场时间，不能开始了。请找监考员说明情况。"),
        rules.Gate.NOT_DRAWN: _("试卷还在准备，一般一分钟内就好。请稍等，再点一次“开始答题”。"),
    }
    return words[gate]


def start(
    booking: Booking, *, code: str, rules_version: str, token: str, actor: User, now: datetime
) -> Attempt:
    """Start the one attempt of a booking, and return it. Raises CannotStart with the reason."""
    db.session.flush()
    place = places.find(booking.id)
    assert place is not None  # noqa: S101 — its booking was just written
    started = begin(
        place, code=code, rules_version=rules_version, token=token, actor=actor, now=now
    )
    return db.session.get_one(Attempt, started.id)


def begin(
    place: Place, *, code: str, rules_version: str, token: str, actor: User, now: datetime
) -> Started:
    """Start the one attempt of a place: a few rows, for the paper was drawn before.

    `token` is the device token that this browser's cookie will hold. Raises CannotStart with the
    reason; a second start of the same booking is refused by the database as well.
    """
    frozen = places.frozen(place.revision_id)
    _check_gate(place, frozen, code, rules_version, now)
    lines = rules.opening_lines(now, place.closes_at, frozen.minutes, place.time_factor_percent)
    started = Started(new_id(), rules.deadline(now, lines))
    hashed = token_hash(token)
    on = db.session.connection()
    on.execute(
        NEW_ATTEMPT,
        {
            "id": started.id,
            "booking_id": place.booking_id,
            "sitting_id": place.sitting_id,
            "user_id": place.user_id,
            "paper_id": place.paper_id,
            "rules_version": rules_version,
            "rules_accepted_at": now,
            "started_at": now,
            "deadline_at": started.deadline_at,
            "grace_seconds": frozen.grace_seconds,
            "sections": sections.running(place.sections or [], place.time_factor_percent),
            "device_hash": hashed,
        },
    )
    device = {"attempt_id": started.id, "epoch": 1, "device_hash": hashed, "opened_at": now}
    on.execute(NEW_DEVICE, device)
    time_account.open_account(on, started.id, place, lines, now)
    audit.record_on(on, "attempt.started", Attempt, started.id, actor_id=actor.id, now=now)
    return started


def _check_gate(place: Place, frozen: Frozen, code: str, rules_version: str, now: datetime) -> None:
    """Raise CannotStart when this person may not start now."""
    if place.attempt_id is not None:
        raise CannotStart(_("这场考试你已经开始了。请回到答题页。"))
    if rules_version != frozen.rules_version:
        raise CannotStart(_("请先看过并确认考试规则，再开始答题。"))
    # Once the invigilator has opened the room nobody needs the code, and nobody can guess it.
    if (
        place.unlocked_at is None
        and throttle.tries("room-code", place.booking_id, CODE_PERIOD, now) >= MOST_CODE_TRIES
    ):
        raise CannotStart(_("口令试错太多次，请等五分钟，或请监考员直接开考。"))
    gate = rules.gate(
        now,
        place.opens_at,
        place.last_start_at,
        admitted=admitted(place, code),
        drawn=place.paper_id is not None,
    )
    if place.check_in == "rejected":
        raise CannotStart(_("入场时身份没有核对上，现在不能开始。请找监考员。"))
    if place.check_in == "absent":
        raise CannotStart(_("监考员登记了你缺考。请找监考员撤销登记，再点一次“开始答题”。"))
    if gate is not rules.Gate.OPEN:
        raise CannotStart(why_shut(gate))


def allow_takeover(attempt: Attempt, *, actor: User, now: datetime) -> None:
    """Let the candidate go on on another device; good for ten minutes.

    Raises CannotStart when there is nothing to go on with.
    """
    if attempt.state != "open":
        raise CannotStart(_("这位考生已经交卷，不用换设备。"))
    attempt.takeover_allowed_at = now
    audit.record("attempt.takeover_allowed", attempt, actor=actor, now=now)


TAKEOVER_LASTS = timedelta(minutes=10)


def take_over(attempt: Attempt, *, token: str, actor: User, now: datetime) -> None:
    """Make this browser, which will hold `token`, the live device: a new epoch.

    Time and answers follow; answers that the old device has not sent yet are still taken in under
    its own epoch. Raises CannotStart without the invigilator's leave.
    """
    locked = db.session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt.id)
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    )
    allowed = locked.takeover_allowed_at if locked else None
    if locked is None or locked.state != "open":
        raise CannotStart(_("这场考试已经交卷。"))
    if allowed is None or now - allowed > TAKEOVER_LASTS:
        raise CannotStart(_("换设备要先请监考员放行，放行后十分钟内有效。"))
    locked.epoch += 1
    locked.device_hash = token_hash(token)
    locked.takeover_allowed_at = None
    db.session.add(
        DeviceEpoch(
            attempt_id=locked.id,
            epoch=locked.epoch,
            device_hash=locked.device_hash,
            opened_at=now,
        )
    )
    db.session.add(
        AttemptEvent(
            attempt_id=locked.id, kind="device_changed", details={"epoch": locked.epoch}, at=now
        )
    )
    audit.record("attempt.device_changed", locked, actor=actor, now=now, epoch=locked.epoch)
