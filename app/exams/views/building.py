"""The exam manager's pages that make an exam: a new one, changing it, the pre-flight, publishing."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock, rulebook
from app.errors import Refusal
from app.exams import preflight, publishing
from app.exams.exam_form import ExamForm, fill, plan_of
from app.exams.sections import BadSections
from app.exams.views import blueprint
from app.extensions import db, reading_only
from app.formatting import in_english
from app.models.bank import ExamBlueprint
from app.models.exams import Exam
from app.permissions import allows, needs, the_user


def get_exam(exam_id: str) -> Exam:
    """Return an exam, or 404."""
    found = db.session.get(Exam, exam_id)
    if found is None:
        abort(404)
    return found


def _with_blueprints(form: ExamForm) -> ExamForm:
    rows = db.session.scalars(select(ExamBlueprint).order_by(ExamBlueprint.title))
    form.blueprint.choices = [(b.id, (in_english() and b.title_en) or b.title) for b in rows]
    return form


@blueprint.route("/new", methods=["GET", "POST"])
@needs("exam.build")
def new() -> ResponseReturnValue:
    """Make an exam from a blueprint."""
    today = clock.shanghai_date(clock.now())
    form = _with_blueprints(ExamForm())
    if not form.is_submitted():
        form.minutes.data = rulebook.value("exam.minutes", today)
        form.pass_percent.data = rulebook.value("exam.pass_percent", today)
        form.pass_set_on.data = today
    if form.validate_on_submit():
        try:
            exam = publishing.create(plan_of(form), actor=the_user(), now=clock.now())
        except BadSections as refusal:
            form.sections.errors = [refusal.sentence]
        except publishing.NotReady as refusal:
            form.title.errors = [refusal.sentence]
        else:
            db.session.commit()
            return redirect(url_for(".exam", exam_id=exam.id))
    page = render_template("exams/new.html", form=form, exam=None)
    return page, (400 if form.is_submitted() else 200)


@blueprint.route("/<exam_id>/edit", methods=["GET", "POST"])
@needs("exam.build")
def edit(exam_id: str) -> ResponseReturnValue:
    """Change an exam; what was published stays as it is."""
    exam = get_exam(exam_id)
    form = ExamForm()
    if not form.is_submitted():
        fill(form, exam)
    _with_blueprints(form)
    if form.validate_on_submit():
        try:
            publishing.change_exam(exam, plan_of(form), actor=the_user(), now=clock.now())
        except Refusal as refusal:
            db.session.rollback()
            bad = form.sections if isinstance(refusal, BadSections) else form.title
            bad.errors = [refusal.sentence]
        else:
            db.session.commit()
            flash(_("已保存。发布下一版以后，新的场次才用它。"), "ok")
            return redirect(url_for(".exam", exam_id=exam_id))
    page = render_template("exams/new.html", form=form, exam=get_exam(exam_id))
    return page, (400 if form.is_submitted() else 200)


@blueprint.get("/<exam_id>/preflight")
@needs("exam.read")
def exam_preflight(exam_id: str) -> ResponseReturnValue:
    """Show what was looked at before publishing: green or red, and what to do."""
    found = get_exam(exam_id)
    checks, _plan = preflight.of_exam(found, clock.now(), fresh=True)
    return render_template(
        "exams/preflight.html",
        exam=found,
        checks=checks,
        may_build=allows(the_user(), "exam.build"),
    )


@blueprint.post("/<exam_id>/publish")
@needs("exam.build")
def publish(exam_id: str) -> ResponseReturnValue:
    """Freeze the next revision."""
    found = get_exam(exam_id)
    db.session.rollback()
    with reading_only():  # pictures are opened before a transaction that writes
        preflight.of_exam(found, clock.now())
        db.session.rollback()
    try:
        revision = publishing.publish(get_exam(exam_id), actor=the_user(), now=clock.now())
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for(".exam_preflight", exam_id=exam_id))
    db.session.commit()
    flash(_("已发布第 %(n)d 版，内容已冻结。", n=revision.number), "ok")
    return redirect(url_for(".exam", exam_id=exam_id))
