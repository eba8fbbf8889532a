"""The holder's own page: how the certificate stands and why, the reply, the appeal."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.acting import do_and_tell
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.register import Hearing
from app.permissions import signed_in, the_user
from app.register import appealing, deciding
from app.register.forms import WordsForm
from app.register.views.blueprint import blueprint
from app.register.views.showing import whole


@blueprint.get("/my/certificates/<certificate_id>/life")
@signed_in
def mine(certificate_id: str) -> ResponseReturnValue:
    """Show the holder the whole life of a certificate."""
    row = _own(certificate_id)
    return render_template(
        "register/mine.html", form=WordsForm(formdata=None), **whole(row, clock.now())
    )


@blueprint.post("/my/hearings/<hearing_id>/reply")
@signed_in
def reply(hearing_id: str) -> ResponseReturnValue:
    """Take the holder's reply."""
    row = db.session.get(Hearing, hearing_id) or abort(404)
    certificate = _own(row.certificate_id)

    def act(text: str) -> str:
        deciding.reply(row, text, actor=the_user(), now=clock.now())
        return str(_("陈述已收到，作决定的人会看到全文。"))

    return _take(certificate, act)


@blueprint.post("/my/changes/<change_id>/appeal")
@signed_in
def file_appeal(change_id: str) -> ResponseReturnValue:
    """Take the holder's appeal."""
    change = db.session.get(StatusChange, change_id) or abort(404)
    certificate = _own(change.certificate_id)

    def act(text: str) -> str:
        appealing.file(change, text, actor=the_user(), now=clock.now())
        return str(_("申诉已收到，由没有参与原决定的人办，有结果会发消息给你。"))

    return _take(certificate, act)


def _take(certificate: Certificate, act: Callable[[str], str]) -> ResponseReturnValue:
    form = WordsForm()
    there = url_for(".mine", certificate_id=certificate.id)
    if not form.validate():
        flash(form.text.errors[0] if form.text.errors else _("没有收到，请再提交一次。"), "stop")
        return redirect(there)
    return do_and_tell(lambda: act(form.text.data or ""), there)


def _own(certificate_id: str) -> Certificate:
    row = db.session.get(Certificate, certificate_id)
    if row is None or row.user_id != the_user().id:
        abort(404)
    return row
