"""Comparing two accounts that may be one person, before a second certificate is issued."""

from __future__ import annotations

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts import places
from app.acting import do_and_tell
from app.awards import twins
from app.awards.views.blueprint import blueprint
from app.extensions import db
from app.models.awards import Certificate
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.permissions import needs, the_user


@blueprint.get("/awards/compare/<user_id>/<other_id>")
@needs("award.read")
def compare(user_id: str, other_id: str) -> ResponseReturnValue:
    """Show two accounts side by side."""
    people = _both(user_id, other_id, "award.read")
    ids = [one.id for one in people]
    classes = db.session.execute(
        select(Enrolment.user_id, TrainingClass.title)
        .join(TrainingClass, TrainingClass.id == Enrolment.class_id)
        .where(Enrolment.user_id.in_(ids))
    ).all()
    numbers = db.session.execute(
        select(Certificate.user_id, Certificate.number).where(Certificate.user_id.in_(ids))
    ).all()
    return render_template(
        "awards/compare.html",
        people=people,
        classes=[[title for user, title in classes if user == one] for one in ids],
        numbers=[[number for user, number in numbers if user == one] for one in ids],
        suspected=twins.find([people[0]]) or twins.find([people[1]]),
    )


@blueprint.post("/awards/compare/<user_id>/<other_id>")
@needs("award.propose")
def clear(user_id: str, other_id: str) -> ResponseReturnValue:
    """Record that the two are two people."""
    one, other = _both(user_id, other_id, "award.propose")

    def act() -> str:
        note = request.form.get("note", "")
        twins.clear(one, other, note, actor=the_user(), now=clock.now())
        return str(_("记下了：%(one)s和%(other)s是两个人。", one=one.name, other=other.name))

    return do_and_tell(act, url_for("awards.compare", user_id=user_id, other_id=other_id))


def _both(user_id: str, other_id: str, permission: str) -> list[User]:
    query = select(User).options(joinedload(User.identity))
    found = [db.session.scalars(query.where(User.id == one)).first() for one in (user_id, other_id)]
    people = [one for one in found if one is not None]
    if len(people) < 2 or not any(places.reaches(the_user(), permission, one) for one in people):
        abort(404)
    return people
