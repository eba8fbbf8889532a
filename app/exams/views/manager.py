"""The exam manager's pages of exams: the list, one with its proof that it can be drawn."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app import clock
from app.bank import wording
from app.exams import proving
from app.exams.views import blueprint
from app.exams.views.reaching import sitting_scope
from app.extensions import db
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
        select(Sitting).where(Sitting.mock.is_(False)).order_by(Sitting.opens_at.desc()).limit(100)
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
        .where(ExamRevision.exam_id == found.id, Sitting.mock.is_(False))
        .order_by(Sitting.opens_at.desc())
    ).all()
    user = the_user()
    now = clock.now()
    plan, wrong = None, ""
    try:
        plan = proving.proof(found, now, fresh=False)
    except proving.NotReady as refusal:
        wrong = refusal.sentence
    return render_template(
        "exams/exam.html",
        exam=found,
        plan=plan,
        wrong=wrong,
        words=wording,
        sittings=[s for s in sittings if allows(user, "exam.read", sitting_scope(s))],
        may_build=allows(user, "exam.build"),
        may_see_blueprint=allows(user, "bank.blueprint"),
        now=now,
    )
