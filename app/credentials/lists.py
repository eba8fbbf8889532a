"""The status lists, signed: worked out anew from the ledger at each request, so never out of date.

Only the signature is kept, as long as nothing changed and it is fresh: it costs more than all the
rest. What has ended stands in `revocation`, what is paused in `suspension`; what has merely run out
says so itself, by its last day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app import rulebook
from app.clock import shanghai_date
from app.credentials import addresses, keys
from app.extensions import db
from app.models.awards import Certificate
from app.models.credentials import Credential, StatusList
from app.register import ledger
from certificates.credential import jwt, proofs, status
from certificates.verdict import Status

_MOST_LISTS = 100_000  # longer numbers do not fit into a column
_FRESH = timedelta(hours=1)
_KEPT = "credentials.lists"


def is_list(number: int, purpose: str) -> bool:
    """Tell whether there is such a list."""
    if purpose not in status.PURPOSES or number > _MOST_LISTS:
        return False
    return db.session.get(StatusList, number) is not None


def places(number: int, purpose: str, now: datetime) -> list[int]:
    """Return the places of a list that are set at a moment."""
    of_list = (
        select(Credential.place)
        .join(Certificate, Certificate.id == Credential.certificate_id)
        .where(Credential.list_number == number)
    )
    if purpose == "revocation":
        # In time most of a list: renewed ones are replaced. Their last line says it all.
        return list(db.session.scalars(of_list.where(Certificate.status.in_(ledger.FINAL))))
    # Few, and whether a suspension is over is a question of dates.
    paused = of_list.where(Certificate.status == Status.SUSPENDED.value)
    rows = db.session.execute(paused.add_columns(Certificate).options(lazyload("*"))).all()
    lines = ledger.histories(row.Certificate for row in rows)
    with rulebook.read_once():
        return [
            row.place
            for row in rows
            if ledger.verdict(row.Certificate, lines[row.Certificate.id], now).code
            is Status.SUSPENDED
        ]


def signed(number: int, purpose: str, now: datetime, *, as_token: bool) -> str | dict[str, Any]:
    """Return a list as signed credential: JSON with a proof, or a JWT. Raises CredentialKeyError."""
    ring = keys.ring()
    key = ring.signing(shanghai_date(now))
    encoded = status.encode(places(number, purpose, now))
    kept: dict[Any, Any] = current_app.extensions.setdefault(_KEPT, {})
    what = (number, purpose, as_token)
    found = kept.get(what)
    if found and found[0] == (encoded, ring.address(key)) and abs(now - found[1]) < _FRESH:
        answer: str | dict[str, Any] = found[2]
        return answer
    made = status.list_credential(
        addresses.status_list(number, purpose), purpose, encoded, ring.issuer, now
    )
    answer = jwt.sign(made, ring, key) if as_token else proofs.add(made, ring, key, now)
    kept[what] = (encoded, ring.address(key)), now, answer
    return answer
