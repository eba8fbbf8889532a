"""Making the credential of a certificate, once, and finding it again.

The JWT is signed in the transaction that issues (0.3 ms). Which place in the status list it has is
drawn at random among those not taken.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import shanghai_date
from app.credentials import keys, saying
from app.extensions import db
from app.models.awards import Certificate
from app.models.credentials import Credential, StatusList
from certificates.credential import jwt, status

MOST = status.SIZE // 2
"""Places taken of one list before the next is begun: at most two draws for a free one, on average."""


def refuse_without_key(now: datetime) -> None:
    """Raise CredentialKeyError unless there is a key that signs credentials today."""
    keys.ring().signing(shanghai_date(now))


def make(certificate: Certificate, *, now: datetime) -> Credential:
    """Sign the credential of a certificate and store it; the caller commits.

    A certificate that has one gives it again. Raises CredentialKeyError.
    """
    if existing := find(certificate):
        return existing
    ring = keys.ring()
    key = ring.signing(shanghai_date(now))
    number, place = _take_place()
    said = saying.credential(certificate, ring.issuer, number, place)
    row = Credential(
        certificate_id=certificate.id,
        list_number=number,
        place=place,
        key_name=key.name,
        token=jwt.sign(said, ring, key),
        signed_at=now,
    )
    db.session.add(row)
    return row


def find(certificate: Certificate) -> Credential | None:
    """Return the credential of a certificate, if it has one."""
    return db.session.get(Credential, certificate.id)


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
