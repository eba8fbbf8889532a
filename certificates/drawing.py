"""The page of a template as HTML: the version's own file, its fixed texts fitted, its pictures named.

What differs from holder to holder is only a place here, kept by an empty drawing. Deliberately
renders nothing: `template` gives the page to WeasyPrint.
"""

from dataclasses import dataclass
from functools import lru_cache

import jinja2
from markupsafe import Markup

from certificates import fitting, pictures, typesetting
from certificates.certificate import CertificateData
from certificates.composing import Row
from certificates.fitting import POINTS_PER_MM, Setting
from certificates.fonts import Fonts
from certificates.fontset import cuts
from certificates.layouts import Layout, StaticText, fill
from certificates.printing import Assets
from certificates.sentences import CertificateError

# Of the room a text of several lines has: WeasyPrint may break a line a little earlier than we.
_SURE = 0.96


class DrawingError(CertificateError):
    """The page could not be drawn exactly as meant; nothing was made."""


@dataclass(frozen=True)
class Wording:
    """What an installation says on every document of one version."""

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

    @property
    def fields(self) -> dict[str, str]:
        """Return what a fixed text may name."""
        names = ("title_zh", "title_en", "issuer_zh", "issuer_en", "official_domain")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Shape:
    """Which places for pictures a template has, and whether for an attached file."""

    photo: bool
    code: bool
    attachment: bool = False


@dataclass(frozen=True)
class _Fitted:
    """A fixed text with its fields filled and its size found."""

    said: str
    setting: Setting


def draw_page(
    layout: Layout, wording: Wording, rows: tuple[Row, ...], shape: Shape, fonts: Fonts
) -> tuple[str, Assets]:
    """Return the template as HTML and the pictures it names. Raises a CertificateError."""
    seal, ground = layout.seal or wording.seal, layout.background
    page = _page_template(layout.text("page.html")).render(
        wording=wording,
        shape=shape,
        paragraphs=[paragraph.slot for paragraph in layout.paragraphs],
        lines=[line.slot for line in layout.lines],
        rows=rows,
        text={text.name: _fitted(text, wording, fonts) for text in layout.texts},
        seal=bool(seal) if "seal" in layout.pictures else None,
        background=ground is not None,
        art=Markup(layout.text("art.svg")) if "art" in layout.pictures else "",  # noqa: S704
        style=Markup(_style(layout, fonts)),  # noqa: S704  # our own files
    )
    assets: dict[str, tuple[str, bytes]] = {}
    if seal and "seal" in layout.pictures:
        assets["seal"] = ("image/png", pictures.seal_for_print(seal))
    if ground is not None:
        assets["background"] = ("image/jpeg", ground)
    return page, assets


def _fitted(text: StaticText, wording: Wording, fonts: Fonts) -> _Fitted:
    """Find the size in which a fixed text has room. Raises TextTooLongError, CharactersMissingError."""
    said = fill(text.text, wording.fields)
    fonts.refuse_missing(*text.what, said)
    if text.lines == 1:
        face = {"serif": fonts.serif, "serif_bold": fonts.serif_bold, "sans": fonts.sans}[text.cut]
        setting = fitting.fit_line(
            fonts,
            said,
            face,
            room_mm=text.room,
            sizes=text.sizes,
            spacing=text.spacing,
            what_zh=text.what[0],
            what_en=text.what[1],
        )
        return _Fitted(said, setting)
    cut, room = cuts(fonts)[text.cut], text.room * POINTS_PER_MM * _SURE
    for size in text.sizes:
        if len(typesetting.lines(said, cut, room / size, text.spacing)) <= text.lines:
            return _Fitted(said, Setting(size, text.spacing))
    raise fitting.too_long(*text.what, said)


@lru_cache
def _page_template(source: str) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["set"] = _css
    return environment.from_string(source)


def _css(fitted: _Fitted) -> str:
    """Write a setting as declarations; the indent balances the space after the last letter."""
    setting = fitted.setting
    spacing = f"{setting.spacing:.3f}em"
    return f"font-size: {setting.size}pt; letter-spacing: {spacing}; text-indent: {spacing}"


def _style(layout: Layout, fonts: Fonts) -> str:
    serif, sans = (
        ", ".join(f'"{family}"' for family in stack)
        for stack in (fonts.serif_stack, fonts.sans_stack)
    )
    return f":root {{ --serif: {serif}; --sans: {sans}; }}\n{layout.text('page.css')}"
