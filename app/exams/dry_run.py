"""The dry run (试机): somebody named opens the exam's own screen on a phone in the rooms.

It goes over the very page of the candidates, with a few practice questions of the kinds the exam
asks. It is on record only when an answer was saved and acknowledged and the end was reached, on a
phone: a tick in a box would prove nothing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, clock
from app.bank.stock import Drawable, stock
from app.errors import Refusal
from app.exams import mock, papers
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt, Booking, Sitting
from app.models.people import User
from question_bank import Blueprint, Cell, draw, load_blueprint

MOST_SAMPLES = 8
PHONE = re.compile(r"Mobi|Android|iPhone|HarmonyOS|MicroMessenger", re.IGNORECASE)
ALGORITHM = "dry run"


class NoDryRun(Refusal):
    """The dry run cannot be begun, or does not count."""


def is_phone(user_agent: str) -> bool:
    """Tell whether a browser says that it is a phone's."""
    return PHONE.search(user_agent) is not None


def samples(sitting: Sitting, now: datetime) -> list[Drawable]:
    """Return a practice question of each kind the exam asks, few of them; never a live one."""
    table = load_blueprint(sitting.revision.body["blueprint"])
    kinds = dict.fromkeys(cell.kind for cell in table.cells)
    offered = [one for one in stock(clock.shanghai_date(now)).practice if one.facts.examinable]
    firsts = [next((one for one in offered if one.facts.kind == kind), None) for kind in kinds]
    found: list[Drawable] = []
    for one in (*firsts, *offered):
        if one is not None and one not in found and not _clashes(one, found):
            found.append(one)
    return found[:MOST_SAMPLES]


def _clashes(one: Drawable, chosen: Sequence[Drawable]) -> bool:
    """Tell whether a question is an enemy of one that is chosen: they never share a paper."""
    return any(
        one.facts.enemies & _names(other) or other.facts.enemies & _names(one) for other in chosen
    )


def _names(one: Drawable) -> set[str]:
    return {one.facts.id, *(part.id for part in one.facts.asked)}


def begin(sitting: Sitting, user: User, now: datetime) -> Booking:
    """Open a dry run for one of the staff; pressing again leads back to the one not finished.

    Raises NoDryRun where there is nothing to show.
    """
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    if under_way := _find_under_way(sitting, user, now):
        return under_way
    chosen = samples(sitting, now)
    if not chosen:
        raise NoDryRun(_("练习题库里还没有能用的题，试不了机。请先让几道练习题通过审核。"))
    booking = mock.open_try(
        sitting.revision,
        user,
        now,
        district=sitting.district_code,
        place=_("试机：%(place)s", place=sitting.place)[:120],
        rehearses=sitting,
    )
    _lay_out(booking, chosen, now)
    audit.record("dry_run.opened", sitting, actor=user, now=now)
    return booking


def _find_under_way(sitting: Sitting, user: User, now: datetime) -> Booking | None:
    tries = db.session.scalars(
        select(Booking)
        .join(Booking.sitting)
        .where(Booking.user_id == user.id, Sitting.rehearses_id == sitting.id)
        .order_by(Booking.created_at.desc())
    )
    for booking in tries:
        attempt = booking.attempt
        if attempt.state == "open" if attempt else now <= booking.sitting.last_start_at:
            return booking
    return None


def _lay_out(booking: Booking, chosen: Sequence[Drawable], now: datetime) -> None:
    facts = [one.facts for one in chosen]
    counts: dict[tuple[str, str, int], int] = {}
    for one in facts:
        counts[one.cell] = counts.get(one.cell, 0) + 1
    cells = tuple(
        Cell(domain, kind, count, Fraction(1), parts)
        for (domain, kind, parts), count in counts.items()
    )
    table = Blueprint(id=ALGORITHM, title=ALGORITHM, cells=cells)
    drawn = draw(table, facts, secrets.token_hex(16))
    rows = {(one.facts.id, one.facts.version): one.version_id for one in chosen}
    papers.write(booking, drawn, table, rows, now).algorithm = ALGORITHM


def finish(attempt: Attempt, *, phone: bool, actor: User, now: datetime) -> Sitting:
    """Put a dry run on record with the sitting it rehearses.

    Raises NoDryRun when it was no phone, when nothing was saved, or when it was not handed in.
    """
    tried = attempt.booking.sitting
    sitting = db.session.get(Sitting, tried.rehearses_id or "")
    if sitting is None:
        raise NoDryRun(_("这不是试机。"))
    if attempt.state != "handed_in":
        raise NoDryRun(_("试机还没有做完：答一题，再交卷。"))
    saved = db.session.scalar(
        select(func.count())
        .select_from(AnswerEvent)
        .where(AnswerEvent.attempt_id == attempt.id, AnswerEvent.late.is_(False))
    )
    if not saved:
        raise NoDryRun(
            _("没有收到答案，这次试机不算。请在考场的网络里再试一次，答一题，看到“已保存”再交卷。")
        )
    if not phone:
        raise NoDryRun(_("这次不是用手机做的，不算试机。请用考生会用的手机再试一次。"))
    if sitting.dry_run_at is None or sitting.dry_run_at < attempt.started_at:
        sitting.dry_run_at, sitting.dry_run_by_id = now, actor.id
        audit.record("sitting.dry_run", sitting, actor=actor, now=now, answers=saved)
    return sitting
