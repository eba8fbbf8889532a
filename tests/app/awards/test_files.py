"""What is stored of an issued certificate, and the key it is signed with."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import blobs, clock
from app.awards import files, issuing, keys
from app.awards.refusals import CannotIssue
from app.blobs import BlobDamagedError
from app.extensions import db
from app.models.awards import Certificate, CertificateSerial
from app.models.bulk import TakenNumber
from app.models.credentials import Credential
from app.models.journal import Blob
from app.models.people import Role
from certificates import attaching, signed_file
from certificates.signing import make_key
from tests import factories
from tests.app.awards import rows

pytestmark = pytest.mark.rows


def _issue() -> Certificate:
    made = issuing.issue(rows.proposal(), actor=factories.user(Role.CERTIFIER), now=clock.now())
    db.session.commit()
    return made


def test_the_file_carries_the_credential_of_the_register(app: Flask) -> None:
    """The same bytes, under the signature; its place was kept with the number."""
    certificate = _issue()
    whole = files.read(certificate)
    row = db.session.get_one(Credential, certificate.id)
    assert attaching.find_credential(whole) == row.token
    assert signed_file.read(whole).seal is signed_file.Seal.WHOLE
    taken = db.session.get_one(TakenNumber, certificate.number)
    assert (taken.list_number, taken.place) == (row.list_number, row.place)


def _stored(purpose: str) -> list[Blob]:
    return list(db.session.scalars(select(Blob).where(Blob.purpose == purpose)))


def _with_key(app: Flask, monkeypatch: pytest.MonkeyPatch, path: Path | None, **more: bool) -> None:
    settings = replace(app.config["PEIZHEN"], signing_key_file=path, **more)
    monkeypatch.setitem(app.config, "PEIZHEN", settings)


def test_the_template_is_stored_once(app: Flask) -> None:
    first, second = _issue(), _issue()
    (template,) = _stored(files.TEMPLATE)
    assert len(_stored(files.INCREMENT)) == 2
    for row in (first, second):
        whole = files.read(row)
        assert hashlib.sha256(whole).hexdigest() == row.pdf_sha256
        assert whole.startswith(blobs.get(template))
        assert whole.startswith(b"%PDF-1.7")
        assert db.session.get_one(Blob, row.pdf_blob_id).size < 30_000


@pytest.mark.parametrize("purpose", [files.TEMPLATE, files.INCREMENT])
def test_damage_to_either_part_is_found(app: Flask, purpose: str) -> None:
    row = _issue()
    (blob,) = _stored(purpose)
    path = blobs._path(blob.id)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(BlobDamagedError):
        files.read(row)


def test_a_lost_template_is_told(app: Flask) -> None:
    row = _issue()
    db.session.delete(_stored(files.TEMPLATE)[0])
    db.session.commit()
    with pytest.raises(BlobDamagedError):
        files.read(row)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "还没有签名密钥"),
        (b"", "读不出来"),
        (make_key("旧", datetime(2001, 1, 1, tzinfo=UTC), 1), "到期"),
        ("gone", "打不开"),
    ],
    ids=["none", "broken", "expired", "lost"],
)
def test_without_a_key_nothing_is_issued(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    text: bytes | str | None,
    why: str,
) -> None:
    path = None if text is None else tmp_path / "key.pem"
    if path and isinstance(text, bytes):
        path.write_bytes(text)
    _with_key(app, monkeypatch, path)
    with pytest.raises(CannotIssue, match=why):
        _issue()
    db.session.rollback()
    assert db.session.scalars(select(Certificate)).all() == []
    assert db.session.scalars(select(CertificateSerial)).all() == []


def test_a_demonstration_makes_its_own_key(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_key(app, monkeypatch, None, demo=True)
    signer = keys.signer()
    assert "演示" in signer.name
    assert keys.signer().fingerprint == signer.fingerprint
    (path,) = app.config["PEIZHEN"].data_dir.glob("demo-signing.*")
    assert path.stat().st_mode & 0o077 == 0
