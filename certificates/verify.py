"""Check a certificate without the association: `python -m certificates.verify FILE --did did.json`.

FILE is the PDF, the credential as JSON or JWT, or the number itself. For a credential give the
association's did document (`/.well-known/did.json` of its site, kept at any time) and, for its
status, both status lists that it names, fetched today. For a PDF give the published fingerprint of
the signing key; the credential inside it is then checked as well. Without status lists the verdict is never “valid”. Asks no network; whoever runs
the association's own installation uses `flask certificates verify`.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from certificates import attaching, numbers, signed_file
from certificates.credential import did
from certificates.credential.keys import Keyring
from certificates.credential.verifying import (
    NOT_GENUINE,
    Check,
    Opened,
    Report,
    UnreadableError,
    cannot_check,
    genuine,
    open_text,
    report,
    unreadable,
)
from certificates.numbers import NumberError
from certificates.signed_file import NotAPdfError, Seal, SignedFile

_MOST_BYTES = signed_file.MOST_BYTES
_NOTHING = unreadable(
    "这不是证书 PDF、电子凭证或证书编号", "neither a certificate PDF, a credential nor a number"
)


def main(arguments: list[str] | None = None) -> int:
    """Print the verdict with its checks; 0 genuine and valid, 1 not, 2 unreadable."""
    given = _parser().parse_args(arguments)
    try:
        found = _report(given, datetime.now(UTC))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"读不了 / cannot be read: {error}\n")
        return 2
    sys.stdout.write(shown(found, as_json=given.json))
    return found.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m certificates.verify", description=__doc__)
    parser.add_argument("file", help="a PDF, a credential as JSON or JWT, or a number")
    parser.add_argument("--did", type=Path, help="the association's did document")
    parser.add_argument("--status", type=Path, action="append", default=[], help="a status list")
    parser.add_argument("--fingerprint", default="", help="SHA-256 of the PDF's signing key")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _report(given: argparse.Namespace, now: datetime) -> Report:
    data = read_argument(given.file)
    if data[:1024].find(b"%PDF-") >= 0:
        return _of_pdf(data, given, now)
    text = data.decode("utf-8", "replace").strip()
    try:
        opened = open_text(text)
    except UnreadableError:
        return of_number(text)
    return _of_credential(opened, given, now)


def _of_credential(opened: Opened, given: argparse.Namespace, now: datetime) -> Report:
    lists = [_list(path) for path in given.status]
    return report(opened, _ring(given), lists, now)


def _ring(given: argparse.Namespace) -> Keyring | None:
    return did.read(json.loads(given.did.read_text("utf-8"))) if given.did else None


def _of_pdf(data: bytes, given: argparse.Namespace, now: datetime) -> Report:
    """Check a PDF, and by the credential inside what it is worth today, where the signer is known."""
    found = of_pdf(data, given.fingerprint)
    ring, token = _ring(given), attaching.find_credential(data)
    if found.verdict != cannot_check()[1] or ring is None or token is None:
        return found
    inside = attached(token, signed_file.read(data).number, ring)
    checks = (*found.checks[:-1], inside)
    if not inside.ok:
        return Report(NOT_GENUINE, checks)
    if not all(check.ok for check in checks):
        return Report(found.verdict, (*checks, found.checks[-1]))
    said = _of_credential(open_text(token), given, now)
    return Report(said.verdict, (*checks, *said.checks))


def attached(token: str, number: str, ring: Keyring) -> Check:
    """Say whether the credential inside a PDF is the issuer's, and of the number on its title."""
    wrong = Check(
        "credential",
        False,
        "文件里附的电子凭证不是这张证书的，或者改过",
        "the credential inside is not this certificate's, or was changed",
    )
    try:
        opened = open_text(token)
    except UnreadableError:
        return wrong
    subject = opened.credential.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("licenseNumber") != number:
        return wrong
    if not all(check.ok for check in genuine(opened, ring)):
        return wrong
    return Check(
        "credential", True, "附在文件里的电子凭证签名有效", "the credential inside is genuine"
    )


def read_argument(given: str) -> bytes:
    """Return the bytes of a file, or the argument itself where there is no such file."""
    path = Path(given)
    if len(given) < 200 and path.is_file():
        with path.open("rb") as file:
            return file.read(_MOST_BYTES + 1)
    return given.encode()


def _list(path: Path) -> Opened:
    try:
        return open_text(path.read_text("utf-8"))
    except UnreadableError as error:
        raise ValueError(f"{path} is no status list") from error


def of_number(text: str) -> Report:
    """Check the form of a number; only the association's register knows more."""
    try:
        numbers.parse(text)
    except NumberError as error:
        return _NOTHING if len(text) > 40 else unreadable(error.zh, error.en)
    form = Check("form", True, "编号的写法正确", "the number is well formed")
    return Report(cannot_check()[1], (form, cannot_check()[0]))


def of_pdf(data: bytes, fingerprint: str) -> Report:
    """Check the signature of a PDF against the published fingerprint of the key."""
    try:
        seen = signed_file.read(data)
    except NotAPdfError:
        return _NOTHING
    checks = [*signature_checks(seen), _signer(seen, fingerprint)]
    if any(check.ok is False for check in checks):
        return Report(NOT_GENUINE, tuple(checks))
    unknown, verdict = cannot_check()
    return Report(verdict, (*checks, unknown))


def signature_checks(seen: SignedFile) -> list[Check]:
    """Say what the signature of a PDF says of its bytes."""
    words = {
        Seal.NONE: ("文件没有签名", "the file is not signed"),
        Seal.WHOLE: ("签名有效，文件没有改动", "the signature holds, nothing was changed"),
        Seal.LONGER: ("签名之后又加了内容", "something was added after it was signed"),
        Seal.BROKEN: ("签名以后内容改过", "something was changed after it was signed"),
    }
    return [Check("signature", seen.seal is Seal.WHOLE, *words[seen.seal])]


def _signer(seen: SignedFile, fingerprint: str) -> Check:
    wanted = fingerprint.replace(":", "").upper()
    if not wanted:
        return Check(
            "signer",
            None,
            f"没有给出协会公布的指纹，不知道是谁签的（文件里自称 {seen.signer or '无'}）",
            "no fingerprint was given, so nobody knows who signed",
        )
    if seen.fingerprint.replace(":", "") == wanted:
        return Check("signer", True, f"签名人是 {seen.signer}", f"signed by {seen.signer}")
    return Check(
        "signer", False, "签名的不是协会公布的密钥", "another key signed than the published"
    )


def shown(found: Report, *, as_json: bool) -> str:
    """Return a report as the commands print it."""
    if as_json:
        return json.dumps(found.as_json(), ensure_ascii=False) + "\n"
    signs = {True: "✓", False: "✗", None: "?"}
    lines = [f"{signs[check.ok]} {check.zh} / {check.en}" for check in found.checks]
    return "\n".join([*lines, f"→ {found.verdict}", ""])


if __name__ == "__main__":
    sys.exit(main())
