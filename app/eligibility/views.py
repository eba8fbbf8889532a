"""The class page: the roster with what each person still misses.

It hangs on training's blueprint, because it is the class's own page (`training.training_class`),
and lives here, because readiness is this layer's to know: training may not import it.
"""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app import clock
from app.eligibility.panel import exam_panels
from app.extensions import db
from app.models.people import District
from app.permissions import needs, the_user
from app.training import blueprint, classes, rooms, waiting
from app.training.forms import CATEGORIES, InstructorForm, options
from app.training.scope import class_scope_allows, find_class
from app.training.views.mine import instructors_of
from app.training.views.recording import enrolled

__all__ = ["blueprint", "training_class"]
ACTS = ("manage", "record", "sign", "assess")


@blueprint.get("/classes/<class_id>")
@needs("class.read")
def training_class(class_id: str) -> ResponseReturnValue:
    """Show one class: people and readiness, timetable, instructors of record."""
    user, now = the_user(), clock.now()
    on = clock.shanghai_date(now)
    found = find_class(user, "class.read", class_id, on)
    people = enrolled(found)
    may = {act: class_scope_allows(user, f"class.{act}", found, on) for act in ACTS}
    form = InstructorForm()
    instructors = instructors_of(found)
    if may["manage"]:
        named = {row.user_id for row in instructors if row.until is None}
        form.person.choices = options(
            (person.id, person.name)
            for person in classes.possible_instructors(found)
            if person.id not in named
        )
    return render_template(
        "training/class.html",
        training_class=found,
        district=db.session.get_one(District, found.district_code),
        people=people,
        panels=exam_panels(people, on),
        instructors=instructors,
        categories=dict(CATEGORIES),
        may=may,
        may_see_evaluation=class_scope_allows(user, "evaluation.read", found, on),
        form=form,
        waiting=waiting.waiting_in(found),
        promised=waiting.count_promised(found.id, now) if may["manage"] else 0,
        today=[one for one in found.meetings if clock.shanghai_date(one.starts_at) == on],
        rooms=rooms.room_names(found),
        offered_rooms=rooms.rooms_of([found.organisation_id]) if may["manage"] else [],
        on=on,
    )
