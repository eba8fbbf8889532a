"""Making the credential of a certificate, once, and finding it again.

The JWT is signed in the transaction that issues (0.3 ms). Which place in the status list it has is
drawn at random among those not taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import shanghai_date
from app.credentials import keys, saying
from app.extensions import db, insert_rows
from app.models.awards import Certificate
from app.models.credentials import Credential, StatusList
from certificates.credential import jwt, proofs, status
from certificates.credential.keys import Keyring

MOST = status.SIZE // 2
"""Places taken of one list before the next is begun: at most two draws for a free one, on average."""
_AT_ONCE = 500  # values in one statement


def refuse_without_key(now: datetime) -> None:
    """Raise CredentialKeyError unless there is a key that signs credentials today."""
    keys.ring().signing(shanghai_date(now))


def make(certificate: Certificate, *, now: datetime) -> Credential:
    """Sign the credential of a certificate and store it; the caller commits.

    A certificate that has one gives it again; signed anew, at its old place, where the key that
    signed it was taken away. Raises CredentialKeyError.
    """
    row = find(certificate)
    if row is None:
        make_many([certificate], now=now)
        return db.session.get_one(Credential, certificate.id)
    if is_disowned(row):
        ring = keys.ring()
        key = ring.signing(shanghai_date(now))
        said = saying.credential(certificate, ring.issuer, row.list_number, row.place)
        row.key_name, row.token, row.signed_at = key.name, jwt.sign(said, ring, key), now
    return row


def make_many(certificates: Sequence[Certificate], *, now: datetime) -> None:
    """Sign and store the credentials of certificates that have none yet, with three statements.

    Their rows are written already; the caller commits. Raises CredentialKeyError.
    """
    ring = keys.ring()
    key = ring.signing(shanghai_date(now))
    number, places = _take_places(len(certificates))
    rows = [
        {
            "certificate_id": certificate.id,
            "list_number": number,
            "place": place,
            "key_name": key.name,
            "token": jwt.sign(
                saying.credential(certificate, ring.issuer, number, place), ring, key
            ),
            "signed_at": now,
        }
        for certificate, place in zip(certificates, places, strict=True)
    ]
    insert_rows(Credential, rows)


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


def _take_places(many: int) -> tuple[int, list[int]]:
    """Take free places of one list; its row is locked until commit, so no other draws the same."""
    number = _open_list(many)
    free: list[int] = []  # in the order drawn: a set's order would follow the numbers
    while len(free) < many:
        drawn = [status.random_place() for _ in range(min(_AT_ONCE, many - len(free)))]
        taken = select(Credential.place).where(
            Credential.list_number == number, Credential.place.in_(drawn)
        )
        used = {*free, *db.session.scalars(taken)}
        free += [place for place in dict.fromkeys(drawn) if place not in used]
    return number, free


def _open_list(many: int) -> int:
    """Count places of the last list as taken, or begin the next; return its number."""
    last = select(func.max(StatusList.number)).scalar_subquery()
    counted = db.session.execute(
        update(StatusList)
        .where(StatusList.number == last, StatusList.taken < MOST)
        .values(taken=StatusList.taken + many)
        .returning(StatusList.number)
        .execution_options(synchronize_session=False)
    ).first()
    if counted is not None:
        return int(counted.number)
    # Two who find the list full at once both land in the next one.
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    number = (db.session.scalar(select(func.max(StatusList.number))) or 0) + 1
    statement = insert(StatusList).values(number=number, taken=many)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["number"], set_={"taken": StatusList.taken + many}
        )
    )
    return number
