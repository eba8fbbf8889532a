"""The device token in the browser: an HttpOnly cookie that outlives a sign-in.

It guards saves, heartbeats, the answering page and handing in, so that neither an expired form
token nor an expired sign-in stops an answer. Requests that write must also come from our own pages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, request

from app.config import Settings
from app.errors import Refusal
from app.models.exams import Attempt

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
    return request.cookies.get(_name(attempt_id))


def keep(response: Response, attempt: Attempt, new_token: str) -> Response:
    """Put the token into this browser until the late window closes."""
    settings: Settings = current_app.config["PEIZHEN"]
    response.set_cookie(
        _name(attempt.id),
        new_token,
        expires=attempt.deadline_at + LASTS_AFTER,
        path="/exams/",
        httponly=True,
        secure=settings.secure,
        samesite="Lax",
    )
    return response


def refuse_foreign_pages() -> None:
    """Raise ForeignPage when the request names an origin that is not ours."""
    origin = request.headers.get("Origin", "")
    settings: Settings = current_app.config["PEIZHEN"]
    ours = {request.host, urlsplit(settings.public_url).netloc, *settings.own_domains}
    if origin and urlsplit(origin).netloc not in ours:
        raise ForeignPage("别的网站不能替你提交答案。 / Another site cannot send your answers.")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignPage("别的网站不能替你提交答案。 / Another site cannot send your answers.")
