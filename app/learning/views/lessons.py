"""The course of one edition, a lesson's page, and having a lesson count as done."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.extensions import db, may_write
from app.learning import (
    access,
    counting,
    favourites,
    glossary,
    notebook,
    practice,
    prior,
    progress,
    reading,
    seat_time,
)
from app.learning.pages import blueprint
from app.learning.practice import Explained
from app.learning.progress import CourseProgress, LessonState
from app.learning.views import finding
from app.models.learning import LessonVersion
from app.models.people import User
from app.permissions import Scope, allows, signed_in, the_user
from curricula import load_lesson


@blueprint.get("/learn")
@signed_in
def course() -> ResponseReturnValue:
    """Show the course of one's newest class; without a class, how to join one."""
    user = the_user()
    enrolled = progress.enrolments(user)
    if enrolled:
        return _course_page(user, progress.in_class(user, enrolled[0].training_class))
    if access.may_preview(user):
        return render_template("learning/editions.html", editions=access.editions())
    return render_template("learning/no_class.html")


@blueprint.get("/learn/<edition_id>")
@signed_in
def edition(edition_id: str) -> ResponseReturnValue:
    """Show one edition: of another class of one's own, or an instructor's preview."""
    user = the_user()
    return _course_page(user, access.find_course(user, edition_id))


@blueprint.get("/learn/<edition_id>/<code>")
@signed_in
def lesson(edition_id: str, code: str) -> ResponseReturnValue:
    """Show a lesson and note that it was opened; a locked one says what is missing."""
    now = clock.now()
    user = the_user()
    at = access.find_course(user, edition_id)
    version = finding.find_version(at, code)
    state = at.state_of(at.course.get_lesson(code))
    if state.state in ("locked", "preparation"):
        return render_template("learning/closed.html", at=at, state=state), 403
    if not at.is_preview:
        may_write()
        reading.open_lesson(user, version, now=now)
        db.session.commit()
    return lesson_page(user, at, version, state)


@blueprint.post("/learn/<edition_id>/<code>/done")
@signed_in
def complete(edition_id: str, code: str) -> ResponseReturnValue:
    """Count a lesson as done and go on to the next; or say what is missing."""
    user = the_user()
    at = finding.own_course(user, edition_id)
    version = finding.find_version(at, code)
    try:
        asked = practice.find_questions(
            version.front["practice"], demo=finding.demo(), now=clock.now()
        )
        to_do = tuple(one for one, question in asked.items() if question.can_be_done)
        reading.complete_lesson(user, at, version, to_do, now=clock.now())
    except reading.NotDoneYet as refusal:
        db.session.rollback()
        flash(refusal.sentence, "wait")
        return redirect(url_for("learning.lesson", edition_id=edition_id, code=code))
    db.session.commit()
    flash(_("第 %(code)s 课学完了。", code=code), "ok")
    following = access.find_course(user, edition_id).next
    if following is None:
        return redirect(url_for("learning.edition", edition_id=edition_id))
    return redirect(url_for("learning.lesson", edition_id=edition_id, code=following.id))


def _course_page(user: User, at: CourseProgress) -> str:
    return render_template(
        "learning/course.html",
        at=at,
        others=[
            one
            for one in progress.enrolments(user)
            if one.training_class.edition_id != at.edition.id
        ],
        wrong=0 if at.is_preview else len(notebook.entries(user)),
        waivers=prior.of_person(user, at.edition.id) if at.waived else [],
        may_remove=at.is_preview and allows(user, "class.record", Scope()),
    )


def lesson_page(
    user: User,
    at: CourseProgress,
    version: LessonVersion,
    state: LessonState,
    refused: Explained | None = None,
) -> str:
    before, after = at.neighbours(state.lesson)
    lesson = load_lesson(version.front)
    reviewed = {review.role for review in lesson.reviewed}
    time = None if at.is_preview else counting.of_page(user, at, lesson, now=clock.now())
    return render_template(
        "learning/lesson.html",
        marked=glossary.mark(version.html, url_for("learning.glossary_page")),
        resume=reading.heading_of(version.html, time.place) if time else None,
        at=at,
        version=version,
        lesson=lesson,
        waiting=[role for role in lesson.reviewers_needed if role not in reviewed],
        state=state,
        before=before,
        after=after,
        counting=time,
        beat_seconds=seat_time.BEAT.seconds,
        favourites=set() if at.is_preview else set(favourites.codes(user)),
        practice=_practice_of(user, at, version, refused),
    )


def _practice_of(
    user: User, at: CourseProgress, version: LessonVersion, refused: Explained | None
) -> list[Explained]:
    asked = practice.find_questions(version.front["practice"], demo=finding.demo(), now=clock.now())
    if at.is_preview:
        return [practice.explain(one, None, reveal=True) for one in asked.values()]
    again = set(request.args.getlist("again"))
    last: dict[str, Any] = {} if "all" in again else practice.last_answers(user, asked.values())
    return [
        refused
        if refused and refused.asked.code == code
        else practice.explain(one, None if code in again else last.get(code))
        for code, one in asked.items()
    ]
