"""Editions side by side, and taking a lesson out of one."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.extensions import db
from app.learning import comparing, progress, removing
from app.learning.forms import ReasonForm
from app.learning.pages import blueprint
from app.learning.views import finding
from app.models.learning import CourseEdition, LessonVersion
from app.permissions import Scope, needs, require, the_user


@blueprint.get("/learn/editions")
@needs("class.record")
def editions() -> ResponseReturnValue:
    """Show all editions with their classes; two of them compared, lesson by lesson."""
    lines = comparing.editions()
    known = {line.edition.id: line.edition for line in lines}
    before, after = (known.get(request.args.get(name, "")) for name in ("before", "after"))
    compared = comparing.differences(before, after) if before and after else []
    return render_template(
        "learning/compared_editions.html",
        lines=lines,
        before=before,
        after=after,
        compared=compared,
    )


@blueprint.get("/learn/<edition_id>/<code>/take-out")
@needs("class.record")
def removal(edition_id: str, code: str) -> ResponseReturnValue:
    """Ask before a lesson is taken out; say how many have finished it."""
    version = _find(edition_id, code)
    return _page(version, ReasonForm())


@blueprint.post("/learn/<edition_id>/<code>/take-out")
@needs("class.record")
def remove(edition_id: str, code: str) -> ResponseReturnValue:
    """Take a lesson out of its edition, while nobody has finished it."""
    version, form = _find(edition_id, code), ReasonForm()
    try:
        reason = (form.reason.data or "").strip()
        removing.remove(version, reason=reason, actor=the_user(), now=clock.now())
    except removing.NotRemoved as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for(".removal", edition_id=edition_id, code=code))
    db.session.commit()
    flash(_("第 %(code)s 课撤下了，不再计入进度。", code=code), "ok")
    return redirect(url_for(".edition", edition_id=edition_id))


@blueprint.post("/learn/<edition_id>/<code>/put-back")
@needs("class.record")
def put_back(edition_id: str, code: str) -> ResponseReturnValue:
    """Let a lesson count again."""
    version = _find(edition_id, code)
    removing.put_back(version, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("第 %(code)s 课放回来了。", code=code), "ok")
    return redirect(url_for(".edition", edition_id=edition_id))


def _find(edition_id: str, code: str) -> LessonVersion:
    edition = db.session.get(CourseEdition, edition_id) or abort(404)
    require(
        "class.record", Scope()
    )  # an edition belongs to no district: only grants for all reach it
    return finding.find_version(progress.preview(edition), code)


def _page(version: LessonVersion, form: ReasonForm) -> str:
    return render_template(
        "learning/removal.html",
        version=version,
        finished=removing.finished_by(version.edition, version.code),
        removed=removing.removed(version.edition).get(version.code),
        form=form,
    )
