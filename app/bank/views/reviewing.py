"""Acts on one question's way: hand in, approve or return, into use, out of use, back as a draft."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.acting import do_and_tell
from app.bank import approving, handing_in, retiring
from app.bank.review_forms import ApprovalForm, NoteForm
from app.bank.routes import blueprint
from app.bank.views.opening import entry_or_404, version_or_404
from app.extensions import db
from app.permissions import needs, the_user


@blueprint.post("/questions/<entry_id>/versions/<int:number>/hand-in")
@needs("bank.write")
def hand_in(entry_id: str, number: int) -> ResponseReturnValue:
    """Hand a draft in for review; whoever does it answers for it."""
    entry = entry_or_404(entry_id)
    version = version_or_404(entry, number)
    handing_in.hand_in(version, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("%(code)s 已送审，由你负责。等两位审题人先后审核。", code=entry.code), "ok")
    return _back(entry_id)


@blueprint.post("/questions/<entry_id>/versions/<int:number>/approve")
@needs("bank.approve")
def approve(entry_id: str, number: int) -> ResponseReturnValue:
    """Approve a version; after the final approval it goes on trial or becomes active."""
    entry = entry_or_404(entry_id)
    version = version_or_404(entry, number)
    form = ApprovalForm()
    note = _checked(form)
    approving.approve(
        version,
        note,
        then=form.then.data or "",
        despite=form.despite.data,
        actor=the_user(),
        now=clock.now(),
    )
    status = entry.status
    db.session.commit()
    flash(_after_approval(status, entry.code), "ok")
    return _back(entry_id)


@blueprint.post("/questions/<entry_id>/versions/<int:number>/return")
@needs("bank.approve")
def return_(entry_id: str, number: int) -> ResponseReturnValue:
    """Send a version back to its author with what has to change."""
    entry = entry_or_404(entry_id)
    version = version_or_404(entry, number)
    return _acted(
        entry_id,
        lambda: approving.return_to_author(version, _note(), actor=the_user(), now=clock.now()),
        _("%(code)s 已退回命题人修改。", code=entry.code),
    )


@blueprint.post("/questions/<entry_id>/versions/<int:number>/activate")
@needs("bank.activate")
def activate(entry_id: str, number: int) -> ResponseReturnValue:
    """Let a question on trial count."""
    entry = entry_or_404(entry_id)
    version = version_or_404(entry, number)
    return _acted(
        entry_id,
        lambda: retiring.activate(version, _note(), actor=the_user(), now=clock.now()),
        _("%(code)s 已启用，从下一次组卷起计分。", code=entry.code),
    )


@blueprint.post("/questions/<entry_id>/retire")
@needs("bank.activate")
def retire(entry_id: str) -> ResponseReturnValue:
    """Take a question out of use."""
    entry = entry_or_404(entry_id)
    return _acted(
        entry_id,
        lambda: retiring.retire(entry, _note(), actor=the_user(), now=clock.now()),
        _("%(code)s 已停用，新的考试不再抽它。", code=entry.code),
    )


@blueprint.post("/questions/<entry_id>/reopen")
@needs("bank.write")
def reopen(entry_id: str) -> ResponseReturnValue:
    """Take a retired question back as a draft."""
    entry = entry_or_404(entry_id)
    return _acted(
        entry_id,
        lambda: retiring.reopen(entry, _note(), actor=the_user(), now=clock.now()),
        _("%(code)s 已恢复成新的一版草稿。改好后送审。", code=entry.code),
    )


def _after_approval(status: str, code: str) -> str:
    sentence: str = _("你通过了 %(code)s，还要另一个人审核。", code=code)
    if status == "trial":
        sentence = _("%(code)s 通过终审，开始试测：考生会遇到，不计分。", code=code)
    elif status == "active":
        sentence = _("%(code)s 已启用。", code=code)
    return sentence


def _note() -> str:
    return _checked(NoteForm())


def _checked(form: NoteForm) -> str:
    """Return the note of a form; a form that is not as ours was refused with its first sentence."""
    if not form.validate():
        raise approving.ApprovalRefused(str(next(iter(form.errors.values()))[0]))
    return form.note.data or ""


def _acted(entry_id: str, act: Callable[[], object], said: str) -> ResponseReturnValue:
    """Do it and say so, or say why not; back on the question's page either way."""

    def do() -> str:
        act()
        return said

    return do_and_tell(do, url_for("bank.question", entry_id=entry_id))


def _back(entry_id: str) -> ResponseReturnValue:
    return redirect(url_for("bank.question", entry_id=entry_id))
