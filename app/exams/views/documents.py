"""Pages and files of what is printed: one's own ticket; all documents for office and invigilators.

Addresses name the booking or the sitting by their random ids, nobody by name or number. Each printing
for the office is a line in the trail: it takes photos and masked numbers of many people out.
"""

from __future__ import annotations

import base64
from urllib.parse import quote

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import audit, blobs, clock
from app.awards.contents import hide_enough
from app.exams import booking, tickets
from app.exams.documents import files
from app.exams.documents.kinds import KINDS, ticket_file
from app.exams.views import blueprint
from app.exams.views.candidate import own_booking
from app.exams.views.reaching import get_sitting
from app.exams.views.room.own import own_sitting
from app.extensions import db, may_write
from app.models.exams import Sitting
from app.permissions import needs, signed_in, the_user
from certificates import qr


@blueprint.get("/sit/<booking_id>/ticket")
@signed_in
def ticket(booking_id: str) -> ResponseReturnValue:
    """Show one's own ticket with the code that the door scans."""
    row = own_booking(booking_id)
    now = clock.now()
    code = qr.encode(tickets.door_address(row)).png()
    identity = row.user.identity
    return render_template(
        "exams/ticket.html",
        booking=row,
        document=hide_enough(identity.shown) if identity else "",
        code="data:image/png;base64," + base64.b64encode(code).decode(),
        may_change=booking.may_still(row, "exam.change_until_hours", now),
        may_cancel=booking.may_still(row, "exam.cancel_until_hours", now),
    )


@blueprint.get("/sit/<booking_id>/ticket.pdf")
@signed_in
def ticket_pdf(booking_id: str) -> ResponseReturnValue:
    """Give one's own ticket as a file to print."""
    row = own_booking(booking_id)
    return pdf_response(ticket_file([row], clock.now()), KINDS["tickets"].file)


@blueprint.get("/sittings/<sitting_id>/print")
@needs("exam.build")
def documents(sitting_id: str) -> ResponseReturnValue:
    """List what can be printed for a sitting."""
    return _list(get_sitting(sitting_id, "exam.build"), room=False)


@blueprint.post("/sittings/<sitting_id>/print/<document>")
@needs("exam.build")
def print_document(sitting_id: str, document: str) -> ResponseReturnValue:
    """Have one document printed for the office."""
    _ask(get_sitting(sitting_id, "exam.build"), document)
    return redirect(url_for(".documents", sitting_id=sitting_id))


@blueprint.get("/sittings/<sitting_id>/print/<document>")
@needs("exam.build")
def document(sitting_id: str, document: str) -> ResponseReturnValue:
    """Give the office the file of one document."""
    found = get_sitting(sitting_id, "exam.build")
    return _finished(found, document) or redirect(url_for(".documents", sitting_id=sitting_id))


@blueprint.get("/rooms/<sitting_id>/print")
@needs("exam.invigilate")
def room_documents(sitting_id: str) -> ResponseReturnValue:
    """List what an invigilator can print for the sitting."""
    return _list(own_sitting(sitting_id), room=True)


@blueprint.post("/rooms/<sitting_id>/print/<document>")
@needs("exam.invigilate")
def print_room_document(sitting_id: str, document: str) -> ResponseReturnValue:
    """Have one document printed for an invigilator."""
    _ask(own_sitting(sitting_id), document)
    return redirect(url_for(".room_documents", sitting_id=sitting_id))


@blueprint.get("/rooms/<sitting_id>/print/<document>")
@needs("exam.invigilate")
def room_document(sitting_id: str, document: str) -> ResponseReturnValue:
    """Give an invigilator the file of one document."""
    found = own_sitting(sitting_id)
    return _finished(found, document) or redirect(url_for(".room_documents", sitting_id=sitting_id))


def _list(sitting: Sitting, *, room: bool) -> str:
    newest = files.newest(sitting, clock.now())
    last = {kind: job for kind, job in newest.items() if kind in KINDS}  # papers have their page
    busy = any(job.state in files.UNFINISHED for job in last.values())
    return render_template(
        "exams/documents.html", sitting=sitting, kinds=KINDS, last=last, busy=busy, room=room
    )


def _ask(sitting: Sitting, kind: str) -> None:
    if kind not in KINDS:
        abort(404)
    files.ask(sitting, kind, actor=the_user(), now=clock.now())
    db.session.commit()


def _finished(sitting: Sitting, kind: str) -> Response | None:
    """Return the newest file and note who took it; None when there is none."""
    if kind not in KINDS:
        abort(404)
    sitting_id, now = sitting.id, clock.now()
    may_write()
    sitting = db.session.get_one(Sitting, sitting_id)
    blob = files.file_of(files.newest(sitting, now).get(kind))
    if blob is None:
        flash(_("这份文件还没有生成，或已经清走。请按“生成”。"), "info")
        return None
    audit.record("sitting.printed", sitting, actor=the_user(), now=now, document=kind)
    db.session.commit()
    day = clock.shanghai_date(sitting.opens_at)
    return pdf_response(blobs.get(blob), f"{KINDS[kind].file} {sitting.place} {day}")


def pdf_response(pdf: bytes, name: str) -> Response:
    """Return a file to open or print, under a name of its own."""
    response = Response(pdf, mimetype="application/pdf")
    whole = quote(f"{name}.pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{whole}"
    return response
