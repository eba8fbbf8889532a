"""The association's pages of complaints: the list and one case. A district sees its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import selectinload

from app import blobs, clock
from app.blobs import BlobDamagedError
from app.complaints import filing, handling
from app.complaints.forms import CloseForm, StepForm
from app.complaints.views.blueprint import blueprint
from app.complaints.words import EVENTS, KINDS, OUTCOMES, STATE_TAGS, STATES
from app.errors import Refusal
from app.extensions import db
from app.models.complaints import Complaint, ComplaintPhoto
from app.models.journal import Blob
from app.models.people import ScopeKind, User
from app.permissions import Scope, allows, current_grants, needs, require, the_user
from app.register import ledger

A_PAGE = 30


@blueprint.get("/complaints")
@needs("complaint.read")
def cases() -> ResponseReturnValue:
    """List the cases within one's reach: those that wait first, by the day that is due."""
    closed = request.args.get("state") == "closed"
    query = select(Complaint).where(_reached(the_user()))
    if closed:
        query = query.where(Complaint.state == "closed").order_by(Complaint.closed_at.desc())
    else:
        query = query.where(Complaint.state != "closed").order_by(Complaint.answer_by)
    pages = db.paginate(
        query.options(selectinload(Complaint.certificate)), per_page=A_PAGE, error_out=False
    )
    today = clock.shanghai_date(clock.now())
    return render_template(
        "complaints/cases.html",
        pages=pages,
        closed=closed,
        late={one.id for one in pages.items if handling.is_late(one, today)},
        shown_number=filing.shown_number,
        **words(),
    )


@blueprint.get("/complaints/<complaint_id>")
@needs("complaint.read")
def case(complaint_id: str) -> ResponseReturnValue:
    """Show one case with its timeline and what can be done."""
    return case_page(find_case(complaint_id, "complaint.read"))


@blueprint.get("/complaints/<complaint_id>/photos/<int:place>")
@needs("complaint.read")
def photo(complaint_id: str, place: int) -> ResponseReturnValue:
    """Give out a picture that came with a complaint, to whoever handles it there."""
    row = find_case(complaint_id, "complaint.read")
    found = db.session.scalar(
        select(Blob)
        .join(ComplaintPhoto, ComplaintPhoto.blob_id == Blob.id)
        .where(ComplaintPhoto.complaint_id == row.id, ComplaintPhoto.place == place)
    )
    if found is None:
        abort(404)
    try:
        return Response(blobs.get(found), mimetype=found.media_type)
    except BlobDamagedError:
        abort(404)


def find_case(complaint_id: str, permission: str) -> Complaint:
    """Return a case within the signed-in person's reach; answers 404 for every other id."""
    found = db.session.get(Complaint, complaint_id)
    if found is None:
        abort(404)
    require(permission, Scope(district=found.district_code))
    return found


def case_page(
    row: Complaint,
    *,
    contact: str = "",
    step: StepForm | None = None,
    closing: CloseForm | None = None,
) -> str:
    """Return the page of a case."""
    now, user, scope = clock.now(), the_user(), Scope(district=row.district_code)
    handles = allows(user, "complaint.handle", scope)
    people = {event.by_id for event in row.events if event.by_id}
    names = db.session.execute(select(User.id, User.name).where(User.id.in_(people)))
    certificate = row.certificate
    return render_template(
        "complaints/case.html",
        case=row,
        number=filing.shown_number(row),
        handles=handles,
        decides=allows(user, "award.withdraw", scope) and certificate is not None,
        obstacle=_obstacle(row, user, now) if handles else "",
        verdict=ledger.verdict_now(certificate, now) if certificate else None,
        may_read_award=allows(user, "award.read", scope),
        names=dict(names.all()),
        contact=contact,
        late=handling.is_late(row, clock.shanghai_date(now)),
        step=step or StepForm(formdata=None),
        closing=closing or CloseForm(formdata=None),
        **words(),
    )


def words() -> dict[str, Any]:
    """Return the words of states, kinds, steps and outcomes."""
    return {
        "kinds": KINDS,
        "states": STATES,
        "tags": STATE_TAGS,
        "outcomes": OUTCOMES,
        "steps": EVENTS,
    }


def _obstacle(row: Complaint, user: User, now: datetime) -> str:
    try:
        handling.may_handle(row, actor=user, now=now)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _reached(user: User) -> ColumnElement[bool]:
    reached: list[ColumnElement[bool]] = [false()]
    for grant in current_grants(user, "complaint.read"):
        if grant.scope_kind == ScopeKind.ALL:
            reached.append(true())
        elif grant.scope_kind == ScopeKind.DISTRICT:
            reached.append(Complaint.district_code == grant.scope_id)
    return or_(*reached)
