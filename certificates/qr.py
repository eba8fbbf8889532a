"""The printed address: a random token, the URL that carries it, and its QR code.

A short lower-case address at level Q stays at about 33 modules, which survived every kind of
damage tried (noise, blur, 100 dpi); a signed token inside the code would need 61 and did not.
So the code holds no proof: what is true is said by the page behind it. Deliberately does not
look anything up.
"""

import base64
import io
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from urllib.parse import urlsplit

import qrcode
from PIL import Image
from qrcode import base, util
from qrcode.constants import ERROR_CORRECT_Q

from certificates.sentences import CertificateError

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks
SYMBOL_MM = 32  # width of the dark square, without the quiet zone
# Beyond 45 modules one module of a 32 mm code is under 0.7 mm, too fine for a poor copy.
MOST_MODULES = 45
_MOST_VERSION = (MOST_MODULES - 17) // 4
_FIRST_WITH_VERSION = 7  # below it the size alone tells
_TIMING_COLUMN = 6
_MASK = 2
_DARK = re.compile(rb"\x01+")
_TOKEN_BYTES = 10  # 80 bits: 16 characters of base32 without padding
_TOKEN = re.compile(r"[a-z2-7]{16}")
_PATH = "/c/"


class AddressError(CertificateError):
    """The public address cannot be printed as a code that scans well."""


@dataclass(frozen=True)
class QrCode:
    """A QR symbol: `rows` of dark modules, without the quiet zone."""

    rows: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        """Modules per side."""
        return len(self.rows)

    @property
    def view_box(self) -> str:
        """SVG view box that holds `path()` and the quiet zone, one unit per module."""
        side = self.size + 2 * QUIET_ZONE
        return f"-{QUIET_ZONE} -{QUIET_ZONE} {side} {side}"

    def outer_mm(self, symbol_mm: float = SYMBOL_MM) -> float:
        """Width with the quiet zone when the symbol itself is `symbol_mm` wide."""
        return symbol_mm * (self.size + 2 * QUIET_ZONE) / self.size

    def path(self) -> str:
        """Return SVG path data: one rectangle per run of dark modules, one unit per module."""
        return "".join([f"M{x} {y}h{length}v1h-{length}z" for x, y, length in self._runs()])

    def rectangles(self) -> str:
        """Return PDF path operators: one rectangle per run of dark modules, one unit per module."""
        return " ".join([f"{x} {y} {length} 1 re" for x, y, length in self._runs()])

    def _runs(self) -> list[tuple[int, int, int]]:
        """Return column, row and length of each run of dark modules."""
        line = self.size + 1
        flat = b"\0".join(map(bytes, self.rows))
        return [
            (run.start() % line, run.start() // line, run.end() - run.start())
            for run in _DARK.finditer(flat)
        ]

    def png(self, pixels_per_module: int = 8) -> bytes:
        """Return a black-and-white PNG with the quiet zone."""
        side = self.size + 2 * QUIET_ZONE
        picture = Image.new("1", (side, side), 1)
        for y, row in enumerate(self.rows):
            for x, dark in enumerate(row):
                if dark:
                    picture.putpixel((x + QUIET_ZONE, y + QUIET_ZONE), 0)
        pixels = side * pixels_per_module
        out = io.BytesIO()
        picture.resize((pixels, pixels), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
        return out.getvalue()


def new_token() -> str:
    """Return 16 random base32 characters in lower case: 80 bits, so addresses cannot be walked."""
    return base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode("ascii").lower()


def find_token(text: str) -> str | None:
    """Return the token in a typed or scanned token, or None when it cannot be one.

    Upper case is taken, because some scanners and people write it so; anything else is left
    to the answer for unknown addresses.
    """
    token = text.strip().lower()
    return token if _TOKEN.fullmatch(token) else None


def address(public_url: str, token: str) -> str:
    """Return the address to print: `public_url` + ``/c/`` + `token`, host in lower case.

    Raises AddressError when `public_url` is not a plain http(s) address or makes the code
    too fine. Whether https is demanded is the application's rule: a demonstration on a local
    network has none.
    """
    parts = urlsplit(public_url.strip())
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
        or not parts.netloc.isascii()
    ):
        raise AddressError(
            f"公开网址“{public_url}”不能印成二维码。请改成 https://域名 的形式，不带参数。",
            f"The public address “{public_url}” cannot be printed as a code. "
            "Use the form https://domain, without parameters.",
        )
    if _TOKEN.fullmatch(token) is None:
        raise ValueError("not a token made by new_token()")
    whole = f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}{_PATH}{token}"
    encode(whole)
    return whole


def domain(checked_address: str) -> str:
    """Return host (and port, where there is one) of an address, to be printed under the code."""
    return urlsplit(checked_address).netloc


@lru_cache(maxsize=128)
def encode(text: str) -> QrCode:
    """Encode at level Q. Raises AddressError beyond `MOST_MODULES` modules a side.

    Gives what `qrcode` gives with a fixed mask, in a twentieth of the time. Choosing the mask by
    the standard's penalties takes 7 ms and made no difference to what decoders read (see
    `bench.scans`).
    """
    data = text.encode("utf-8")
    for version in range(1, _MOST_VERSION + 1):
        symbol = _symbol(version)
        if len(data) + 2 <= symbol.capacity:  # two bytes: the mode, the length, the end
            return QrCode(symbol.filled(data))
    raise AddressError(
        f"网址太长（{len(text)} 个字符），印出来的二维码太密，扫不清。请换用更短的域名。",
        f"The address is too long ({len(text)} characters): the printed code would be too "
        "fine to scan. Use a shorter domain.",
    )


@dataclass(frozen=True)
class _Symbol:
    """A symbol of one version without its data.

    `sources` says for each module, row by row, which entry of a list to take: 0 light, 1 dark,
    n + 2 the n-th bit of the data, to which `mask` was applied. `blocks` are numbers of data and
    of correcting bytes.
    """

    size: int
    capacity: int
    blocks: tuple[tuple[int, int], ...]
    sources: Callable[[Sequence[int]], tuple[int, ...]]
    bits: int
    mask: int

    def filled(self, data: bytes) -> tuple[tuple[bool, ...], ...]:
        """Return the modules with `data` in them."""
        written = self._interleaved(self._padded(data))
        spare = self.bits - 8 * len(written)
        masked = (int.from_bytes(written, "big") << spare) ^ self.mask
        cells = self.sources([0, 1, *map(int, f"{masked:0{self.bits}b}")])
        size = self.size
        return tuple(tuple(map(bool, cells[at : at + size])) for at in range(0, size * size, size))

    def _padded(self, data: bytes) -> bytes:
        # Mode “bytes” 0100, the length in 8 bits, the data, 0000: all of it half a byte off.
        whole = (0b0100 << 8 | len(data)) << 8 * len(data) | int.from_bytes(data, "big")
        begun = (whole << 4).to_bytes(len(data) + 2, "big")
        return begun + (b"\xec\x11" * self.capacity)[: self.capacity - len(begun)]

    def _interleaved(self, data: bytes) -> bytes:
        blocks, at = [], 0
        for many, correcting in self.blocks:
            block = data[at : at + many]
            blocks.append((block, _correction(block, correcting)))
            at += many
        return bytes(
            part[n]
            for which in (0, 1)
            for n in range(max(len(block[which]) for block in blocks))
            for part in (block[which] for block in blocks)
            if n < len(part)
        )


@cache
def _symbol(version: int) -> _Symbol:
    """Take the fixed modules of a version from `qrcode`, and lay out the rest (ISO/IEC 18004, 7.7.3)."""
    code = qrcode.QRCode(
        version=version, error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=_MASK
    )
    code.modules_count = size = 17 + 4 * version
    code.modules = [[None] * size for _row in range(size)]
    for row, column in ((0, 0), (size - 7, 0), (0, size - 7)):
        code.setup_position_probe_pattern(row, column)
    code.setup_position_adjust_pattern()
    code.setup_timing_pattern()
    code.setup_type_info(False, _MASK)
    if version >= _FIRST_WITH_VERSION:
        code.setup_type_number(False)
    sources = {(r, c): int(bool(code.modules[r][c])) for r in range(size) for c in range(size)}
    free = [(r, c) for r, c in _snake(size) if code.modules[r][c] is None]
    masked = util.mask_func(_MASK)
    for number, place in enumerate(free):
        sources[place] = number + 2
    blocks = base.rs_blocks(version, ERROR_CORRECT_Q)
    return _Symbol(
        size=size,
        capacity=sum(block.data_count for block in blocks),
        blocks=tuple((block.data_count, block.total_count - block.data_count) for block in blocks),
        sources=itemgetter(*(sources[r, c] for r in range(size) for c in range(size))),
        bits=len(free),
        mask=int("".join("1" if masked(r, c) else "0" for r, c in free), 2),
    )


def _correction(block: bytes, many: int) -> bytes:
    """Return the Reed-Solomon bytes of a block: the remainder by a table of its 256 multiples."""
    table, rest, lower = _multiples(many), 0, (1 << 8 * (many - 1)) - 1
    for byte in block:
        rest = (rest & lower) << 8 ^ table[byte ^ rest >> 8 * (many - 1)]
    return rest.to_bytes(many, "big")


@cache
def _multiples(many: int) -> tuple[int, ...]:
    """Return each byte's product with the generator polynomial of `many` correcting bytes."""
    generator = [1]
    for power in range(many):
        root = base.gexp(power)
        longer = [*generator, 0]
        for at, factor in enumerate(generator):
            longer[at + 1] ^= _product(factor, root)
        generator = longer
    return tuple(
        int.from_bytes(bytes(_product(byte, factor) for factor in generator[1:]), "big")
        for byte in range(256)
    )


def _product(one: int, other: int) -> int:
    """Multiply in the field of 256 elements."""
    return base.gexp(base.glog(one) + base.glog(other)) if one and other else 0


def _snake(size: int) -> Iterator[tuple[int, int]]:
    """Walk two columns at a time from the right, up and down, leaving out the timing column."""
    upwards = True
    for right in range(size - 1, 0, -2):
        column = right - 1 if right <= _TIMING_COLUMN else right
        for step in range(size):
            row = size - 1 - step if upwards else step
            yield row, column
            yield row, column - 1
        upwards = not upwards
