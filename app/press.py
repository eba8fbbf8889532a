"""Draw a document of a feature: a layout and its facts in, the bytes of one PDF out.

The layouts lie in the `layouts` folder of the feature's package, with one `print.css` for all of
them. What a document says is the feature's business, and nothing is stored here. Whoever draws has
ended the transaction: a long list takes many seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import jinja2
from flask_babel import gettext as _
from markupsafe import Markup

from app.errors import Refusal
from app.formatting import show_list
from certificates.fonts import Fonts, installed_fonts
from certificates.isolation import RenderingError
from certificates.printing import Assets, print_page
from certificates.sentences import CertificateError

MISSING = "〓"
"""The printers' sign for a character that no installed font has."""


class NotPrinted(Refusal):
    """A document could not be drawn; nothing was made."""


@dataclass(frozen=True)
class Press:
    """What draws the layouts of one package.

    `marks_missing`: a character that no font has comes out as 〓, for lists of people, which must
    not fail for one rare name. Otherwise it is a fault of the installation and refused.
    `keeps`: what it draws is the same for everybody, so the last files are kept by the process.
    """

    package: str
    marks_missing: bool = False
    keeps: bool = False

    def draw(self, layout: str, facts: Mapping[str, Any], assets: Assets | None = None) -> bytes:
        """Draw a document. Raises NotPrinted with what to do."""
        try:
            fonts = installed_fonts()
            page = _template(self, layout, fonts).render(style=_style(self, fonts), **facts)
            if self.keeps and not assets:
                return _kept(page, fonts)
            return print_page(page, assets or {}, fonts).pdf
        except CertificateError as error:
            raise NotPrinted(str(error)) from error
        except RenderingError as error:
            raise NotPrinted(
                _("没有打印成，没有生成文件。请把这句话告诉管理员：%(fault)s", fault=str(error))
            ) from error

    def read(self, name: str) -> str:
        """Return a text of the package's `layouts` folder."""
        folder = resources.files(self.package).joinpath("layouts")
        return folder.joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=32)
def _kept(page: str, fonts: Fonts) -> bytes:
    return print_page(page, {}, fonts).pdf


@cache
def _template(press: Press, layout: str, fonts: Fonts) -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FunctionLoader(press.read),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=(lambda value: _printable(value, fonts)) if press.marks_missing else None,
    )
    environment.filters["show_list"] = show_list
    return environment.get_template(f"{layout}.html")


def _printable(value: Any, fonts: Fonts) -> Any:
    if isinstance(value, Markup) or not isinstance(value, str) or value.isascii():
        return value
    missing = fonts.missing_characters(value)
    return "".join(MISSING if sign in missing else sign for sign in value) if missing else value


@cache
def _style(press: Press, fonts: Fonts) -> Markup:
    serif, sans = (
        ", ".join(f'"{family}"' for family in stack)
        for stack in (fonts.serif_stack, fonts.sans_stack)
    )
    style = f":root {{ --serif: {serif}; --sans: {sans}; }}\n{press.read('print.css')}"
    return Markup(style)  # noqa: S704 — our own file and the names of installed fonts
