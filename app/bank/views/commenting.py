"""Write a remark on a version, answer one, settle it or open it again."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.bank import commenting
from app.bank.review_forms import CommentForm
from app.bank.routes import blueprint
from app.bank.views.opening import entry_or_404, version_or_404
from app.extensions import db
from app.models.bank import QuestionVersion, ReviewComment
from app.permissions import needs, the_user


@blueprint.post("/questions/<entry_id>/versions/<int:number>/comments")
@needs("bank.read_practice")
def comment(entry_id: str, number: int) -> ResponseReturnValue:
    """Write a remark, or an answer to the one the form names."""
    version = version_or_404(entry_or_404(entry_id), number)
    form = CommentForm()
    if not form.validate():
        raise commenting.CommentRefused(str(next(iter(form.errors.values()))[0]))
    commenting.comment(
        version,
        form.text.data or "",
        parent=form.parent.data or "",
        actor=the_user(),
        now=clock.now(),
    )
    db.session.commit()
    flash(_("意见已写在第 %(n)d 版上。", n=number), "ok")
    return _back(version)


@blueprint.post("/comments/<comment_id>/settle")
@needs("bank.read_practice")
def settle_comment(comment_id: str) -> ResponseReturnValue:
    """Close a remark."""
    row, version = _found(comment_id)
    commenting.settle(row, version, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("这条意见已了结。"), "ok")
    return _back(version)


@blueprint.post("/comments/<comment_id>/reopen")
@needs("bank.read_practice")
def reopen_comment(comment_id: str) -> ResponseReturnValue:
    """Open a settled remark again."""
    row, version = _found(comment_id)
    commenting.reopen(row, version, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("这条意见重新打开了。"), "ok")
    return _back(version)


def _found(comment_id: str) -> tuple[ReviewComment, QuestionVersion]:
    """Return a remark with its version, the row locked, if this person may open the question."""
    row = db.session.get(ReviewComment, comment_id, with_for_update=True)
    if row is None:
        abort(404)
    version = db.session.get_one(QuestionVersion, row.version_id)
    entry_or_404(version.entry_id)
    return row, version


def _back(version: QuestionVersion) -> ResponseReturnValue:
    return redirect(
        url_for(
            "bank.question",
            entry_id=version.entry_id,
            version=version.number,
            _anchor="comments",
        )
    )
