"""Make the workbooks the tests read: new ones with XlsxWriter or by hand, old ones byte by byte."""

import struct
import zipfile
from io import BytesIO
from typing import Any

import xlsxwriter

HEAD = ["题型", "题干", "选项A", "选项B", "选项C", "答案", "解析"]
SINGLE = ["单选题", "先做什么？", "去窗口", "问分诊台", "坐着等", "B", "分诊台会指路。"]


def workbook(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    """Make an .xlsx of sheets (name, rows); values keep their types, formulas stay formulas."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Put other bytes in place of one part of a package."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return out.getvalue()


def old_workbook(rows: list[list[str | float]], *, far_row: int = 0) -> bytes:
    """Make an .xls (BIFF8 in a compound file) of one sheet; ``far_row`` writes one cell far away."""
    cells = b"".join(
        _cell(row, column, value)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if value != ""
    )
    if far_row:
        cells += _cell(far_row, 255, "远")
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    name = "题目"
    fixed = struct.pack("<BBBB", 0, 0, len(name), 1) + name.encode("utf-16-le")
    where = len(head) + 4 + 4 + len(fixed) + 4
    globals_ = head + _record(0x85, struct.pack("<I", where) + fixed) + _record(0x0A, b"")
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + cells
    return _compound(globals_ + sheet + _record(0x0A, b""))


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _cell(row: int, column: int, value: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
        return _record(0x204, place + text)
    return _record(0x203, place + struct.pack("<d", value))


def _compound(stream: bytes) -> bytes:
    """Wrap a stream called Workbook: header, one sector of FAT, one of directory, then the stream."""
    stream = stream.ljust(max(4_096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    assert sectors < 126
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
    )
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    directory = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(
        "Workbook", 2, 0xFFFFFFFF, 2, len(stream)
    )
    directory = directory.ljust(512, b"\0")
    return header + struct.pack("<128I", *fat) + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return text.ljust(64, b"\0") + struct.pack(
        "<HBBIII16sIQQIII",
        len(text),
        kind,
        1,
        0xFFFFFFFF,
        0xFFFFFFFF,
        child,
        b"",
        0,
        0,
        0,
        start,
        size,
        0,
    )
