"""Bytes to text, by content: UTF-8, UTF-16 and UTF-32 by mark or pattern, GB18030, windows-1252.

It never replaces a character: what cannot be decoded is refused with the place. A declared XML
encoding is believed only where the bytes agree.
"""

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", 3),
    (codecs.BOM_UTF32_LE, "utf-32-le", 4),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be", 4),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
)
_SAMPLE = 200_000  # bytes looked at when guessing
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_FITTING_TO_ONE = 3  # Chinese signs in good UTF-8 to each broken byte
_CHINESE_SHARE = 0.6  # of high bytes that stand beside another: nearly all in GB, few in Western


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with ``\\n`` line ends and no mark, and the Python name of its encoding."""

    text: str
    encoding: str


class UndecodableError(ValueError):
    """The bytes are no text this program can read; the message is for people."""


def decode_text(data: bytes) -> Decoded:
    """Decode a text file; raise UndecodableError with the line when it cannot be."""
    for mark, name, length in _MARKS:
        if data.startswith(mark):
            return _decode(data[length:] if name != "utf-8-sig" else data, name)
    unmarked = _utf16_without_mark(data[:_SAMPLE])
    if unmarked:
        return _decode(data, unmarked)
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise UndecodableError(f"第 {line} 行有 NUL 字节，这不是文字文件。请换一个文件再读。")
    try:
        return _decode(data, "utf-8")
    except UndecodableError as not_utf8:
        return _decode_legacy(data, not_utf8)


def _is_damaged_utf8(sample: bytes) -> bool:
    """Tell UTF-8 with a few broken bytes from another encoding, in which hardly any pair fits."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    fitting = sum(1 for sign in text if ord(sign) > 0x7FF) - broken  # three bytes and more
    return fitting >= _FITTING_TO_ONE * broken


def _decode_legacy(data: bytes, not_utf8: UndecodableError) -> Decoded:
    if _is_damaged_utf8(data[:_SAMPLE]):
        raise not_utf8
    declared = _DECLARED.match(data[:300])
    names = [declared[1].decode("ascii").lower()] if declared else []
    names += ["gb18030", "windows-1252"] if _looks_chinese(data[:_SAMPLE]) else ["windows-1252"]
    for name in names:
        try:
            # gb2312 and gbk files written in practice hold characters of the larger set.
            return _decode(data, "gb18030" if name in ("gb2312", "gbk", "gb18030") else name)
        except (UndecodableError, LookupError):
            continue
    raise not_utf8


def _decode(data: bytes, name: str) -> Decoded:
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"第 {line} 行有读不出的字节，文件编码不明。请另存为 UTF-8 后再读。"
        raise UndecodableError(message) from error
    text = text.lstrip("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, codecs.lookup(name).name if name != "windows-1252" else name)


def _utf16_without_mark(sample: bytes) -> str:
    """Tell UTF-16 by the zero bytes of its ASCII characters and line ends."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    enough = max(4, len(sample) // 50)
    if odd >= enough and even * 10 < odd:
        return "utf-16-le"
    if even >= enough and odd * 10 < even:
        return "utf-16-be"
    return ""


def _looks_chinese(sample: bytes) -> bool:
    """Tell GB18030 from a Western code page: Chinese comes in runs of pairs, accents alone."""
    runs = [len(run) for run in _HIGH_RUN.findall(sample)]
    paired = sum(length for length in runs if length >= 2)
    return bool(runs) and paired / sum(runs) >= _CHINESE_SHARE
