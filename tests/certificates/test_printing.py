"""What the press lets in, and what it must not let pass."""

import logging
from threading import Thread

import pytest
from weasyprint import HTML

from certificates.fonts import installed_fonts
from certificates.isolation import OwnBytes, RenderingError, faults_raised, font_configuration
from certificates.printing import Printed, print_page


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "https://peizhen.example/x.png", "own:other", "data:,x", "x"]
)
def test_the_page_may_load_its_own_bytes_only(url: str) -> None:
    fetcher = OwnBytes({"photo": ("image/png", b"1")})
    assert fetcher.fetch("own:photo").read() == b"1"
    with pytest.raises(ValueError, match="may not load"):
        fetcher.fetch(url)


def test_the_renderer_cannot_reach_other_installed_fonts() -> None:
    # Georgian: DejaVu and many others have it, the Chinese faces do not.
    fonts = installed_fonts()
    assert fonts.missing_characters("ა") == ("ა",)
    page = HTML(string="<p style='font-family: DejaVu Sans'>ა", url_fetcher=OwnBytes({}))
    with pytest.raises(RenderingError, match=r"U\+10D0"), faults_raised():
        page.write_pdf(font_config=font_configuration(fonts))


def test_what_the_renderer_only_logs_becomes_an_error() -> None:
    logger = logging.getLogger("weasyprint")
    with pytest.raises(RenderingError, match="notdef"), faults_raised():
        logger.warning(".notdef glyph rendered")
    with faults_raised():
        logger.debug("fine")


def test_two_threads_print_without_harm() -> None:
    fonts = installed_fonts()
    page = (
        f"<html lang=zh><title>x</title><p style='font-family: {fonts.serif_stack[0]}'>林知秋</p>"
    )
    alone = print_page(page, {}, fonts)
    printed: list[Printed] = []
    threads = [Thread(target=lambda: printed.append(print_page(page, {}, fonts))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert printed == [alone, alone]
