"""The issuer as `did:web`: its name made of our public address, and the document behind the name.

W3C Decentralized Identifiers 1.0, did:web method. Each key stands there twice: as Multikey, which
Data Integrity proofs name, and as JWK, which JWTs name. Deliberately no services and no other
controllers: the address of the site is the only trust there is.
"""

from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

from certificates.credential.encoding import EncodingError, from_multikey, to_base64url, to_multikey
from certificates.credential.keys import CredentialKey, Keyring, of

CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
)
JWK = "-jwk"
NEVER = date.max  # a key that was only read signs on no day


def issuer(public_url: str) -> str:
    """Return the did of a site: `https://a.cn:8443/b` is `did:web:a.cn%3A8443:b`."""
    parts = urlsplit(public_url)
    path = [quote(part, safe="") for part in parts.path.split("/") if part]
    return ":".join(["did:web", quote(parts.netloc.lower(), safe=""), *path])


def jwk(public: bytes) -> dict[str, str]:
    """Return a public key as JWK (RFC 8037)."""
    return {"kty": "OKP", "crv": "Ed25519", "x": to_base64url(public), "alg": "EdDSA"}


def document(ring: Keyring) -> dict[str, Any]:
    """Return the did document: every key, each under its two names, all fit to vouch."""
    methods = [method for key in ring.keys for method in _methods(ring, key)]
    return {
        "@context": list(CONTEXTS),
        "id": ring.issuer,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _methods(ring: Keyring, key: CredentialKey) -> list[dict[str, Any]]:
    address = ring.address(key)
    return [
        {
            "id": address,
            "type": "Multikey",
            "controller": ring.issuer,
            "publicKeyMultibase": to_multikey(key.public),
        },
        {
            "id": address + JWK,
            "type": "JsonWebKey",
            "controller": ring.issuer,
            "publicKeyJwk": jwk(key.public),
        },
    ]


def read(found: Any) -> Keyring:
    """Read a did document that somebody kept. Raises ValueError when it is none of this kind."""
    if not isinstance(found, dict) or not str(found.get("id", "")).startswith("did:"):
        raise ValueError("not a did document")
    name, vouching = str(found["id"]), found.get("assertionMethod", [])
    keys = []
    for method in found.get("verificationMethod", []):
        if not isinstance(method, dict) or method.get("type") != "Multikey":
            continue
        if method.get("id") not in vouching:
            continue  # may not vouch any more
        keys.append(_key(name, method))
    return of(name, keys)


def _key(name: str, method: dict[str, Any]) -> CredentialKey:
    issuer_name, _, fragment = str(method["id"]).partition("#")
    if issuer_name != name or method.get("controller") != name:
        raise ValueError("a key that belongs to somebody else")
    try:
        public = from_multikey(str(method.get("publicKeyMultibase")))
    except EncodingError as error:
        raise ValueError("a key that is not Ed25519") from error
    return CredentialKey(fragment, NEVER, public)
