"""Read a text file of the course: UTF-8, within a size limit, with plain line ends."""

import re
from pathlib import Path

from curricula.problems import ProblemList

# Control characters and code points that Unicode keeps free: no page may hold them.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)


def read_text(path: Path, problems: ProblemList, most_bytes: int) -> str | None:
    """Return the text of a file, or None with the problem noted.

    A byte-order mark is dropped and Windows line ends are made plain, because editors on Windows
    write both and neither changes what the file says. Other encodings are refused, not guessed:
    a wrong guess would put wrong characters before trainees.
    """
    try:
        size = path.stat().st_size
        if size > most_bytes:
            problems.error(
                1,
                "file-too-large",
                f"文件有 {size} 字节，超过 {most_bytes} 字节的上限；请拆分或删减。",
                f"The file has {size} bytes, more than the limit of {most_bytes}; split or shorten it.",
            )
            return None
        raw = path.read_bytes()
    except OSError as error:
        problems.error(
            1,
            "missing-file",
            f"打不开文件“{problems.file}”（{error.strerror}）；请检查文件名和权限。",
            f"The file '{problems.file}' cannot be opened ({error.strerror}); check name and rights.",
        )
        return None
    return _decode(raw, problems)


def _decode(raw: bytes, problems: ProblemList) -> str | None:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.error(
            line,
            "wrong-encoding",
            "文件不是 UTF-8 编码（可能是 GBK）；请在编辑器里另存为 UTF-8。",
            "The file is not UTF-8 (perhaps GBK); save it as UTF-8 in your editor.",
        )
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    odd = UNPRINTABLE.search(text)
    if odd:
        problems.error(
            text.count("\n", 0, odd.start()) + 1,
            "control-character",
            f"这一行有看不见的控制字符（U+{ord(odd[0]):04X}）；请删去。",
            f"This line holds an invisible control character (U+{ord(odd[0]):04X}); delete it.",
        )
    return text
