"""Draw a certificate: facts and a layout in, the bytes of one PDF page out.

The layouts are versioned files beside this module; a published version never changes, because
certificates name the one they were drawn with. Deliberately does not sign, number, store or
redraw: what is drawn at issue is kept, byte for byte, by whoever issues.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from certificates import fitting, pictures, qr, wording
from certificates.certificate import PRINTED, CertificateData
from certificates.fitting import Setting
from certificates.fonts import Fonts, installed_fonts
from certificates.isolation import RenderingError
from certificates.printing import print_page
from certificates.sentences import CertificateError

# The version each layout is drawn in now. Older folders stay, for the record of what was used.
LAYOUTS = {"landscape": "v1"}

_TEXT_MM, _TEXT_MM_WITHOUT_PHOTO = 190, 237
_HEAD_MM = 237
_DETAILS_SIZE, _DETAILS_GAP_MM = 11, 6


class DrawingError(CertificateError):
    """The page could not be drawn exactly as meant; nothing was made."""


@dataclass(frozen=True)
class DrawnCertificate:
    """A finished page: its bytes, their SHA-256 in hex, and the layout it was drawn with."""

    pdf: bytes
    sha256: str
    layout_version: str


def draw(
    data: CertificateData,
    layout: str = "landscape",
    *,
    sample: bool,
    fonts: Fonts | None = None,
) -> DrawnCertificate:
    """Draw one certificate as a single A4 page with its fonts embedded.

    `sample` prints 样本 / SAMPLE across the page. The same data give the same bytes with the
    same version of the renderer and fonts. Raises a CertificateError with a sentence:
    CharactersMissingError, TextTooLongError, PictureError, AddressError, FontsMissingError,
    DrawingError. One page is drawn at a time in a process; others wait.
    """
    chosen = fonts or installed_fonts()
    for field, (what_zh, what_en) in PRINTED.items():
        chosen.refuse_missing(what_zh, what_en, getattr(data, field))
    version = LAYOUTS[layout]
    template = _template(layout, version)
    page = template.render(
        **_slots(data, chosen),
        sample=sample,
        art=Markup(_resource(layout, version, "art.svg")),  # noqa: S704  # our own file
        style=Markup(_style(layout, version, chosen)),  # noqa: S704
    )
    pdf = _print(page, _assets(data), chosen)
    return DrawnCertificate(pdf, hashlib.sha256(pdf).hexdigest(), f"{layout}-{version}")


def _slots(data: CertificateData, fonts: Fonts) -> dict[str, Any]:
    """Work out every text and its size; raises where one does not fit."""
    room = _TEXT_MM if data.photo else _TEXT_MM_WITHOUT_PHOTO
    details = f"证件号 {data.masked_identity}"
    return {
        "data": data,
        "details": details,
        "name": fitting.fit_name(
            fonts,
            data.name,
            details,
            room_mm=room,
            gap_mm=_DETAILS_GAP_MM,
            details_size=_DETAILS_SIZE,
        ),
        **_headings(data, fonts),
        **_sentences(data, fonts, room),
        "facts": _facts(data, fonts),
        "issued_zh": wording.date_zh(data.issued_on),
        "qr": qr.encode(data.check_address),
    }


def _headings(data: CertificateData, fonts: Fonts) -> dict[str, Setting]:
    def fit(field: str, face: Any, room: float, spacing: float, *sizes: float) -> Setting:
        what_zh, what_en = PRINTED[field]
        return fitting.fit_line(
            fonts,
            getattr(data, field),
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


def _sentences(data: CertificateData, fonts: Fonts, room: float) -> dict[str, str]:
    period = wording.period_zh(data.training_from, data.training_until)
    body_zh = (
        f"于 {period}参加{data.occupation_zh}培训，完成 {data.hours} 课时；"
        f"经理论考试和实操考核，{data.result_zh}。特发此证。"
    )
    body_en = (
        f"This certifies that {data.printed_name_en} completed {data.hours} class-hours of "
        f"training "
        f"{wording.period_en(data.training_from, data.training_until)} and {data.result_en} "
        "both the theory examination and the practical assessment."
    )
    for text, size, lines, what in (
        (body_zh, 15, 3, ("证书正文", "text of the certificate")),
        (body_en, 9.6, 3, ("证书英文正文", "English text of the certificate")),
    ):
        fitting.refuse_overflow(
            fonts,
            text,
            fonts.serif,
            room_mm=room,
            size=size,
            lines=lines,
            what_zh=what[0],
            what_en=what[1],
        )
    return {"body_zh": body_zh, "body_en": body_en}


def _facts(data: CertificateData, fonts: Fonts) -> list[tuple[str, str, str, str, str]]:
    """Return rows of (label zh, label en, value zh, value en, css class)."""
    fitting.refuse_overflow(
        fonts,
        data.class_name,
        fonts.sans,
        room_mm=64,
        size=9.2,
        lines=2,
        what_zh=PRINTED["class_name"][0],
        what_en=PRINTED["class_name"][1],
    )
    until = data.valid_until
    rows = [
        ("证书编号", "Number", data.number.grouped, "", "number"),
        ("等级", "Level", data.level_zh, data.level_en, ""),
        ("培训班", "Class", data.class_name, "", ""),
        (
            "发证日期",
            "Issued",
            wording.date_zh(data.issued_on),
            wording.date_en(data.issued_on),
            "",
        ),
    ]
    if until is not None:
        rows.append(("有效期至", "Valid until", wording.date_zh(until), wording.date_en(until), ""))
    return [row for row in rows if row[2]]


def _assets(data: CertificateData) -> dict[str, tuple[str, bytes]]:
    assets: dict[str, tuple[str, bytes]] = {}
    if data.photo:
        assets["photo"] = ("image/jpeg", pictures.photo_for_print(data.photo))
    if data.seal:
        assets["seal"] = ("image/png", pictures.seal_for_print(data.seal))
    return assets


def _print(page: str, assets: Mapping[str, tuple[str, bytes]], fonts: Fonts) -> bytes:
    try:
        printed = print_page(page, assets, fonts)
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
    return printed.pdf


@cache
def _template(layout: str, version: str) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["set"] = _css
    return environment.from_string(_resource(layout, version, "page.html"))


def _css(setting: Setting) -> str:
    """Write a Setting as declarations; the indent balances the space after the last letter."""
    spacing = f"{setting.spacing:.3f}em"
    return f"font-size: {setting.size}pt; letter-spacing: {spacing}; text-indent: {spacing}"


@cache
def _style(layout: str, version: str, fonts: Fonts) -> str:
    serif, sans = (
        ", ".join(f'"{family}"' for family in stack)
        for stack in (fonts.serif_stack, fonts.sans_stack)
    )
    return f":root {{ --serif: {serif}; --sans: {sans}; }}\n" + _resource(
        layout, version, "page.css"
    )


@cache
def _resource(layout: str, version: str, name: str) -> str:
    folder = resources.files("certificates").joinpath("layouts", layout, version)
    return folder.joinpath(name).read_text(encoding="utf-8")
