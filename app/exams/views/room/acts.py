"""Acts on those who were ticked, or on the room when nobody was: each a page that says on whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.errors import Refusal
from app.exams import checking_in, pausing, room_messages, starting, time_account
from app.exams.views import blueprint
from app.exams.views.room.own import own_sitting, picked, writing
from app.extensions import db
from app.models.exams import Booking, Sitting
from app.models.people import User
from app.permissions import needs, the_user

Chosen = list[Booking] | None


def _add_time(sitting: Sitting, chosen: Chosen, actor: User, now: datetime) -> str:
    minutes = request.form.get("minutes", type=int)
    if minutes is None:
        raise time_account.TimeRefused(_("补多少分钟请填整数，例如 5。"))
    attempts, why = writing(sitting, chosen), request.form.get("reason", "")
    seen = request.form.get("seen")
    if chosen is None:
        time_account.add_room_time(sitting, attempts, minutes, why, actor=actor, now=now, seen=seen)
    else:
        time_account.add_time(attempts, "person", minutes, why, actor=actor, now=now, seen=seen)
    return str(_("已给 %(n)d 人补时，半分钟内会出现在他们的钟上。", n=len(attempts)))


def _pause(sitting: Sitting, chosen: Chosen, actor: User, now: datetime) -> str:
    attempts, why = _meant(sitting, chosen), request.form.get("reason", "")
    done = pausing.pause(attempts, why, actor=actor, now=now)
    return str(_("已暂停 %(n)d 人，他们的钟停着，已答的都在。", n=done))


def _resume(sitting: Sitting, chosen: Chosen, actor: User, now: datetime) -> str:
    done = pausing.resume(_meant(sitting, chosen), actor=actor, now=now)
    return str(_("已恢复 %(n)d 人，停了多久就补多久。", n=done))


def _message(sitting: Sitting, chosen: Chosen, actor: User, now: datetime) -> str:
    attempts = None if chosen is None else writing(sitting, chosen)
    room_messages.send(sitting, attempts, request.form.get("text", ""), actor=actor, now=now)
    if attempts is None:
        return str(_("留言已发给全场，半分钟内会出现在他们的屏幕上。"))
    return str(_("留言已发给 %(n)d 人，半分钟内会出现在他们的屏幕上。", n=len(attempts)))


def _release_devices(sitting: Sitting, chosen: Chosen, actor: User, now: datetime) -> str:
    attempts = _meant(sitting, chosen)
    for attempt in attempts:
        starting.allow_takeover(attempt, actor=actor, now=now)
    return str(_("已放行 %(n)d 人换设备，十分钟内有效。", n=len(attempts)))


def _admit(sitting: Sitting, chosen: Chosen, actor: User, now: datetime) -> str:
    people = [one for one in chosen or [] if not one.check_in]
    if not people:
        raise checking_in.CheckInRefused(_("没有选中等核对的考生。请先在名单上勾选。"))
    for one in people:
        checking_in.check_in(one, "confirmed", "", actor=actor, now=now)
    return str(_("已登记 %(n)d 人身份一致。", n=len(people)))


def _meant(sitting: Sitting, chosen: Chosen) -> list[Any]:
    attempts = writing(sitting, chosen)
    if not attempts:
        raise pausing.PauseRefused(_("没有选中正在作答的考生。"))
    return attempts


ACTS: dict[str, tuple[Any, Callable[[Sitting, Chosen, User, datetime], str]]] = {
    "time": (_l("补时"), _add_time),
    "pause": (_l("暂停"), _pause),
    "resume": (_l("恢复答题"), _resume),
    "messages": (_l("留言"), _message),
    "devices": (_l("放行换设备"), _release_devices),
    "admit": (_l("放行入场"), _admit),
}


@blueprint.route(
    "/rooms/<sitting_id>/<any(time,pause,resume,messages,devices,admit):act>",
    methods=["GET", "POST"],
)
@needs("exam.invigilate")
def act(sitting_id: str, act: str) -> ResponseReturnValue:
    """Show what an act needs and on whom it will be done; then do it."""
    sitting = own_sitting(sitting_id)
    title, do = ACTS[act]
    chosen, trouble, now = picked(sitting), "", clock.now()
    if request.method == "POST":
        try:
            said = do(sitting, chosen, the_user(), now)
        except Refusal as refusal:
            db.session.rollback()
            trouble = refusal.sentence
        else:
            db.session.commit()
            flash(said, "ok")
            return redirect(url_for(".room", sitting_id=sitting_id))
    open_ones = writing(sitting, chosen)
    page = render_template(
        "exams/room_act.html",
        sitting=sitting,
        act=act,
        title=title,
        chosen=chosen,
        open=len(open_ones),
        seen=time_account.newest_added(open_ones) if act == "time" else "",
        trouble=trouble,
        sent=room_messages.sent(sitting) if act == "messages" else [],
    )
    return page, 409 if trouble else 200
