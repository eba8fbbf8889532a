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
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlsplit

from PIL import Image

from certificates import qr_symbol
from certificates.sentences import CertificateError

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks
SYMBOL_MM = 32  # width of the dark square, without the quiet zone
# Beyond 45 modules one module of a 32 mm code is under 0.7 mm, too fine for a poor copy.
MOST_MODULES = 45
_MOST_VERSION = (MOST_MODULES - 17) // 4
_DARK = re.compile("1+")
_TOKEN_BYTES = 10  # 80 bits: 16 characters of base32 without padding
_TOKEN = re.compile(r"[a-z2-7]{16}")
_PATH = "/c/"


class AddressError(CertificateError):
    """The public address cannot be printed as a code that scans well."""


@dataclass(frozen=True)
class QrCode:
    """A QR symbol without the quiet zone: `modules` as lines of 1 (dark) and 0."""

    modules: str

    @property
    def rows(self) -> tuple[tuple[bool, ...], ...]:
        """Whether each module is dark, row by row."""
        return tuple(tuple(one == "1" for one in line) for line in self.modules.split("\n"))

    @property
    def size(self) -> int:
        """Modules per side."""
        return self.modules.index("\n")

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
        runs = (_run(self.size + 1, *run.span()) for run in _DARK.finditer(self.modules))
        return "".join([f"M{x} {y}h{length}v1h-{length}z" for x, y, length in runs])

    def rectangles(self) -> str:
        """Return PDF path operators: one rectangle per run of dark modules, one unit per module."""
        written = _rectangles(self.size + 1).__getitem__
        return " ".join(map(written, map(re.Match.span, _DARK.finditer(self.modules))))

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


def _run(line: int, begin: int, end: int) -> tuple[int, int, int]:
    """Return column, row and length of a run of modules; `line` counts the end of a line as well."""
    return begin % line, begin // line, end - begin


class _Rectangles(dict[tuple[int, int], str]):
    """The operators of each run, by where it begins and ends, as they are asked for.

    Most runs are short, so these are soon all that occur in codes of one size.
    """

    def __init__(self, line: int) -> None:
        super().__init__()
        self._line = line

    def __missing__(self, span: tuple[int, int]) -> str:
        x, y, length = _run(self._line, *span)
        written = self[span] = f"{x} {y} {length} 1 re"
        return written


_rectangles = cache(_Rectangles)


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
        symbol = qr_symbol.symbol(version)
        if len(data) + 2 <= symbol.capacity:  # two bytes: the mode, the length, the end
            return QrCode(symbol.filled(data))
    raise AddressError(
        f"网址太长（{len(text)} 个字符），印出来的二维码太密，扫不清。请换用更短的域名。",
        f"The address is too long ({len(text)} characters): the printed code would be too "
        "fine to scan. Use a shorter domain.",
    )
