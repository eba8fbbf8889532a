"""The holder's links to their own page."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.acting import do_and_tell
from app.directory import own_page
from app.directory.forms import LinkForm
from app.directory.refusing import DirectoryRefused
from app.directory.views.blueprints import blueprint
from app.extensions import db
from app.models.directory import EmployerLink
from app.permissions import signed_in, the_user


@blueprint.route("/my/page", methods=["GET", "POST"])
@signed_in
def my_page() -> ResponseReturnValue:
    """List one's links; make another."""
    form, user, now = LinkForm(), the_user(), clock.now()
    if form.validate_on_submit():
        try:
            own_page.make(user, shows_learning=form.learning.data, now=now)
        except DirectoryRefused as refusal:
            db.session.rollback()
            flash(refusal.sentence, "stop")
        else:
            db.session.commit()
            flash(_("链接做好了，发给单位就能看。"), "ok")
        return redirect(url_for("directory.my_page"))
    return render_template(
        "directory/my_page.html",
        form=form,
        links=own_page.links(user, now),
        site=current_app.config["PEIZHEN"].public_url,
        days=own_page.DAYS,
    )


@blueprint.post("/my/page/<link_id>/revoke")
@signed_in
def revoke_page(link_id: str) -> ResponseReturnValue:
    """End one of one's own links."""
    row = db.session.get(EmployerLink, link_id)
    if row is None or row.user_id != the_user().id:
        abort(404)

    def act() -> str:
        own_page.revoke(row, actor=the_user(), now=clock.now())
        return str(_("已收回，这个链接马上打不开了。"))

    return do_and_tell(act, url_for("directory.my_page"))
