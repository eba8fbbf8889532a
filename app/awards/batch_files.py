"""The files of a batch: its list as a table, and all certificates in one archive.

The archive is written as it is sent, one certificate at a time, so that a thousand take no more
memory than one; each file is compared with the register's hash first, and what is damaged is left
out and named in the list.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.awards import files
from app.awards.batches import ISSUE, Shown
from app.blobs import BlobDamagedError
from app.extensions import db
from app.models.awards import Certificate
from app.models.bulk import Batch

BOM = "\ufeff"
"""Without it a spreadsheet reads Chinese as something else."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Wanted:
    """A certificate to be put into the archive: its place, name and row's id."""

    name: str
    certificate_id: str


def table(batch: Batch, lines: Sequence[Shown]) -> bytes:
    """Return the lines of a batch as CSV: who, number, what came of it, why, the file's hash."""
    words = {
        "waiting": _("还没有做"),
        "done": _("已签发") if batch.kind == ISSUE else _("已完成"),
        "skipped": _("没有处理"),
        "failed": _("没有做成"),
    }
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("序号"), _("姓名"), _("证书编号"), _("结果"), _("原因"), "SHA-256"])
    for line in lines:
        cells = [line.name, line.number, str(words[line.item.state]), line.item.why, line.sha256]
        writer.writerow([line.item.place, *(_harmless(cell) for cell in cells)])
    return (BOM + out.getvalue()).encode()


def contents(lines: Sequence[Shown]) -> list[Wanted]:
    """Return what an archive holds, named so that it sorts as the list does."""
    return [
        Wanted(f"{line.item.place:04d}-{line.number}.pdf", line.item.certificate_id)
        for line in lines
        if line.item.state == "done" and line.item.certificate_id
    ]


def archive(wanted: Iterable[Wanted], listed: bytes) -> Iterator[bytes]:
    """Yield a ZIP of the files piece by piece. The list comes last, as the archive's last entry."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as packed:
        damaged = []
        for one in wanted:
            try:
                data = _read(one.certificate_id)
            except BlobDamagedError:
                damaged.append(one.name)
                continue
            packed.writestr(one.name, data)
            yield sink.taken()
        packed.writestr("list.csv", listed)
        if damaged:
            said = _("这些文件和签发时存下的不一样，没有放进来，请从备份恢复：")
            packed.writestr("damaged.txt", "\n".join([str(said), *damaged]))
    yield sink.taken()


def _read(certificate_id: str) -> bytes:
    row = db.session.scalars(select(Certificate).where(Certificate.id == certificate_id)).one()
    data = files.read(row)
    db.session.rollback()  # nobody's writing waits for a slow line
    return data


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


class _Sink(io.RawIOBase):
    """A file that only grows: what was written is taken away and sent."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        self._at += len(part)
        return len(part)

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return False

    def taken(self) -> bytes:
        """Return what was written since, and forget it."""
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole
