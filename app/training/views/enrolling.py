"""What opens behind a person's own enrolment link: an account, or the one they have."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock, rulebook
from app.accounts import consents, passwords, registering, sessions
from app.errors import Refusal
from app.extensions import db, outside_transaction
from app.models.classes import ClassInvitation
from app.models.people import User
from app.permissions import public, the_user
from app.training import invitations, waiting
from app.training.forms import CATEGORIES
from app.training.import_forms import EnrolForm
from app.training.joining import Joined
from app.training.pages import blueprint


@blueprint.route("/enrol/<token>", methods=["GET", "POST"])
@public
def enrol(token: str) -> ResponseReturnValue:
    """Show whose place is kept in which class, and take it."""
    row = invitations.find(token) or abort(404)
    invitations.check_open(row, clock.now())
    form = EnrolForm()
    if current_user.is_authenticated:
        return _with_account(row, form, token)
    if form.validate_on_submit():
        if not form.service.data:
            form.service.errors = [_("没有这项同意，就不能保存你的培训记录，也就不能进班。")]
        else:
            answer = _with_new_account(row.id, form, token)
            if answer is not None:
                return answer
            row = invitations.find(token) or abort(404)
    return _page(row, form, token, signed_in=False)


def _with_account(row: ClassInvitation, form: EnrolForm, token: str) -> ResponseReturnValue:
    """Let somebody signed in take the place with the account they have."""
    if request.method != "POST":
        return _page(row, form, token, signed_in=True)
    user, now = the_user(), clock.now()
    try:
        invitations.check_phone(row, user.phone or "", now)
        if not consents.holds(user, "service"):
            if not form.service.data:
                raise invitations.InvitationRefused(
                    _("没有这项同意，就不能保存你的培训记录，也就不能进班。")
                )
            consents.give(user, "service", actor=user, now=now)
        joined = invitations.accept(row, user, keep_identity=bool(form.identity.data), now=now)
    except Refusal as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.sentence)
        return _page(row, form, token, signed_in=True)
    db.session.commit()
    return _welcome(row, joined)


def _with_new_account(row_id: str, form: EnrolForm, token: str) -> ResponseReturnValue | None:
    """Open the account and take the place; None when the form has to be shown again."""
    try:
        passwords.check(form.password.data or "", about=(form.phone.data,))
        outside_transaction()
        made = passwords.make_hash(form.password.data or "")
        row, now = invitations.find(token) or abort(404), clock.now()
        invitations.check_open(row, now)
        phone = invitations.check_phone(row, form.phone.data or "", now)
        user: User = registering.register_trainee(
            name=row.name, phone=phone, password_hash=made, now=now
        )
        joined = invitations.accept(row, user, keep_identity=bool(form.identity.data), now=now)
    except passwords.WeakPasswordError as refusal:
        form.password.errors = [refusal.sentence]
        return None
    except Refusal as refusal:
        db.session.rollback()
        if isinstance(refusal, invitations.WrongPhone):
            invitations.count_wrong_phone(row_id, clock.now())
            db.session.commit()
        form.phone.errors = [refusal.sentence]
        return None
    sessions.begin(user, agent=request.user_agent.string, now=now)
    db.session.commit()
    return _welcome(row, joined)


def _welcome(row: ClassInvitation, joined: Joined) -> ResponseReturnValue:
    title = row.training_class.title
    if joined.waiting is not None:
        place = waiting.place_of(joined.waiting)
        flash(_("“%(title)s”名额满了，你排在第 %(n)s 位。", title=title, n=place), "wait")
    else:
        flash(_("你已经进了“%(title)s”。", title=title), "ok")
    return redirect(url_for("training.mine"))


def _page(
    row: ClassInvitation, form: EnrolForm, token: str, *, signed_in: bool
) -> ResponseReturnValue:
    page = render_template(
        "training/enrol.html",
        invitation=row,
        form=form,
        token=token,
        signed=signed_in,
        asks=not signed_in or not consents.holds(the_user(), "service"),
        category=dict(CATEGORIES)[row.category],
        texts=rulebook.value("consent.texts", clock.shanghai_date(clock.now())),
    )
    return page, 400 if request.method == "POST" else 200
