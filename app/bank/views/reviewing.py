"""Say a word on a version, or take a question out of use."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.bank import approving, writing
from app.bank.forms import NoteForm
from app.bank.routes import blueprint
from app.bank.views.opening import entry_or_404, version_or_404
from app.errors import Refusal
from app.extensions import db
from app.permissions import needs, the_user


@blueprint.post("/questions/<entry_id>/versions/<int:number>/approve")
@needs("bank.approve")
def approve(entry_id: str, number: int) -> ResponseReturnValue:
    """Approve a version; the second approval makes the question active."""
    entry = entry_or_404(entry_id)
    version = version_or_404(entry, number)
    approving.approve(version, _note(), actor=the_user(), now=clock.now())
    active = entry.status == "active"
    db.session.commit()
    if active:
        flash(_("%(code)s 已启用。", code=entry.code), "ok")
    else:
        flash(_("你通过了 %(code)s，还要另一个人审核。", code=entry.code), "ok")
    return _back(entry_id)


@blueprint.post("/questions/<entry_id>/versions/<int:number>/return")
@needs("bank.approve")
def return_(entry_id: str, number: int) -> ResponseReturnValue:
    """Send a version back to its author with what has to change."""
    entry = entry_or_404(entry_id)
    version = version_or_404(entry, number)
    try:
        approving.return_to_author(version, _note(), actor=the_user(), now=clock.now())
    except approving.ApprovalRefused as refused:
        return _refused(entry_id, refused)
    db.session.commit()
    flash(_("%(code)s 已退回命题人修改。", code=entry.code), "ok")
    return _back(entry_id)


@blueprint.post("/questions/<entry_id>/retire")
@needs("bank.approve")
def retire(entry_id: str) -> ResponseReturnValue:
    """Take a question out of use for good."""
    entry = entry_or_404(entry_id)
    try:
        writing.retire(entry, _note(), actor=the_user(), now=clock.now())
    except writing.WritingRefused as refused:
        return _refused(entry_id, refused)
    db.session.commit()
    flash(_("%(code)s 已停用，新的考试不再抽它。", code=entry.code), "ok")
    return _back(entry_id)


def _note() -> str:
    form = NoteForm()
    if not form.validate():
        raise approving.ApprovalRefused(str(form.note.errors[0]))
    return form.note.data or ""


def _refused(entry_id: str, refused: Refusal) -> ResponseReturnValue:
    db.session.rollback()
    flash(refused.sentence, "stop")
    return _back(entry_id)


def _back(entry_id: str) -> ResponseReturnValue:
    return redirect(url_for("bank.question", entry_id=entry_id))
