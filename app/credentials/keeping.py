"""Making the credential of a certificate, once, and finding it again.

The JWT is signed in the transaction that issues (0.3 ms). Which place in the status list it has is
drawn at random among those not taken.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import shanghai_date
from app.credentials import keys, saying
from app.extensions import db
from app.models.awards import Certificate
from app.models.credentials import Credential, StatusList
from certificates.credential import jwt, proofs, status
from certificates.credential.keys import Keyring

MOST = status.SIZE // 2
"""Places taken of one list before the next is begun: at most two draws for a free one, on average."""


def refuse_without_key(now: datetime) -> None:
    """Raise CredentialKeyError unless there is a key that signs credentials today."""
    keys.ring().signing(shanghai_date(now))


def make(certificate: Certificate, *, now: datetime) -> Credential:
    """Sign the credential of a certificate and store it; the caller commits.

    A certificate that has one gives it again; signed anew, at its old place, where the key that
    signed it was taken away. Raises CredentialKeyError.
    """
    row = find(certificate)
    if row is not None and not is_disowned(row):
        return row
    ring = keys.ring()
    key = ring.signing(shanghai_date(now))
    if row is None:
        number, place = _take_place()
        row = Credential(certificate_id=certificate.id, list_number=number, place=place)
        db.session.add(row)
    said = saying.credential(certificate, ring.issuer, row.list_number, row.place)
    row.key_name, row.token, row.signed_at = key.name, jwt.sign(said, ring, key), now
    return row


def find(certificate: Certificate) -> Credential | None:
    """Return the credential of a certificate, if it has one."""
    return db.session.get(Credential, certificate.id)


def is_disowned(row: Credential) -> bool:
    """Tell whether the key that signed was taken away, so that nobody believes the token now."""
    return all(key.name != row.key_name for key in keys.ring().keys)


def with_proof(row: Credential, *, now: datetime) -> dict[str, Any]:
    """Return what the token says as JSON, signed inside by today's key. Raises CredentialKeyError.

    Under the name that the token was issued under: our address may have changed since.
    """
    said = jwt.credential(jwt.read(row.token)[1])
    ring = Keyring(jwt.issuer_of(said), keys.ring().keys)
    return proofs.add(said, ring, ring.signing(shanghai_date(now)), now)


def _take_place() -> tuple[int, int]:
    """Take a free place; the list's row is locked until commit, so no other can draw the same."""
    number = _open_list()
    while True:
        place = status.random_place()
        taken = select(Credential.place).where(
            Credential.list_number == number, Credential.place == place
        )
        if db.session.scalar(taken) is None:
            return number, place


def _open_list() -> int:
    """Count one more place of the last list, or begin the next; return its number."""
    last = select(func.max(StatusList.number)).scalar_subquery()
    counted = db.session.execute(
        update(StatusList)
        .where(StatusList.number == last)
        .values(taken=StatusList.taken + 1)
        .returning(StatusList.number, StatusList.taken)
        .execution_options(synchronize_session=False)
    ).first()
    if counted is not None and counted.taken <= MOST:
        return int(counted.number)
    # Two who find the list full at once both land in the next one.
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    number = 1 if counted is None else counted.number + 1
    statement = insert(StatusList).values(number=number, taken=1)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["number"], set_={"taken": StatusList.taken + 1}
        )
    )
    return int(number)
