"""The worker's part of an export: many questions into one file, and taking old files away.

What leaves is written down in small commits before the file can be had. May run twice: the second
run writes the same file again, and the lines of who took what again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import blobs, clock, jobs
from app.bank import exporting
from app.extensions import db, reading_only
from app.models.journal import Job
from app.models.people import User

KIND = "bank.export"
NOTED_AT_ONCE = 200
SHOWN_CODES = 12


def same_under_way(ids: list[str], name: str, *, owner: User) -> Job | None:
    """Return the same export of the same person that waits or runs: a second click asks no more."""
    unfinished = select(Job).where(
        Job.kind == KIND, Job.owner_id == owner.id, Job.state.in_(("waiting", "running"))
    )
    wanted = {"ids": ids, "format": name}
    return next((job for job in db.session.scalars(unfinished) if job.payload == wanted), None)


@jobs.handles(KIND, heavy=True)
def export(job: Job) -> dict[str, Any]:
    """Make the file; the result names its blob and what it does not hold."""
    ids, name = list(job.payload["ids"]), str(job.payload["format"])
    now = clock.now()
    on = clock.shanghai_date(now).isoformat()
    questions, whole = [], None
    total = 2 * len(ids)
    with reading_only():
        if name == exporting.ARCHIVE:
            whole = exporting.archived(exporting.with_ids(ids), now=now, on=on)
        else:
            for start in range(0, len(ids), exporting.AT_ONCE):
                some = exporting.with_ids(ids[start : start + exporting.AT_ONCE])
                questions += exporting.questions_of(exporting.in_use(some))
        files = exporting.files_of(questions)
        db.session.rollback()
    made = whole or exporting.written(questions, name, files, on)
    jobs.report_progress(job, len(ids), total)
    owner = db.session.get(User, job.owner_id) if job.owner_id else None
    for start in range(0, len(ids), NOTED_AT_ONCE):
        some = exporting.with_ids(ids[start : start + NOTED_AT_ONCE])
        exporting.note(some, name, actor=owner, now=now)
        jobs.report_progress(job, len(ids) + start, total)
        owner = db.session.get(User, job.owner_id) if job.owner_id else None
    blob = exporting.kept(made, now=now)
    db.session.commit()
    return {
        "blob": blob.id,
        "name": made.name,
        "count": made.count,
        "losses": [[one.message, len(one.ids), list(one.ids[:SHOWN_CODES])] for one in made.losses],
    }


@jobs.every(600, "bank.exports_swept")
def sweep(now: datetime) -> None:
    """Take away files that nobody fetched within their day."""
    with reading_only():
        old = exporting.sweep_due(now)
        db.session.rollback()
    if not old:
        return
    ids = exporting.sweep(now)
    db.session.commit()
    for blob_id in ids:
        blobs.remove_bytes(blob_id)
