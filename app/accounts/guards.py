"""What stands before every page of a signed-in person: a given password to change, a second factor
to set up; and, behind it, the note that the person was here.

Public pages stay open: somebody who must change a password can still read the check page, and an
exam's saves rest on the attempt's own token.
"""

from __future__ import annotations

from flask import Response, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import update

from app import clock
from app.accounts import factors
from app.accounts.addresses import asked_for
from app.accounts.views.base import blueprint
from app.errors import for_script, wants_json
from app.extensions import db, login_manager, may_write
from app.models.people import User, UserSession

OPEN_DOORS = frozenset({"public", "device"})

# Where one may go while something is owed, by what is owed.
PASSWORD_PAGES = frozenset({"accounts.change_password", "accounts.sign_out"})
FACTOR_PAGES = frozenset(
    {"accounts.second_factor", "accounts.begin_second_factor", "accounts.confirm_password"}
)


def _is_closed() -> bool:
    """Tell whether the page asked for is one that only signed-in people get to."""
    view = current_app.view_functions.get(request.endpoint or "")
    door = getattr(view, "door", "public")
    return door not in {"public", "device"} or request.endpoint == "home.index"


@blueprint.before_app_request
def ask_for_what_is_owed() -> ResponseReturnValue | None:
    """Send a person who owes a new password or a second factor to the page for it."""
    if not _is_closed() or not current_user.is_authenticated:
        return None
    user: User = current_user
    if request.endpoint in PASSWORD_PAGES:
        return None
    if user.must_change_password:
        return _send_to("accounts.change_password", _("先换掉发给你的密码，再继续。"))
    if request.endpoint in FACTOR_PAGES or factors.is_on(user):
        return None
    if factors.is_required(user, clock.now()):
        return _send_to("accounts.second_factor", _("你的角色要用二次验证。先设置好，再继续。"))
    return None


def _send_to(endpoint: str, sentence: str) -> ResponseReturnValue:
    if wants_json():
        return for_script(403, sentence)
    flash(sentence, "wait")
    return redirect(url_for(endpoint))


@blueprint.after_app_request
def note_seen(response: Response) -> Response:
    """Write when this session was last seen, once in ten minutes, after the page was made."""
    session_id = g.pop("seen_due", None)
    if session_id is not None:
        db.session.rollback()  # what the view did not commit is not committed here either
        may_write()
        db.session.execute(
            update(UserSession).where(UserSession.id == session_id).values(seen_at=clock.now())
        )
        db.session.commit()
    return response


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def ask_to_sign_in() -> ResponseReturnValue:
    """Send a stranger to the sign-in page and back; tell a script plainly."""
    if wants_json():
        return for_script(401, _("请先登录。"))
    here = asked_for(request)
    return redirect(url_for("accounts.sign_in", next=None if here == "/" else here))
