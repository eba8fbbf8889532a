"""Rows and answers of credentials for tests."""

from __future__ import annotations

from typing import Any

from app import clock
from app.credentials import keeping
from app.extensions import db
from app.models.awards import Certificate
from app.models.credentials import Credential
from tests.app.awards import rows as awards
from tests.client import PageClient


def certificate(serial: int = 42) -> tuple[Certificate, Credential]:
    """Make a certificate with its credential."""
    row = awards.certificate(serial=serial)
    credential = keeping.make(row, now=clock.now())
    db.session.commit()
    return row, credential


def published(client: PageClient, credential: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Fetch the status lists that a credential names, as a verifier would; by address."""
    addresses = [entry["statusListCredential"] for entry in credential["credentialStatus"]]
    return {address: client.get(address).get_json() for address in addresses}
