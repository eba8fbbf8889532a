"""Keep the renderer to our fonts, our bytes, and no silent faults.

WeasyPrint would fetch any address, take a missing character from any installed font, and
merely log what it could not do. Here it gets a font configuration that knows the chosen faces
only, a fetcher that knows the given bytes only, and a listener that turns its log into an
error. Deliberately uses no private part of WeasyPrint.
"""

import logging
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from certificates.fonts import Face, Fonts

_FONTCONFIG_FILE = "FONTCONFIG_FILE"
_environment_lock = threading.Lock()


class RenderingError(Exception):
    """WeasyPrint reported something it could not do as asked."""


class OwnBytes(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """A fetcher that answers `own:` addresses from memory and refuses everything else."""

    def __init__(self, assets: Mapping[str, tuple[str, bytes]]) -> None:
        """Serve `assets`: name -> (media type, bytes), as ``own:name``."""
        super().__init__(allowed_protocols=())
        self._assets = assets

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """Return the bytes behind an `own:` address. Raises ValueError for any other."""
        scheme, _, name = url.partition(":")
        if scheme != "own" or name not in self._assets:
            raise ValueError(f"a certificate may not load {url!r}")
        media_type, body = self._assets[name]
        return URLFetcherResponse(url, body, {"Content-Type": media_type})


def font_configuration(fonts: Fonts) -> FontConfiguration:
    """Return a font configuration in which only the faces of `fonts` exist."""
    # Fontconfig has no other public way in than its environment variable; it is read once,
    # while the configuration is built, so it is set for these few milliseconds only.
    with _environment_lock, tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fonts.conf")
        path.write_text(fontconfig_xml(fonts), encoding="utf-8")
        before = os.environ.get(_FONTCONFIG_FILE)
        os.environ[_FONTCONFIG_FILE] = str(path)
        try:
            return FontConfiguration()
        finally:
            if before is None:
                del os.environ[_FONTCONFIG_FILE]
            else:
                os.environ[_FONTCONFIG_FILE] = before


def fontconfig_xml(fonts: Fonts) -> str:
    """Write fontconfig's own file: accept these faces, reject every other."""
    folders = dict.fromkeys(face.path.parent for face in fonts.faces)
    return "\n".join(
        (
            '<?xml version="1.0"?>',
            '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
            "<fontconfig>",
            *(f"<dir>{escape(str(folder))}</dir>" for folder in folders),
            # The system's cache, else the user's: without one every start would scan 100 MB.
            "<cachedir>/var/cache/fontconfig</cachedir>",
            '<cachedir prefix="xdg">fontconfig</cachedir>',
            "<selectfont>",
            *(f"<acceptfont>{_pattern(face)}</acceptfont>" for face in fonts.faces),
            "<rejectfont><pattern></pattern></rejectfont>",
            "</selectfont>",
            "</fontconfig>",
        )
    )


@contextmanager
def faults_raised() -> Iterator[None]:
    """Raise RenderingError at the end of the block for anything WeasyPrint warned of in it."""
    listener = _Listener()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(listener)
    try:
        yield
    finally:
        logger.removeHandler(listener)
    if listener.messages:
        raise RenderingError("; ".join(listener.messages))


class _Listener(logging.Handler):
    """Collect warnings of this thread; another thread's drawing reports to its own listener."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.messages.append(record.getMessage())


def _pattern(face: Face) -> str:
    elements = (("family", face.family), ("file", str(face.path)))
    inner = "".join(
        f'<patelt name="{name}"><string>{escape(value)}</string></patelt>'
        for name, value in elements
    )
    return f"<pattern>{inner}</pattern>"
