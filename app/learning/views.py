"""Views of the learning feature: the course, a lesson, its practice, the wrong-answer notebook."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.bank import media
from app.bank.answer_form import read_answer, typed_answer
from app.bank.views.media import medium_response
from app.config import Settings
from app.errors import Refusal
from app.extensions import db, may_write
from app.learning import access, notebook, practice, progress, reading
from app.learning.practice import Explained, PracticeQuestion
from app.learning.progress import CourseProgress, LessonState
from app.models.learning import LessonVersion
from app.models.people import User
from app.permissions import signed_in, the_user
from curricula import load_lesson

blueprint = Blueprint("learning", __name__)


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
    version = _find_version(at, code)
    state = at.state_of(at.course.get_lesson(code))
    if state.state in ("locked", "preparation"):
        return render_template("learning/closed.html", at=at, state=state), 403
    if not at.is_preview:
        may_write()
        reading.open_lesson(user, version, now=now)
        db.session.commit()
    return _lesson_page(user, at, version, state)


@blueprint.post("/learn/<edition_id>/<code>/done")
@signed_in
def complete(edition_id: str, code: str) -> ResponseReturnValue:
    """Count a lesson as done and go on to the next; or say what is missing."""
    user = the_user()
    at = _own_course(user, edition_id)
    version = _find_version(at, code)
    try:
        asked = practice.find_questions(version.front["practice"], demo=_demo(), now=clock.now())
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


@blueprint.post("/learn/<edition_id>/<code>/practice/<question>")
@signed_in
def practise(edition_id: str, code: str, question: str) -> ResponseReturnValue:
    """Take an answer to a question of a lesson and show at once whether it is right, and why."""
    user = the_user()
    at = _own_course(user, edition_id)
    version = _find_version(at, code)
    state = at.state_of(at.course.get_lesson(code)).state
    if question not in version.front["practice"] or state not in ("open", "done"):
        abort(404)
    refused = _take_answer(user, _find_question(question), code)
    if refused is not None:
        lesson_state = at.state_of(at.course.get_lesson(code))
        return _lesson_page(user, at, version, lesson_state, refused), 400
    return redirect(
        url_for("learning.lesson", edition_id=edition_id, code=code, _anchor=f"q-{question}")
    )


@blueprint.get("/learn/notebook", endpoint="notebook")
@signed_in
def notebook_page() -> ResponseReturnValue:
    """Show the questions that went wrong and have not been put right on two days."""
    return _notebook_page(the_user(), request.args.get("answered", ""))


def _notebook_page(user: User, answered: str, refused: Explained | None = None) -> str:
    kept = notebook.entries(user)
    codes = list(dict.fromkeys([*(entry.code for entry in kept), *_own_answered(user, answered)]))
    asked = practice.find_questions(codes, demo=_demo(), now=clock.now())
    last = practice.last_answers(user, asked.values())
    just = practice.explain(asked[answered], last.get(answered)) if answered in asked else None
    return render_template(
        "learning/notebook.html",
        entries=[entry for entry in kept if entry.code in asked],
        asked={
            code: refused if refused and refused.asked.code == code else practice.explain(one, None)
            for code, one in asked.items()
        },
        just=just,
        days_right=notebook.DAYS_RIGHT,
    )


@blueprint.post("/learn/notebook/<question>")
@signed_in
def practise_again(question: str) -> ResponseReturnValue:
    """Take an answer to a question in one's notebook."""
    user = the_user()
    entry = next((one for one in notebook.entries(user) if one.code == question), None)
    if entry is None:
        abort(404)
    refused = _take_answer(user, _find_question(question), entry.lesson_code)
    if refused is not None:
        return _notebook_page(user, "", refused), 400
    return redirect(url_for("learning.notebook", answered=question))


@blueprint.get("/learn/practice/<question>/media/<int:number>")
@signed_in
def medium(question: str, number: int) -> ResponseReturnValue:
    """Answer with a picture or a sound of a practice question, for people in a class and staff."""
    user = the_user()
    if not progress.enrolments(user) and not access.may_preview(user):
        abort(404)
    hashes = _find_question(question).media
    found = media.find(hashes[number - 1]) if 0 < number <= len(hashes) else None
    if found is None:
        abort(404)
    return medium_response(found)


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
    )


def _lesson_page(
    user: User,
    at: CourseProgress,
    version: LessonVersion,
    state: LessonState,
    refused: Explained | None = None,
) -> str:
    before, after = at.neighbours(state.lesson)
    lesson = load_lesson(version.front)
    reviewed = {review.role for review in lesson.reviewed}
    return render_template(
        "learning/lesson.html",
        at=at,
        version=version,
        lesson=lesson,
        waiting=[role for role in lesson.reviewers_needed if role not in reviewed],
        state=state,
        before=before,
        after=after,
        practice=_practice_of(user, at, version, refused),
    )


def _own_course(user: User, edition_id: str) -> CourseProgress:
    at = access.find_course(user, edition_id)
    if at.is_preview:  # an instructor's look leaves no trace
        abort(404)
    return at


def _find_version(at: CourseProgress, code: str) -> LessonVersion:
    return reading.find_version(at.edition, code) or abort(404)


def _find_question(code: str) -> PracticeQuestion:
    asked = practice.find_questions([code], demo=_demo(), now=clock.now())
    return asked.get(code) or abort(404)


def _practice_of(
    user: User, at: CourseProgress, version: LessonVersion, refused: Explained | None
) -> list[Explained]:
    asked = practice.find_questions(version.front["practice"], demo=_demo(), now=clock.now())
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


def _take_answer(user: User, asked: PracticeQuestion, lesson_code: str) -> Explained | None:
    """Keep the answer; when none could be taken, return the form with what was entered and why."""
    try:
        raw = read_answer(asked.shown, request.form)
        practice.answer_question(user, asked, raw, lesson_code, now=clock.now())
    except Refusal as refusal:
        db.session.rollback()
        tried = typed_answer(asked.shown, request.form)
        return practice.explain(asked, None, tried=tried, why_not=refusal.sentence)
    db.session.commit()
    return None


def _own_answered(user: User, code: str) -> list[str]:
    return [code] if code and notebook.has_answered(user, code) else []


def _demo() -> bool:
    settings: Settings = current_app.config["PEIZHEN"]
    return settings.demo
