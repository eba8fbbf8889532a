"""Take questions out of the bank in any format, and say beforehand what the format cannot hold.

Each live question that leaves is written down with who took it, before the file does. Many
questions are a job, whose file is kept for a day. What an archive holds is `archiving.py`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select

from app import audit, blobs
from app.bank import archiving, media
from app.bank.filing import as_filed
from app.bank.wall import LIVE
from app.blobs import BlobDamagedError
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.journal import Blob
from app.models.people import User
from question_bank import Loss, Question, load, losses, write_as
from question_bank.archive import write_archive

AT_ONCE = 500
"""Questions exported while the person waits: about a second."""
KEPT = timedelta(days=1)
PURPOSE = "export"
ARCHIVE = "archive"
ZIP = "application/zip"
# name: what people call it, what it is for, ending, media type.
FORMATS: dict[str, tuple[Any, Any, str, str]] = {
    "yaml": (
        _("本系统的 YAML"),
        _("现行的一版，一字不丢；可以再导入。"),
        "yaml",
        "application/yaml",
    ),
    ARCHIVE: (
        _("题库存档"),
        _("每一版、审核、意见、标签、统计和图片；由管理员用命令恢复。"),
        "yaml",
        "application/yaml",
    ),
    "excel": (
        "Excel",
        _("一行一题，改了可以再导入；图片不在里面。"),
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "csv": ("CSV", _("和 Excel 的列一样。"), "csv", "text/csv"),
    "word": (
        "Word",
        _("印出来看，或发给人改。"),
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "text": (_("文字"), _("题号、选项、答案，一题一段。"), "txt", "text/plain"),
    "gift": ("GIFT", _("给 Moodle 等系统，纯文字。"), "gift", "text/plain"),
    "moodle_xml": ("Moodle XML", _("给 Moodle，带图片。"), "xml", "application/xml"),
    "qti": ("QTI 2.1", _("给 TAO 等系统，一个压缩包，带图片。"), "zip", ZIP),
    "aiken": ("Aiken", _("只有单选题，没有解析。"), "txt", "text/plain"),
}


@dataclass(frozen=True)
class Exported:
    """A file that is ready, and what it does not hold."""

    data: bytes
    name: str
    media_type: str
    count: int
    """How many questions are in the file."""
    losses: list[Loss]


def in_pools(pools: Sequence[str]) -> Select[QuestionEntry]:
    """Choose all entries of some pools, by code."""
    return select(QuestionEntry).where(QuestionEntry.pool.in_(pools)).order_by(QuestionEntry.code)


def with_ids(ids: Sequence[str]) -> Select[QuestionEntry]:
    """Choose entries by their ids, by code."""
    return select(QuestionEntry).where(QuestionEntry.id.in_(ids)).order_by(QuestionEntry.code)


def counted(ids: Sequence[str]) -> Counter[str]:
    """Count the chosen entries by pool."""
    told: Counter[str] = Counter()
    for start in range(0, len(ids), 10_000):
        some = ids[start : start + 10_000]
        rows = db.session.scalars(select(QuestionEntry.pool).where(QuestionEntry.id.in_(some)))
        told.update(rows)
    return told


def in_use(entries: Select[QuestionEntry]) -> Select[QuestionEntry]:
    """Leave out what is retired."""
    return entries.where(QuestionEntry.status != "retired")


def questions_of(entries: Select[QuestionEntry]) -> list[Question]:
    """Return the current questions of the chosen entries, as filed, in their order."""
    rows = db.session.execute(_current(entries, QuestionEntry, QuestionVersion.body))
    return [as_filed(entry, load(body)) for entry, body in rows]


def _current(entries: Select[QuestionEntry], *columns: Any) -> Select[Any]:
    return entries.join(
        QuestionVersion,
        (QuestionVersion.entry_id == QuestionEntry.id)
        & (QuestionVersion.number == QuestionEntry.current_number),
    ).with_only_columns(*columns, maintain_column_froms=True)


def note(entries: Select[QuestionEntry], name: str, *, actor: User | None, now: datetime) -> int:
    """Write down each live question that is about to leave; returns how many."""
    live = entries.where(QuestionEntry.pool == LIVE)
    versions = db.session.scalars(_current(live, QuestionVersion)).all()
    for version in versions:
        audit.record("question.exported", version, actor=actor, now=now, format=name)
    return len(versions)


def files_of(questions: Iterable[Question]) -> dict[str, bytes]:
    """Return the stored bytes of the questions' pictures and sounds, by SHA-256."""
    wanted = {
        one.sha256
        for question in questions
        for part in (question, *question.parts)
        for one in part.media
        if one.sha256
    }
    held: dict[str, bytes] = {}
    for sha256 in wanted:
        blob = media.find(sha256)
        if blob is not None:
            held[sha256] = _bytes(blob)
    return {sha256: data for sha256, data in held.items() if data}


def _bytes(blob: Blob) -> bytes:
    try:
        return blobs.get(blob)
    except BlobDamagedError:
        return b""  # an export without one picture is better than none; `losses` names it


def written(questions: Sequence[Question], name: str, files: dict[str, bytes], on: str) -> Exported:
    """Write questions in a format. Slow; reads no row."""
    _label, _purpose, ending, media_type = FORMATS[name]
    lost = losses(questions, name, files)
    return Exported(
        write_as(questions, name, files),
        f"peizhen-{on}.{ending}",
        media_type,
        len(questions) - left_out(lost),
        lost,
    )


def left_out(lost: Iterable[Loss]) -> int:
    """Count the questions that a file does not hold at all."""
    return len({one for loss in lost if not loss.field for one in loss.ids})


def archived(entries: Select[QuestionEntry], *, now: datetime, on: str) -> Exported:
    """Write whole entries, retired ones too."""
    whole = archiving.gather(entries)
    data = write_archive(whole.entries, whole.media, now)
    zipped = data.startswith(b"PK")
    return Exported(
        data,
        f"peizhen-bank-{on}.{'zip' if zipped else 'yaml'}",
        ZIP if zipped else FORMATS[ARCHIVE][3],
        len(whole.entries),
        [],
    )


def kept(exported: Exported, *, now: datetime) -> Blob:
    """Keep a file for whoever asked for it; `sweep` takes it away after a day."""
    return blobs.put(exported.data, media_type=exported.media_type, purpose=PURPOSE, now=now)


def sweep_due(now: datetime) -> bool:
    """Tell whether some file was kept long enough."""
    old = select(Blob.id).where(Blob.purpose == PURPOSE, Blob.created_at < now - KEPT)
    return db.session.scalar(old.limit(1)) is not None


def sweep(now: datetime) -> list[str]:
    """Delete the rows of files that were kept long enough; their bytes go after the commit."""
    old = db.session.scalars(
        select(Blob).where(Blob.purpose == PURPOSE, Blob.created_at < now - KEPT).limit(50)
    ).all()
    ids = [blob.id for blob in old]
    for blob in old:
        db.session.delete(blob)
    return ids
