"""The panel's pages: sittings with held results, and their release in one person's name."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import audit, clock
from app.accounts.confirming import needs_fresh_password
from app.acting import do_and_tell
from app.exams import incidents, late, marking, misconduct
from app.exams.views import blueprint
from app.exams.views.reaching import get_sitting, sitting_scope
from app.extensions import db, may_write
from app.models.exams import Attempt, Booking, Result, Sitting
from app.permissions import allows, needs, the_user


@blueprint.get("/results")
@needs("exam.release")
def results() -> ResponseReturnValue:
    """List sittings with results held, then those released."""
    rows = db.session.execute(
        select(
            Attempt.sitting_id,
            func.count(Result.id),
            func.count(Result.released_at),
        )
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Sitting.mock.is_(False))
        .group_by(Attempt.sitting_id)
    ).all()
    counts = {sitting_id: (marked, released) for sitting_id, marked, released in rows}
    sittings = db.session.scalars(
        select(Sitting).where(Sitting.id.in_(counts)).order_by(Sitting.opens_at.desc())
    ).all()
    user = the_user()
    seen = [s for s in sittings if allows(user, "exam.release", sitting_scope(s))]
    return render_template("exams/results.html", sittings=seen, counts=counts)


@blueprint.get("/results/<sitting_id>")
@needs("exam.release")
@needs_fresh_password
def sitting_results(sitting_id: str) -> ResponseReturnValue:
    """Show one sitting's results before and after their release; opening them is on record."""
    may_write()
    now = clock.now()
    sitting = get_sitting(sitting_id, "exam.release")
    rows = db.session.scalars(
        select(Booking)
        .where(Booking.sitting_id == sitting.id)
        .options(joinedload(Booking.attempt).joinedload(Attempt.result))
        .order_by(Booking.seat)
    ).all()
    if not rows:
        abort(404)
    audit.record("results.opened", sitting, actor=the_user(), now=now)
    page = render_template(
        "exams/sitting_results.html",
        sitting=sitting,
        bookings=rows,
        reports=incidents.of_sitting(sitting.id),
        kinds=incidents.KINDS,
        late=late.waiting(sitting.id),
        withheld=misconduct.held_attempts(sitting.id),
        now=now,
    )
    db.session.commit()
    return page


@blueprint.post("/results/<sitting_id>/release")
@needs("exam.release")
@needs_fresh_password
def release(sitting_id: str) -> ResponseReturnValue:
    """Release a sitting's results in the signed-in person's name."""
    sitting = get_sitting(sitting_id, "exam.release")

    def act() -> str:
        count = marking.release(sitting, actor=the_user(), now=clock.now())
        return str(_("已公布 %(n)d 人的成绩，每人都会收到消息。", n=count))

    return do_and_tell(act, url_for(".sitting_results", sitting_id=sitting_id))
