"""The list of people, one person's page, and acts on an account."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import or_, select

from app import clock
from app.accounts import factors, granting, passwords, sessions, wording
from app.accounts.confirming import needs_fresh_password
from app.accounts.forms import PageForm, ReasonForm, SearchForm
from app.accounts.phones import normal_phone
from app.accounts.scopes import scope_names
from app.accounts.views.base import blueprint
from app.extensions import db, outside_transaction
from app.models.people import User
from app.permissions import Scope, needs, require, the_user

PER_PAGE = 50


def person_in_scope(user_id: str) -> User:
    """Return a person whom the signed-in administrator manages, or answer 404."""
    require("people.manage", Scope())
    return db.session.get(User, user_id) or abort(404)


@blueprint.get("/people")
@needs("people.manage")
def people() -> ResponseReturnValue:
    """List everyone, the newest first."""
    require("people.manage", Scope())
    pages = db.paginate(select(User).order_by(User.created_at.desc(), User.id), per_page=PER_PAGE)
    return render_template(
        "accounts/people.html",
        found=pages.items,
        pages=pages,
        form=SearchForm(),
        searched=False,
        words=wording.roles_in_words,
        most=PER_PAGE,
    )


@blueprint.post("/people/search")
@needs("people.manage")
def find_people() -> ResponseReturnValue:
    """Find people by name, phone number or user name; posted, to keep names out of addresses."""
    require("people.manage", Scope())
    form = SearchForm()
    words = (form.words.data or "").strip()
    if not form.validate_on_submit() or not words:
        return redirect(url_for("accounts.people"))
    like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    found = db.session.scalars(
        select(User)
        .where(
            or_(
                User.name.ilike(like, escape="\\"),
                User.login_name.ilike(like, escape="\\"),
                User.phone == (normal_phone(words) or words),
            )
        )
        .order_by(User.name, User.id)
        .limit(PER_PAGE)
    ).all()
    return render_template(
        "accounts/people.html",
        found=found,
        pages=None,
        form=form,
        searched=True,
        words=wording.roles_in_words,
        most=PER_PAGE,
    )


@blueprint.get("/people/<user_id>")
@needs("people.manage")
def person(user_id: str) -> ResponseReturnValue:
    """Show one person's account."""
    user = person_in_scope(user_id)
    return render_template(
        "accounts/person.html",
        person=user,
        me=the_user(),
        roles=wording.ROLES,
        scopes=scope_names((g.scope_kind, g.scope_id) for g in user.grants),
        open_sessions=len(sessions.open_of(user, clock.now())),
        factor_on=factors.is_on(user),
    )


@blueprint.route("/people/<user_id>/password", methods=["GET", "POST"])
@needs("people.manage")
@needs_fresh_password
def give_password(user_id: str) -> ResponseReturnValue:
    """Give somebody a new password; it is shown this one time."""
    user, given = person_in_scope(user_id), ""
    form = PageForm()
    if form.validate_on_submit():
        outside_transaction()
        given = passwords.make_given()
        made = passwords.make_hash(given)
        granting.give_password(user, made, actor=the_user(), now=clock.now())
        db.session.commit()
    return render_template("accounts/give_password.html", form=form, person=user, given=given)


@blueprint.route("/people/<user_id>/switch-off", methods=["GET", "POST"])
@needs("people.manage")
@needs_fresh_password
def switch_off(user_id: str) -> ResponseReturnValue:
    """Close somebody's account."""
    user, form = person_in_scope(user_id), ReasonForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        granting.switch_off(user, actor=the_user(), now=clock.now(), reason=reason)
        db.session.commit()
        flash(_("账户已停用，所有设备都已退出。"), "ok")
        return redirect(url_for("accounts.person", user_id=user_id))
    return render_template("accounts/switch_off.html", form=form, person=user)


@blueprint.post("/people/<user_id>/switch-on")
@needs("people.manage")
def switch_on(user_id: str) -> ResponseReturnValue:
    """Open a closed account again."""
    user = person_in_scope(user_id)
    granting.switch_on(user, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("账户已恢复，可以登录。"), "ok")
    return redirect(url_for("accounts.person", user_id=user_id))


@blueprint.route("/people/<user_id>/second-factor", methods=["GET", "POST"])
@needs("people.manage")
@needs_fresh_password
def remove_factor_of(user_id: str) -> ResponseReturnValue:
    """Switch off the second factor of somebody who lost the phone."""
    user, form, now = person_in_scope(user_id), ReasonForm(), clock.now()
    if form.validate_on_submit():
        if user.id == the_user().id:
            raise granting.OwnAccountError
        factors.remove(user, actor=the_user(), now=now, reason=form.reason.data or "")
        sessions.revoke_all(user, actor=the_user(), now=now, but=None)
        db.session.commit()
        flash(_("二次验证已关闭，已记入操作记录，并告诉了本人。"), "ok")
        return redirect(url_for("accounts.person", user_id=user_id))
    return render_template("accounts/remove_factor.html", form=form, person=user)
