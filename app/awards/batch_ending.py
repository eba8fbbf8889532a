"""The worker's part of withdrawing or cancelling many certificates, one transaction for each.

Each goes through the register's own act (`app/register/deciding.py`): where the rules say that the
holder is heard first, a hearing is opened and the line says so. Urgent: it waits for no exam.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import clock, jobs
from app.awards import batches
from app.errors import Refusal
from app.extensions import db, reading_only
from app.models.awards import Certificate
from app.models.bulk import Batch, BatchItem
from app.models.journal import Job
from app.models.people import User
from app.models.register import Hearing
from app.register import deciding


@jobs.handles(batches.END_JOB)
def end(job: Job) -> dict[str, Any]:
    """End what waits of a batch; may run again after it was killed."""
    batch_id = str(job.payload["batch"])
    of_batch = BatchItem.batch_id == batch_id
    with reading_only():
        total = db.session.scalar(select(func.count(BatchItem.id)).where(of_batch)) or 0
        waiting = list(
            db.session.scalars(
                select(BatchItem.id)
                .where(of_batch, BatchItem.state == "waiting")
                .order_by(BatchItem.place)
            )
        )
        db.session.rollback()
    for number, item_id in enumerate(waiting, total - len(waiting) + 1):
        _end_one(item_id, batch_id)
        jobs.report_progress(job, number, total)
        db.session.expunge_all()
    batch = db.session.get_one(Batch, batch_id)
    batch.state, batch.finished_at = "done", clock.now()
    db.session.commit()
    return {"batch": batch_id}


def _end_one(item_id: str, batch_id: str) -> None:
    """End one certificate; the transaction is left to be committed with the progress."""
    try:
        state, why = _act(item_id, batch_id)
    except Refusal as refusal:
        db.session.rollback()
        state, why = "skipped", refusal.sentence
    item = db.session.get_one(BatchItem, item_id)
    item.state, item.why = state, why[:400]


def _act(item_id: str, batch_id: str) -> tuple[str, str]:
    batch = db.session.get_one(Batch, batch_id)
    item = db.session.get_one(BatchItem, item_id)
    made = deciding.act(
        db.session.get_one(Certificate, item.certificate_id),
        batch.status,
        reason_code=batch.reason_code,
        reason=batch.reason,
        actor=db.session.get_one(User, batch.made_by_id),
        now=clock.now(),
    )
    if isinstance(made, Hearing):
        return "done", str(_("已告知本人，等他陈述或期满以后再决定。"))
    return "done", ""
