"""Making the credential of a certificate, once, and finding it again.

The JWT is signed before the certificate is drawn (0.3 ms), for the file carries it. Which place in the
status list it has is drawn at random among those not taken, and kept with the number taken for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import shanghai_date
from app.credentials import keys, saying
from app.extensions import db, insert_rows
from app.models.awards import Certificate
from app.models.bulk import TakenNumber
from app.models.credentials import Credential, StatusList
from certificates.credential import jwt, proofs, status
from certificates.credential.keys import Keyring

MOST = status.SIZE // 2
"""Places taken of one list before the next is begun: at most two draws for a free one, on average."""
_AT_ONCE = 500  # values in one statement


@dataclass(frozen=True)
class Place:
    """A place in one of the status lists."""

    list_number: int
    place: int


@dataclass(frozen=True)
class Signed:
    """A credential that is signed, but not yet entered."""

    at: Place
    key_name: str
    token: str
    signed_at: datetime


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
    places = take_places(len(certificates))
    pairs = zip(certificates, places, strict=True)
    enter([(one.id, sign(one, place, now=now)) for one, place in pairs])


def sign(certificate: Certificate, at: Place, *, now: datetime) -> Signed:
    """Sign the credential of a certificate, which may not be entered yet. Raises CredentialKeyError.

    Asks nothing of the database.
    """
    ring = keys.ring()
    key = ring.signing(shanghai_date(now))
    said = saying.credential(certificate, ring.issuer, at.list_number, at.place)
    return Signed(at, key.name, jwt.sign(said, ring, key), now)


def enter(signed: Sequence[tuple[str, Signed]]) -> None:
    """Store signed credentials, each with the id of its certificate; the caller commits."""
    rows = [
        {
            "certificate_id": certificate_id,
            "list_number": one.at.list_number,
            "place": one.at.place,
            "key_name": one.key_name,
            "token": one.token,
            "signed_at": one.signed_at,
        }
        for certificate_id, one in signed
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


def take_places(many: int) -> list[Place]:
    """Take free places of one list; its row is locked until commit, so no other draws the same.

    They stay taken once they are entered with a credential or with a number taken.
    """
    if not many:
        return []
    number = _open_list(many)
    free: list[int] = []  # in the order drawn: a set's order would follow the numbers
    while len(free) < many:
        drawn = [status.random_place() for _ in range(min(_AT_ONCE, many - len(free)))]
        taken = union_all(
            *(
                select(table.place).where(table.list_number == number, table.place.in_(drawn))
                for table in (Credential, TakenNumber)
            )
        )
        used = {*free, *db.session.scalars(taken)}
        free += [place for place in dict.fromkeys(drawn) if place not in used]
    return [Place(number, place) for place in free]


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
