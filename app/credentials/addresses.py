"""The public addresses that stand inside credentials: never change them, they are signed.

Under PUBLIC_URL, whatever host a request came by.
"""

from __future__ import annotations

from flask import current_app

from app.config import Settings
from certificates.credential.status import PURPOSES


def site() -> str:
    """Return the address of the site, without a slash at its end."""
    settings: Settings = current_app.config["PEIZHEN"]
    return settings.public_url


def status_list(number: int, purpose: str) -> str:
    """Return the address of a status list."""
    return f"{site()}/credentials/status/{number}/{purpose}"


def status_lists(number: int) -> dict[str, str]:
    """Return the addresses of the lists that a credential names, by purpose."""
    return {purpose: status_list(number, purpose) for purpose in PURPOSES}


def achievement(scheme_id: str) -> str:
    """Return the address that says what a certificate under a version of the scheme attests."""
    return f"{site()}/credentials/achievements/{scheme_id}"
