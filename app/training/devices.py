"""The browser's own random mark, by which one device signs for one person only.

It says nothing about whose device it is and opens nothing; only its hash is stored, and only beside
the signing it was used for.
"""

from __future__ import annotations

import re
import secrets

from flask import Request, Response, current_app

from app.config import Settings

COOKIE = "peizhen_device"
SECONDS = 365 * 86_400
_MARK = re.compile(r"[\w-]{32}", re.ASCII)


def read(request: Request) -> str:
    """Return the mark of a browser; empty when it has none."""
    mark = request.cookies.get(COOKIE, "")
    return mark if _MARK.fullmatch(mark) else ""


def give(response: Response, mark: str) -> None:
    """Let a browser keep its mark for a year from now."""
    settings: Settings = current_app.config["PEIZHEN"]
    response.set_cookie(
        COOKIE, mark, max_age=SECONDS, httponly=True, samesite="Lax", secure=settings.secure
    )


def new_mark() -> str:
    """Return a mark that no other browser has."""
    return secrets.token_urlsafe(24)
