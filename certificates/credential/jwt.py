"""A credential as JWT: the credential itself is the payload, signed with Ed25519.

Open Badges 3.0 §8.2 (JSON Web Token proof) and W3C VC-JOSE-COSE: header `alg`, `kid`, `typ` and no
other; payload the credential's own members, and beside them `iss`, `jti`, `sub`, `nbf`, `exp`, which
repeat what it says. `typ` is "JWT", as Open Badges demands. Deliberately takes no key out of a token:
the keys are given, and a token that names another is not ours.
"""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from certificates.credential.did import JWK
from certificates.credential.encoding import EncodingError, from_base64url, to_base64url
from certificates.credential.keys import CredentialKey, Keyring

CLAIMS = ("iss", "jti", "sub", "nbf", "exp")


class TokenError(ValueError):
    """The text is not a token of this kind."""


def sign(credential: dict[str, Any], ring: Keyring, key: CredentialKey) -> str:
    """Return a credential as compact JWS."""
    payload = json.dumps(
        {**credential, **claims(credential)}, ensure_ascii=False, separators=(",", ":")
    )
    text = f"{_header(ring.address(key))}.{to_base64url(payload.encode())}"
    return f"{text}.{to_base64url(key.sign(text.encode('ascii')))}"


@lru_cache(maxsize=16)
def _header(address: str) -> str:
    head = {"alg": "EdDSA", "kid": address + JWK, "typ": "JWT"}
    return to_base64url(json.dumps(head, separators=(",", ":")).encode())


def claims(credential: dict[str, Any]) -> dict[str, Any]:
    """Return what a token repeats of its credential; times in whole seconds."""
    subject = credential["credentialSubject"]
    found: dict[str, Any] = {"iss": issuer_of(credential), "jti": credential["id"]}
    if "id" in subject:
        found["sub"] = subject["id"]
    found["nbf"] = seconds(credential["validFrom"])
    if "validUntil" in credential:
        found["exp"] = seconds(credential["validUntil"])
    return found


def seconds(moment: str) -> int:
    """Return a moment as seconds since 1970."""
    return int(datetime.fromisoformat(moment).timestamp())


def issuer_of(credential: dict[str, Any]) -> str:
    """Return the issuer's did, which stands alone or in a profile."""
    issuer = credential.get("issuer")
    return str(issuer.get("id")) if isinstance(issuer, dict) else str(issuer)


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and payload of a token, nothing checked. Raises TokenError."""
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise TokenError("not three parts")
    try:
        header, payload = (json.loads(from_base64url(part)) for part in parts[:2])
    except (EncodingError, ValueError, RecursionError) as error:
        raise TokenError("not a signed token") from error
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise TokenError("not a signed token of named values")
    return header, payload


def verifies(token: str, ring: Keyring) -> bool:
    """Tell whether one of the issuer's keys signed this token, and signed it as such."""
    header, payload = read(token)
    signed, _, signature = token.strip().rpartition(".")
    if header.get("alg") != "EdDSA" or not set(header) <= {"alg", "kid", "typ"}:
        return False
    key = ring.find(str(header.get("kid")))
    if key is None:
        return False
    try:
        raw = from_base64url(signature)
    except EncodingError:
        return False
    return key.verifies(raw, signed.encode()) and agrees(payload)


def agrees(payload: dict[str, Any]) -> bool:
    """Tell whether the claims of a token say what its credential says."""
    try:
        wanted = claims(payload)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
    return {name: payload[name] for name in CLAIMS if name in payload} == wanted


def credential(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the credential of a payload, without what the token added."""
    return {name: value for name, value in payload.items() if name not in CLAIMS}
