"""A signed cookie by which a browser shows that someone signed in with it before.

It opens nothing: it only gives that person an allowance of tries of their own (see `attempts`).
It is sent to the sign-in page alone, and a shared computer remembers its last few people.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import Request, Response, current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.config import Settings

COOKIE = "peizhen_known"
MOST_PEOPLE = 5
SECONDS = 180 * 86_400


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="known-browser")


def read(request: Request) -> dict[str, str]:
    """Return account id -> mark; empty for a new, old or forged cookie."""
    try:
        told = _signer().loads(request.cookies.get(COOKIE, ""), max_age=SECONDS)
    except BadSignature:
        return {}
    return {str(account): str(mark) for account, mark in told.items()}


def remember(response: Response, known: Mapping[str, str], account: str) -> None:
    """Add a person to this browser's cookie, the oldest falling out."""
    kept = {key: mark for key, mark in known.items() if key != account}
    kept[account] = known.get(account) or secrets.token_urlsafe(9)
    newest = dict(list(kept.items())[-MOST_PEOPLE:])
    settings: Settings = current_app.config["PEIZHEN"]
    response.set_cookie(
        COOKIE,
        str(_signer().dumps(newest)),
        max_age=SECONDS,
        path="/sign-in",
        httponly=True,
        samesite="Lax",
        secure=settings.secure,
    )
