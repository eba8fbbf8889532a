"""What instructors and the training body see of a class's practicum."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock
from app.extensions import db
from app.models.practicum import PracticumVisit
from app.models.training import Enrolment
from app.permissions import needs, the_user
from app.practicum import moments, progress, signing, visits, wording
from app.practicum.pages import blueprint
from app.training.scope import class_scope_allows, find_class
from app.training.views.recording import enrolled

MOST_VISITS = 300
"""The newest of a class that one page lists."""


@blueprint.get("/classes/<class_id>/practicum")
@needs("class.read")
def of_class(class_id: str) -> ResponseReturnValue:
    """Show everybody's progress, drawn and listed, and the visits that wait or were refused."""
    on = clock.shanghai_date(clock.now())
    found = find_class(the_user(), "class.read", class_id, on)
    people = enrolled(found)
    at = progress.of([one.id for one in people], on)
    rows = db.session.scalars(
        select(PracticumVisit)
        .join(PracticumVisit.enrolment)
        .where(Enrolment.class_id == found.id)
        .options(selectinload(PracticumVisit.enrolment))
        .order_by(PracticumVisit.began_at.desc(), PracticumVisit.id)
        .limit(MOST_VISITS)
    ).unique()
    return render_template(
        "practicum/class.html",
        training_class=found,
        people=people,
        at=at,
        met=sum(one.met for one in at.values()),
        waiting=sum(one.waiting_visits for one in at.values()),
        refused=sum(one.refused_visits for one in at.values()),
        wanted=progress.Wanted.of(on),
        visits=list(rows),
        may_export=class_scope_allows(the_user(), "practicum.manage", found, on),
        wording=wording,
    )


@blueprint.get("/classes/<class_id>/practicum/visits/<visit_id>")
@needs("class.read")
def class_visit(class_id: str, visit_id: str) -> ResponseReturnValue:
    """Show one visit of the class as its supervisor saw it."""
    on = clock.shanghai_date(clock.now())
    training_class = find_class(the_user(), "class.read", class_id, on)
    found = db.session.get(PracticumVisit, visit_id)
    if found is None or found.enrolment.class_id != training_class.id:
        abort(404)
    return render_template(
        "practicum/class_visit.html",
        training_class=training_class,
        visit=found,
        left_out=moments.left_out(visits.steps(found)),
        answers=signing.answered(found),
        untouched=not found.sha256 or signing.is_untouched(found),
        wording=wording,
    )
