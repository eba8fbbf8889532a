"""Signed heads: "the chain was this long and ended in this hash", out of the database's reach.

The Ed25519 key is derived from the installation's SEAL_KEY: seed = SHA-256("peizhen audit head
key v1" + newline + SEAL_KEY). The signature covers the text of `signed_text`. Heads are kept as
rows and appended to `audit-heads.jsonl` in the data folder, from where they should go to another
machine.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app
from sqlalchemy import select

from app import audit, clock, jobs
from app.audit_chain.links import canonical
from app.audit_chain.sealing import seal_all
from app.config import Settings
from app.extensions import db, reading_only
from app.models.journal import Job, Seal, SignedHead

PURPOSE = "peizhen audit head v1"


class HeadsFileError(Exception):
    """A file of heads cannot be read; the text names the line."""


@dataclass(frozen=True)
class Head:
    """One signed statement, as exported. `signature` and `public_key` are hexadecimal."""

    number: int
    hash: str
    signed_at: str
    reason: str
    key_id: str
    signature: str
    public_key: str

    def is_signed_by(self, public_key: str) -> bool:
        """Tell whether the signature fits the statement and this key."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
            key.verify(bytes.fromhex(self.signature), signed_text(asdict(self)))
        except (InvalidSignature, ValueError):
            return False
        return True


def signed_text(head: dict[str, Any]) -> bytes:
    """Return the bytes that are signed: the purpose, and the statement without its signature."""
    fields = {name: head[name] for name in ("number", "hash", "signed_at", "reason", "key_id")}
    return f"{PURPOSE}\n{canonical(fields)}".encode()


def signing_key() -> Ed25519PrivateKey:
    """Return the key of this installation."""
    settings: Settings = current_app.config["PEIZHEN"]
    seed = hashlib.sha256(f"peizhen audit head key v1\n{settings.seal_key}".encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key_hex() -> str:
    """Return the public key of this installation, 64 hexadecimal signs."""
    raw = signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return raw.hex()


def key_id_of(public_key: str) -> str:
    """Return the short name of a public key."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def heads_file() -> Path:
    """Return where heads are appended."""
    settings: Settings = current_app.config["PEIZHEN"]
    return settings.data_dir / "audit-heads.jsonl"


def sign_head(reason: str, now: datetime) -> SignedHead | None:
    """Sign how long the sealed chain is, add the row, and append it to the heads file.

    The file comes first: a head that is in the file and was then rolled back is still true, for
    it only speaks of links that were committed. None when nothing is sealed yet.
    """
    last = db.session.scalars(select(Seal).order_by(Seal.number.desc()).limit(1)).first()
    if last is None:
        return None
    public_key = public_key_hex()
    said = {
        "number": last.number,
        "hash": last.hash,
        "signed_at": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "reason": reason,
        "key_id": key_id_of(public_key),
    }
    signature = signing_key().sign(signed_text(said)).hex()
    _append({**said, "signature": signature, "public_key": public_key})
    row = SignedHead(
        number=last.number,
        hash=last.hash,
        signed_at=now,
        key_id=said["key_id"],
        signature=signature,
        reason=reason,
    )
    db.session.add(row)
    audit.record("audit.head_signed", row, actor=None, now=now, number=last.number, reason=reason)
    return row


def _append(line: dict[str, Any]) -> None:
    path = heads_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(canonical(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def from_row(row: SignedHead) -> Head:
    """Return a head as exported. Rows name their key; only the current one's is known here."""
    current = public_key_hex()
    return Head(
        number=row.number,
        hash=row.hash,
        signed_at=row.signed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        reason=row.reason,
        key_id=row.key_id,
        signature=row.signature,
        public_key=current if key_id_of(current) == row.key_id else "",
    )


def read_file(path: Path) -> list[Head]:
    """Read exported heads. Raises HeadsFileError for a line that is none."""
    heads = []
    for place, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            heads.append(Head(**json.loads(text)))
        except (ValueError, TypeError) as error:
            raise HeadsFileError(f"{path.name}:{place}") from error
    return heads


def all_rows() -> list[SignedHead]:
    """Return all heads in the order they were signed."""
    return list(db.session.scalars(select(SignedHead).order_by(SignedHead.signed_at)))


def sign_head_later(reason: str, now: datetime) -> Job:
    """Ask the worker to sign after the acting transaction has committed.

    For acts that must not be deniable afterwards (a release of results): the head then covers the
    act's own lines, which this transaction has not committed yet.
    """
    return jobs.enqueue("audit.sign_head", {"reason": reason}, owner=None, now=now)


@jobs.handles("audit.sign_head")
def _sign_asked_for(job: Job) -> dict[str, Any]:
    moment = clock.now()
    seal_all(moment)
    head = sign_head(str(job.payload["reason"]), moment)
    return {"number": head.number if head else 0}


@jobs.every(600, "audit.daily_head")
def sign_daily(now: datetime) -> None:
    """Sign the first head of each day (Shanghai), when the chain has grown."""
    with reading_only():
        newest = db.session.scalars(
            select(SignedHead).order_by(SignedHead.signed_at.desc()).limit(1)
        ).first()
        done = newest is not None and (
            clock.shanghai_date(newest.signed_at) == clock.shanghai_date(now)
        )
        db.session.rollback()
    if not done:
        seal_all(now)
        sign_head("daily", now)
        db.session.commit()
