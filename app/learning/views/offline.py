"""Lessons for reading without a line: copies for the browser to keep, one file to download, merging.

A copy bears the text and a ticket of the day it was given out; it shows nothing else of the person. Where
a browser has no service worker (or the page came over plain http), the file is the way: it is read
like any document, and its time is not counted.
"""

from __future__ import annotations

import hashlib
import re

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock, static_files
from app.exchanges import exchange
from app.extensions import db
from app.learning import access, counting, offline, seat_time, tickets
from app.learning.pages import blueprint
from app.learning.progress import CourseProgress
from app.learning.views import finding
from app.learning.views.counting import body_of, by_ticket, written
from app.models.learning import LessonVersion
from app.permissions import public, signed_in, the_user

ASSETS = (
    *("css/tokens.css", "css/base.css", "css/components.css", "css/forms.css", "css/staff.css"),
    *("css/lesson.css", "css/study.css", "js/base.js", "js/study.js", "js/reading.js"),
    *("js/offline_reading.js", "js/offline_copies.js", "mark.svg", "icons.svg"),
)
# Drawings have ids of their own already, by lesson: d1-1-…
_IDS = re.compile(r'\b(id|aria-labelledby)="(?!d\d)([^" ]+)"')


@blueprint.get("/learn/sw.js")
@public
def service_worker() -> ResponseReturnValue:
    """Answer with the service worker; its place decides that it looks after /learn/ only."""
    script = render_template("learning/sw.js", release=static_files.release())
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@blueprint.get("/learn/<edition_id>/offline")
@signed_in
def offline_index(edition_id: str) -> ResponseReturnValue:
    """Offer the lessons for offline reading, and list the copies; kept on the device itself too."""
    at = access.find_course(the_user(), edition_id)
    return render_template(
        "learning/offline.html",
        at=at,
        lessons=[lesson for lesson in at.course.lessons if lesson.countable],
        keep_days=tickets.KEPT_OFFLINE.days,
    )


@blueprint.get("/learn/<edition_id>/offline.json")
@signed_in
def offline_list(edition_id: str) -> ResponseReturnValue:
    """List what a device has to keep, with a version that changes when any of it does."""
    at = access.find_course(the_user(), edition_id)
    versions = _versions(at)
    marks = [static_files.release(), *(f"{one.code}:{one.number}" for one in versions)]
    copies = [url_for(".offline_copy", edition_id=edition_id, code=one.code) for one in versions]
    assets = [url_for("static", filename=name) for name in ASSETS]
    style = url_for("bootstrap.static", filename="css/bootstrap.min.css")
    return written(
        {
            "version": hashlib.sha256("|".join(marks).encode()).hexdigest()[:12],
            "pages": [url_for(".offline_index", edition_id=edition_id), *copies],
            "assets": [*assets, style],
        }
    )


@blueprint.get("/learn/<edition_id>/<code>/offline")
@signed_in
def offline_copy(edition_id: str, code: str) -> ResponseReturnValue:
    """Show a lesson as a device keeps it: its text, the way on, and the ticket of its time."""
    user, now = the_user(), clock.now()
    at = access.find_course(user, edition_id)
    version = finding.find_version(at, code)
    lesson = at.course.get_lesson(code)
    before, after = at.neighbours(lesson)
    return render_template(
        "learning/offline_copy.html",
        at=at,
        version=version,
        before=before,
        after=after,
        counting=None if at.is_preview else counting.of_page(user, at, lesson, now=now),
        beat_seconds=seat_time.BEAT.seconds,
        given_at=now,
    )


@blueprint.get("/learn/<edition_id>/download")
@signed_in
def download(edition_id: str) -> ResponseReturnValue:
    """Give the texts of all lessons as one file that any browser opens without a line."""
    at = access.find_course(the_user(), edition_id)
    page = render_template(
        "learning/download.html",
        at=at,
        lessons=[(one, _alone(one)) for one in _versions(at)],
        now=clock.now(),
    )
    name = f"lessons-{at.edition.code}-{at.edition.edition}.html"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(page, mimetype="text/html", headers=headers)


@blueprint.post("/learn/offline")
@exchange
@by_ticket
def merge() -> Response:
    """Count what a device has read without a line."""
    merged = offline.merge(body_of(offline.MOST_NOTES * 400), clock.now())
    db.session.commit()
    said = _("已补记离线读的 %(n)d 分钟。", n=merged.seconds // 60)
    return written({"seconds": merged.seconds, "said": said if merged.seconds >= 60 else ""})


def _alone(version: LessonVersion) -> str:
    """Return a lesson's HTML with ids that no other lesson of the file has."""
    prefix = f"l{version.code.replace('.', '-')}-"
    return _IDS.sub(rf'\1="{prefix}\2"', version.html)


def _versions(at: CourseProgress) -> list[LessonVersion]:
    """Return the current texts of an edition in teaching order."""
    rows = db.session.scalars(
        select(LessonVersion).where(
            LessonVersion.edition_id == at.edition.id,
            LessonVersion.current.is_(True),
            LessonVersion.countable.is_(True),
        )
    )
    found = {row.code: row for row in rows}
    return [found[lesson.id] for lesson in at.course.lessons if lesson.id in found]
