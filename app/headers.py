"""Response headers: a strict content security policy, and what never belongs into a cache."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

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


def csp_nonce() -> str:
    """Return this response's nonce for a script that must stand in the page."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def init_app(app: Flask, settings: Settings) -> None:
    """Give each request an id and each response its headers."""
    always = list(ALWAYS)
    if settings.secure:
        always.append(("Strict-Transport-Security", "max-age=31536000"))

    @app.before_request
    def _name_request() -> None:
        g.request_id = secrets.token_hex(8)

    @app.after_request
    def _protect(response: Response) -> Response:
        headers = response.headers
        given = {name.lower() for name, _value in headers}
        wanted = [*always, ("Content-Security-Policy", _policy(response))]
        if request.endpoint not in {"static", "bootstrap.static"}:
            # Pages are personal; a shared phone's Back button must not show the last person's.
            wanted.append(("Cache-Control", "no-store"))
        for name, value in wanted:
            if name.lower() not in given:
                headers.add(name, value)
        headers["X-Request-Id"] = g.get("request_id", "")
        return response

    app.jinja_env.globals["csp_nonce"] = csp_nonce


def _policy(response: Response) -> str:
    # What a script of ours reads runs nothing: the same words for each, and no random number.
    if response.mimetype == "application/json":
        return DATA_POLICY
    return POLICY.format(nonce=csp_nonce())
