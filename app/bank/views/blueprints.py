"""双向细目表: the table with its proof and the figures of a sample paper, its editing, the paper."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import clock
from app.bank import planning, sampling, shortages, tables, wall, wording
from app.bank.routes import blueprint
from app.bank.table_form import PlanRefused
from app.bank.views.opening import today
from app.extensions import db, may_write
from app.models.bank import ExamBlueprint
from app.models.exams import Exam
from app.permissions import needs, the_user
from question_bank import (
    EXAM_KINDS,
    KINDS,
    Blueprint,
    CannotDrawError,
    QuestionError,
    load_blueprint,
)
from question_bank.question import LEVELS

SEED_LENGTH = 40
USUAL_KINDS = 3  # columns of an empty table; the others wait folded up


@blueprint.get("/blueprints")
@needs("bank.blueprint")
def blueprints() -> ResponseReturnValue:
    """List the blueprints with whether the approved bank fills them."""
    rows = db.session.scalars(select(ExamBlueprint).order_by(ExamBlueprint.code)).all()
    proven = planning.prove_all(rows, today())
    return render_template("bank/blueprints.html", blueprints=proven)


@blueprint.get("/blueprints/<blueprint_id>", endpoint="blueprint")
@needs("bank.blueprint")
def show_blueprint(blueprint_id: str) -> ResponseReturnValue:
    """Show one table: what each cell wants, what the bank offers today, what a seed would draw."""
    row = _get(blueprint_id)
    try:
        plan = planning.plan(row, today())
    except QuestionError:  # its form says what is wrong, and is where it is mended
        return redirect(url_for("bank.edit_blueprint", blueprint_id=blueprint_id))
    seed = request.args.get("seed", "").strip()[:SEED_LENGTH] or sampling.new_seed()
    blocked = plan.proof.shortages
    drawn = None
    if plan.proof.is_enough:
        try:
            drawn = sampling.measure(row, seed, on=today())
        except CannotDrawError as short:
            blocked = short.shortages
    return render_template(
        "bank/blueprint.html",
        row=row,
        plan=plan,
        seed=seed,
        drawn=drawn,
        blocked=blocked,
        left_out=planning.why_left_out(plan.left_out),
        exams=_exams(row),
        words=wording,
    )


@blueprint.route("/blueprints/new", methods=["GET", "POST"])
@needs("bank.blueprint")
def new_blueprint() -> ResponseReturnValue:
    """Make a table: an empty one, or like another (`from`)."""
    source = request.args.get("from", "")
    copied = _get(source) if source else None
    wrong: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            row = tables.create_table(request.form, copied, actor=the_user(), now=clock.now())
            db.session.commit()
        except PlanRefused as refused:
            db.session.rollback()
            wrong, copied = refused.sentences, _get(source) if source else None
        else:
            flash(_("“%(title)s”已建好。", title=row.title), "ok")
            return redirect(url_for("bank.blueprint", blueprint_id=row.id))
    table = tables.editable(copied)[0] if copied is not None else tables.blank()
    typed = request.form if wrong else tables.new_form(copied, clock.now())
    return _form(None, table, typed, wrong, source)


@blueprint.route("/blueprints/<blueprint_id>/edit", methods=["GET", "POST"])
@needs("bank.blueprint")
def edit_blueprint(blueprint_id: str) -> ResponseReturnValue:
    """Change counts, marks, shares, rules and name."""
    row = _get(blueprint_id)
    wrong: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            tables.save_table(row, request.form, actor=the_user(), now=clock.now())
            db.session.commit()
        except PlanRefused as refused:
            db.session.rollback()
            wrong, row = refused.sentences, _get(blueprint_id)
        else:
            flash(_("“%(title)s”已保存。已经发布的考试仍用原来的表。", title=row.title), "ok")
            return redirect(url_for("bank.blueprint", blueprint_id=blueprint_id))
    table, stale = tables.editable(row)
    for sentence in stale:
        flash(sentence, "stop")
    return _form(row, table, request.form if wrong else tables.form_of(row), wrong, "")


@blueprint.post("/blueprints/<blueprint_id>/delete")
@needs("bank.blueprint")
def delete_blueprint(blueprint_id: str) -> ResponseReturnValue:
    """Delete a table that no exam uses."""
    row = _get(blueprint_id)
    title = row.title
    try:
        tables.delete_table(row, actor=the_user(), now=clock.now())
        db.session.commit()
    except PlanRefused as refused:
        db.session.rollback()
        flash(refused.sentence, "stop")
        return redirect(url_for("bank.blueprint", blueprint_id=blueprint_id))
    flash(_("“%(title)s”已删除。", title=title), "ok")
    return redirect(url_for("bank.blueprints"))


@blueprint.get("/blueprints/<blueprint_id>/sample")
@needs("bank.blueprint")
def blueprint_sample(blueprint_id: str) -> ResponseReturnValue:
    """Draw the paper of a seed and show it; drawn questions count as opened."""
    seed = request.args.get("seed", "").strip()[:SEED_LENGTH]
    wall.refuse_live(the_user(), today())
    if not seed:
        fresh = sampling.new_seed()
        return redirect(url_for("bank.blueprint_sample", blueprint_id=blueprint_id, seed=fresh))
    may_write()
    now = clock.now()
    row = _get(blueprint_id)
    try:
        drawn = sampling.draw_sample(row, seed, on=today(), actor=the_user(), now=now)
    except QuestionError:
        return redirect(url_for("bank.edit_blueprint", blueprint_id=blueprint_id))
    except CannotDrawError as short:
        flash(_("抽不成：%(why)s", why=shortages.sentences(short.shortages)), "stop")
        return redirect(url_for("bank.blueprint", blueprint_id=blueprint_id))
    db.session.commit()
    return render_template(
        "bank/sample.html",
        row=row,
        drawn=drawn,
        table=planning.in_force(load_blueprint(row.body), today()),
        levels=LEVELS,
        words=wording,
        opened_at=now,
    )


def _form(
    row: ExamBlueprint | None, table: Blueprint, typed: object, wrong: tuple[str, ...], source: str
) -> ResponseReturnValue:
    page = render_template(
        "bank/blueprint_edit.html",
        row=row,
        source=source,
        table=table,
        domains=planning.rows_of(table),
        typed=typed,
        wrong=wrong,
        kinds={name: KINDS[name] for name in EXAM_KINDS},
        columns=[cell.kind for cell in table.cells] or list(EXAM_KINDS[:USUAL_KINDS]),
        levels=LEVELS,
        words=wording,
    )
    return page, 400 if wrong else 200


def _exams(row: ExamBlueprint) -> int:
    """Count the exams that use a table: while there are any, it is not deleted."""
    query = select(func.count()).select_from(Exam).where(Exam.blueprint_id == row.id)
    return db.session.scalar(query) or 0


def _get(blueprint_id: str) -> ExamBlueprint:
    row = db.session.get(ExamBlueprint, blueprint_id)
    if row is None:
        abort(404)
    return row
