"""Misconduct cases: opened by the room or the office, decided by somebody else, answered by the candidate."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.errors import Refusal
from app.exams import incidents, misconduct
from app.exams.views import blueprint
from app.exams.views.reaching import sitting_scope
from app.exams.views.room.own import is_own
from app.extensions import db
from app.models.exams import Attempt, Sitting
from app.models.room import MisconductCase
from app.permissions import allows, needs, signed_in, the_user


def _may_see(sitting: Sitting) -> bool:
    """Tell whether the signed-in person works on cases of a sitting."""
    user, scope = the_user(), sitting_scope(sitting)
    if allows(user, "exam.build", scope) or allows(user, "exam.release", scope):
        return True
    return is_own(sitting)


def _sitting_of(attempt: Attempt) -> Sitting:
    return attempt.booking.sitting


def get_case(case_id: str) -> MisconductCase:
    """Return a case of a sitting that the person works on, or 404."""
    case = db.session.get(MisconductCase, case_id)
    if case is None or not _may_see(_sitting_of(case.attempt)):
        abort(404)
    return case


@blueprint.get("/cases")
@needs("exam.cases")
def cases() -> ResponseReturnValue:
    """List the cases within one's reach, the latest first."""
    found = [case for case in misconduct.everybody() if _may_see(_sitting_of(case.attempt))]
    return render_template(
        "exams/cases.html", cases=found, standing=misconduct.standing, kinds=misconduct.KINDS
    )


@blueprint.route("/cases/attempts/<attempt_id>", methods=["GET", "POST"])
@needs("exam.cases")
def open_case(attempt_id: str) -> ResponseReturnValue:
    """Open a case about one attempt; shows what was reported about it."""
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is None or not _may_see(_sitting_of(attempt)):
        abort(404)
    trouble = ""
    if request.method == "POST":
        days, text = request.form.get("days", 0, type=int), request.form.get("allegation", "")
        try:
            case = misconduct.open_case(attempt, text, days, actor=the_user(), now=clock.now())
        except Refusal as refusal:
            db.session.rollback()
            trouble = refusal.sentence
        else:
            db.session.commit()
            flash(_("已立案并告知考生，成绩从现在起暂缓公布。"), "ok")
            return redirect(url_for(".case", case_id=case.id))
    told = [one for one in incidents.of_sitting(attempt.sitting_id) if one.attempt_id == attempt.id]
    page = render_template(
        "exams/open_case.html",
        attempt=attempt,
        booking=attempt.booking,
        reports=told,
        kinds=incidents.KINDS,
        cases=misconduct.of_attempt(attempt.id),
        trouble=trouble,
    )
    return page, 409 if trouble else 200


@blueprint.route("/cases/<case_id>", methods=["GET", "POST"])
@needs("exam.cases")
def case(case_id: str) -> ResponseReturnValue:
    """Show a case with its steps, and take the next one."""
    row = get_case(case_id)
    decides = allows(the_user(), "exam.release", sitting_scope(_sitting_of(row.attempt)))
    if request.form.get("kind") in misconduct.DECISIONS and not decides:
        abort(403)
    return _page(row, "exams/case.html", decides)


@blueprint.route("/my-cases/<case_id>", methods=["GET", "POST"])
@signed_in
def my_case(case_id: str) -> ResponseReturnValue:
    """Show a candidate the case about them, and take the reply or the appeal."""
    row = db.session.get(MisconductCase, case_id)
    if row is None or row.attempt.user_id != the_user().id:
        abort(404)
    return _page(row, "exams/my_case.html", decides=False)


@blueprint.get("/my-cases")
@signed_in
def my_cases() -> ResponseReturnValue:
    """List the cases about oneself."""
    return render_template(
        "exams/my_cases.html",
        cases=misconduct.of_person(the_user()),
        standing=misconduct.standing,
        kinds=misconduct.KINDS,
    )


def _page(row: MisconductCase, template: str, decides: bool) -> ResponseReturnValue:
    """Show a case, or take its next step; a step that is refused keeps what was typed."""
    trouble, case_id = "", row.id
    if request.method == "POST":
        kind, text = request.form.get("kind", ""), request.form.get("text", "")
        try:
            misconduct.add_step(row, kind, text, actor=the_user(), now=clock.now())
        except Refusal as refusal:
            db.session.rollback()
            row, trouble = db.session.get_one(MisconductCase, case_id), refusal.sentence
        else:
            db.session.commit()
            what = misconduct.KINDS[kind]
            flash(_("已记下“%(what)s”，日期和署名都在案。", what=what), "ok")
            return redirect(request.path)
    at = misconduct.standing(row)
    page = render_template(
        template,
        case=row,
        booking=row.attempt.booking,
        at=at,
        next=[kind for kind, after in misconduct.AFTER.items() if at in after],
        kinds=misconduct.KINDS,
        decides=decides,
        appeal_until=misconduct.appeal_until(row) if at == "upheld" else None,
        now=clock.now(),
        trouble=trouble,
    )
    return page, 409 if trouble else 200
