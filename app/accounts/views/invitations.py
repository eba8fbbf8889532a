"""Making invitations, and opening an account with one."""

from __future__ import annotations

from flask import (
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, rulebook
from app.accounts import inviting, known_browsers, passwords, sessions, wording
from app.accounts.confirming import needs_fresh_password
from app.accounts.forms import AcceptInvitationForm, InvitationForm
from app.accounts.granting import GrantError
from app.accounts.registering import RegistrationError
from app.accounts.scopes import scope_choices, scope_names
from app.accounts.views.base import blueprint
from app.config import Settings
from app.extensions import db, outside_transaction
from app.models.people import Invitation, User
from app.permissions import Scope, needs, public, require, the_user


@blueprint.route("/people/invite", methods=["GET", "POST"])
@needs("people.manage")
@needs_fresh_password
def invite() -> ResponseReturnValue:
    """Make an invitation; its link is shown this one time."""
    require("people.manage", Scope())
    form, now = InvitationForm(), clock.now()
    form.scope.choices = scope_choices()
    if form.validate_on_submit():
        kind, scope_id = form.place()
        try:
            row, token = inviting.invite(
                form.name.data or "", form.role.data, kind, scope_id, actor=the_user(), now=now
            )
        except GrantError as refusal:
            form.show(refusal, "scope")
        else:
            db.session.commit()
            settings: Settings = current_app.config["PEIZHEN"]
            link = settings.public_url + url_for("accounts.accept_invitation", token=token)
            return render_template("accounts/invited.html", row=row, link=link, roles=wording.ROLES)
    waiting = inviting.waiting(now)
    return render_template(
        "accounts/invite.html",
        form=form,
        waiting=waiting,
        roles=wording.ROLES,
        scopes=scope_names([(row.scope_kind, row.scope_id) for row in waiting]),
    )


@blueprint.post("/people/invitations/<invitation_id>/revoke")
@needs("people.manage")
@needs_fresh_password
def revoke_invitation(invitation_id: str) -> ResponseReturnValue:
    """Take an unused invitation back."""
    require("people.manage", Scope())
    row = db.session.get(Invitation, invitation_id) or abort(404)
    inviting.take_back(row, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("邀请已收回，链接不能再用。"), "ok")
    return redirect(url_for("accounts.invite"))


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@public
def accept_invitation(token: str) -> ResponseReturnValue:
    """Open the invited person's account."""
    row, now = inviting.find(token) or abort(404), clock.now()
    inviting.check_open(row, now)
    form = AcceptInvitationForm(name=row.name)
    user = _open_account(form, token) if form.validate_on_submit() else None
    if user is None:
        return render_template(
            "accounts/accept_invitation.html",
            form=form,
            token=token,
            role=wording.ROLES[row.role],
            scope=scope_names([(row.scope_kind, row.scope_id)])[row.scope_kind, row.scope_id],
            consent=rulebook.value("consent.texts", clock.shanghai_date(now))["service"],
        )
    account = user.id
    sessions.begin(user, agent=request.user_agent.string, now=now)
    db.session.commit()
    flash(_("账户已建好，你已登录。"), "ok")
    response = make_response(redirect(url_for("home.index")))
    known_browsers.remember(response, known_browsers.read(request), account)
    return response


def _open_account(form: AcceptInvitationForm, token: str) -> User | None:
    """Make the account, or put the sentence into the form."""
    password = form.password.data or ""
    try:
        passwords.check(password, about=(form.name.data, form.phone.data, form.login_name.data))
        outside_transaction()
        made = passwords.make_hash(password)
        return inviting.accept(
            inviting.find(token) or abort(404),  # again: it may have been used meanwhile
            name=form.name.data or "",
            phone=form.phone.data or "",
            login_name=form.login_name.data or "",
            password_hash=made,
            now=clock.now(),
        )
    except RegistrationError as refusal:
        form.show(refusal, refusal.field)
    except passwords.WeakPasswordError as refusal:
        form.show(refusal, "password")
    return None
