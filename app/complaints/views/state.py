"""Looking a complaint up by its number and receipt code, and adding to it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.complaints import filing
from app.complaints.forms import AddForm, LookUpForm
from app.complaints.refusals import ComplaintRefused, TooManyComplaints
from app.complaints.views.blueprint import public_blueprint
from app.complaints.views.public import around, network_of
from app.complaints.words import EVENTS, OUTCOMES, SHOWN_TO_ALL, STATES
from app.extensions import csrf, db
from app.models.complaints import Complaint
from app.permissions import public


@public_blueprint.get("/complain/state")
@public
def ask() -> ResponseReturnValue:
    """Ask for number and receipt code."""
    return render_template("complaints/ask.html", form=LookUpForm(formdata=None), **around())


@public_blueprint.post("/complain/state")
@public
def look() -> ResponseReturnValue:
    """Show how a case stands; posted, so that no code stands in an address or a log."""
    form = LookUpForm()
    found = _find(form)
    if not isinstance(found, Complaint):
        return found
    return _shown(found, form)


@public_blueprint.post("/complain/add")
@public
def add() -> ResponseReturnValue:
    """Take what a complainant adds, and show the case again."""
    form, said = AddForm(), ""
    found = _find(form)
    if not isinstance(found, Complaint):
        return found
    try:
        filing.add(found, form.text.data or "", now=clock.now())
        db.session.commit()
    except ComplaintRefused as refusal:
        db.session.rollback()
        said = refusal.sentence
    return _shown(found, form, said)


csrf.exempt(look)
csrf.exempt(add)


def _find(form: LookUpForm) -> Complaint | ResponseReturnValue:
    """Return the case, or the page that says why not; misses are counted and look alike."""
    if not form.validate():
        return render_template("complaints/ask.html", form=form, **around()), 400
    try:
        found = filing.look_up(
            form.number.data or "", form.code.data or "", network=network_of(), now=clock.now()
        )
    except TooManyComplaints as refusal:
        form.form_errors.append(refusal.sentence)
        return render_template("complaints/ask.html", form=form, **around()), refusal.status
    if found is not None:
        return found
    db.session.commit()  # the miss
    form.form_errors.append(
        _("没有这个编号，或回执码不对。请照回执再填一次；丢了回执，请打电话给协会。")
    )
    return render_template("complaints/ask.html", form=form, **around()), 404


def _shown(case: Complaint, form: LookUpForm, said: str = "") -> str:
    return render_template(
        "complaints/state.html",
        case=case,
        number=filing.shown_number(case),
        code=form.code.data,
        form=AddForm(formdata=None),
        said=said,
        state=STATES[case.state],
        outcome=OUTCOMES.get(case.outcome, ""),
        events=[one for one in case.events if one.kind in SHOWN_TO_ALL],
        words=EVENTS,
        **around(),
    )
