"""The worker's part of printing: a document of a whole sitting as a file, and taking old files away.

Three hundred tickets with photos take a minute of computing, which no page of a running exam must
wait for. A file serves everyone of the sitting for a day; then it is gone, and asked for anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import audit, blobs, clock, jobs
from app.exams.documents.kinds import all_tickets, printed
from app.extensions import db, reading_only
from app.models.exams import Sitting
from app.models.journal import Blob, Job
from app.models.people import User

KIND = "exams.print"
PURPOSE = "exam_document"
KEPT = timedelta(days=1)
UNFINISHED = ("waiting", "running")


def ask(sitting: Sitting, document: str, *, actor: User, now: datetime) -> Job:
    """Have a document printed; the same one that waits or runs already is that one."""
    for job in _jobs(sitting, now):
        if job.payload["document"] == document and job.state in UNFINISHED:
            return job
    audit.record("sitting.print_asked", sitting, actor=actor, now=now, document=document)
    payload = {"sitting": sitting.id, "document": document}
    return jobs.enqueue(KIND, payload, owner=actor, now=now)


def newest(sitting: Sitting, now: datetime) -> dict[str, Job]:
    """Return the last printing of each document of a sitting within the day files are kept."""
    return {job.payload["document"]: job for job in _jobs(sitting, now)}


def file_of(job: Job | None) -> Blob | None:
    """Return the finished file of a printing, while it is kept."""
    if job is None or job.state != "done":
        return None
    return db.session.get(Blob, job.result.get("blob", ""))


def _jobs(sitting: Sitting, now: datetime) -> list[Job]:
    recent = select(Job).where(Job.kind == KIND, Job.created_at > now - KEPT)
    found = db.session.scalars(recent.order_by(Job.created_at)).all()
    return [job for job in found if job.payload["sitting"] == sitting.id]


@jobs.handles(KIND)
def make(job: Job) -> dict[str, Any]:
    """Draw the document and keep its file; may run twice."""
    now = clock.now()
    with reading_only():
        sitting = db.session.get_one(Sitting, job.payload["sitting"])
        document = job.payload["document"]
        pdf = b"" if document == "tickets" else printed(sitting, document, now)
        db.session.rollback()
    if document == "tickets":  # the long one: it tells how far it is, which keeps its claim
        pdf = all_tickets(sitting, now, lambda done, total: jobs.report_progress(job, done, total))
    blob = blobs.put(pdf, media_type="application/pdf", purpose=PURPOSE, now=now)
    db.session.commit()
    return {"blob": blob.id}


@jobs.every(600, "exams.documents_swept")
def sweep(now: datetime) -> int:
    """Take away files that were kept their day. Returns how many."""
    old = select(Blob.id).where(Blob.purpose == PURPOSE, Blob.created_at < now - KEPT).limit(50)
    with reading_only():
        ids = list(db.session.scalars(old))
        db.session.rollback()
    for blob_id in ids:
        db.session.delete(db.session.get_one(Blob, blob_id))
    if ids:
        db.session.commit()
    for blob_id in ids:
        blobs.remove_bytes(blob_id)
    return len(ids)
