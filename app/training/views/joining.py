"""The page on which a person joins a class."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock, rulebook
from app.accounts import consents
from app.extensions import db
from app.models.people import User
from app.permissions import public, the_user
from app.training import joining, waiting
from app.training.forms import JoinForm
from app.training.pages import blueprint

SERVICE = "service"


@blueprint.route("/join", methods=["GET", "POST"])
@public
def join() -> ResponseReturnValue:
    """Join a class by code; a stranger opens an account first."""
    code = joining.plain_code(request.values.get("code", ""))
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.register", code=code))
    user, form = the_user(), JoinForm(data={"code": code})
    asks = not consents.holds(user, SERVICE)
    if form.validate_on_submit():
        if asks and not form.consent.data:
            form.consent.errors = [_("没有这项同意，就不能保存你的培训记录，也就不能进班。")]
        else:
            return _join(user, form, asks)
    return _page(form, asks, 400 if form.is_submitted() else 200)


def _join(user: User, form: JoinForm, asks: bool) -> ResponseReturnValue:
    now, address = clock.now(), request.remote_addr or ""
    try:
        joining.check_tries(user, address, now)
        found = joining.find_class(str(form.code.data))
        joined = joining.join_or_wait(user, found, form.category.data, now=now)
    except joining.CannotJoin as refusal:
        db.session.rollback()
        if isinstance(refusal, joining.UnknownCode):
            joining.count_wrong(user, address, now)
            db.session.commit()
        form.code.errors = [refusal.sentence]
        return _page(form, asks, refusal.status)
    if asks:
        consents.give(user, SERVICE, actor=user, now=now)
    db.session.commit()
    if joined.waiting is not None:
        place = waiting.place_of(joined.waiting)
        flash(
            _(
                "“%(title)s”名额满了，你排在第 %(n)s 位。空出名额会自动进班，并通知你。",
                title=found.title,
                n=place,
            ),
            "wait",
        )
    elif joined.new:
        flash(_("你已经进了“%(title)s”。", title=found.title), "ok")
    else:
        flash(_("你早就在“%(title)s”里了，没有重复报名。", title=found.title), "info")
    return redirect(url_for("training.mine"))


def _page(form: JoinForm, asks: bool, status: int) -> ResponseReturnValue:
    texts = rulebook.value("consent.texts", clock.shanghai_date(clock.now()))
    page = render_template("training/join.html", form=form, asks=asks, text=texts[SERVICE])
    return page, status
