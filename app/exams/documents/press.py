"""Draw a document of this folder: a layout and its facts in, the bytes of one PDF out."""

from __future__ import annotations

from functools import cache
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


def draw(layout: str, facts: dict[str, Any], assets: Assets) -> bytes:
    """Draw a document. Raises NotPrinted with what to do.

    A character that no font has comes out as 〓 and the page says so: a whole list must not fail
    for one rare name, and a wrong character must not stand in its place.
    """
    try:
        fonts = installed_fonts()
        page = _template(layout, fonts).render(style=_style(fonts), **facts)
        return print_page(page, assets, fonts).pdf
    except CertificateError as error:
        raise NotPrinted(str(error)) from error
    except RenderingError as error:
        raise NotPrinted(
            _("没有打印成，没有生成文件。请把这句话告诉管理员：%(fault)s", fault=str(error))
        ) from error


@cache
def _template(layout: str, fonts: Fonts) -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FunctionLoader(_resource),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _printable(value, fonts),
    )
    environment.filters["show_list"] = show_list
    return environment.get_template(f"{layout}.html")


def _printable(value: Any, fonts: Fonts) -> Any:
    if isinstance(value, Markup) or not isinstance(value, str) or value.isascii():
        return value
    missing = fonts.missing_characters(value)
    return "".join(MISSING if sign in missing else sign for sign in value) if missing else value


@cache
def _style(fonts: Fonts) -> Markup:
    serif, sans = (
        ", ".join(f'"{family}"' for family in stack)
        for stack in (fonts.serif_stack, fonts.sans_stack)
    )
    style = f":root {{ --serif: {serif}; --sans: {sans}; }}\n{_resource('print.css')}"
    return Markup(style)  # noqa: S704 — our own file and the names of installed fonts


def _resource(name: str) -> str:
    folder = resources.files("app.exams.documents").joinpath("layouts")
    return folder.joinpath(name).read_text(encoding="utf-8")
