"""The canonical form of a credential, which Data Integrity proofs sign (RDFC-1.0 by PyLD).

Contexts come from the files beside this one and nothing is ever fetched. Whatever the contexts do
not know would be left out of the signature, so it is refused; and so is what could make the
canonical form take for ever (many alike nodes without names).
"""

from functools import cache
from importlib import resources
from json import loads
from typing import Any

from pyld import jsonld

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_FILES = {CREDENTIALS: "credentials-v2.json", OPEN_BADGES: "open-badges-3.0.3.json"}
_MOST_ALIKE = 5  # objects in one list: the canonical form tries every order of alike ones
_DEEPEST = 12


class LinkedDataError(ValueError):
    """The document has no canonical form that could be trusted."""


def canonical(document: dict[str, Any]) -> bytes:
    """Return the N-Quads of a document in canonical form. Raises LinkedDataError."""
    _refuse_costly(document)
    options = {
        "algorithm": "URDNA2015",  # the name under which RDFC-1.0 was drafted
        "format": "application/n-quads",
        "documentLoader": _load,
    }
    try:
        written = jsonld.JsonLdProcessor(on_property_dropped=_refuse_dropped).normalize(
            document, options
        )
    except (jsonld.JsonLdError, KeyError, TypeError, AttributeError) as error:
        raise LinkedDataError("not linked data that could be put into canonical form") from error
    return str(written).encode()


@cache
def _context(address: str) -> dict[str, Any]:
    folder = resources.files("certificates.credential") / "contexts"
    found: dict[str, Any] = loads((folder / _FILES[address]).read_text("utf-8"))
    return found


def _load(address: str, _options: object) -> dict[str, Any]:
    if address not in _FILES:
        raise jsonld.JsonLdError(
            f"{address} is not kept here",
            "jsonld.LoadDocumentError",
            code="loading document failed",
        )
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": address,
        "document": _context(address),
    }


def _refuse_dropped(_name: object) -> None:
    raise LinkedDataError("a field that no context knows would not be signed")


def _refuse_costly(value: object, depth: int = 0) -> None:
    """Refuse shapes for which the canonical form would try every order of alike nodes."""
    if depth > _DEEPEST:
        raise LinkedDataError("nested too deeply")
    if isinstance(value, str):
        if value.startswith("_:"):
            raise LinkedDataError("a node whose name is only its own")
        return
    parts = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return
    if isinstance(value, list) and sum(isinstance(part, dict) for part in value) > _MOST_ALIKE:
        raise LinkedDataError("too many objects in one list")
    for part in parts:  # type: ignore[attr-defined]
        _refuse_costly(part, depth + 1)
