"""Signatures: a link for one visit and one supervisor, answered once with yes or no.

The link's token is random, stored as a hash, and dies when it is used, replaced or too old. What is
signed is hashed: `is_untouched` tells later whether the visit still says what the supervisor saw.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, rulebook, secrecy, throttle
from app.clock import shanghai_date
from app.extensions import db
from app.models.people import User
from app.models.practicum import (
    PracticumMoment,
    PracticumRequest,
    PracticumSupervisor,
    PracticumVisit,
)
from app.practicum import places, visits
from app.practicum.refusing import PracticumRefused, refuse_persons

PERIOD = timedelta(minutes=15)
WRONG_CODES = 5
DOUBLE_CLICK = timedelta(minutes=1)


class WrongCode(PracticumRefused):
    """The signing code is wrong, or was wrong too often; the caller commits the count."""


def ask(
    visit: PracticumVisit, supervisor: PracticumSupervisor, *, actor: User, now: datetime
) -> tuple[PracticumRequest, str]:
    """Ask a supervisor to sign. Returns the request with the token for its link, shown this once.

    An earlier link for the visit is worth nothing afterwards. Raises PracticumRefused for a visit
    that is not ready, or a supervisor who does not sign there today.
    """
    on = shanghai_date(now)
    db.session.execute(
        select(PracticumVisit.id).where(PracticumVisit.id == visit.id).with_for_update()
    )
    if visit.state != "ready":
        raise PracticumRefused(_("要先写完这次做了什么，才能请人签字；签过的不用再签。"))
    if supervisor not in places.supervisors(visit.place, on):
        raise PracticumRefused(_("这位带教老师现在不在这个实训点签字，请另选一位。"), "supervisor")
    token = secrets.token_urlsafe(24)
    earlier = pending(visit)
    if earlier is not None:
        if earlier.supervisor_id == supervisor.id and now - earlier.asked_at < DOUBLE_CLICK:
            earlier.token_hash = secrecy.token_hash(token)
            return earlier, token
        earlier.outcome, earlier.answered_at = "withdrawn", now
        db.session.flush()
    hours = rulebook.value("practicum.link_hours", on)
    row = PracticumRequest(
        visit_id=visit.id,
        supervisor_id=supervisor.id,
        token_hash=secrecy.token_hash(token),
        asked_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    db.session.add(row)
    audit.record("practicum.asked", visit, actor=actor, now=now, supervisor=supervisor.id)
    return row, token


def pending(visit: PracticumVisit) -> PracticumRequest | None:
    """Return the request that waits for an answer, too old or not."""
    return db.session.scalar(
        select(PracticumRequest).where(
            PracticumRequest.visit_id == visit.id, PracticumRequest.outcome == ""
        )
    )


def answered(visit: PracticumVisit) -> list[PracticumRequest]:
    """Return the requests that were signed or refused, the newest first."""
    return list(
        db.session.scalars(
            select(PracticumRequest)
            .where(
                PracticumRequest.visit_id == visit.id,
                PracticumRequest.outcome.in_(("signed", "refused")),
            )
            .order_by(PracticumRequest.answered_at.desc())
        )
    )


def find(token: str) -> PracticumRequest | None:
    """Return the request behind a link, in whatever state."""
    return db.session.scalar(
        select(PracticumRequest).where(PracticumRequest.token_hash == secrecy.token_hash(token))
    )


def is_open(row: PracticumRequest, now: datetime) -> bool:
    """Tell whether a link can still be answered."""
    return row.outcome == "" and row.expires_at > now and row.visit.state == "ready"


def prove(row: PracticumRequest, code: str, *, now: datetime) -> None:
    """Check the supervisor's code, counting wrong ones. Raises WrongCode; the caller commits then."""
    name, subject = "practicum.code", row.supervisor_id
    if throttle.tries(name, subject, PERIOD, now) >= WRONG_CODES:
        raise WrongCode(_("签名码错了太多次，请等一刻钟再试，或请培训单位换一个签名码。"), "code")
    if not places.code_fits(row.supervisor, code):
        throttle.count_try(name, subject, PERIOD, now)
        raise WrongCode(
            _("签名码不对，请再看一下。它是培训单位登记你时告诉你的 6 位数字。"), "code"
        )
    throttle.forget(name, subject)


def sign(row: PracticumRequest, *, seen: str, now: datetime) -> None:
    """Sign: the visit is locked; if it corrects another, that one no longer counts.

    `seen` is the content hash of what the page showed. Raises PracticumRefused when the link is used
    or too old, or the visit changed meanwhile.
    """
    visit = _take(row, now)
    if seen != content_hash(visit):
        raise PracticumRefused(_("你打开以后，学员又改了这条记录，没有签。请看过现在的内容再签。"))
    row.outcome, row.answered_at = "signed", now
    visit.state, visit.signed_at, visit.sha256 = "signed", now, content_hash(visit)
    if visit.corrects_id is not None:
        db.session.get_one(PracticumVisit, visit.corrects_id).state = "replaced"
    audit.record(
        "practicum.signed",
        visit,
        actor=None,
        now=now,
        supervisor=row.supervisor_id,
        sha256=visit.sha256,
    )


def refuse(row: PracticumRequest, reason: str, *, now: datetime) -> None:
    """Refuse to sign, with the reason; the trainee can write a correction. Raises PracticumRefused."""
    reason = refuse_persons(reason, "reason")
    if not reason:
        raise PracticumRefused(_("请写明为什么不签，学员会看到。"), "reason")
    visit = _take(row, now)
    row.outcome, row.answered_at, row.reason = "refused", now, reason
    visit.state, visit.reason = "refused", reason
    audit.record("practicum.refused", visit, actor=None, now=now, supervisor=row.supervisor_id)


def correct(visit: PracticumVisit, reason: str, *, actor: User, now: datetime) -> PracticumVisit:
    """Begin a correction: a new visit that names the old, with its moments, not yet signed.

    The old one counts until the new one is signed. Asked twice, there is one correction. Raises
    PracticumRefused without a reason, or for a visit that was neither signed nor refused.
    """
    db.session.execute(
        select(PracticumVisit.id).where(PracticumVisit.id == visit.id).with_for_update()
    )
    earlier = db.session.scalar(
        select(PracticumVisit).where(PracticumVisit.corrects_id == visit.id)
    )
    if earlier is not None:
        return earlier
    if visit.state not in {"signed", "refused"}:
        raise PracticumRefused(_("还没有签字的可以直接改，不用写更正。"))
    reason = refuse_persons(reason, "reason")
    if not reason:
        raise PracticumRefused(_("请写明要更正什么。"), "reason")
    row = PracticumVisit(
        enrolment_id=visit.enrolment_id,
        place_id=visit.place_id,
        level=visit.level,
        department=visit.department,
        state="ready",
        tasks=list(visit.tasks),
        note=visit.note,
        minutes=visit.minutes,
        began_at=visit.began_at,
        ended_at=visit.ended_at,
        corrects_id=visit.id,
        reason=reason,
    )
    db.session.add(row)
    db.session.flush()
    for one in visit.moments:
        db.session.add(_copied(one, row))
    if visit.state == "refused":
        visit.state = "replaced"
    db.session.flush()
    db.session.refresh(row, ["moments"])
    audit.record("practicum.corrected", row, actor=actor, now=now, corrects=visit.id)
    return row


def take_out(visit: PracticumVisit, moment: PracticumMoment, *, actor: User, now: datetime) -> None:
    """Take a wrong moment out of a correction; in the visit it corrects it stays.

    Raises PracticumRefused elsewhere: what was pressed on the way is not unpressed.
    """
    if visit.corrects_id is None or visit.state != "ready":
        raise PracticumRefused(_("时间点只能在更正里去掉。"))
    db.session.delete(moment)
    db.session.flush()
    db.session.refresh(visit, ["moments"])
    visit.minutes = visits.length(visit)
    audit.record("practicum.moment_taken_out", visit, actor=actor, now=now, moment=moment.kind)


def content_hash(visit: PracticumVisit) -> str:
    """Return the SHA-256 of what is signed, as canonical JSON."""
    said = {
        "enrolment": visit.enrolment_id,
        "place": visit.place_id,
        "level": visit.level,
        "department": visit.department,
        "tasks": visit.tasks,
        "note": visit.note,
        "minutes": visit.minutes,
        "corrects": visit.corrects_id,
        "moments": [
            [one.kind, one.mark, one.happened_at.astimezone(UTC).isoformat(), one.source, one.basis]
            for one in visit.moments
        ],
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_untouched(visit: PracticumVisit) -> bool:
    """Tell whether a signed visit still says what was signed."""
    return visit.sha256 == content_hash(visit)


def _take(row: PracticumRequest, now: datetime) -> PracticumVisit:
    """Lock request and visit for the answer. Raises PracticumRefused when it comes too late."""
    db.session.execute(
        select(PracticumVisit.id).where(PracticumVisit.id == row.visit_id).with_for_update()
    )
    db.session.refresh(row, ["outcome"])
    db.session.refresh(row.visit, ["state", "moments", "tasks", "note", "minutes"])
    if not is_open(row, now):
        raise PracticumRefused(_("这个链接已经用过、换过或过期，没有签。请学员再发一个。"))
    return row.visit


def _copied(one: PracticumMoment, row: PracticumVisit) -> PracticumMoment:
    return PracticumMoment(
        visit_id=row.id,
        key=one.key,
        kind=one.kind,
        mark=one.mark,
        happened_at=one.happened_at,
        source=one.source,
        basis=one.basis,
        recorded_at=one.recorded_at,
    )
