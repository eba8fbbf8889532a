"""Checking a credential: is it ours, is it whole, is it in its time, and what became of it since.

Each question is one `Check`; `ok` is None where it could not be answered, and then the verdict is
never “valid”. A token and a JSON are asked the same. Deliberately fetches nothing: keys and status
lists are handed in, and a list is believed only if the same issuer signed it for today.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.credential import jwt, proofs, status
from certificates.credential.keys import Keyring
from certificates.verdict import Status

MOST_BYTES = 200_000
NOT_GENUINE = "not_genuine"
UNREADABLE = "unreadable"
CANNOT_CHECK = "cannot_check_status"
NOT_YET = "not_yet"
_BECAME = {"revocation": Status.WITHDRAWN.value, "suspension": Status.SUSPENDED.value}


class UnreadableError(ValueError):
    """The file is no credential in either form."""


@dataclass(frozen=True)
class Check:
    """One question and its answer; `ok` is None where it could not be asked."""

    name: str
    ok: bool | None
    zh: str
    en: str

    def as_json(self) -> dict[str, Any]:
        """Return the check as the commands print it."""
        return {"name": self.name, "ok": self.ok, "detail": f"{self.zh} / {self.en}"}


@dataclass(frozen=True)
class Report:
    """The verdict in one word and the checks it rests on."""

    verdict: str
    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """0 genuine and valid, 1 not shown to be so, 2 unreadable."""
        if self.verdict == UNREADABLE:
            return 2
        return 0 if self.verdict == Status.VALID.value else 1

    def as_json(self) -> dict[str, Any]:
        """Return verdict and checks."""
        return {"verdict": self.verdict, "checks": [check.as_json() for check in self.checks]}


def unreadable(zh: str, en: str) -> Report:
    """Say that a file is nothing that could be checked."""
    return Report(UNREADABLE, (Check("form", False, zh, en),))


@dataclass(frozen=True)
class Opened:
    """A credential out of its envelope, and the text it came in."""

    credential: dict[str, Any]
    text: str
    is_token: bool

    @property
    def issuer(self) -> str:
        """The did it names; anybody may write one."""
        return jwt.issuer_of(self.credential)

    def is_signed_by(self, ring: Keyring) -> bool:
        """Tell whether one of the issuer's keys signed it, and nothing was changed since."""
        if self.is_token:
            return jwt.verifies(self.text, ring)
        return proofs.verifies(self.credential, ring)


def open_text(text: str) -> Opened:
    """Read a credential in either form. Raises UnreadableError."""
    text = text.strip()
    if len(text) > MOST_BYTES:
        raise UnreadableError
    try:
        if text.startswith("{"):
            found, is_token = json.loads(text), False
        else:
            found, is_token = jwt.credential(jwt.read(text)[1]), True
    except (ValueError, RecursionError) as error:
        raise UnreadableError from error
    if not isinstance(found, dict) or "VerifiableCredential" not in _list(found.get("type")):
        raise UnreadableError
    return Opened(found, text, is_token)


def genuine(opened: Opened, ring: Keyring | None) -> list[Check]:
    """Answer whether a credential is the issuer's and whole; `ring` None where no keys are known."""
    if ring is None:
        return [
            Check(
                "issuer",
                None,
                f"没有给出协会的 did 文件，不能核对签名（自称由 {opened.issuer} 签发）",
                "the association's did document was not given, so nobody knows who signed",
            )
        ]
    if opened.issuer != ring.issuer:
        return [
            Check(
                "issuer",
                False,
                f"签发者写的是 {opened.issuer}，不是 {ring.issuer}",
                f"names {opened.issuer} as issuer, not {ring.issuer}",
            )
        ]
    ours = Check("issuer", True, f"签发者是 {opened.issuer}", f"issued by {opened.issuer}")
    words = ("签名有效，内容没有改动", "the signature holds, nothing was changed")
    whole = opened.is_signed_by(ring)
    if not whole:
        words = (
            "签名不对：不是这个机构签的，或者内容改过",
            "the signature is wrong: not this issuer's, or something was changed",
        )
    return [ours, Check("signature", whole, *words)]


def dates(credential: dict[str, Any], now: datetime) -> tuple[Check, str]:
    """Answer whether a credential is in its time; return the verdict too, as far as time goes."""
    try:
        begins = jwt.seconds(credential["validFrom"])
        ends = jwt.seconds(credential["validUntil"]) if "validUntil" in credential else None
    except (KeyError, TypeError, ValueError):
        return Check("dates", False, "有效期写得不对", "the dates cannot be read"), NOT_GENUINE
    if now.timestamp() < begins:
        return Check("dates", False, "还没有生效", "not valid yet"), NOT_YET
    if ends is not None and now.timestamp() > ends:
        day = str(credential["validUntil"])[:10]
        return (
            Check("dates", False, f"有效期到 {day} 为止", f"was valid until {day}"),
            Status.EXPIRED.value,
        )
    return Check("dates", True, "在有效期内", "within its dates"), Status.VALID.value


def status_from_lists(
    credential: dict[str, Any], given: Iterable[Opened], ring: Keyring, now: datetime
) -> tuple[Check, str]:
    """Answer from signed status lists what became of a credential; all its lists must be there."""
    found = {str(one.credential.get("id")): one for one in given}
    for entry in _list(credential.get("credentialStatus")):
        try:
            purpose, place = str(entry["statusPurpose"]), int(entry["statusListIndex"])
            one = found[str(entry["statusListCredential"])]
            subject = one.credential["credentialSubject"]
            fresh = one.is_signed_by(ring) and dates(one.credential, now)[0].ok
            if not fresh or subject["statusPurpose"] != purpose or purpose not in _BECAME:
                return cannot_check()
            if status.is_set(subject["encodedList"], place):
                became = _BECAME[purpose]
                words = ("已撤销、注销或更换", "was withdrawn, cancelled or replaced")
                if purpose == "suspension":
                    words = ("已暂停", "is suspended")
                return Check(
                    "status", False, f"状态列表说：{words[0]}", f"the list: it {words[1]}"
                ), became
        except (KeyError, TypeError, ValueError):
            return cannot_check()
    if not _list(credential.get("credentialStatus")):
        return cannot_check()
    return (
        Check("status", True, "状态列表里没有暂停或撤销", "neither suspended nor withdrawn"),
        Status.VALID.value,
    )


def cannot_check() -> tuple[Check, str]:
    """Say that nobody told what became of it since."""
    return (
        Check(
            "status",
            None,
            "不能核对现在的状态：可能已经暂停或撤销。请到查验页查一次",
            "cannot check the status: it may be suspended or withdrawn; look it up on the check page",
        ),
        CANNOT_CHECK,
    )


def report(opened: Opened, ring: Keyring | None, given: Iterable[Opened], now: datetime) -> Report:
    """Check a credential by what was handed in."""
    checks = genuine(opened, ring)
    if ring is None:
        return Report(CANNOT_CHECK, tuple(checks))
    if not all(check.ok for check in checks):
        return Report(NOT_GENUINE, tuple(checks))
    dated, by_date = dates(opened.credential, now)
    known, by_status = status_from_lists(opened.credential, given, ring, now)
    # What was withdrawn is said before what has merely run out, and both before what is unknown.
    order = (Status.WITHDRAWN.value, Status.SUSPENDED.value, by_date, by_status)
    said = {by_date, by_status} - {Status.VALID.value}
    verdict = next((word for word in order if word in said), Status.VALID.value)
    return Report(verdict, (*checks, dated, known))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
