"""A file that travels inside a document: the certificate's credential, found again by any reader.

ISO 19005-3, 6.8: the file is named in the document's list of files and among its associated files,
with its media type and what it is to the document. It is written before the signature, so it is
signed with everything else. Taking it out again believes nothing: what comes back is for
`credential.verifying` to judge. Deliberately knows nothing of what the file says.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

CREDENTIAL_NAME = "credential.jwt"
CREDENTIAL_TYPE = "application/vc+jwt"
_SAID = "电子凭证，可用于离线核验 The credential, for checking without this site"
MOST_BYTES = 20_000
"""A credential has about 2,700 bytes."""
_FILE = re.compile(
    rb"/Type /EmbeddedFile /Subtype /application#2fvc#2bjwt [^>]*?/Params <<[^>]*>>"
    rb" /Length (?P<length>\d{1,6})>>\nstream\n"
)
# Numbers of an object: given its body, returns "n 0 R".
Add = Callable[[bytes], str]


@dataclass(frozen=True)
class Attachment:
    """A file to be attached: its name (ASCII), media type, what it is, its bytes."""

    name: str
    media_type: str
    said: str
    body: bytes

    @classmethod
    def of_credential(cls, token: str) -> "Attachment":
        """Take the credential of a certificate, as JWT."""
        return cls(CREDENTIAL_NAME, CREDENTIAL_TYPE, _SAID, token.encode("ascii"))

    def embed(self, add: Add, now: datetime) -> str:
        """Add the file and what describes it; return the reference of its specification."""
        moment = now.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        subtype = "".join(c if c.isalnum() else f"#{ord(c):02x}" for c in self.media_type)
        # As it is: packing would save 600 bytes and cost a twentieth of all the work.
        head = (
            f"<</Type /EmbeddedFile /Subtype /{subtype} "
            f"/Params <</Size {len(self.body)} /ModDate ({moment})>> "
            f"/Length {len(self.body)}>>\nstream\n"
        )
        file = add(head.encode("ascii") + self.body + b"\nendstream")
        said = self.said.encode("utf-16-be").hex().upper()
        return add(
            f"<</Type /Filespec /F ({self.name}) /UF ({self.name}) /Desc <FEFF{said}> "
            f"/AFRelationship /Supplement /EF <</F {file} /UF {file}>>>>".encode("ascii")
        )


def listed(attachment: Attachment, specification: str) -> bytes:
    """Return the tree of names that lists one attached file."""
    return f"<</Names [({attachment.name}) {specification}]>>".encode("ascii")


def find_credential(pdf: bytes) -> str | None:
    """Return the credential that a document of ours carries; None without a readable one.

    Looks for the bytes as `embed` writes them: no reader of PDFs is let loose on a stranger's file.
    """
    found = _FILE.search(pdf)
    if found is None or int(found["length"]) > MOST_BYTES:
        return None
    body = pdf[found.end() : found.end() + int(found["length"])]
    if len(body) != int(found["length"]) or not body.isascii():
        return None
    return body.decode("ascii")
