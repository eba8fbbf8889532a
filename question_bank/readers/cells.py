"""Read a table that holds anything but questions: workbooks new and old, and CSV, into sheets.

What the cells mean is the caller's business, and only the caller knows which words make a header:
it says how good a first look at the rows of a CSV is, so that the separator can be told. The same
limits hold as for questions, and nothing is ever computed.
"""

from collections.abc import Callable

from question_bank.readers.delimited import read_delimited
from question_bank.readers.encoding import UndecodableError, decode_text
from question_bank.readers.old_excel import read_old_workbook
from question_bank.readers.safe_zip import UnsafeArchiveError, open_archive
from question_bank.readers.sheets import Sheet, TableRefusedError
from question_bank.readers.xlsx import read_workbook

Known = Callable[[list[list[str]]], int]
MAX_TEXT_BYTES = 20_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_NO_TABLE = "这不是表格文件。请用 Excel 或 WPS 存成 .xlsx，或存成 CSV 再上传。"
_STRANGERS = (
    b"%PDF",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
)


def read_cells(data: bytes, known: Known) -> list[Sheet]:
    """Give all sheets of a file in their order, hidden ones too.

    `known` gets some rows of a CSV and returns how many columns of a header it knows. Raises
    TableRefusedError with a sentence for people.
    """
    if not data.strip():
        raise TableRefusedError("文件是空的。请检查后再上传。")
    if data.startswith(_ZIP):
        return _read_archive(data)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise TableRefusedError("文件有密码，请在 Office 里去掉密码、另存后再上传。")
        return read_old_workbook(data)
    if data.startswith(_STRANGERS):
        raise TableRefusedError(_NO_TABLE)
    if len(data) > MAX_TEXT_BYTES:
        raise TableRefusedError(f"文件超过 {MAX_TEXT_BYTES // 1_000_000} MB，请拆成几份。")
    try:
        text = decode_text(data).text
    except UndecodableError as error:
        raise TableRefusedError(str(error)) from error
    if text.lstrip().startswith("<"):
        raise TableRefusedError(_NO_TABLE)  # web pages that call themselves .xls
    sheet, _problems = read_delimited(text, known=known)
    return [sheet]


def _read_archive(data: bytes) -> list[Sheet]:
    try:
        archive = open_archive(data)
        if not any(name.startswith("xl/") for name in archive.names):
            raise TableRefusedError(_NO_TABLE)
        if any(name.endswith("vbaProject.bin") for name in archive.names):
            raise TableRefusedError("文件带有宏，出于安全不读。请另存为不带宏的 .xlsx。")
        return read_workbook(archive)
    except UnsafeArchiveError as error:
        raise TableRefusedError(str(error)) from error
