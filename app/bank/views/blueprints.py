"""双向细目表: the table with its proof, its editing, and a sample paper."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.bank import planning, sampling, shortages, wall, wording
from app.bank.routes import blueprint
from app.bank.views.opening import today
from app.extensions import db, may_write
from app.models.bank import ExamBlueprint
from app.permissions import needs, the_user
from question_bank import EXAM_KINDS, KINDS, CannotDrawError, load_blueprint
from question_bank.question import LEVELS

SEED_LENGTH = 40


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
    """Show one table: what each cell wants and what the bank offers today."""
    row = _get(blueprint_id)
    return render_template(
        "bank/blueprint.html", row=row, plan=planning.plan(row, today()), words=wording
    )


@blueprint.route("/blueprints/<blueprint_id>/edit", methods=["GET", "POST"])
@needs("bank.blueprint")
def edit_blueprint(blueprint_id: str) -> ResponseReturnValue:
    """Change counts, marks and shares."""
    row = _get(blueprint_id)
    error = ""
    if request.method == "POST":
        try:
            planning.save_table(row, request.form, actor=the_user(), now=clock.now())
            db.session.commit()
        except planning.PlanRefused as refused:
            db.session.rollback()
            error, row = refused.sentence, _get(blueprint_id)
        else:
            flash(_("“%(title)s”已保存。已经发布的考试仍用原来的表。", title=row.title), "ok")
            return redirect(url_for("bank.blueprint", blueprint_id=blueprint_id))
    return render_template(
        "bank/blueprint_edit.html",
        row=row,
        table=load_blueprint(row.body),
        domains=planning.rows_of(load_blueprint(row.body)),
        typed=request.form if error else planning.form_of(row),
        error=error,
        kinds={name: KINDS[name] for name in EXAM_KINDS},
        levels=LEVELS,
        words=wording,
    )


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
    except CannotDrawError as short:
        flash(_("抽不成：%(why)s", why=shortages.sentences(short.shortages)), "stop")
        return redirect(url_for("bank.blueprint", blueprint_id=blueprint_id))
    db.session.commit()
    return render_template(
        "bank/sample.html", row=row, drawn=drawn, levels=LEVELS, words=wording, opened_at=now
    )


def _get(blueprint_id: str) -> ExamBlueprint:
    row = db.session.get(ExamBlueprint, blueprint_id)
    if row is None:
        abort(404)
    return row
