"""The exam manager's pages of exams: the list, a new one, the proof that it can be drawn, publishing."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app import clock, rulebook
from app.bank import planning, wording
from app.exams import publishing
from app.exams.forms import ExamForm, given
from app.exams.views import blueprint
from app.exams.views.reaching import sitting_scope
from app.extensions import db
from app.formatting import in_english
from app.models.bank import ExamBlueprint
from app.models.exams import Booking, Exam, ExamRevision, Sitting
from app.permissions import allows, needs, the_user


@blueprint.get("/")
@needs("exam.read")
def exams() -> ResponseReturnValue:
    """List exams and the sittings in scope."""
    found = db.session.scalars(
        select(Exam).options(selectinload(Exam.revisions)).order_by(Exam.created_at.desc())
    ).all()
    sittings = db.session.scalars(
        select(Sitting).order_by(Sitting.opens_at.desc()).limit(100)
    ).all()
    user = the_user()
    seen = [s for s in sittings if allows(user, "exam.read", sitting_scope(s))]
    counted = db.session.execute(
        select(Booking.sitting_id, func.count())
        .where(Booking.sitting_id.in_([s.id for s in seen]))
        .group_by(Booking.sitting_id)
    )
    counts: dict[str, int] = dict(counted.all())
    return render_template(
        "exams/exams.html",
        exams=found,
        sittings=seen,
        counts=counts,
        may_build=allows(user, "exam.build"),
        now=clock.now(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@needs("exam.build")
def new() -> ResponseReturnValue:
    """Make an exam from a blueprint."""
    today = clock.shanghai_date(clock.now())
    form = ExamForm()
    if not form.is_submitted():
        form.minutes.data = rulebook.value("exam.minutes", today)
        form.pass_percent.data = rulebook.value("exam.pass_percent", today)
    blueprints = db.session.scalars(select(ExamBlueprint).order_by(ExamBlueprint.title)).all()
    form.blueprint.choices = [(b.id, (in_english() and b.title_en) or b.title) for b in blueprints]
    if form.validate_on_submit():
        try:
            exam = publishing.create_exam(
                title=given(form.title).strip(),
                title_en=given(form.title_en).strip(),
                blueprint=db.session.get_one(ExamBlueprint, form.blueprint.data),
                minutes=given(form.minutes),
                pass_percent=given(form.pass_percent),
                actor=the_user(),
                now=clock.now(),
            )
        except publishing.NotReady as refusal:
            form.title.errors = [refusal.sentence]
        else:
            db.session.commit()
            return redirect(url_for(".exam", exam_id=exam.id))
    return render_template("exams/new.html", form=form), (400 if form.is_submitted() else 200)


@blueprint.get("/<exam_id>")
@needs("exam.read")
def exam(exam_id: str) -> ResponseReturnValue:
    """Show one exam: the proof that it can be drawn, its revisions, its sittings."""
    found = db.session.get(Exam, exam_id)
    if found is None:
        abort(404)
    sittings = db.session.scalars(
        select(Sitting)
        .join(ExamRevision, ExamRevision.id == Sitting.revision_id)
        .where(ExamRevision.exam_id == found.id)
        .order_by(Sitting.opens_at.desc())
    ).all()
    user = the_user()
    return render_template(
        "exams/exam.html",
        exam=found,
        plan=planning.plan(found.blueprint, clock.shanghai_date(clock.now())),
        words=wording,
        sittings=[s for s in sittings if allows(user, "exam.read", sitting_scope(s))],
        may_build=allows(user, "exam.build"),
        may_see_blueprint=allows(user, "bank.blueprint"),
        now=clock.now(),
    )


@blueprint.post("/<exam_id>/publish")
@needs("exam.build")
def publish(exam_id: str) -> ResponseReturnValue:
    """Freeze the next revision."""
    found = db.session.get(Exam, exam_id)
    if found is None:
        abort(404)
    try:
        revision = publishing.publish(found, actor=the_user(), now=clock.now())
    except publishing.NotReady as refusal:
        flash(refusal.sentence, "stop")
        db.session.rollback()
    else:
        db.session.commit()
        flash(_("已发布第 %(n)d 版，内容已冻结。", n=revision.number), "ok")
    return redirect(url_for(".exam", exam_id=exam_id))
