"""Data Integrity proofs: the signature inside the JSON (`eddsa-rdfc-2022`).

W3C VC Data Integrity 1.0 and EdDSA Cryptosuites 1.0 §3.2: the canonical form of the proof's own
settings and that of the document are hashed with SHA-256 and signed one after the other, so that
spaces and the order of fields do not matter. Some 8 ms of computing, hence only on demand.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

from certificates.credential.encoding import EncodingError, from_base58, to_base58
from certificates.credential.keys import CredentialKey, Keyring
from certificates.credential.linked_data import LinkedDataError, canonical

SUITE = "eddsa-rdfc-2022"


def add(
    document: dict[str, Any], ring: Keyring, key: CredentialKey, now: datetime
) -> dict[str, Any]:
    """Return a document with a proof of `now` (aware). Raises LinkedDataError."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": ring.address(key),
        "proofPurpose": "assertionMethod",
    }
    signature = key.sign(_hashes(document, proof))
    return {**document, "proof": {**proof, "proofValue": "z" + to_base58(signature)}}


def verifies(document: dict[str, Any], ring: Keyring) -> bool:
    """Tell whether the proof of a document was made by one of the issuer's keys over just this."""
    proof = document.get("proof")
    if not isinstance(proof, dict) or not _is_ours(proof):
        return False
    key = ring.find(str(proof.get("verificationMethod")))
    if key is None:
        return False
    bare = {name: value for name, value in document.items() if name != "proof"}
    settings = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        signature = from_base58(str(proof["proofValue"])[1:])
        return key.verifies(signature, _hashes(bare, settings))
    except (EncodingError, LinkedDataError):
        return False


def _is_ours(proof: dict[str, Any]) -> bool:
    return (
        proof.get("type") == "DataIntegrityProof"
        and proof.get("cryptosuite") == SUITE
        and proof.get("proofPurpose") == "assertionMethod"
        and str(proof.get("proofValue", "")).startswith("z")
    )


def _hashes(document: dict[str, Any], proof: dict[str, Any]) -> bytes:
    settings = {**proof, "@context": document.get("@context")}
    return b"".join(hashlib.sha256(canonical(part)).digest() for part in (settings, document))
