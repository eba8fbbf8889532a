"""The page of one's own notices: how, of what, and what became of the last ones."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older

from app import clock, rulebook
from app.extensions import db
from app.models.journal import OutboxMessage
from app.notices import channels, choices, kinds
from app.notices.choices import ChoiceRefused
from app.notices.forms import CHANNELS, ChoiceForm, CodeForm, MailForm
from app.notices.wording import CHANNEL_WORDS, STATE_TAGS, STATES
from app.permissions import signed_in, the_user

blueprint = Blueprint("notices", __name__)
SHOWN = 30


@blueprint.route("/account/notices", methods=["GET", "POST"])
@signed_in
def mine() -> ResponseReturnValue:
    """Show and take the choice."""
    form = ChoiceForm()
    form.channel.choices = [SelectChoice(code, CHANNELS[code]) for code in _offered()]
    if form.validate_on_submit():
        user, wanted = the_user(), form.wanted.data or ()
        try:
            choices.choose(user, form.channel.data, wanted, actor=user, now=clock.now())
        except ChoiceRefused as refusal:
            db.session.rollback()
            form.channel.errors = [refusal.sentence]
        else:
            db.session.commit()
            flash(_("记下了，下一条通知起照这样。"), "ok")
            return redirect(url_for("notices.mine"))
    return _page(form, status=400 if form.is_submitted() else 200)


@blueprint.post("/account/notices/email")
@signed_in
def give_mail() -> ResponseReturnValue:
    """Keep an address and send the code."""
    form, user = MailForm(), the_user()
    if form.validate():
        try:
            choices.give_mail(user, form.email.data or "", actor=user, now=clock.now())
        except ChoiceRefused as refusal:
            form.email.errors = [refusal.sentence]
        else:
            flash(_("验证码发往这个邮箱了，请填回来。"), "info")
        db.session.commit()  # tries are counted also when refused
        if not form.errors:
            return redirect(url_for("notices.mine"))
    return _page(mail=form, status=400)


@blueprint.post("/account/notices/email/confirm")
@signed_in
def confirm_mail() -> ResponseReturnValue:
    """Take the code back."""
    form, user = CodeForm(), the_user()
    if form.validate():
        try:
            choices.confirm_mail(user, form.code.data or "", actor=user, now=clock.now())
        except ChoiceRefused as refusal:
            form.code.errors = [refusal.sentence]
        else:
            flash(_("邮箱核对好了，现在可以选邮件通知。"), "ok")
        db.session.commit()
        if not form.errors:
            return redirect(url_for("notices.mine"))
    return _page(code=form, status=400)


def _offered() -> list[str]:
    """Return the channels to choose from; where there is no gateway at all, what is chosen waits."""
    return channels.available() or list(CHANNELS)


def _page(
    form: ChoiceForm | None = None,
    *,
    mail: FlaskForm | None = None,
    code: FlaskForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    user = the_user()
    row, stops = choices.of(user.id), choices.stopped(user.id)
    offered = _offered()
    if form is None or not form.is_submitted():
        chosen = row.channel if row and row.channel in offered else offered[0]
        wanted = [one.code for one in kinds.STOPPABLE if one.code not in stops]
        form = ChoiceForm(formdata=None, channel=chosen, wanted=wanted)
        form.channel.choices = [SelectChoice(name, CHANNELS[name]) for name in offered]
    newest = select(OutboxMessage).where(OutboxMessage.user_id == user.id)
    page = render_template(
        "notices/mine.html",
        form=form,
        mail=mail or MailForm(formdata=None),
        code=code or CodeForm(formdata=None),
        row=row,
        offered=offered,
        must=[one for one in kinds.KINDS if not one.may_stop and one.code != "notice"],
        sent=db.session.scalars(
            newest.order_by(OutboxMessage.created_at.desc()).limit(SHOWN)
        ).all(),
        quiet=rulebook.value("notice.quiet_hours", clock.shanghai_date(clock.now())),
        states=STATES,
        tags=STATE_TAGS,
        words=CHANNEL_WORDS,
        connected=bool(channels.available()),
    )
    return page, status
