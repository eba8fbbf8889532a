"""What a supervisor sees behind a link: the one visit, and yes or no. No account, no menu."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import attempts
from app.accounts.attempts import Place
from app.extensions import db, may_write
from app.models.practicum import PracticumRequest
from app.permissions import public
from app.practicum import moments, signing, telling, visits, wording
from app.practicum.forms import SignForm
from app.practicum.pages import blueprint
from app.practicum.refusing import PracticumRefused
from app.practicum.signing import WrongCode

UNKNOWN_MOST = 30
"""Links nobody gave out, a quarter of an hour and address."""


@blueprint.route("/practicum/sign/<token>", methods=["GET", "POST"])
@public
def sign(token: str) -> ResponseReturnValue:
    """Show a visit to its supervisor and take the answer."""
    now, row = clock.now(), signing.find(token)
    if row is None:
        return _unknown()
    if not signing.is_open(row, now):
        return render_template("practicum/sign_over.html", row=row, expired=not row.outcome), 410
    form, status = SignForm(), 200
    if form.validate_on_submit():
        try:
            signing.prove(row, form.code.data or "", now=now)
            _answer(row, form)
        except WrongCode as refusal:
            db.session.commit()  # the wrong code is counted
            form.show(refusal)
        except PracticumRefused as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            return render_template("practicum/sign_done.html", row=row)
    if form.is_submitted():
        status = 400
    seen = signing.content_hash(row.visit)
    page = render_template(
        "practicum/sign.html",
        row=row,
        visit=row.visit,
        form=form,
        token=token,
        seen=seen,
        left_out=moments.left_out(visits.steps(row.visit)),
        wording=wording,
    )
    return page, status


def _answer(row: PracticumRequest, form: SignForm) -> None:
    now = clock.now()
    if request.form.get("answer") == "refuse":
        signing.refuse(row, form.reason.data or "", now=now)
    elif request.form.get("answer") == "sign":
        signing.sign(row, seen=request.form.get("seen", ""), now=now)
    else:
        raise PracticumRefused(_("请按“签字”或“不签”。"))
    telling.answered(row, now=now)


def _unknown() -> ResponseReturnValue:
    may_write()
    network = Place(request.remote_addr or "").network
    attempts.limit("practicum.link", network, UNKNOWN_MOST, clock.now())
    db.session.commit()
    return render_template("practicum/sign_over.html", row=None, expired=False), 404
