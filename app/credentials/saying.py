"""What our credentials say, from rows: who issues, what is attested, the facts of one certificate.

Reads what was printed, so that paper, page and credential never differ.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from app.credentials import addresses
from app.models.awards import Certificate
from certificates.credential import badge
from certificates.credential.badge import Achievement, Award, Issuer


def issuer(did: str, name: dict[str, str]) -> Issuer:
    """Return the issuer under its name in both languages."""
    return Issuer(did=did, name_zh=name["zh"], name_en=name["en"], url=addresses.site())


def achievement(scheme_id: str, title: dict[str, str], scheme: str) -> Achievement:
    """Return what a certificate under a version of the scheme attests."""
    return Achievement(
        address=addresses.achievement(scheme_id),
        title_zh=title["zh"],
        title_en=title["en"],
        scheme=scheme,
    )


def credential(certificate: Certificate, did: str, list_number: int, place: int) -> dict[str, Any]:
    """Return the credential of a certificate, yet to be signed."""
    printed = certificate.printed
    return badge.credential(
        _award(certificate),
        achievement(certificate.scheme_id, _both(printed, "title"), printed["scheme"]),
        issuer(did, _both(printed, "issuer")),
        addresses.status_lists(list_number),
        place,
    )


def _award(certificate: Certificate) -> Award:
    printed = certificate.printed
    return Award(
        address=printed["check_address"],
        number=certificate.number,
        name=printed["name"],
        name_latin=printed["name_latin"],
        training_from=date.fromisoformat(printed["training_from"]),
        training_until=date.fromisoformat(printed["training_until"]),
        hours=printed["hours"],
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        issued_at=certificate.issued_at,
        sample=printed["sample"],
    )


def _both(printed: dict[str, Any], field: str) -> dict[str, str]:
    return {"zh": printed[f"{field}_zh"], "en": printed[f"{field}_en"]}
