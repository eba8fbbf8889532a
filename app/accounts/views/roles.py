"""Giving and taking roles."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import granting, wording
from app.accounts.confirming import needs_fresh_password
from app.accounts.forms import RoleForm
from app.accounts.granting import GrantError
from app.accounts.scopes import scope_choices, scope_names
from app.accounts.views.base import blueprint
from app.accounts.views.people import person_in_scope
from app.extensions import db
from app.models.people import RoleGrant
from app.permissions import needs, the_user


@blueprint.route("/people/<user_id>/roles", methods=["GET", "POST"])
@needs("people.manage")
@needs_fresh_password
def roles_of(user_id: str) -> ResponseReturnValue:
    """Show a person's roles, and give one."""
    user, form = person_in_scope(user_id), RoleForm()
    form.scope.choices = scope_choices()
    if form.validate_on_submit():
        kind, scope_id = form.place()
        try:
            granting.grant(user, form.role.data, kind, scope_id, actor=the_user(), now=clock.now())
        except GrantError as refusal:
            form.show(refusal, "scope")
        else:
            db.session.commit()
            flash(_("角色已授予。"), "ok")
            return redirect(url_for("accounts.roles_of", user_id=user_id))
    return render_template(
        "accounts/roles.html",
        form=form,
        person=user,
        roles=wording.ROLES,
        scopes=scope_names((g.scope_kind, g.scope_id) for g in user.grants),
    )


@blueprint.post("/people/<user_id>/roles/<grant_id>/revoke")
@needs("people.manage")
@needs_fresh_password
def revoke_role(user_id: str, grant_id: str) -> ResponseReturnValue:
    """Take a role away."""
    user, row = person_in_scope(user_id), db.session.get(RoleGrant, grant_id)
    if row is None or row.user_id != user.id:
        abort(404)
    granting.revoke(row, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("角色已收回，马上生效。"), "ok")
    return redirect(url_for("accounts.roles_of", user_id=user_id))
