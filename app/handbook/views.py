"""Pages of what the content files hold beside lessons and questions: guides, stations, documents."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select

from app import audit, blobs, clock
from app.errors import Refusal
from app.extensions import db, may_write, outside_transaction
from app.formatting import show_date
from app.handbook import PRESS, circuits
from app.handbook.documents import DOCUMENTS, Document
from app.handbook.material import shipped
from app.handbook.rules import Rules
from app.models.people import User
from app.models.training import Enrolment
from app.permissions import needs, signed_in, the_user
from curricula import render_body

blueprint = Blueprint("handbook", __name__)


class CandidateKeepsOut(Refusal):
    """Somebody who may yet be examined asks for what happens in a station."""

    status = 403


LABELS = {
    "syllabus": lazy_gettext("考试大纲"),
    "evaluation": lazy_gettext("评价方案"),
    "norm": lazy_gettext("专项职业能力考核规范"),
}
"""How the documents are called in the reader's language; they themselves are Chinese."""


@blueprint.get("/learn/guides")
@signed_in
def guides() -> ResponseReturnValue:
    """List the pathways and the specimens of forms."""
    return render_template("handbook/guides.html", guides=shipped().guides)


@blueprint.get("/learn/guides/<kind>/<guide_id>")
@signed_in
def guide(kind: str, guide_id: str) -> ResponseReturnValue:
    """Show one guide; it prints on one or two pages."""
    found = shipped().guide(kind, guide_id) or abort(404)
    rendered = render_body(found.body, {}, prefix="g")
    return render_template("handbook/guide.html", guide=found, rendered=rendered)


@blueprint.get("/stations")
@needs("station.read")
def stations() -> ResponseReturnValue:
    """List the stations with their draws, and the circuits that can be printed."""
    refuse_candidates(the_user())
    material, jobs = shipped(), circuits.newest(clock.now())
    return render_template(
        "handbook/stations.html",
        stations=material.stations,
        draws=circuits.drawn(material),
        jobs=jobs,
        busy=any(job.state in circuits.UNFINISHED for job in jobs.values()),
    )


@blueprint.get("/stations/<station_id>")
@needs("station.read")
def station(station_id: str) -> ResponseReturnValue:
    """Show one draw of a station as an examiner reads it."""
    refuse_candidates(the_user())
    found = shipped().station(station_id) or abort(404)
    _note("station.opened", found.id)
    db.session.commit()
    return render_template("handbook/station.html", station=found)


@blueprint.get("/stations/<station_id>/sheets.pdf")
@needs("station.read")
def station_sheets(station_id: str) -> ResponseReturnValue:
    """Answer with the printed sheets of one draw."""
    refuse_candidates(the_user())
    found = shipped().station(station_id) or abort(404)
    _note("station.printed", found.id)
    outside_transaction()
    return _pdf(circuits.sheets((found,), shipped()), found.id)


@blueprint.post("/stations/circuits/<draw>")
@needs("station.read")
def print_circuit(draw: str) -> ResponseReturnValue:
    """Have the sheets of all stations printed, with this draw of the station that has several."""
    refuse_candidates(the_user())
    if circuits.of(shipped(), draw) is None:
        abort(404)
    circuits.ask(draw, actor=the_user(), now=clock.now())
    db.session.commit()
    return redirect(url_for(".stations"))


@blueprint.get("/stations/circuits/<draw>.pdf")
@needs("station.read")
def circuit(draw: str) -> ResponseReturnValue:
    """Answer with the finished file of a circuit."""
    refuse_candidates(the_user())
    if circuits.of(shipped(), draw) is None:
        abort(404)
    blob = circuits.file_of(circuits.newest(clock.now()).get(draw))
    if blob is None:
        return redirect(url_for(".stations"))
    _note("station.printed", draw)
    data = blobs.get(blob)
    db.session.commit()
    return _pdf(data, f"circuit-{draw}")


@blueprint.get("/scheme")
@signed_in
def documents() -> ResponseReturnValue:
    """List the documents of the scheme."""
    return render_template("handbook/documents.html", documents=LABELS)


@blueprint.get("/scheme/<document>")
@signed_in
def document(document: str) -> ResponseReturnValue:
    """Show a document as the rules of today make it."""
    made = _document(document)
    return render_template("handbook/document.html", document=made, label=LABELS[document])


@blueprint.get("/scheme/<document>.pdf")
@signed_in
def document_file(document: str) -> ResponseReturnValue:
    """Answer with a document as a PDF."""
    made = _document(document)
    day = show_date(clock.shanghai_date(clock.now()))
    outside_transaction()
    return _pdf(PRESS.draw("document", {"document": made, "day": day}), document)


def refuse_candidates(user: User) -> None:
    """Keep out whoever is in a class now, whatever roles they hold: an examiner may be a trainee."""
    enrolled = select(Enrolment.id).where(
        Enrolment.user_id == user.id, Enrolment.state == "enrolled"
    )
    if db.session.scalar(enrolled.limit(1)):
        raise CandidateKeepsOut(_("你在班里学习，还要参加实操考核，所以看不到考站。"))


def _note(action: str, name: str) -> None:
    """Put on record who looked: what happens in a station is worth money before an exam."""
    may_write()
    user = the_user()
    audit.record(action, user, actor=user, now=clock.now(), station=name)


def _pdf(data: bytes, name: str) -> Response:
    answer = Response(data, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def _document(name: str) -> Document:
    if name not in DOCUMENTS:
        abort(404)
    return DOCUMENTS[name][1](shipped(), Rules.of(clock.shanghai_date(clock.now())))
