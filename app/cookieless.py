"""Sessions for every page but those that do without a cookie of ours.

The public check reads none and sets none: whoever scans a certificate leaves nothing behind and is
told apart from nobody. What an exam's page exchanges with the server rests on the attempt's own
token, and the signs of life of a lesson on its ticket: opening the sign-in's cookie for each would
only cost time. None of these answers says
`Vary: Cookie`. The rest of the site keeps Flask's own signed cookie.
"""

from __future__ import annotations

import re

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

WITHOUT = re.compile(
    r"/(\.well-known/)?did\.json$|/credentials/"
    r"|/check(/(addresses|code|file|photo|present|report|scan)\b.*)?$|/[cC]/|/complain(/|$)"
    r"|/api/|/directory(/|$)|/p/"
    r"|/public-notices(/|$)"
    r"|/exams/attempts/[^/]+/(answers|state)$|/learn/(beat|presence|offline)$"
)
"""Looked for at the beginning of a path; the session is opened before a route is found."""


class SessionsWhereNeeded(SecureCookieSessionInterface):
    """Flask's sessions, except that some addresses get an empty one that is thrown away."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie where it is needed."""
        if WITHOUT.match(request.path):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, and the header it needs, where it was read."""
        if not WITHOUT.match(request.path):
            super().save_session(app, session, response)
