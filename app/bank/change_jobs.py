"""The worker's part of changing thousands of questions: batches, each committed, with progress.

A cancelled job stops between two batches. What was changed stays changed and on the list, so that it can be
taken back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app import clock, jobs
from app.bank import change_making, wall
from app.bank.change_making import AT_ONCE, DOING, DONE, JOB, UNDOING, UNDONE
from app.extensions import db, reading_only
from app.models.bank import Change, ChangeList
from app.models.journal import Job
from app.models.people import User


@jobs.handles(JOB, heavy=True)
def change(job: Job) -> dict[str, Any]:
    """Carry out or take back a large list; started again, it goes on where it stopped."""
    with reading_only():
        listed = db.session.get_one(ChangeList, job.payload["list"])
        list_id, state = listed.id, listed.state
        actor_id = listed.made_by_id if state == DOING else listed.undone_by_id
        ids = list(job.payload.get("entries") or _changed(list_id))
        db.session.rollback()
    if state not in (DOING, UNDOING):
        return {}
    act = change_making.apply if state == DOING else change_making.undo
    for start in range(0, len(ids), AT_ONCE):
        now = clock.now()
        actor = db.session.get_one(User, actor_id)
        pools = wall.visible_pools(actor, clock.shanghai_date(now))
        listed = db.session.get_one(ChangeList, list_id)
        act(listed, ids[start : start + AT_ONCE], actor=actor, pools=pools, now=now)
        jobs.report_progress(job, min(start + AT_ONCE, len(ids)), len(ids))
    listed = db.session.get_one(ChangeList, list_id)
    listed.state = DONE if state == DOING else UNDONE
    db.session.commit()
    return {"questions": len(ids)}


def _changed(list_id: str) -> list[str]:
    return list(
        db.session.scalars(
            select(Change.entry_id)
            .where(Change.change_list_id == list_id)
            .order_by(Change.entry_id)
        )
    )
