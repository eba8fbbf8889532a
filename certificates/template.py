"""What every certificate of one version shows, rendered once by WeasyPrint and made ready for stamping.

The finished template is an ordinary PDF without anybody's data. Places are kept in it: a second
content stream, a dictionary of fonts and one of pictures, an empty signature field, and in the
structure tree one element for each slot, in reading order; one for what the document says of itself,
and two for an attached file. A stamp only fills these places, so it touches neither the page nor the
tree. Deliberately uses WeasyPrint's public finisher and no more.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import pydyf

from certificates import printing
from certificates.composing import Row
from certificates.drawing import DrawingError, Shape, Wording, draw_page
from certificates.fonts import Fonts
from certificates.fontset import cut_for
from certificates.isolation import RenderingError
from certificates.layouts import Layout

_SLOT = "slot:"
_PICTURES = {"photo": "照片 Photo", "qr": "查验用的二维码 QR code for checking this certificate"}
_KEPT = 32  # templates a process keeps: layouts × with and without photo × rows × wordings


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
    metadata: int
    files: int
    associated: int
    """Numbers of the objects that a stamp replaces; the last two are 0 where nothing is attached."""
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
    layout: Layout, wording: Wording, rows: tuple[Row, ...], shape: Shape, fonts: Fonts
) -> Template:
    """Render a template, or return the one rendered before. Raises a CertificateError."""
    page, assets = draw_page(layout, wording, rows, shape, fonts)
    english = frozenset(slot.slot for slot in layout.slots if slot.lang == "en")
    places = _Places(english, shape.attachment)
    drawn = [page.encode(), *(body for _media_type, body in assets.values())]
    identifier = hashlib.sha256(b"\0".join(drawn)).hexdigest()[:32]
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


class _Places:
    """Keeps places in a PDF that WeasyPrint is about to write; `english` slots are said so."""

    def __init__(self, english: frozenset[str], attachment: bool) -> None:
        self.english, self.attachment = english, attachment
        self.files = self.associated = 0

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
        self._keep_descriptions(pdf)
        self._keep_signature(pdf, page)
        self._name_slots(pdf)

    def _keep_descriptions(self, pdf: Any) -> None:
        """Keep places for metadata and an attached file, and name the colours: PDF/A asks for them."""
        self.metadata = _add(pdf, _Nothing())
        pdf.catalog["Metadata"] = _reference(self.metadata)
        profile = pydyf.Stream([_srgb()], {"N": 3}, compress=True)
        pdf.add_object(profile)
        intent = {
            "Type": "/OutputIntent",
            "S": "/GTS_PDFA1",
            "OutputConditionIdentifier": pydyf.String("sRGB"),
            "Info": pydyf.String("sRGB IEC 61966-2-1"),
            "DestOutputProfile": profile.reference,
        }
        pdf.catalog["OutputIntents"] = pydyf.Array([pydyf.Dictionary(intent)])
        if self.attachment:
            self.files, self.associated = _add(pdf, _Nothing()), _add(pdf, _Nothing())
            pdf.catalog["Names"] = pydyf.Dictionary({"EmbeddedFiles": _reference(self.files)})
            pdf.catalog["AF"] = _reference(self.associated)

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
            if slot in self.english:
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
            metadata=self.metadata,
            files=self.files,
            associated=self.associated,
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


@cache
def _srgb() -> bytes:
    """Return the colour profile that comes with WeasyPrint, whose own option leaves the file open."""
    return files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()


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


@lru_cache(maxsize=_KEPT)
def _hashed(pdf: bytes) -> Any:
    return hashlib.sha256(pdf)
