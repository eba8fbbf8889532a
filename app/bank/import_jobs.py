"""The worker's part of an import: read a long file, write many questions, mend and sweep.

A job may be started twice; reading begins anew, writing goes on after the last chunk. Whatever a
cancelled or failed job left half done is put back, by itself or, when the worker died, by a duty.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select

from app import blobs, clock, jobs
from app.bank import import_taking, importing, wall
from app.bank.import_comparing import MERGE, TAKE
from app.bank.import_reading import LOSSLESS
from app.bank.import_taking import CHUNK, MOST_MERGED, TakingRefused
from app.extensions import db, reading_only
from app.models.bank import QuestionImport
from app.models.journal import Blob, Job
from app.models.people import User
from question_bank.readers.collecting import Tick

BETWEEN_REPORTS = 0.5  # seconds
KEPT = timedelta(days=30)
AFTER_A_JOB = timedelta(minutes=1)
"""A cancelled job's worker may still be at its last chunk."""
WITHOUT_A_JOB = timedelta(hours=1)
"""A request that read or wrote by itself ended long before."""
ROWS = 500


@jobs.handles(importing.READ, heavy=True)
def read_file(job: Job) -> dict[str, Any]:
    """Read the file of an import and keep its questions; begins anew when started again."""
    with reading_only():
        batch = db.session.get_one(QuestionImport, job.payload["import"])
        if batch.state != importing.READING:
            return {}
        source = importing.source_of(batch)
        owner = db.session.get_one(User, batch.owner_id)
        pools = wall.visible_pools(owner, clock.shanghai_date(clock.now()))
        import_id = batch.id
        db.session.rollback()
    reading = importing.read(source, pools=pools, now=clock.now(), tick=_progress_of(job))
    importing.forget_items(import_id)
    db.session.commit()
    batch = db.session.get_one(QuestionImport, import_id)
    for start in range(0, len(reading.items), ROWS):
        importing.keep_items(batch, reading.items[start : start + ROWS], start + 1)
        jobs.report_progress(job, min(start + ROWS, len(reading.items)), len(reading.items))
    db.session.refresh(batch, with_for_update=True)
    if batch.state != importing.READING:
        importing.forget_items(import_id)  # dropped meanwhile
    else:
        importing.keep_reading(batch, reading, now=clock.now())
    db.session.commit()
    return {"questions": len(reading.items), "troubles": len(reading.troubles)}


@jobs.handles(importing.TAKING, heavy=True)
def take_questions(job: Job) -> dict[str, Any]:
    """Write an import in chunks; cancelled or refused, it is put back and ready as before."""
    import_id = str(job.payload["import"])
    try:
        created, merged = take(import_id, now=clock.now(), job=job)
    except jobs.Cancelled:
        db.session.rollback()
        put_all_back(import_id, _("写入已经停下，什么都没有留在题库里。"))
        raise
    except TakingRefused as refused:
        db.session.rollback()
        put_all_back(import_id, refused.sentence)
        return {"refused": refused.sentence}
    return {"created": created, "merged": merged}


def take(
    import_id: str, *, now: datetime, job: Job | None = None, in_chunks: bool = False
) -> tuple[int, int]:
    """Write what an import holds and commit; returns how many came new and how many merged.

    With a job, or asked for, in chunks, each committed; otherwise in a single transaction, for few
    questions. Raises TakingRefused; whoever calls then has to `put_all_back`.
    """
    in_chunks = in_chunks or job is not None
    with reading_only():
        batch = db.session.get_one(QuestionImport, import_id)
        if batch.state != importing.IN_HAND:
            return 0, 0
        owner_id, tag = batch.owner_id, importing.tag_of(batch)
        lossless = batch.report.get("format") in LOSSLESS
        total = sum(importing.decisions_of(batch).get(one, 0) for one in (TAKE, MERGE))
        db.session.rollback()
    with_base = import_taking.pending(import_id, MERGE, MOST_MERGED)
    merges = import_taking.prepare_merges(
        with_base, lossless=lossless, author_id=owner_id, tag=tag, now=now
    )
    done, last = 0, 0
    most = CHUNK if in_chunks else MOST_MERGED
    while some := import_taking.pending(import_id, TAKE, most, after=last):
        last = some[-1].number
        made = import_taking.prepare_new(some, author_id=owner_id, tag=tag, now=now)
        owner = db.session.get_one(User, owner_id)
        import_taking.write_new(made, import_id=import_id, actor=owner, now=now)
        done += len(some)
        if job is not None:
            jobs.report_progress(job, done, total)
        elif in_chunks:
            db.session.commit()
        else:
            break
    batch = db.session.get_one(QuestionImport, import_id)
    db.session.refresh(batch, with_for_update=True)
    owner = db.session.get_one(User, owner_id)
    created, merged = import_taking.finish(batch, merges, actor=owner, now=now)
    importing.end_taking(batch, created, merged, actor=owner, now=now)
    db.session.commit()
    return created, merged


def put_all_back(import_id: str, why: str) -> None:
    """Delete what a stopped writing left, a chunk at a time, and make the import ready again."""
    while import_taking.put_back(import_id):
        db.session.commit()
    batch = db.session.get_one(QuestionImport, import_id)
    db.session.refresh(batch, with_for_update=True)
    if batch.state == importing.IN_HAND:
        importing.make_ready_again(batch, why)
    db.session.commit()


@jobs.every(20, "bank.imports_mended")
def mend(now: datetime) -> None:
    """Give back imports whose job failed or was cancelled while no worker could tidy up."""
    with reading_only():
        left = db.session.execute(
            select(QuestionImport.id, QuestionImport.state)
            .outerjoin(Job, Job.id == QuestionImport.job_id)
            .where(
                QuestionImport.state.in_((importing.READING, importing.IN_HAND)),
                or_(
                    Job.state.in_(("failed", "cancelled", "done"))
                    & (Job.finished_at < now - AFTER_A_JOB),
                    Job.id.is_(None) & (QuestionImport.created_at < now - WITHOUT_A_JOB),
                ),
            )
        ).all()
        db.session.rollback()
    for import_id, state in left:
        if state == importing.IN_HAND:
            put_all_back(import_id, _("写入没有成功，题库没有改动。可以再按一次。"))
        else:
            _fail(import_id, now)


def _fail(import_id: str, now: datetime) -> None:
    batch = db.session.get_one(QuestionImport, import_id)
    batch.state, batch.ended_at, batch.job_id = importing.FAILED, now, None
    batch.report = {"unreadable": _("读这个文件时程序出了错，没有读成。请换成 Excel 模板再试。")}
    db.session.commit()


@jobs.every(3_600, "bank.imports_swept")
def sweep(now: datetime) -> None:
    """Delete imports that ended, or that nobody decided, a month ago; with their files."""
    with reading_only():
        old = db.session.execute(
            select(QuestionImport.id, QuestionImport.blob_id).where(
                or_(
                    QuestionImport.ended_at < now - KEPT,
                    QuestionImport.state.in_((importing.READY, importing.FAILED))
                    & (QuestionImport.created_at < now - KEPT),
                )
            )
        ).all()
        db.session.rollback()
    for import_id, blob_id in old:
        importing.forget_items(import_id)
        db.session.execute(delete(QuestionImport).where(QuestionImport.id == import_id))
        if blob_id is not None:
            db.session.execute(delete(Blob).where(Blob.id == blob_id))
        db.session.commit()
        if blob_id is not None:
            blobs.remove_bytes(blob_id)


def _progress_of(job: Job) -> Tick:
    last = time.monotonic()

    def tick(done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= BETWEEN_REPORTS:
            last = time.monotonic()
            jobs.report_progress(job, done, of)

    return tick
