"""Bitstring Status List 1.0: one bit a credential, in a signed list that is the same for all.

Whoever asks for a list learns nothing of a single person, and we learn nothing of who was looked up.
Two lists run side by side, with the same place in both: `revocation` for what has ended, `suspension`
for what is paused. Deliberately knows no certificates: the caller says which places are set.
"""

import gzip
import secrets
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from certificates.credential.encoding import EncodingError, from_base64url, to_base64url
from certificates.credential.linked_data import CREDENTIALS
from certificates.verdict import SHANGHAI

SIZE = 131_072  # the least that the standard allows, so that a place hides among many
PURPOSES = ("revocation", "suspension")
_KEPT = 60_000  # milliseconds for which a reader may keep a list
_SIGNED_FOR = timedelta(days=1)


def random_place() -> int:
    """Return a place that tells nothing about the order of issue."""
    return secrets.randbelow(SIZE)


def entries(addresses: dict[str, str], place: int) -> list[dict[str, Any]]:
    """Return what a credential says of its status; `addresses` of the lists by purpose."""
    return [
        {
            "id": f"{addresses[purpose]}#{place}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(place),
            "statusListCredential": addresses[purpose],
        }
        for purpose in PURPOSES
    ]


def encode(places: Iterable[int]) -> str:
    """Write the list in which these places are set; place 0 is the first bit from the left."""
    bits = bytearray(SIZE // 8)
    for place in places:
        bits[place >> 3] |= 0x80 >> (place & 7)
    return "u" + to_base64url(gzip.compress(bytes(bits), mtime=0))


def is_set(encoded: str, place: int) -> bool:
    """Tell whether a place is set in a written list. Raises ValueError for a broken one."""
    if not encoded.startswith("u") or not 0 <= place < SIZE:
        raise ValueError("not a list of this size")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        # No more than a list needs: a few bytes can be made to unpack to gigabytes.
        bits = unpacker.decompress(from_base64url(encoded[1:]), SIZE // 8 + 1)
    except (zlib.error, EncodingError) as error:
        raise ValueError("not a packed list") from error
    if len(bits) != SIZE // 8:
        raise ValueError("not a list of this size")
    return bool(bits[place >> 3] & (0x80 >> (place & 7)))


def list_credential(
    address: str, purpose: str, encoded: str, issuer: str, now: datetime
) -> dict[str, Any]:
    """Return a list as a credential yet to be signed, good for a day from `now` (aware)."""
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": moment(now),
        "validUntil": moment(now + _SIGNED_FOR),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
            "ttl": _KEPT,
        },
    }


def moment(when: datetime) -> str:
    """Write a moment in Shanghai time, to the second."""
    return when.astimezone(SHANGHAI).isoformat(timespec="seconds")
