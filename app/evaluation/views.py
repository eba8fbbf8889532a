"""The pages of evaluation: the trainee's form, and the results for training body and association."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import clock
from app.evaluation import answers
from app.evaluation.answers import EvaluationRefused
from app.extensions import db
from app.models.training import Enrolment
from app.permissions import needs, signed_in, the_user
from app.training.scope import find_class, readable_classes

blueprint = Blueprint("evaluation", __name__)
MOST = 100


@blueprint.get("/evaluation")
@signed_in
def mine() -> ResponseReturnValue:
    """List one's classes that can be evaluated now."""
    on = clock.shanghai_date(clock.now())
    return render_template("evaluation/mine.html", rows=answers.own(the_user(), on))


@blueprint.route("/evaluation/<class_id>", methods=["GET", "POST"])
@signed_in
def evaluate(class_id: str) -> ResponseReturnValue:
    """Show the questions of one's own class and count the answer."""
    now = clock.now()
    on = clock.shanghai_date(now)
    enrolment = db.session.scalar(
        select(Enrolment).where(Enrolment.class_id == class_id, Enrolment.user_id == the_user().id)
    )
    if enrolment is None:
        abort(404)
    refused, status, missing = "", 200, list[str]()
    if request.method == "POST":
        try:
            answers.answer(enrolment, _marks(), request.form.get("remark", ""), on=on, now=now)
        except EvaluationRefused as refusal:
            db.session.rollback()
            refused, status = refusal.sentence, 400
            missing = answers.unanswered(_marks())
        else:
            db.session.commit()
            flash(_("谢谢，记进去了。存的只有合计，没有人能看到你选了什么。"), "ok")
            return redirect(url_for("evaluation.mine"))
    page = render_template(
        "evaluation/evaluate.html",
        training_class=enrolment.training_class,
        done=answers.has_answered(enrolment),
        open=answers.is_open(enrolment.training_class, on),
        questions=answers.QUESTIONS,
        scale=answers.SCALE,
        given=request.form,
        refused=refused,
        missing=missing,
        longest=answers.LONGEST_REMARK,
    )
    return page, status


@blueprint.get("/evaluation/results")
@needs("evaluation.read")
def results() -> ResponseReturnValue:
    """List the classes within one's reach with what may be seen of each."""
    on = clock.shanghai_date(clock.now())
    found = db.session.scalars(readable_classes(the_user(), "evaluation.read", on).limit(MOST))
    ended = [one for one in found.unique() if one.ends_on <= on]
    return render_template(
        "evaluation/results.html",
        rows=answers.shown_of(ended, _people([one.id for one in ended]), on),
    )


@blueprint.get("/classes/<class_id>/evaluation")
@needs("evaluation.read")
def of_class(class_id: str) -> ResponseReturnValue:
    """Show a class's results, drawn and listed."""
    on = clock.shanghai_date(clock.now())
    found = find_class(the_user(), "evaluation.read", class_id, on)
    people = _people([found.id]).get(found.id, 0)
    return render_template(
        "evaluation/class.html",
        training_class=found,
        shown=answers.shown(found, people, on),
        scale=answers.SCALE,
    )


def _people(class_ids: list[str]) -> dict[str, int]:
    rows = db.session.execute(
        select(Enrolment.class_id, func.count())
        .where(Enrolment.state == "enrolled", Enrolment.class_id.in_(class_ids))
        .group_by(Enrolment.class_id)
    )
    return {class_id: int(count) for class_id, count in rows}


def _marks() -> dict[str, int]:
    """Return what was chosen, by question; what is no mark of the scale is left out."""
    given = {code: request.form.get(code, "") for code in answers.QUESTIONS}
    return {code: int(mark) for code, mark in given.items() if mark in {"1", "2", "3", "4", "5"}}
