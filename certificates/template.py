"""What every certificate of one version shows, rendered once by WeasyPrint and made ready for stamping.

The finished template is an ordinary PDF without anybody's data. Places are kept in it: a second
content stream, a dictionary of fonts and one of pictures, an empty signature field, and in the
structure tree one element for each slot, in reading order. A stamp only fills these places, so it
touches neither the page nor the tree. Deliberately uses WeasyPrint's public finisher and no more.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2
import pydyf
from markupsafe import Markup

from certificates import fitting, pictures, printing
from certificates.certificate import PRINTED, CertificateData
from certificates.composing import Row
from certificates.fitting import Setting
from certificates.fonts import Fonts
from certificates.fontset import cut_for
from certificates.isolation import RenderingError
from certificates.layouts import Layout
from certificates.sentences import CertificateError

_HEAD_MM = 237
_SLOT = "slot:"
_PICTURES = {"photo": "照片 Photo", "qr": "查验用的二维码 QR code for checking this certificate"}
_ENGLISH = ("english",)
_KEPT = 32  # templates a process keeps: layouts × with and without photo × rows × wordings


class DrawingError(CertificateError):
    """The page could not be drawn exactly as meant; nothing was made."""


@dataclass(frozen=True)
class Wording:
    """What an installation says on every certificate of one version."""

    title_zh: str
    title_en: str
    issuer_zh: str
    issuer_en: str
    official_domain: str
    seal: bytes | None
    sample: bool

    @classmethod
    def of(cls, data: CertificateData, sample: bool) -> "Wording":
        """Take out of the facts of a certificate what does not belong to its holder."""
        return cls(
            title_zh=data.title_zh,
            title_en=data.title_en,
            issuer_zh=data.issuer_zh,
            issuer_en=data.issuer_en,
            official_domain=data.official_domain,
            seal=data.seal,
            sample=sample,
        )


@dataclass(frozen=True)
class Template:
    """A rendered template: its bytes, and where a stamp puts what."""

    pdf: bytes
    sha256: str
    slots: dict[str, int]
    """Slot -> number of its marked content."""
    content: int
    fonts: int
    pictures: int
    signature: int
    """Numbers of the objects that a stamp replaces."""
    font_entries: bytes
    picture_entries: bytes
    """What the two dictionaries hold already."""
    size: int
    xref_at: int
    root: bytes
    identifier: bytes

    def hashing(self) -> Any:
        """Return a SHA-256 that has read the template already."""
        return _hashed(self.pdf).copy()


@lru_cache(maxsize=_KEPT)
def render(
    layout: Layout, wording: Wording, rows: tuple[Row, ...], photo: bool, fonts: Fonts
) -> Template:
    """Render a template, or return the one rendered before. Raises a CertificateError."""
    page, assets = draw_page(layout, wording, rows, photo, fonts)
    places = _Places()
    identifier = hashlib.sha256(page.encode()).hexdigest()[:32]
    try:
        with cut_for(page, fonts) as cut:
            printed = printing.print_once(page, assets, cut, places.keep, identifier.encode())
    except RenderingError as fault:
        raise DrawingError(
            f"证书没有画成，没有生成文件。请把这句话告诉管理员：{fault}",
            f"The certificate was not drawn and no file was made. Tell the administrator: {fault}",
        ) from fault
    if printed.pages != 1:
        raise DrawingError(
            f"证书排成了 {printed.pages} 页，应当是 1 页，没有生成文件。请缩短文字后再试。",
            f"The certificate came out at {printed.pages} pages instead of 1; no file was made. "
            "Shorten the texts and try again.",
        )
    return places.template(printed.pdf, identifier)


def draw_page(
    layout: Layout, wording: Wording, rows: tuple[Row, ...], photo: bool, fonts: Fonts
) -> tuple[str, printing.Assets]:
    """Return the template as HTML and the pictures it names. Raises a CertificateError."""
    page = _page_template(layout).render(
        wording=wording,
        shape={"photo": photo},
        paragraphs=[paragraph.slot for paragraph in layout.paragraphs],
        rows=rows,
        art=Markup(layout.text("art.svg")),  # noqa: S704  # our own file
        style=Markup(_style(layout, fonts)),  # noqa: S704
        **_headings(wording, fonts),
    )
    assets: dict[str, tuple[str, bytes]] = {}
    if wording.seal:
        assets["seal"] = ("image/png", pictures.seal_for_print(wording.seal))
    return page, assets


class _Places:
    """Keeps places in a PDF that WeasyPrint is about to write."""

    def keep(self, _document: object, pdf: Any) -> None:
        """Change the objects of a document; WeasyPrint calls it as its finisher."""
        page = next(one for one in pdf.objects if _is(one, "/Page"))
        self.content = _add(pdf, _Nothing())
        self.signature = _add(pdf, _Nothing())
        opening, closing = pydyf.Stream([b"q"]), pydyf.Stream([b"Q"])
        for stream in (opening, closing):
            pdf.add_object(stream)
        # WeasyPrint turns the page upside down and never back: its part is put in brackets.
        page["Contents"] = pydyf.Array(
            [opening.reference, page["Contents"], closing.reference, _reference(self.content)]
        )
        resources = _object(pdf, page["Resources"])
        self.font_entries = _entries(_object(pdf, resources["Font"]))
        self.fonts = _number(resources["Font"])
        drawn = pydyf.Dictionary(resources["XObject"])
        self.picture_entries = _entries(drawn)
        self.pictures = _add(pdf, drawn)
        resources["XObject"] = drawn.reference
        self._keep_signature(pdf, page)
        self._name_slots(pdf)

    def _keep_signature(self, pdf: Any, page: Any) -> None:
        field = pydyf.Dictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Widget",
                "FT": "/Sig",
                "T": pydyf.String("Signature1"),
                "TU": pydyf.String("发证单位的电子签名 Electronic signature of the issuer"),
                "F": 132,
                "Rect": pydyf.Array([0, 0, 0, 0]),
                "P": pdf.page_references[0],
                "V": _reference(self.signature),
            }
        )
        pdf.add_object(field)
        page["Annots"] = pydyf.Array([field.reference])
        pdf.catalog["AcroForm"] = pydyf.Dictionary(
            {"Fields": pydyf.Array([field.reference]), "SigFlags": 3}
        )

    def _name_slots(self, pdf: Any) -> None:
        """Turn the drawings that stand for slots into elements for text or pictures."""
        (mapping,) = (one for one in pdf.objects if isinstance(one, dict) and "Nums" in one)
        marked = mapping["Nums"][1]
        self.slots = {}
        for one in pdf.objects:
            title = one.get("Alt") if _is(one, "/StructElem") else None
            if title is None or not title.string.startswith(_SLOT):
                continue
            slot = title.string.removeprefix(_SLOT)
            del one["Alt"], one["A"]
            if slot in _PICTURES:
                one["Alt"] = pydyf.String(_PICTURES[slot])
            else:
                one["S"] = "/P"
            if slot in _ENGLISH:
                one["Lang"] = pydyf.String("en")
            self.slots[slot] = len(marked)
            one["K"].append(len(marked))
            marked.append(one.reference)

    def template(self, pdf: bytes, identifier: str) -> Template:
        """Describe the written template."""
        trailer = pdf[pdf.rindex(b"/XRef") :]
        return Template(
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            slots=self.slots,
            content=self.content,
            fonts=self.fonts,
            pictures=self.pictures,
            signature=self.signature,
            font_entries=self.font_entries,
            picture_entries=self.picture_entries,
            size=int(_found(rb"/Size (\d+)", trailer)),
            xref_at=int(_found(rb"startxref\s+(\d+)", trailer)),
            root=_found(rb"/Root (\d+ 0 R)", trailer),
            identifier=_found(rb"/ID \[\s*(\(.*?\)|<.*?>)", trailer),
        )


class _Nothing(pydyf.Object):  # type: ignore[misc]  # pydyf has no types
    """A `null` whose number a stamp gives to something."""

    data = b"null"


def _is(one: Any, kind: str) -> bool:
    return isinstance(one, dict) and one.get("Type") == kind


def _add(pdf: Any, one: Any) -> int:
    pdf.add_object(one)
    return int(one.number)


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def _reference(number: int) -> bytes:
    return f"{number} 0 R".encode()


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[_number(reference)]


def _entries(dictionary: Any) -> bytes:
    written: bytes = dictionary.data
    return written.removeprefix(b"<<").removesuffix(b">>")


def _found(pattern: bytes, text: bytes) -> bytes:
    match = re.search(pattern, text, re.DOTALL)
    if match is None:
        raise ValueError(f"the renderer wrote no {pattern!r}")
    return match[1]


def _headings(wording: Wording, fonts: Fonts) -> dict[str, Setting]:
    def fit(field: str, face: Any, room: float, spacing: float, *sizes: float) -> Setting:
        what_zh, what_en = PRINTED[field]
        return fitting.fit_line(
            fonts,
            getattr(wording, field),
            face,
            room_mm=room,
            sizes=sizes,
            spacing=spacing,
            what_zh=what_zh,
            what_en=what_en,
        )

    fit("issuer_en", fonts.sans, _HEAD_MM, 0.04, 7.6)
    fit("official_domain", fonts.serif_bold, 46, 0, 8.4)
    return {
        "issuer": fit("issuer_zh", fonts.sans, _HEAD_MM, 0.28, 11.5, 10.5, 9.5),
        "title": fit("title_zh", fonts.serif_bold, 245, 0.22, 34, 31, 28, 25, 22),
        "subtitle": fit("title_en", fonts.serif, 245, 0.05, 11, 10, 9),
        "signature": fit("issuer_zh", fonts.serif, 82, 0, 12.5, 11.5, 10.5, 9.5, 8.5),
    }


def _page_template(layout: Layout) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["set"] = _css
    return environment.from_string(layout.text("page.html"))


def _css(setting: Setting) -> str:
    """Write a Setting as declarations; the indent balances the space after the last letter."""
    spacing = f"{setting.spacing:.3f}em"
    return f"font-size: {setting.size}pt; letter-spacing: {spacing}; text-indent: {spacing}"


def _style(layout: Layout, fonts: Fonts) -> str:
    serif, sans = (
        ", ".join(f'"{family}"' for family in stack)
        for stack in (fonts.serif_stack, fonts.sans_stack)
    )
    return f":root {{ --serif: {serif}; --sans: {sans}; }}\n{layout.text('page.css')}"


@lru_cache(maxsize=_KEPT)
def _hashed(pdf: bytes) -> Any:
    return hashlib.sha256(pdf)
