"""Make a certificate: the holder's texts, photo and code stamped onto a template, and signed.

The fast way: the template is rendered once a version, each certificate is some twenty objects
written after it. What is kept is the template once, each certificate's increment, and the SHA-256
of both together. Deliberately does not number, store or send; a stamped certificate is never
stamped again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates import composing, embedding, increment, pictures, qr, template
from certificates.certificate import PRINTED, CertificateData
from certificates.composing import Placed
from certificates.fonts import Fonts, installed_fonts
from certificates.fontset import cuts
from certificates.increment import Increment
from certificates.layouts import Layout, load_layout
from certificates.qr import QrCode
from certificates.signing import Signer
from certificates.template import Template, Wording
from certificates.typesetting import POINTS_PER_MM, Ink

_REASON = "颁发证书 Issue of the certificate"


@dataclass(frozen=True)
class Stamped:
    """A signed certificate in two parts: what it shares with others, and what is its own."""

    template: bytes
    template_sha256: str
    increment: bytes
    sha256: str
    """SHA-256 of the whole file in hex."""
    layout_version: str

    @property
    def pdf(self) -> bytes:
        """The whole file."""
        return self.template + self.increment


def stamp(
    data: CertificateData,
    signer: Signer,
    now: datetime,
    layout: str = "landscape",
    *,
    sample: bool,
    fonts: Fonts | None = None,
) -> Stamped:
    """Make one certificate, signed at `now` (aware).

    `sample` prints 样本 / SAMPLE across the page. Raises a CertificateError with a sentence:
    CharactersMissingError, TextTooLongError, PictureError, AddressError, FontsMissingError,
    DrawingError, SigningError.
    """
    signer.refuse_unless_valid(now)
    chosen = fonts or installed_fonts()
    for name, (what_zh, what_en) in PRINTED.items():
        chosen.refuse_missing(what_zh, what_en, getattr(data, name))
    page = load_layout(layout)
    values = composing.fields(data)
    rows = composing.rows(page, values)
    photo = pictures.photo_for_print(data.photo) if data.photo else None
    placed = composing.compose(page, values, rows, cuts(chosen), photo=photo is not None)
    base = template.render(page, Wording.of(data, sample), rows, photo is not None, chosen)
    update = Increment(base)
    _write(update, base, page, placed, qr.encode(data.check_address), photo)
    title = f"{data.title_zh} {data.number}"
    info = update.add(_info(title, data.issuer_zh))
    written, sha256 = update.signed(signer, now, _REASON, info)
    return Stamped(base.pdf, base.sha256, written, sha256, f"{page.name}-{page.version}")


def _write(
    update: Increment,
    base: Template,
    page: Layout,
    placed: list[Placed],
    code: QrCode,
    photo: bytes | None,
) -> None:
    ink = Ink()
    for slot in placed:
        with_mark = base.slots[slot.slot]
        ink.operators.append(f"/P <</MCID {with_mark}>> BDC")
        for runs, x, y in slot.lines:
            ink.text(runs, x, y)
        ink.operators.append("EMC")
    images = ""
    if photo:
        images = f"/PzPhoto {update.add(_image(photo))}"
        _mark(ink, base.slots["photo"], _place(page, page.photo))
    _mark(ink, base.slots["qr"], _code(page, code))
    content = "\n".join(ink.operators).encode()
    update.replace(base.content, embedding.stream(content))
    fonts = "".join(
        f"/{font.name} {embedding.embed(outlines.face, font.glyphs, update.add)} "
        for outlines, font in ink.fonts.items()
    )
    update.replace(base.fonts, b"<<" + base.font_entries + fonts.encode() + b">>")
    if photo:
        update.replace(base.pictures, b"<<" + base.picture_entries + images.encode() + b">>")


def _mark(ink: Ink, number: int, operators: str) -> None:
    ink.operators.append(f"/Figure <</MCID {number}>> BDC q {operators} Q EMC")


def _place(page: Layout, box: Any) -> str:
    """Write the operators that draw the photo into its box."""
    left, width, height = (value * POINTS_PER_MM for value in (box.left, box.width, box.height))
    bottom = (page.page_mm[1] - box.top - box.height) * POINTS_PER_MM
    return f"{width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm /PzPhoto Do"


def _code(page: Layout, code: QrCode) -> str:
    """Write the operators that draw the code on white, one unit a module, first row on top."""
    unit = qr.SYMBOL_MM * POINTS_PER_MM / code.size
    x = page.qr_middle[0] * POINTS_PER_MM - unit * code.size / 2
    y = (page.page_mm[1] - page.qr_middle[1]) * POINTS_PER_MM + unit * code.size / 2
    quiet, outer = -qr.QUIET_ZONE, code.size + 2 * qr.QUIET_ZONE
    return (
        f"{unit:.4f} 0 0 {-unit:.4f} {x:.3f} {y:.3f} cm "
        f"1 g {quiet} {quiet} {outer} {outer} re f 0 g {code.rectangles()} f"
    )


def _image(jpeg: bytes) -> bytes:
    width, height = pictures.PHOTO_PIXELS
    head = (
        f"<</Type /XObject /Subtype /Image /Width {width} /Height {height} "
        f"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length {len(jpeg)}>>"
    )
    return head.encode() + b"\nstream\n" + jpeg + b"\nendstream"


def _info(title: str, author: str) -> bytes:
    return (
        f"<</Title {increment.text(title)} /Author {increment.text(author)} "
        f"/Producer {increment.text('WeasyPrint, Peizhen')}>>"
    ).encode()
