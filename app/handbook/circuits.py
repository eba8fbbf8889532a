"""A whole circuit of stations as one file: asked for on a page, drawn by the worker, kept a day.

Fifty pages take some seconds of computing, which no page of a running exam must wait for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import audit, blobs, clock, jobs
from app.extensions import db, reading_only
from app.handbook import PRESS
from app.handbook.documents import main_stations
from app.handbook.material import Material, shipped
from app.models.journal import Blob, Job
from app.models.people import User
from curricula import Station

KIND = "handbook.circuit"
PURPOSE = "station_circuit"
KEPT = timedelta(days=1)
UNFINISHED = ("waiting", "running")


def drawn(material: Material) -> list[Station]:
    """Return the draws of the stations that have several."""
    names = [one.station for one in material.stations]
    return [one for one in material.stations if names.count(one.station) > 1]


def of(material: Material, draw: str) -> tuple[Station, ...] | None:
    """Return one draw of each station with this one among them; None for an unknown draw."""
    chosen = next((one for one in drawn(material) if one.id == draw), None)
    if chosen is None:
        return None
    return tuple(
        chosen if one.station == chosen.station else one for one in main_stations(material)
    )


def sheets(chosen: tuple[Station, ...], material: Material) -> bytes:
    """Draw the sheets of some stations as one PDF."""
    course = material.course
    edition = f"{course.title.zh} {course.edition} 版"
    title = "、".join(one.id for one in chosen)
    facts = {"stations": chosen, "title": title, "edition": edition}
    return PRESS.draw("stations", facts)


def ask(draw: str, *, actor: User, now: datetime) -> Job:
    """Have a circuit printed; the same one that waits or runs already is that one."""
    last = newest(now).get(draw)
    if last is not None and last.state in UNFINISHED:
        return last
    audit.record("station.print_asked", actor, actor=actor, now=now, station=draw)
    return jobs.enqueue(KIND, {"draw": draw}, owner=actor, now=now)


def newest(now: datetime) -> dict[str, Job]:
    """Return the last printing of each draw within the day files are kept."""
    recent = select(Job).where(Job.kind == KIND, Job.created_at > now - KEPT)
    found = db.session.scalars(recent.order_by(Job.created_at)).all()
    return {job.payload["draw"]: job for job in found}


def file_of(job: Job | None) -> Blob | None:
    """Return the finished file of a printing, while it is kept."""
    if job is None or job.state != "done":
        return None
    return db.session.get(Blob, job.result.get("blob", ""))


@jobs.handles(KIND)
def make(job: Job) -> dict[str, Any]:
    """Draw the circuit and keep its file; may run twice."""
    now = clock.now()
    chosen = of(shipped(), job.payload["draw"])
    if chosen is None:
        raise LookupError(f"no draw {job.payload['draw']} among the stations")
    db.session.rollback()
    pdf = sheets(chosen, shipped())
    blob = blobs.put(pdf, media_type="application/pdf", purpose=PURPOSE, now=now)
    db.session.commit()
    return {"blob": blob.id}


@jobs.every(600, "handbook.circuits_swept")
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
