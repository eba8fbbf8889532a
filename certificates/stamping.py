"""Make a certificate: the holder's texts, photo and code stamped onto a template, and signed.

The fast way: the template is rendered once a version, each certificate is some twenty objects
written after it. What is kept is the template once, each certificate's increment, and the SHA-256
of both together. Deliberately does not number, store or send; a stamped certificate is never
stamped again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from certificates import attaching, composing, embedding, metadata, pictures, qr, template
from certificates.attaching import Attachment
from certificates.certificate import PRINTED, CertificateData
from certificates.composing import Placed
from certificates.drawing import Shape, Wording
from certificates.fonts import Fonts, installed_fonts
from certificates.fontset import cuts
from certificates.increment import Increment
from certificates.layouts import Box, Layout, load_layout
from certificates.qr import QrCode
from certificates.signing import Signer
from certificates.template import Template
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


@dataclass(frozen=True)
class Sheet:
    """What is put on one page: fields of the wordings, the wording of its template, pictures, code.

    `printed` are the texts to be checked for characters that no font has: (what it is, text).
    """

    fields: Mapping[str, str]
    wording: Wording
    printed: tuple[tuple[tuple[str, str], str], ...]
    photo: bytes | None
    address: str
    """What the code says; empty for a page without one."""
    title: str
    author: str
    reason: str
    attachment: Attachment | None = None

    @classmethod
    def of(cls, data: CertificateData, *, sample: bool, credential: str = "") -> "Sheet":
        """Take a certificate's page from its facts."""
        return cls(
            fields=composing.fields(data),
            wording=Wording.of(data, sample),
            printed=tuple((what, getattr(data, name)) for name, what in PRINTED.items()),
            photo=data.photo,
            address=data.check_address,
            title=f"{data.title_zh} {data.number}",
            author=data.issuer_zh,
            reason=_REASON,
            attachment=Attachment.of_credential(credential) if credential else None,
        )


def stamp(
    data: CertificateData,
    signer: Signer,
    now: datetime,
    layout: Layout | str = "landscape",
    *,
    sample: bool,
    credential: str = "",
    fonts: Fonts | None = None,
) -> Stamped:
    """Make one certificate, signed at `now` (aware), with its `credential` (JWT) attached if given.

    `layout` is one that `arranging.arrange` gave, or the name of one as it ships. `sample` prints
    样本 / SAMPLE across the page. Raises a CertificateError with a sentence:
    CharactersMissingError, TextTooLongError, PictureError, AddressError, FontsMissingError,
    DrawingError, SigningError.
    """
    sheet = Sheet.of(data, sample=sample, credential=credential)
    return stamp_sheet(sheet, signer, now, layout, fonts=fonts)


def stamp_sheet(
    sheet: Sheet,
    signer: Signer,
    now: datetime,
    layout: Layout | str,
    *,
    fonts: Fonts | None = None,
) -> Stamped:
    """Make one document of any kind; raises as `stamp` does."""
    signer.refuse_unless_valid(now)
    chosen = fonts or installed_fonts()
    page = load_layout(layout) if isinstance(layout, str) else layout
    for what, text in sheet.printed:
        chosen.refuse_missing(*what, text)
    for slot in page.slots:
        chosen.refuse_missing(*slot.called, slot.text)
    rows = composing.rows(page, sheet.fields)
    shape = Shape(
        photo=bool(sheet.photo) and page.photo is not None and "photo" in page.pictures,
        code=bool(sheet.address) and page.qr_middle is not None,
        attachment=sheet.attachment is not None,
    )
    photo = pictures.photo_for_print(sheet.photo) if sheet.photo and shape.photo else None
    placed = composing.compose(page, sheet.fields, rows, cuts(chosen), photo=shape.photo)
    base = template.render(page, sheet.wording, rows, shape, chosen)
    update = Increment(base)
    code = qr.encode(sheet.address) if shape.code else None
    _write(update, base, page, placed, code, photo)
    _describe(update, base, sheet, now)
    info = update.add(metadata.info(sheet.title, sheet.author))
    written, sha256 = update.signed(signer, now, sheet.reason, info)
    return Stamped(base.pdf, base.sha256, written, sha256, page.title)


def _write(
    update: Increment,
    base: Template,
    page: Layout,
    placed: list[Placed],
    code: QrCode | None,
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
    if photo and page.photo:
        images = f"/PzPhoto {update.add(_image(photo))}"
        _mark(ink, base.slots["photo"], _place(page, page.photo))
    if code and page.qr_middle:
        _mark(ink, base.slots["qr"], _code(page.page_mm[1], page.qr_middle, code))
    content = "\n".join(ink.operators).encode()
    update.replace(base.content, embedding.stream(content))
    fonts = "".join(
        f"/{font.name} {embedding.embed(outlines.face, font.glyphs, update.add)} "
        for outlines, font in ink.fonts.items()
    )
    update.replace(base.fonts, b"<<" + base.font_entries + fonts.encode() + b">>")
    if photo:
        update.replace(base.pictures, b"<<" + base.picture_entries + images.encode() + b">>")


def _describe(update: Increment, base: Template, sheet: Sheet, now: datetime) -> None:
    update.replace(base.metadata, metadata.xmp(sheet.title, sheet.author))
    if sheet.attachment is not None:
        specification = sheet.attachment.embed(update.add, now)
        update.replace(base.files, attaching.listed(sheet.attachment, specification))
        update.replace(base.associated, f"[{specification}]".encode())


def _mark(ink: Ink, number: int, operators: str) -> None:
    ink.operators.append(f"/Figure <</MCID {number}>> BDC q {operators} Q EMC")


def _place(page: Layout, box: Box) -> str:
    """Write the operators that draw the photo into its box."""
    left, width, height = (value * POINTS_PER_MM for value in (box.left, box.width, box.height))
    bottom = (page.page_mm[1] - box.top - box.height) * POINTS_PER_MM
    return f"{width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm /PzPhoto Do"


def _code(height_mm: float, middle: tuple[float, float], code: QrCode) -> str:
    """Write the operators that draw the code on white, one unit a module, first row on top."""
    unit = qr.SYMBOL_MM * POINTS_PER_MM / code.size
    x = middle[0] * POINTS_PER_MM - unit * code.size / 2
    y = (height_mm - middle[1]) * POINTS_PER_MM + unit * code.size / 2
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
