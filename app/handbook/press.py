"""Draw what this feature prints: sheets of stations and documents, as the bytes of one PDF.

All of it is content of the product without a person in it, so a character that no font has is a
fault of the installation and refused. What is drawn does not change while the process runs.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import jinja2
from flask_babel import gettext as _
from markupsafe import Markup

from app.errors import Refusal
from certificates.fonts import Fonts, installed_fonts
from certificates.isolation import RenderingError
from certificates.printing import print_page
from certificates.sentences import CertificateError


class NotPrinted(Refusal):
    """Nothing could be drawn, and no file was made."""


def draw(layout: str, **facts: Any) -> bytes:
    """Draw a layout of this folder. Raises NotPrinted with what to do."""
    try:
        fonts = installed_fonts()
        page = _template(layout).render(style=_style(fonts), **facts)
        return print_page(page, {}, fonts).pdf
    except CertificateError as error:
        raise NotPrinted(str(error)) from error
    except RenderingError as error:
        raise NotPrinted(
            _("没有打印成，没有生成文件。请把这句话告诉管理员：%(fault)s", fault=str(error))
        ) from error


@cache
def _template(layout: str) -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FunctionLoader(_resource),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"{layout}.html")


def _style(fonts: Fonts) -> Markup:
    serif, sans = (
        ", ".join(f'"{family}"' for family in stack)
        for stack in (fonts.serif_stack, fonts.sans_stack)
    )
    style = f":root {{ --serif: {serif}; --sans: {sans}; }}\n{_resource('print.css')}"
    return Markup(style)  # noqa: S704 — our own file and the names of installed fonts


def _resource(name: str) -> str:
    folder = resources.files("app.handbook").joinpath("layouts")
    return folder.joinpath(name).read_text(encoding="utf-8")
