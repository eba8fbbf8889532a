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


def csp_nonce() -> str:
    """Return this response's nonce for a script that must stand in the page."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def init_app(app: Flask, settings: Settings) -> None:
    """Give each request an id and each response its headers."""

    @app.before_request
    def _name_request() -> None:
        g.request_id = secrets.token_hex(8)

    @app.after_request
    def _protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers["X-Request-Id"] = g.get("request_id", "")
        if settings.secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint not in {"static", "bootstrap.static"}:
            # Pages are personal; a shared phone's Back button must not show the last person's.
            headers.setdefault("Cache-Control", "no-store")
        return response

    app.jinja_env.globals["csp_nonce"] = csp_nonce
