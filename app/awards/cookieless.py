"""Sessions for every page but the public check, which reads no cookie and sets none.

Whoever scans a certificate leaves nothing behind and is told apart from nobody; and no answer says
`Vary: Cookie`. The rest of the site keeps Flask's own signed cookie.
"""

from __future__ import annotations

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin


def is_public_check(path: str) -> bool:
    """Tell whether an address belongs to the public check."""
    return path == "/check" or path.startswith("/c/")


class SessionsButForChecks(SecureCookieSessionInterface):
    """Flask's sessions, except that the public check gets an empty one that is thrown away."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie, except for the public check."""
        if is_public_check(request.path):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie and the header it needs, except for the public check."""
        if not is_public_check(request.path):
            super().save_session(app, session, response)
