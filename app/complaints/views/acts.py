"""The steps of a case: one form each, then back to the case."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.acting import do_and_tell
from app.complaints import handling
from app.complaints.forms import CloseForm, StepForm
from app.complaints.views.blueprint import blueprint
from app.complaints.views.cases import case_page, find_case
from app.errors import Refusal
from app.extensions import db
from app.models.awards import Certificate
from app.models.complaints import Complaint
from app.permissions import Scope, needs, require, the_user
from app.register.views.certificates import ACTS, act_page, form_for, say

STANDINGS = frozenset({"suspend", "withdraw"})


@blueprint.post("/complaints/<complaint_id>/steps/<act>")
@needs("complaint.handle")
def step(complaint_id: str, act: str) -> ResponseReturnValue:
    """Take up, note, hold, resume or answer."""
    row, form = find_case(complaint_id, "complaint.handle"), StepForm()
    if act not in _STEPS:
        abort(404)
    if not form.validate():
        return case_page(row, step=form), 400
    return do_and_tell(
        lambda: _STEPS[act](row, form.text.data or ""), url_for(".case", complaint_id=row.id)
    )


@blueprint.post("/complaints/<complaint_id>/close")
@needs("complaint.handle")
def close(complaint_id: str) -> ResponseReturnValue:
    """Close a case with its outcome."""
    row, form = find_case(complaint_id, "complaint.handle"), CloseForm()
    if not form.validate():
        return case_page(row, closing=form), 400

    def act() -> str:
        handling.close(
            row, form.outcome.data, form.text.data or "", actor=the_user(), now=clock.now()
        )
        return str(_("已办结，投诉人凭回执码可以看到结论。"))

    return do_and_tell(act, url_for(".case", complaint_id=row.id))


@blueprint.post("/complaints/<complaint_id>/contact")
@needs("complaint.handle")
def contact(complaint_id: str) -> ResponseReturnValue:
    """Show how to reach the complainant; that it was looked at stands in the timeline."""
    row = find_case(complaint_id, "complaint.handle")
    try:
        found = handling.see_contact(row, actor=the_user(), now=clock.now())
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for(".case", complaint_id=complaint_id))
    db.session.commit()
    return case_page(row, contact=found)


@blueprint.route("/complaints/<complaint_id>/standing/<act>", methods=["GET", "POST"])
@needs("award.withdraw")
@needs_fresh_password
def standing(complaint_id: str, act: str) -> ResponseReturnValue:
    """Suspend or withdraw the certificate because of the case, or announce it to the holder."""
    row = find_case(complaint_id, "complaint.read")
    require("award.withdraw", Scope(district=row.district_code))
    if act not in STANDINGS or row.certificate is None:
        abort(404)
    form, there = form_for(act), url_for(".case", complaint_id=row.id)
    if request.method == "POST" and form.validate():

        def do() -> str:
            made = handling.act_on(
                row,
                ACTS[act][0],
                reason_code=form.reason_code.data,
                reason=form.reason.data or "",
                until=form.until.data if "until" in form else None,
                actor=the_user(),
                now=clock.now(),
            )
            return say(made)

        return do_and_tell(do, there)
    certificate: Certificate = row.certificate
    here = url_for(".standing", complaint_id=row.id, act=act)
    return act_page(certificate, act, form, here, there), 400 if form.errors else 200


def _accept(row: Complaint, _text: str) -> str:
    handling.accept(row, actor=the_user(), now=clock.now())
    return str(_("已受理，由你办。"))


def _note(row: Complaint, text: str) -> str:
    handling.note(row, text, actor=the_user(), now=clock.now())
    return str(_("已记下。"))


def _hold(row: Complaint, text: str) -> str:
    handling.hold(row, text, actor=the_user(), now=clock.now())
    return str(_("已搁置，答复期限从今天起停下。"))


def _resume(row: Complaint, _text: str) -> str:
    handling.resume(row, actor=the_user(), now=clock.now())
    return str(_("继续办，期限按搁置的天数顺延。"))


def _answer(row: Complaint, text: str) -> str:
    handling.answer(row, text, actor=the_user(), now=clock.now())
    return str(_("答复已写好，投诉人凭回执码可以看到。"))


_STEPS: dict[str, Callable[[Complaint, str], str]] = {
    "accept": _accept,
    "note": _note,
    "hold": _hold,
    "resume": _resume,
    "answer": _answer,
}
