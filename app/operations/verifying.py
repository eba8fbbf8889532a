"""`flask certificates verify`: is this file or number one of ours, and what is it worth today.

Unlike `python -m certificates.verify`, which any stranger can run, this asks the register itself.
Where the database does not answer, it says what the file alone tells, and never “valid”.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.checking import files, numbers_typed, register
from app.checking.files import Kind
from app.config import Settings
from app.credentials import keys
from app.extensions import db, reading_only
from app.models.awards import Certificate
from certificates import attaching, qr, signed_file, verify
from certificates.credential import verifying
from certificates.credential.keys import CredentialKeyError, Keyring
from certificates.credential.verifying import Check, Opened, Report, UnreadableError
from certificates.numbers import NumberError
from certificates.signed_file import NotAPdfError
from certificates.verdict import Status, Verdict

_KINDS = {
    Kind.ORIGINAL: ("文件和签发时一个字节不差", "byte for byte as it was issued"),
    Kind.ADDED_TO: (
        "是签发的文件，但后面加了内容",
        "an issued file with something added behind it",
    ),
    Kind.CHANGED: ("登记里没有这个文件", "no file of the register"),
    Kind.FOREIGN: ("签名的不是本机构", "signed by somebody else"),
    Kind.UNKNOWN: ("登记里没有这个文件", "no file of the register"),
    Kind.UNSIGNED: ("登记里没有这个文件", "no file of the register"),
}


@click.command("verify")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify_certificate(file: str, as_json: bool) -> None:
    """Check a certificate: FILE is its PDF, its credential (JSON or JWT), or its number.

    Prints the checks and the verdict, and changes nothing. Exit 0: genuine and valid; 1: not, or
    its status could not be checked; 2: nothing that could be read.
    """
    try:
        found = _report(verify.read_argument(file), clock.now())
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    click.echo(verify.shown(found, as_json=as_json), nl=False)
    raise SystemExit(found.exit_code)


def _report(data: bytes, now: datetime) -> Report:
    if b"%PDF-" in data[:1024]:
        return _pdf(data, now)
    text = data.decode("utf-8", "replace").strip()
    try:
        return _credential(verifying.open_text(text), now)
    except UnreadableError:
        return _number(text, now)


def _pdf(data: bytes, now: datetime) -> Report:
    try:
        seen = signed_file.read(data)
    except NotAPdfError:  # pragma: no cover — looked at before
        return verifying.unreadable("这不是 PDF", "not a PDF")
    checks = verify.signature_checks(seen)
    inside = _inside(data, seen.number)
    if inside is not None:
        checks.append(inside)
    try:
        with _register():
            compared = files.compare(data, now)
    except SQLAlchemyError:
        unknown, verdict = verifying.cannot_check()
        is_whole = all(check.ok for check in checks)
        return Report(verdict if is_whole else verifying.NOT_GENUINE, (*checks, unknown))
    is_ours = compared.kind is Kind.ORIGINAL
    checks.append(Check("register", is_ours, *_KINDS[compared.kind]))
    found = compared.reading.found
    if found is None or not all(check.ok for check in checks):
        return Report(verifying.NOT_GENUINE, tuple(checks))
    return Report(found.verdict.code.value, (*checks, _status(found.verdict)))


def _inside(data: bytes, number: str) -> Check | None:
    """Check the credential that a PDF carries; None for one that was issued without."""
    token = attaching.find_credential(data)
    if token is None:
        return None
    try:
        issuer = verifying.open_text(token).issuer
    except UnreadableError:
        issuer = ""
    return verify.attached(token, number, _ours(issuer))


def _ours(issuer: str) -> Keyring:
    try:
        return _ring(issuer)
    except CredentialKeyError as error:
        raise click.ClickException(f"{error.zh} / {error.en}") from error


def _credential(opened: Opened, now: datetime) -> Report:
    ring = _ours(opened.issuer)
    checks = verifying.genuine(opened, ring)
    if not all(check.ok for check in checks):
        return Report(verifying.NOT_GENUINE, tuple(checks))
    try:
        with _register():
            token = str(opened.credential.get("id")).rpartition("/")[2]
            found = register.by_token(qr.find_token(token), now).found
    except SQLAlchemyError:
        return verifying.report(opened, ring, (), now)
    subject = opened.credential.get("credentialSubject", {})
    if found is None or found.number != subject.get("licenseNumber"):
        missing = Check("register", False, "登记里没有这张证书", "not in the register")
        return Report(Status.NOT_FOUND.value, (*checks, missing))
    entered = Check("register", True, f"登记里有，编号 {found.number}", "in the register")
    return Report(found.verdict.code.value, (*checks, entered, _status(found.verdict)))


def _number(text: str, now: datetime) -> Report:
    try:
        with _register():
            number = numbers_typed.read(text, clock.shanghai_date(now))
            found = register.by_number(number, now).found
    except NumberError as error:
        return verifying.unreadable(error.zh, error.en)
    except SQLAlchemyError:
        return verify.of_number(text)
    form = Check("form", True, "编号的写法正确", "the number is well formed")
    if found is None:
        missing = Check("register", False, "登记里没有这张证书", "not in the register")
        return Report(Status.NOT_FOUND.value, (form, missing))
    entered = Check("register", True, "登记里有", "in the register")
    return Report(found.verdict.code.value, (form, entered, _status(found.verdict)))


@contextmanager
def _register() -> Iterator[None]:
    """Read the register inside. Raises SQLAlchemyError at once where it does not answer."""
    with reading_only():
        try:
            db.session.execute(select(Certificate.id).limit(1))
            yield
        finally:
            db.session.rollback()


def _status(verdict: Verdict) -> Check:
    return Check("status", verdict.may_serve, verdict.sentence_zh, verdict.sentence_en)


def _ring(issuer: str) -> Keyring:
    """Return our keys under the name a credential was issued with, if that was ever ours."""
    settings: Settings = current_app.config["PEIZHEN"]
    for host in settings.own_domains:
        ring = keys.ring(host)
        if issuer == ring.issuer:
            return ring
    return keys.ring()
