"""Bring a file of questions in: kept and read, looked at by a person, then taken whole or dropped.

The bank knows nothing of an import until it is taken. Small files are read while the person waits,
long ones by the worker (`import_jobs`); reading is `import_reading` and `import_comparing`, writing
`import_taking`. Only its owner sees an import. What is not decided within a month is swept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select

from app import audit, blobs, clock, jobs
from app.bank import import_comparing, import_reading, wall
from app.bank.import_comparing import ALIKE, CHANGED, MERGE, SKIP, TAKE
from app.bank.import_reading import LOSSLESS, Item, Reading
from app.bank.import_taking import MOST_MERGED, target_of
from app.errors import Refusal
from app.extensions import db, outside_transaction, reading_only
from app.models.bank import ImportedQuestion, QuestionImport
from app.models.journal import Blob, Job
from app.models.people import User
from question_bank.readers.collecting import Defaults, Tick

READ, TAKING = "bank.import_read", "bank.import_take"
READING, READY, IN_HAND, TAKEN = "reading", "ready", "taking", "taken"
DROPPED, FAILED = "dropped", "failed"
PURPOSE = "import"
MOST_BYTES = 64 * 1024 * 1024
AT_ONCE = 200_000
"""Bytes that are read while the person waits: less than a second."""
TAKEN_AT_ONCE = 100
"""Questions that are written while the person waits, in one transaction."""
SECOND_CLICK = timedelta(minutes=10)


class ImportRefused(Refusal):
    """The import cannot be read, decided or taken as asked."""


@dataclass(frozen=True)
class Source:
    """A file or pasted text, and what the person chose for it."""

    name: str
    data: bytes
    wanted: str
    defaults: Defaults

    @property
    def sha256(self) -> str:
        """The hash of the bytes as they came."""
        return hashlib.sha256(self.data).hexdigest()


def read(
    source: Source, *, pools: Collection[str], now: datetime, tick: Tick | None = None
) -> Reading:
    """Read and compare a source outside any transaction; pictures are stored, nothing else.

    A file that takes too long gives a reading that says so.
    """
    outside_transaction()
    try:
        report = import_reading.parse(
            source.data, source.name, source.wanted, source.defaults, tick
        )
    except import_reading.TooSlow:
        with force_locale("zh"):
            return Reading(unreadable=_("文件太复杂，两分钟还没有读完。请把它拆成几份再来。"))
    with force_locale("zh"):  # all of it is kept: `kept_words` says it to whoever reads
        reading = import_reading.judge(report, source.data, pools=pools, now=now)
    with reading_only():
        import_comparing.compare(
            reading.items, pools=pools, lossless=reading.format in LOSSLESS, tick=tick
        )
        db.session.rollback()
    return reading


def same_under_way(source: Source, *, owner: User, now: datetime) -> QuestionImport | None:
    """Return the import that a first click on the same file began, if it still waits."""
    query = (
        select(QuestionImport)
        .where(
            QuestionImport.owner_id == owner.id,
            QuestionImport.sha256 == source.sha256,
            QuestionImport.format == source.wanted,
            QuestionImport.state.in_((READING, READY)),
            QuestionImport.created_at > now - SECOND_CLICK,
        )
        .order_by(QuestionImport.created_at.desc())
    )
    wanted = asdict(source.defaults)
    found = db.session.scalars(query).all()
    return next((one for one in found if one.defaults == wanted), None)


def begin(source: Source, *, owner: User, now: datetime) -> QuestionImport:
    """Keep a source as an import that is being read."""
    blob = blobs.put(source.data, media_type="application/octet-stream", purpose=PURPOSE, now=now)
    db.session.flush()
    batch = QuestionImport(
        owner_id=owner.id,
        file_name=source.name[:200],
        format=source.wanted,
        sha256=source.sha256,
        blob_id=blob.id,
        defaults=asdict(source.defaults),
        state=READING,
        created_at=now,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def read_later(batch: QuestionImport, *, owner: User, now: datetime) -> Job:
    """Let the worker read an import."""
    job = jobs.enqueue(READ, {"import": batch.id}, owner=owner, now=now)
    db.session.flush()
    batch.job_id = job.id
    return job


def source_of(batch: QuestionImport) -> Source:
    """Return what was given for an import."""
    blob = db.session.get_one(Blob, batch.blob_id)
    return Source(batch.file_name, blobs.get(blob), batch.format, Defaults(**batch.defaults))


def keep_reading(batch: QuestionImport, reading: Reading, *, now: datetime) -> None:
    """Keep what was told of a file; with its questions in place the import is ready."""
    batch.encoding = reading.encoding[:20]
    batch.job_id = None
    if reading.unreadable:
        batch.state, batch.ended_at = FAILED, now
        batch.report = {"unreadable": reading.unreadable, "format": reading.format}
        return
    batch.state = READY
    batch.report = {
        "format": reading.format,
        "troubles": reading.troubles,
        "set_flaws": reading.set_flaws,
        "lacking": reading.lacking,
        "live": sum(item.question.pool == wall.LIVE for item in reading.items),
    }


def keep_items(batch: QuestionImport, items: list[Item], first: int = 1) -> None:
    """Keep read questions beside their import, numbered from `first`."""
    found = import_reading.rows(items, batch.id, first)
    if found:
        db.session.execute(insert(ImportedQuestion), found)


def forget_items(import_id: str) -> None:
    """Delete the questions kept beside an import."""
    db.session.execute(
        delete(ImportedQuestion)
        .where(ImportedQuestion.import_id == import_id)
        .execution_options(synchronize_session=False)
    )


def decide(batch: QuestionImport, numbers: Collection[int] | None, decision: str) -> int:
    """Set what becomes of some questions of a ready import; returns how many.

    None means all that are alike or changed. Raises ImportRefused for an unknown
    decision, a merge with nothing near in the bank, or an import that is not ready.
    """
    _lock(batch)
    _refuse_unready(batch)
    if decision not in (TAKE, MERGE, SKIP):
        raise ImportRefused(_("没有这样的处理，请选并入、两题都要或跳过。"))
    query = select(ImportedQuestion).where(ImportedQuestion.import_id == batch.id)
    if numbers is None:
        query = query.where(ImportedQuestion.standing.in_((ALIKE, CHANGED)))
    else:
        query = query.where(ImportedQuestion.number.in_(numbers))
    found = db.session.scalars(query).all()
    if decision == MERGE and any(not target_of(one.alike) for one in found):
        raise ImportRefused(_("这题在题库里没有相近的题，没有可以并入的。请改选“两题都要”。"))
    for one in found:
        one.decision = decision
    return len(found)


def start_taking(batch: QuestionImport, *, actor: User, now: datetime) -> int:
    """Mark an import as being written; returns how many questions that are.

    The second click, or the other tab, finds it no longer ready. Raises ImportRefused.
    """
    _lock(batch)
    _refuse_unready(batch)
    if batch.report.get("live"):
        wall.refuse_live(actor, clock.shanghai_date(now))
    counts = decisions_of(batch)
    if counts.get(MERGE, 0) > MOST_MERGED:
        raise ImportRefused(
            _(
                "一次最多并入 %(n)d 题，现在有 %(have)d 题。请把文件拆开。",
                n=MOST_MERGED,
                have=counts[MERGE],
            )
        )
    wanted = counts.get(TAKE, 0) + counts.get(MERGE, 0)
    if not wanted:
        raise ImportRefused(_("没有选中要写入的题。请先把问题改好，或把相近的题改成“两题都要”。"))
    batch.state = IN_HAND
    return wanted


def take_later(batch: QuestionImport, *, owner: User, now: datetime) -> Job:
    """Let the worker write an import that `start_taking` marked."""
    job = jobs.enqueue(TAKING, {"import": batch.id}, owner=owner, now=now)
    db.session.flush()
    batch.job_id = job.id
    return job


def end_taking(
    batch: QuestionImport, created: int, merged: int, *, actor: User, now: datetime
) -> None:
    """Mark an import as taken, in the transaction that put its questions into their pools."""
    counts = decisions_of(batch)
    batch.state, batch.ended_at, batch.job_id = TAKEN, now, None
    batch.report = {
        **batch.report,
        "created": created,
        "merged": merged,
        "left": counts.get(SKIP, 0),
    }
    audit.record("import.taken", batch, actor=actor, now=now, created=created, merged=merged)


def make_ready_again(batch: QuestionImport, why: str) -> None:
    """Give an import back after its writing was stopped and put back."""
    batch.state, batch.job_id = READY, None
    batch.report = {**batch.report, "refused": why}


def stop(batch: QuestionImport, *, actor: User, now: datetime) -> None:
    """Drop an import, or stop its writing: then everything is put back and it is ready again.

    Raises ImportRefused when it ended already.
    """
    _lock(batch)
    job = db.session.get(Job, batch.job_id) if batch.job_id else None
    if batch.state == IN_HAND and job is not None:
        jobs.cancel(job, actor=actor, now=now)
        if not job.attempts:
            make_ready_again(batch, "")
        return
    if batch.state not in (READING, READY, FAILED):
        raise ImportRefused(_("这次导入已经结束，没有可以放弃的。"))
    if job is not None:
        jobs.cancel(job, actor=actor, now=now)
    batch.state, batch.ended_at, batch.job_id = DROPPED, now, None
    forget_items(batch.id)
    audit.record("import.dropped", batch, actor=actor, now=now)


def tag_of(batch: QuestionImport) -> str:
    """Return the tag by which lists find what an import brought."""
    day = clock.shanghai_date(batch.created_at)
    return f"导入 {day:%Y-%m-%d} {batch.file_name}"[:120]


def decisions_of(batch: QuestionImport) -> dict[str, int]:
    """Count the questions by what was decided."""
    rows = db.session.execute(
        select(ImportedQuestion.decision, func.count())
        .where(ImportedQuestion.import_id == batch.id)
        .group_by(ImportedQuestion.decision)
    )
    return {row[0]: row[1] for row in rows}


def _refuse_unready(batch: QuestionImport) -> None:
    if batch.state == READY:
        return
    said: dict[str, Any] = {
        READING: _("文件还在读，读完才能决定。"),
        IN_HAND: _("这次导入正在写入题库，不用再按。"),
        TAKEN: _("这次导入已经写入题库，没有再写一遍。"),
        DROPPED: _("这次导入已经放弃，题库没有改动。要导入，请再上传一次。"),
    }
    raise ImportRefused(said.get(batch.state, _("这个文件没有读成，请重新上传。")))


def _lock(batch: QuestionImport) -> None:
    db.session.refresh(batch, with_for_update=True)
