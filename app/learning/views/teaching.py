"""What instructors see of a class's study: everybody at a glance, each question, each person."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older

from app import clock
from app.bank import wording
from app.clock import shanghai_date
from app.extensions import db
from app.learning import failing, overview, prior, progress, seat_time
from app.learning.forms import KINDS, PriorForm, ReasonForm
from app.learning.pages import blueprint
from app.models.studying import PresenceCheck, PriorLearning, StudyStretch
from app.models.training import Enrolment, TrainingClass
from app.permissions import needs, the_user
from app.training.scope import class_scope_allows, find_class


@blueprint.get("/learn/classes/<class_id>")
@needs("class.record")
def class_study(class_id: str) -> ResponseReturnValue:
    """Show who is behind and where time goes in one class, drawn and listed."""
    now = clock.now()
    found = find_class(the_user(), "class.record", class_id, shanghai_date(now))
    return render_template(
        "learning/class_study.html",
        training_class=found,
        study=overview.of_class(found, now),
        high=overview.HIGH,
    )


@blueprint.get("/learn/classes/<class_id>/questions")
@needs("class.record")
def class_questions(class_id: str) -> ResponseReturnValue:
    """Show which practice questions a class fails, drawn and listed."""
    found = find_class(the_user(), "class.record", class_id, shanghai_date(clock.now()))
    return render_template(
        "learning/class_questions.html",
        training_class=found,
        questions=failing.of_class(found),
        domain_name=wording.domain_name,
    )


@blueprint.get("/learn/classes/<class_id>/people/<enrolment_id>")
@needs("class.record")
def person_study(class_id: str, enrolment_id: str) -> ResponseReturnValue:
    """Show one person's study, lesson by lesson, and what was waived."""
    found, enrolment = _find(class_id, enrolment_id)
    return _person_page(found, enrolment, _prior_form(enrolment))


@blueprint.post("/learn/classes/<class_id>/people/<enrolment_id>/prior")
@needs("class.manage")
def waive(class_id: str, enrolment_id: str) -> ResponseReturnValue:
    """Decide that lessons need not be studied, with the evidence."""
    found, enrolment = _find(class_id, enrolment_id, "class.manage")
    form = _prior_form(enrolment)
    if not form.validate_on_submit():
        return _person_page(found, enrolment, form), 400
    try:
        row = prior.waive(
            enrolment,
            form.lessons.data or [],
            kind=str(form.kind.data),
            evidence=(form.evidence.data or "").strip(),
            actor=the_user(),
            now=clock.now(),
        )
    except prior.NotWaived as refusal:
        db.session.rollback()
        flash(refusal.sentence, "wait")
        return redirect(url_for(".person_study", class_id=class_id, enrolment_id=enrolment_id))
    db.session.commit()
    flash(_("已免学 %(n)d 课。考勤、实操和考试照常。", n=len(row.lessons)), "ok")
    return redirect(url_for(".person_study", class_id=class_id, enrolment_id=enrolment_id))


@blueprint.post("/learn/classes/<class_id>/people/<enrolment_id>/prior/<row_id>/withdraw")
@needs("class.manage")
def withdraw_waiver(class_id: str, enrolment_id: str, row_id: str) -> ResponseReturnValue:
    """Take a waiver back, with the reason."""
    _found, enrolment = _find(class_id, enrolment_id, "class.manage")
    row = db.session.get(PriorLearning, row_id)
    if row is None or row.enrolment_id != enrolment.id:
        abort(404)
    form = ReasonForm()
    reason, user = (form.reason.data or "").strip(), the_user()
    try:
        prior.withdraw(row, reason=reason, actor=user, now=clock.now())
    except prior.NotWaived as refusal:
        db.session.rollback()
        flash(refusal.sentence, "wait")
    else:
        db.session.commit()
        flash(_("已收回，这些课要照常学。"), "ok")
    return redirect(url_for(".person_study", class_id=class_id, enrolment_id=enrolment_id))


def _find(
    class_id: str, enrolment_id: str, permission: str = "class.record"
) -> tuple[TrainingClass, Enrolment]:
    found = find_class(the_user(), permission, class_id, shanghai_date(clock.now()))
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.class_id != found.id:
        abort(404)
    return found, enrolment


def _prior_form(enrolment: Enrolment) -> PriorForm:
    at = progress.in_class(enrolment.user, enrolment.training_class)
    form = PriorForm()
    form.lessons.choices = [
        SelectChoice(lesson.id, f"{lesson.id} {lesson.title.zh}")
        for lesson in at.course.lessons
        if lesson.countable and not lesson.practical and lesson.id not in at.completed
    ]
    return form


def _person_page(found: TrainingClass, enrolment: Enrolment, form: PriorForm) -> str:
    on = shanghai_date(clock.now())
    spent = seat_time.counted([enrolment.user_id], found.edition_id)
    asked, answered = db.session.execute(
        select(func.count(PresenceCheck.id), func.count(PresenceCheck.answered_at))
        .join(StudyStretch, StudyStretch.id == PresenceCheck.stretch_id)
        .where(
            StudyStretch.user_id == enrolment.user_id,
            StudyStretch.edition_id == found.edition_id,
        )
    ).one()
    return render_template(
        "learning/person_study.html",
        training_class=found,
        enrolment=enrolment,
        at=progress.in_class(enrolment.user, found),
        minutes={code: spent_ms // 60_000 for (_user, code), spent_ms in spent.items()},
        checks=(asked, answered),
        decisions=prior.standing(enrolment),
        kinds=KINDS,
        form=form,
        reason=ReasonForm(),
        may_decide=class_scope_allows(the_user(), "class.manage", found, on),
    )
