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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
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
_HEAD_BITS = 12  # mode and length of bytes, up to version 9
_MASK = 2
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
        return "".join(
            f"M{x} {y}h{length}v1h-{length}z"
            for y, row in enumerate(self.rows)
            for x, length in _dark_runs(row)
        )

    def rectangles(self) -> str:
        """Return PDF path operators: one rectangle per run of dark modules, one unit per module."""
        return " ".join(
            f"{x} {y} {length} 1 re"
            for y, row in enumerate(self.rows)
            for x, length in _dark_runs(row)
        )

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


def encode(text: str) -> QrCode:
    """Encode at level Q. Raises AddressError beyond `MOST_MODULES` modules a side.

    The mask is always the same: choosing it by the standard's penalties takes 7 ms and made no
    difference to what decoders read (see `bench.scans`).
    """
    data = [util.QRData(text.encode("utf-8"), mode=util.MODE_8BIT_BYTE)]
    for version in range(1, _MOST_VERSION + 1):
        if 8 * len(text.encode()) + _HEAD_BITS <= _capacity(version):
            return QrCode(_symbol(version).filled(util.create_data(version, ERROR_CORRECT_Q, data)))
    raise AddressError(
        f"网址太长（{len(text)} 个字符），印出来的二维码太密，扫不清。请换用更短的域名。",
        f"The address is too long ({len(text)} characters): the printed code would be too "
        "fine to scan. Use a shorter domain.",
    )


@dataclass(frozen=True)
class _Symbol:
    """A symbol of one version without its data: fixed modules, and where each bit goes.

    `places` are row, column and mask of the modules that hold data, in the order of the bits.
    """

    fixed: tuple[tuple[bool, ...], ...]
    places: tuple[tuple[int, int, bool], ...]

    def filled(self, codewords: Sequence[int]) -> tuple[tuple[bool, ...], ...]:
        """Return the modules with data in them; bits left over are 0 before masking."""
        rows = [list(row) for row in self.fixed]
        bits = int.from_bytes(bytes(codewords), "big")
        written = bin(bits)[2:].zfill(8 * len(codewords)).ljust(len(self.places), "0")
        for (row, column, mask), bit in zip(self.places, written, strict=True):
            rows[row][column] = (bit == "1") is not mask
        return tuple(map(tuple, rows))


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
    free = [(r, c) for r, c in _snake(size) if code.modules[r][c] is None]
    masked = util.mask_func(_MASK)
    places = tuple((r, c, bool(masked(r, c))) for r, c in free)
    return _Symbol(tuple(tuple(map(bool, row)) for row in code.modules), places)


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


@cache
def _capacity(version: int) -> int:
    """Return the bits of data a version holds at level Q."""
    blocks = base.rs_blocks(version, ERROR_CORRECT_Q)
    return sum(8 * block.data_count for block in blocks)


def _dark_runs(row: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    x = 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            yield x, length
        x += length
