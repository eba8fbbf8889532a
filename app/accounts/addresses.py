"""Addresses that a form or a link may send people on to: only ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request, current_app, url_for

CHECK_PAGE = "check.form"


def local_address(wanted: str) -> str:
    """Return an address on this site, or home: a form must not send people elsewhere."""
    plain = all(ord(sign) > 32 for sign in wanted) and "\\" not in wanted
    local = plain and wanted.startswith("/") and not wanted.startswith("//")
    if not local:
        return url_for("home.index")
    parts = urlsplit(wanted)
    return url_for("home.index") if parts.netloc or parts.scheme else wanted


def asked_for(request: Request) -> str:
    """Return where a person wanted to go, to be sent on there later.

    A form that was posted cannot be posted again by a link, so its page is named instead.
    """
    if request.method in {"GET", "HEAD"}:
        return local_address(request.full_path.rstrip("?"))
    before = urlsplit(request.referrer or "")
    same = before.netloc == request.host
    return local_address(f"{before.path}?{before.query}".rstrip("?")) if same else "/"


def check_page() -> str:
    """Return the address of the public check by number, or nothing where the site has none.

    That feature stands above this one; here only the name of its page is known.
    """
    return url_for(CHECK_PAGE) if CHECK_PAGE in current_app.view_functions else ""
