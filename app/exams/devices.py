"""The device token in the browser: an HttpOnly cookie that outlives a sign-in.

It guards saves, heartbeats, the answering page and handing in, so that neither an expired form
token nor an expired sign-in stops an answer. Requests that write must also come from our own pages.
A token derives from the sign-in that started the attempt, so that the same browser gets the same
token again when a double click lost the first reply; nobody else can derive it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.wrappers import Response as BaseResponse

from app.accounts import sessions
from app.config import Settings
from app.errors import Refusal
from app.exams.starting import Started
from app.models.exams import Attempt
from app.secrecy import token_hash

View = TypeVar("View", bound=Callable[..., Any])
LASTS_AFTER = timedelta(hours=24)
"""How long after the deadline a device may still deliver late answers."""


class ForeignPage(Refusal):
    """The request was made by somebody else's page."""

    status = 403


def by_device(view: View) -> View:
    """State that a route is guarded by the device token, which the view itself checks."""
    view.door = "device"  # type: ignore[attr-defined]
    return view


def _name(attempt_id: str) -> str:
    return f"device_{attempt_id}"


def token(attempt_id: str) -> str | None:
    """Return the token that this browser holds for an attempt."""
    # Taken out by hand: a save comes with every cookie of the site, and needs this one.
    wanted = f"{_name(attempt_id)}="
    for pair in request.environ.get("HTTP_COOKIE", "").split(";"):
        if pair.strip().startswith(wanted):
            return str(pair.strip()[len(wanted) :])
    return None


def new_token(booking_id: str, epoch: int) -> str:
    """Return the token of this browser for one epoch of a booking: the same however often asked."""
    session = sessions.current()
    subject = f"device:{booking_id}:{epoch}:{session.id if session else ''}"
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, subject.encode(), hashlib.sha256).hexdigest()


def regain(attempt: Attempt) -> str | None:
    """Return the live device's token when this very sign-in is the live device."""
    again = new_token(attempt.booking_id, attempt.epoch)
    return again if hmac.compare_digest(token_hash(again), attempt.device_hash) else None


def keep(response: BaseResponse, attempt: Attempt | Started, held: str) -> BaseResponse:
    """Put the token into this browser until the late window closes."""
    settings: Settings = current_app.config["PEIZHEN"]
    response.set_cookie(
        _name(attempt.id),
        held,
        expires=attempt.deadline_at + LASTS_AFTER,
        path="/exams/",
        httponly=True,
        secure=settings.secure,
        samesite="Lax",
    )
    return response


def refuse_foreign_pages() -> None:
    """Raise ForeignPage when the request names an origin that is not ours."""
    origin = request.headers.get("Origin")
    if origin and not _is_ours(urlsplit(origin).netloc):
        raise ForeignPage("别的网站不能替你提交答案。 / Another site cannot send your answers.")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignPage("别的网站不能替你提交答案。 / Another site cannot send your answers.")


def _is_ours(place: str) -> bool:
    settings: Settings = current_app.config["PEIZHEN"]
    public = urlsplit(settings.public_url).netloc
    return place in {request.host, public, *settings.own_domains}
