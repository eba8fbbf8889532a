"""`flask certificates verify`: PDF, both forms of the credential, numbers; as the register has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import clock
from app.awards import files, issuing
from app.cli import certificate_commands
from app.credentials import keeping
from app.extensions import db
from app.models.awards import Certificate
from app.models.people import Role
from tests import factories
from tests.app.awards import rows as awards
from tests.app.credentials.rows import certificate

pytestmark = pytest.mark.rows


def verdict(app: Flask, file: str | Path) -> tuple[int, str, dict[str, bool | None]]:
    """Run the command; return its exit code, the verdict, and each check."""
    done = app.test_cli_runner().invoke(certificate_commands, ["verify", str(file), "--json"])
    said: dict[str, Any] = json.loads(done.stdout)
    assert set(said) == {"verdict", "checks"}
    return done.exit_code, said["verdict"], {one["name"]: one["ok"] for one in said["checks"]}


@pytest.fixture(params=["jwt", "json"])
def credential_file(
    app: Flask, request: pytest.FixtureRequest, tmp_path: Path
) -> tuple[Certificate, Path]:
    """A certificate and its credential in a file."""
    row, credential = certificate()
    said = credential.token
    if request.param == "json":
        said = json.dumps(keeping.with_proof(credential, now=clock.now()))
    path = tmp_path / f"credential.{request.param}"
    path.write_text(said, "utf-8")
    return row, path


def test_it_works(app: Flask, credential_file: tuple[Certificate, Path]) -> None:
    assert verdict(app, credential_file[1]) == (
        0,
        "valid",
        {"issuer": True, "signature": True, "register": True, "status": True},
    )


@pytest.mark.parametrize("became", ["suspended", "withdrawn", "cancelled", "replaced"])
def test_the_register_tells_what_became_of_it(
    app: Flask, credential_file: tuple[Certificate, Path], became: str
) -> None:
    row, path = credential_file
    awards.change(row, became, factories.user(Role.CERTIFIER))
    code, said, checks = verdict(app, path)
    assert (code, said, checks["status"]) == (1, became, False)


def test_a_changed_one_is_not_genuine(
    app: Flask, credential_file: tuple[Certificate, Path]
) -> None:
    _row, path = credential_file
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        path.write_text(text.replace('"creditsEarned": ', '"creditsEarned": 9'), "utf-8")
    else:
        path.write_text(text[:-6] + ("AAAAAA" if text[-6:] != "AAAAAA" else "BBBBBB"), "utf-8")
    assert verdict(app, path) == (1, "not_genuine", {"issuer": True, "signature": False})


def test_one_that_is_not_in_the_register_is_not_found(app: Flask, tmp_path: Path) -> None:
    row, credential = certificate()
    path = tmp_path / "credential.jwt"
    path.write_text(credential.token)
    row.token = "z" * 16
    db.session.commit()
    assert verdict(app, path)[:2] == (1, "not_found")


def test_without_the_register_nothing_is_called_valid(
    app: Flask, credential_file: tuple[Certificate, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    row, path = credential_file
    number = row.number

    def silent(*_given: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr("app.operations.verifying.db.session.execute", silent)
    code, said, checks = verdict(app, path)
    assert (code, said, checks["status"]) == (1, "cannot_check_status", None)
    assert verdict(app, number)[:2] == (1, "cannot_check_status")


def test_a_number_is_looked_up(app: Flask) -> None:
    row, _credential = certificate()
    assert verdict(app, row.printed["number_grouped"]) == (
        0,
        "valid",
        {"form": True, "register": True, "status": True},
    )
    wrong = row.number[:-1] + ("A" if row.number[-1] != "A" else "B")
    assert verdict(app, wrong)[:2] == (2, "unreadable")
    awards.change(row, "withdrawn", factories.user(Role.CERTIFIER))
    assert verdict(app, row.number)[:2] == (1, "withdrawn")


def test_a_file_is_compared_with_the_register(app: Flask, tmp_path: Path) -> None:
    row = issuing.issue(awards.proposal(), actor=factories.user(Role.CERTIFIER), now=clock.now())
    db.session.commit()
    path, whole = tmp_path / "certificate.pdf", files.read(row)
    path.write_bytes(whole)
    every = {"signature": True, "credential": True, "register": True, "status": True}
    changed = {"signature": False, "credential": True, "register": False}
    assert verdict(app, path) == (0, "valid", every)
    path.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    assert verdict(app, path) == (1, "not_genuine", changed)
    path.write_bytes(whole + b"%more")
    assert verdict(app, path) == (1, "not_genuine", changed)
    path.write_bytes(whole)
    awards.change(row, "withdrawn", factories.user(Role.CERTIFIER))
    assert verdict(app, path) == (1, "withdrawn", {**every, "status": False})


@pytest.mark.parametrize("carried", ["another's", "nonsense", "nothing"])
def test_what_a_file_carries(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, carried: str
) -> None:
    """It must be the credential of this very certificate; files of earlier days carry none."""
    row = issuing.issue(awards.proposal(), actor=factories.user(Role.CERTIFIER), now=clock.now())
    db.session.commit()
    path = tmp_path / "certificate.pdf"
    path.write_bytes(files.read(row))
    tokens = {"another's": certificate()[1].token, "nonsense": "a.b.c", "nothing": None}
    token = tokens[carried]
    monkeypatch.setattr("certificates.attaching.find_credential", lambda _pdf: token)
    code, said, checks = verdict(app, path)
    assert checks.get("credential") is (None if carried == "nothing" else False)
    assert (code, said) == ((0, "valid") if carried == "nothing" else (1, "not_genuine"))


def test_issuing_signs_the_credential_too(app: Flask) -> None:
    row = issuing.issue(awards.proposal(), actor=factories.user(Role.CERTIFIER), now=clock.now())
    db.session.commit()
    credential = keeping.find(row)
    assert credential is not None
    assert verdict(app, credential.token)[:2] == (0, "valid")


def test_people_are_told_in_words(app: Flask) -> None:
    row, _credential = certificate()
    done = app.test_cli_runner().invoke(certificate_commands, ["verify", row.number])
    assert "这张证书现在有效" in done.stdout
    assert done.stdout.endswith("→ valid\n")
