"""Write an incremental update of a PDF, and sign the whole in the same pass.

ISO 32000-1, 7.5.6 and 12.8: objects after the end of the file, a cross-reference stream that
points back at the former one, and a signature over everything but itself. Deliberately knows
nothing of certificates.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from certificates.signing import Signer
from certificates.template import Template

_RANGE = "[0 {:010} {:010} {:010}]"


@dataclass(eq=False)
class Increment:
    """The objects that are added to a template, or stand in the place of one of its own."""

    template: Template
    _parts: list[bytes] = field(default_factory=lambda: [b"\n"])
    _rows: dict[int, int] = field(default_factory=dict)
    _at: int = 0
    _next: int = 0

    def __post_init__(self) -> None:
        """Begin behind the template's last byte and last number."""
        self._at = len(self.template.pdf) + 1
        self._next = self.template.size

    def add(self, body: bytes) -> str:
        """Add an object; return its reference."""
        number = self._next
        self._next += 1
        self.replace(number, body)
        return f"{number} 0 R"

    def replace(self, number: int, body: bytes) -> None:
        """Write an object under a number."""
        self._rows[number] = self._at
        whole = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        self._parts.append(whole)
        self._at += len(whole)

    def signed(self, signer: Signer, now: datetime, reason: str, info: str) -> tuple[bytes, str]:
        """Sign and finish: return the bytes of the increment and the SHA-256 of the whole in hex.

        `info` is the reference of the document's information. `now` is stated as the time of
        signing; no authority confirms it.
        """
        moment = now.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        hole = 2 * signer.longest + 2
        head = (
            "<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached "
            f"/M ({moment}) /Reason {text(reason)} /Name {text(signer.name)} /ByteRange "
        ).encode()
        blank = _RANGE.format(0, 0, 0).encode()
        body = head + blank + b" /Contents " + b"<" + b"0" * (hole - 2) + b">>>"
        at = self._at + len(b"%d 0 obj\n" % self.template.signature)
        self.replace(self.template.signature, body)
        self._finish(info)
        written = b"".join(self._parts)
        base = len(self.template.pdf)
        before = at + len(head) + len(blank) + len(b" /Contents ")
        after = before + hole
        ranges = _RANGE.format(before, after, base + len(written) - after).encode()
        ranged = at + len(head) - base
        first = written[:ranged] + ranges + written[ranged + len(blank) : before - base]
        last = written[after - base :]
        digest = self.template.hashing()
        digest.update(first)
        whole = digest.copy()
        digest.update(last)
        signature = signer.sign(digest.digest()).hex().encode().ljust(hole - 2, b"0")
        rest = b"<" + signature + b">" + last
        whole.update(rest)
        return first + rest, whole.hexdigest()

    def _finish(self, info: str) -> None:
        """Write the cross-reference stream, which lists itself as well."""
        number, at = self._next, self._at
        rows = {**self._rows, number: at}
        numbers = sorted(rows)
        table = b"".join(b"\x01" + rows[one].to_bytes(4, "big") + b"\x00" for one in numbers)
        root, identifier = self.template.root.decode(), self.template.identifier.decode()
        own = table.hex()[:32].rjust(32, "0")
        head = (
            f"<</Type /XRef /Size {number + 1} /W [1 4 1] /Index [{_runs(numbers)}] "
            f"/Prev {self.template.xref_at} /Root {root} /Info {info} /ID [{identifier} <{own}>] "
            f"/Length {len(table)}>>\nstream\n"
        )
        self.replace(number, head.encode("latin-1") + table + b"\nendstream")
        self._parts.append(b"startxref\n%d\n%%%%EOF\n" % at)


def text(written: str) -> str:
    """Write a text string of a dictionary."""
    return f"<FEFF{written.encode('utf-16-be').hex().upper()}>"


def _runs(numbers: list[int]) -> str:
    """Write the runs of consecutive numbers as `first count`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == sum(runs[-1]):
            runs[-1][1] += 1
        else:
            runs.append([number, 1])
    return " ".join(f"{first} {count}" for first, count in runs)
