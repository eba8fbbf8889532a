"""Turn one HTML page into PDF bytes with the chosen fonts, and nothing else from outside.

Everything this product prints goes through here, so that only one page is drawn at a time in a
process: Pango's font map is not for two threads. Deliberately knows nothing of what is printed.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from certificates.fonts import Fonts
from certificates.isolation import OwnBytes, faults_raised, font_configuration

Assets = Mapping[str, tuple[str, bytes]]
"""Name -> (media type, bytes), which the page calls ``own:name``."""
Finisher = Callable[[Any, Any], None]


@dataclass(frozen=True)
class Printed:
    """The bytes of a PDF and how many pages it has."""

    pdf: bytes
    pages: int


def print_page(page: str, assets: Assets, fonts: Fonts) -> Printed:
    """Return a document as a tagged PDF with its fonts embedded; others wait meanwhile.

    Raises RenderingError for anything the renderer could not do exactly as asked.
    """
    return _print(_press(fonts), page, assets, {})


def print_once(
    page: str, assets: Assets, fonts: Fonts, finisher: Finisher, identifier: bytes
) -> Printed:
    """Return a document as `print_page` does, with fonts that are needed this once.

    `finisher` is given WeasyPrint's document and the PDF's objects before they are written;
    `identifier` becomes the first half of the PDF's own.
    """
    press = _Press(font_configuration(fonts), threading.Lock())
    return _print(press, page, assets, {"finisher": finisher, "pdf_identifier": identifier})


def _print(press: "_Press", page: str, assets: Assets, options: Mapping[str, Any]) -> Printed:
    with press.lock, faults_raised():
        document = HTML(string=page, url_fetcher=OwnBytes(assets)).render(
            font_config=press.configuration, pdf_tags=True
        )
        pdf: bytes = document.write_pdf(pdf_tags=True, **options)
        return Printed(pdf, len(document.pages))


@dataclass(frozen=True)
class _Press:
    """A font configuration and the lock around it."""

    configuration: FontConfiguration
    lock: threading.Lock


@cache
def _press(fonts: Fonts) -> _Press:
    # Kept for the life of the process: building one per page costs time and memory.
    return _Press(font_configuration(fonts), threading.Lock())
