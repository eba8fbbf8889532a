"""The panel's page about late answers: what came when, and admitting it with a reason."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.exams import late
from app.exams.views import blueprint
from app.exams.views.reaching import get_sitting
from app.extensions import db
from app.models.exams import Attempt
from app.permissions import needs, the_user


@blueprint.route("/results/late/<attempt_id>", methods=["GET", "POST"])
@needs("exam.release")
@needs_fresh_password
def late_answers(attempt_id: str) -> ResponseReturnValue:
    """Show the late answers of one attempt, without what was chosen, and take the decision."""
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is None:
        abort(404)
    sitting = get_sitting(attempt.sitting_id, "exam.release")
    back = url_for(".sitting_results", sitting_id=sitting.id)
    if request.method == "POST":
        why = request.form.get("reason", "")
        if request.form.get("acknowledged") != "yes":
            raise late.NotAdmitted(_("请先勾选“我核实过原因，以我的名义补认”。"))
        found = late.admit(attempt, why, actor=the_user(), now=clock.now())
        db.session.commit()
        flash(_("已补认 %(n)d 次迟到的改动，重新评了分。", n=found.changes), "ok")
        return redirect(back)
    found_late = late.waiting(sitting.id).get(attempt.id)
    if found_late is None:
        flash(_("没有等着补认的迟到答案，可能刚才已有人补认。"), "info")
        return redirect(back)
    return render_template(
        "exams/late_answers.html",
        attempt=attempt,
        booking=attempt.booking,
        sitting=sitting,
        late=found_late,
    )
