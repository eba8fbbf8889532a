"""Response headers: a strict content security policy, and what never belongs into a cache."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g, request

from app.config import Settings

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), geolocation=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
SECURE = (("Strict-Transport-Security", "max-age=31536000"),)
NOT_KEPT = ("Cache-Control", "no-store")
DATA = "headers of data"


def csp_nonce() -> str:
    """Return this response's nonce for a script that must stand in the page."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def init_app(app: Flask, settings: Settings) -> None:
    """Give each request an id and each response its headers."""
    always = [*ALWAYS, *(SECURE if settings.secure else ())]
    app.extensions[DATA] = [*always, ("Content-Security-Policy", DATA_POLICY), NOT_KEPT]
    app.before_request(name_request)

    @app.after_request
    def _protect(response: Response) -> Response:
        headers = response.headers
        given = {name.lower() for name, _value in headers}
        wanted = [*always, ("Content-Security-Policy", _policy(response))]
        if request.endpoint not in {"static", "bootstrap.static"}:
            # Pages are personal; a shared phone's Back button must not show the last person's.
            wanted.append(NOT_KEPT)
        for name, value in wanted:
            if name.lower() not in given:
                headers.add(name, value)
        headers["X-Request-Id"] = g.get("request_id", "")
        return response

    app.jinja_env.globals["csp_nonce"] = csp_nonce


def name_request() -> None:
    """Give the request its id, which its answer, its log line and its audit lines share."""
    g.request_id = secrets.token_hex(8)


def protect_data(response: Response) -> None:
    """Give an exchange's data, which has none of them, the headers that `init_app` gives to others."""
    response.headers.extend([*current_app.extensions[DATA], ("X-Request-Id", g.request_id)])


def _policy(response: Response) -> str:
    # What a script of ours reads runs nothing: the same words for each, and no random number.
    if response.mimetype == "application/json":
        return DATA_POLICY
    return POLICY.format(nonce=csp_nonce())
