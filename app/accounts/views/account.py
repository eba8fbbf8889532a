"""The page of one's own account: sessions, password, photo."""

from __future__ import annotations

import io

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import factors, passwords, photos, sessions, signing_in, wording
from app.accounts.attempts import Place
from app.accounts.forms import ChangePasswordForm, PhotoForm
from app.accounts.photos import PhotoError
from app.accounts.views.base import blueprint
from app.extensions import db, outside_transaction
from app.models.people import User, UserSession
from app.permissions import is_staff, signed_in, the_user


@blueprint.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Show the own account."""
    user, now = the_user(), clock.now()
    return render_template(
        "accounts/account.html",
        user=user,
        roles=wording.roles_in_words(user),
        kinds=wording.IDENTITY_KINDS,
        rows=sessions.open_of(user, now),
        present=sessions.current(),
        factor_on=factors.is_on(user),
        staff=is_staff(user),
    )


@blueprint.post("/account/sessions/<session_id>/revoke")
@signed_in
def revoke_session(session_id: str) -> ResponseReturnValue:
    """Sign out one of the own browsers."""
    user, now = the_user(), clock.now()
    row = db.session.get(UserSession, session_id)
    if row is None or row.user_id != user.id:
        abort(404)
    sessions.revoke(row, actor=user, now=now)
    db.session.commit()
    flash(_("那台设备已退出登录。"), "ok")
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/sessions/revoke-others")
@signed_in
def revoke_other_sessions() -> ResponseReturnValue:
    """Sign out all own browsers but this one."""
    user = the_user()
    sessions.revoke_all(user, actor=user, now=clock.now(), but=sessions.current())
    db.session.commit()
    flash(_("其他设备都已退出登录，只剩这一台。"), "ok")
    return redirect(url_for("accounts.account"))


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in
def change_password() -> ResponseReturnValue:
    """Change the own password; other browsers are signed out."""
    form = ChangePasswordForm()
    user = the_user()
    if form.validate_on_submit() and _takes_new_password(form, user):
        flash(_("密码已换好。其他设备都已退出登录。"), "ok")
        return redirect(url_for("home.index"))
    return render_template("accounts/change_password.html", form=form, user=user)


def _takes_new_password(form: ChangePasswordForm, user: User) -> bool:
    """Check both passwords and change; False when a sentence stands in the form."""
    now, row = clock.now(), sessions.current() or abort(401)
    new = form.password.data or ""
    try:
        passwords.check(new, about=(user.name, user.phone, user.login_name))
    except passwords.WeakPasswordError as refusal:
        form.show(refusal, "password")
        return False
    if new == form.present.data:
        form.show(passwords.WeakPasswordError(_("新密码和现在的一样，请换一个。")), "password")
        return False
    place = Place(request.remote_addr or "", {user.id: row.id})
    try:
        signing_in.prove_again(user, form.present.data or "", place=place, now=now)
    except signing_in.WrongPasswordError as refusal:
        refusal.sentence = _("现在的密码不对，请再填一次。")
        form.show(refusal, "present")
        return False
    outside_transaction()
    made = passwords.make_hash(new)
    signing_in.change_password(user, made, actor=user, now=now)
    row.confirmed_at = now
    sessions.revoke_all(user, actor=user, now=now, but=row)
    db.session.commit()
    return True


@blueprint.route("/account/photo/change", methods=["GET", "POST"])
@signed_in
def change_photo() -> ResponseReturnValue:
    """Take a new photo of oneself."""
    form = PhotoForm()
    if form.validate_on_submit():
        user = the_user()
        outside_transaction()
        try:
            jpeg = photos.prepare(form.photo.data.read(photos.MOST_BYTES + 1))
        except PhotoError as refusal:
            form.show(refusal, "photo")
        else:
            photos.keep(user, jpeg, actor=user, now=clock.now())
            db.session.commit()
            flash(_("照片已换好。"), "ok")
            return redirect(url_for("accounts.account"))
    return render_template("accounts/photo.html", form=form, user=the_user())


@blueprint.get("/account/photo")
@signed_in
def own_photo() -> ResponseReturnValue:
    """Send the own photo."""
    jpeg = photos.bytes_of(the_user())
    if jpeg is None:
        abort(404)
    return send_file(io.BytesIO(jpeg), mimetype="image/jpeg", max_age=None)
