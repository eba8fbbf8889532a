"""The association's pages of applications: the queue by what is due, and one at a time."""

from __future__ import annotations

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import audit, clock
from app.acting import do_and_tell
from app.applications import filing, reviewing
from app.applications.views.blueprint import blueprint
from app.applications.views.own import given_out
from app.applications.wording import DOCUMENTS
from app.eligibility.panel import award_panel
from app.errors import Refusal
from app.extensions import db, may_write
from app.models.applications import Application
from app.models.journal import Blob
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.permissions import needs, require, the_user
from app.training.scope import class_scope


@blueprint.get("/applications")
@needs("application.review")
def queue() -> ResponseReturnValue:
    """List applications, those due first."""
    now = clock.now()
    return render_template(
        "applications/queue.html", lines=reviewing.lines(the_user(), now), now=now
    )


@blueprint.get("/applications/<application_id>")
@needs("application.review")
def application(application_id: str) -> ResponseReturnValue:
    """Show one application with its documents, its clock and its steps."""
    row, now = _application(application_id), clock.now()
    on = clock.shanghai_date(now)
    enrolment = db.session.get_one(Enrolment, row.enrolment_id)
    ids = {step.by_id for step in row.steps}
    return render_template(
        "applications/application.html",
        application=row,
        applicant=db.session.get_one(User, row.user_id),
        training_class=db.session.get_one(TrainingClass, enrolment.class_id),
        panel=award_panel(enrolment, on),
        there=filing.documents(row),
        asked=filing.asked_documents(on),
        titles=DOCUMENTS,
        parts=reviewing.parts(on),
        texts=filing.declarations(on),
        clock=reviewing.clock_of(row, now),
        names={one: db.session.get_one(User, one).name for one in ids},
        obstacle=_obstacle(row),
    )


@blueprint.post("/applications/<application_id>/accept")
@needs("application.review")
def accept(application_id: str) -> ResponseReturnValue:
    """Accept an application."""
    row, now = _application(application_id), clock.now()

    def act() -> str:
        reviewing.accept(row, actor=the_user(), now=now)
        return str(_("申请已接受，本人会收到通知。"))

    return do_and_tell(act, url_for("applications.application", application_id=application_id))


@blueprint.post("/applications/<application_id>/return")
@needs("application.review")
def give_back(application_id: str) -> ResponseReturnValue:
    """Return an application with its faults."""
    row, now = _application(application_id), clock.now()
    faults = {
        name.removeprefix("fault-"): text
        for name, text in request.form.items()
        if name.startswith("fault-")
    }

    def act() -> str:
        reviewing.give_back(row, faults, actor=the_user(), now=now)
        return str(_("已退回，问题写给本人了。从现在起不算在审的天数里。"))

    return do_and_tell(act, url_for("applications.application", application_id=application_id))


@blueprint.get("/applications/<application_id>/documents/<kind>")
@needs("application.review")
def reviewed_document(application_id: str, kind: str) -> ResponseReturnValue:
    """Give out one document; reading it is noted."""
    row = _application(application_id)
    found = filing.documents(row).get(kind)
    if found is None or found.blob_id is None:
        abort(404)
    blob_id = found.blob_id
    may_write()
    row = _application(application_id)
    audit.record("application.document_read", row, actor=the_user(), now=clock.now(), kind=kind)
    db.session.commit()
    return given_out(db.session.get_one(Blob, blob_id), kind)


def _application(application_id: str) -> Application:
    row = db.session.get(Application, application_id)
    if row is None or row.state == "draft":
        abort(404)
    enrolment = db.session.get_one(Enrolment, row.enrolment_id)
    training_class = db.session.get_one(TrainingClass, enrolment.class_id)
    require("application.review", class_scope(training_class))
    return row


def _obstacle(row: Application) -> str:
    """Return why this reader may not review it; empty when they may."""
    try:
        reviewing.may_review(row, actor=the_user(), now=clock.now())
    except Refusal as refusal:
        return refusal.sentence
    return ""
