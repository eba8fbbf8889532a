"""Asking for the password again before acts that matter most.

A page that shows the form of such an act asks first, then shows the form: nothing typed is lost. The
posted form is taken a while longer than the page would be shown, so that filling it in carefully
does not lose it either; after that it is refused, and nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import redirect, request, url_for
from flask_babel import gettext as _

from app import audit, clock, rulebook
from app.accounts import sessions
from app.accounts.addresses import asked_for
from app.errors import Refusal
from app.extensions import READING_METHODS
from app.models.people import User, UserSession

View = TypeVar("View", bound=Callable[..., Any])
FORM_TIME = timedelta(minutes=30)
"""How long a form may be filled in after its page was shown to a freshly confirmed person."""


class NotConfirmedError(Refusal):
    """The password was given too long ago for this act."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _(
                "这一步要先确认密码，上次确认已经过了很久。没有改动任何东西。"
                "请返回上一页，刷新后输入密码，再做一次。"
            )
        )


def is_fresh(row: UserSession | None, now: datetime, *, longer: timedelta = timedelta(0)) -> bool:
    """Tell whether the password was given recently (`staff.confirm_minutes`, plus `longer`)."""
    minutes = rulebook.value("staff.confirm_minutes", clock.shanghai_date(now))
    return row is not None and now - row.confirmed_at <= timedelta(minutes=minutes) + longer


def confirm(row: UserSession, *, actor: User, now: datetime) -> None:
    """Note that the password was given just now."""
    row.confirmed_at = now
    audit.record("session.confirmed", row, actor=actor, now=now)


def needs_fresh_password(view: View) -> View:
    """Guard a view that shows or takes a sensitive form; stands below the door.

    @blueprint.route("/…", methods=["GET", "POST"])
    @needs("people.manage")
    @needs_fresh_password
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        row, now = sessions.current(), clock.now()
        if request.method in READING_METHODS:
            if not is_fresh(row, now):
                here = asked_for(request)
                return redirect(url_for("accounts.confirm_password", next=here))
        elif not is_fresh(row, now, longer=FORM_TIME):
            raise NotConfirmedError
        return view(*args, **kwargs)

    return cast(View, guarded)
