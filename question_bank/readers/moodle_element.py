"""One question element of Moodle XML: its texts as plain text, its files as media.

Files arrive as base64 and leave as bytes under their SHA-256. Nobody looks into them here; a file
that no text uses, or a text that uses a file that is not there, is named.
"""

import base64
import binascii
import hashlib
import re
from urllib.parse import unquote

from lxml import etree

from question_bank.pieces import Medium
from question_bank.readers.collecting import RULE_TAG
from question_bank.readers.formulas import left_over
from question_bank.readers.html_text import Image, looks_like_html, read_html

MAX_FILE = 8_000_000  # bytes of one picture or sound
_PLACEHOLDER = "@@PLUGINFILE@@/"
_DATA_URL = re.compile(r"data:([a-z0-9.+/-]{1,60});base64,(.*)", re.S)
_TYPES = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "picture"),
    (b"\xff\xd8\xff", "image/jpeg", "picture"),
    (b"GIF87a", "image/gif", "picture"),
    (b"GIF89a", "image/gif", "picture"),
    (b"ID3", "audio/mpeg", "sound"),
    (b"\xff\xfb", "audio/mpeg", "sound"),
    (b"OggS", "audio/ogg", "sound"),
)


class MoodleElement:
    """Reads what every kind has, and gathers media while texts are read."""

    def __init__(self, element: etree._Element, line: int, kind: str) -> None:
        self.element = element
        self.line = line
        self.kind = kind
        self.name = " ".join(text_of(element.find("name")).split())
        self.id = (element.findtext("idnumber") or "").strip()
        self.tags = [text_of(tag) for tag in element.iterfind("tags/tag")]
        self.rule_tag = next(
            (tag[len(RULE_TAG) :] for tag in self.tags if tag.startswith(RULE_TAG)), ""
        )
        self.media: list[Medium] = []
        self.attachments: dict[str, bytes] = {}
        self.remarks: list[str] = []  # pictures that could not be taken along
        self.hints: list[str] = []  # pictures that came along and want a look
        self.wrong_answers: list[str] = []  # feedback that belongs to no answer of ours

    def setting(self, name: str, default: str = "") -> str:
        """Give a plain child such as ``single``."""
        found = self.element.find(name)
        if found is None:
            return default
        return (found.text or text_of(found) or default).strip()

    def flag(self, name: str, *, default: bool) -> bool:
        """Give a setting as Moodle reads it: 0, false and empty are no."""
        found = self.element.find(name)
        return default if found is None else (found.text or "").strip() not in ("", "0", "false")

    def text(self, name: str) -> str:
        """Give the plain text of a child, and keep its media for the stem."""
        found = self.element.find(name)
        return "" if found is None else self.text_in(found)[0]

    def text_in(self, element: etree._Element, default: str = "") -> tuple[str, tuple[str, ...]]:
        """Give the plain text of an element that holds ``<text>``, and the names of its media."""
        text = text_of(element)
        format_ = element.get("format") or default or self._default_format()
        if format_ in ("plain_text", "markdown") or not (
            format_ == "html" or looks_like_html(text)
        ):
            return text, ()
        found = read_html(text)
        names = [self._take_image(image, element) for image in found.images]
        names += [self._take_table(rows) for rows in found.tables]
        self.remarks += [left_over(one) for one in found.formulas]
        return found.text, tuple(name for name in names if name)

    def _default_format(self) -> str:
        stem = self.element.find("questiontext")
        return (stem.get("format") if stem is not None else None) or "html"

    def _take_table(self, rows: tuple[tuple[str, ...], ...]) -> str:
        number = sum(1 for medium in self.media if medium.kind == "table") + 1
        self.media.append(Medium(f"table-{number}", "table", f"表 {number}", rows=rows))
        return self.media[-1].name

    def _take_image(self, image: Image, element: etree._Element) -> str:
        """Keep the bytes of a picture or sound that a text uses; give its name in the question."""
        name, content = self._content(image, element)
        media_type, kind = picture_type(content)
        if not media_type:
            why = (
                "不在文件里" if not content else "不是能用的图片或录音（PNG、JPEG、GIF、MP3、OGG）"
            )
            self.remarks.append(
                f"“{name[:60]}”{why}，这道题缺了它，请换成能用的，或改写题干再导入。"
            )
            return ""
        if len(content) > MAX_FILE:
            limit = MAX_FILE // 1_000_000
            self.remarks.append(f"“{name[:60]}”超过 {limit} MB，这道题缺了它，请压缩后再导入。")
            return ""
        digest = hashlib.sha256(content).hexdigest()
        for medium in self.media:
            if medium.sha256 == digest and medium.name == name:
                return name
        name = self._free_name(name)
        alt = image.alt
        if not alt:
            alt = name
            self.hints.append(f"“{name[:60]}”没有替代文字，先填了文件名，请在导入后写明它的内容。")
        self.media.append(Medium(name, kind, alt[:500], digest, media_type))
        self.attachments[digest] = content
        return name

    def _content(self, image: Image, element: etree._Element) -> tuple[str, bytes]:
        if found := _DATA_URL.match(image.source):
            return f"picture-{len(self.media) + 1}", _decode(found[2])
        name = unquote(image.source.removeprefix(_PLACEHOLDER)).partition("?")[0]
        if image.source.startswith(_PLACEHOLDER):
            for file in (*element.iterfind("file"), *self.element.iter("file")):
                path = f"{(file.get('path') or '/').lstrip('/')}{file.get('name') or ''}"
                if name in (path, file.get("name")):
                    return file.get("name") or name, _decode(file.text or "")
        return name or "图片", b""

    def _free_name(self, name: str) -> str:
        taken = {medium.name for medium in self.media}
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{number}-{name}"
        return free


def plain_of(element: etree._Element | None) -> str:
    """Give the text inside an element without markup; nothing of it is kept."""
    text = text_of(element)
    return read_html(text).text if looks_like_html(text) else text


def text_of(element: etree._Element | None) -> str:
    """Give the ``<text>`` inside an element, or the element's own text as old files have it."""
    if element is None:
        return ""
    inner = element.find("text")
    return ((inner if inner is not None else element).text or "").strip()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def picture_type(content: bytes) -> tuple[str, str]:
    """Tell type and kind by the first bytes; SVG is never taken, it may hold programs."""
    for magic, media_type, kind in _TYPES:
        if content.startswith(magic):
            return media_type, kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", "picture"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav", "sound"
    return "", ""
