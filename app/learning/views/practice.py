"""Practice in a lesson, the wrong-answer notebook, and the pictures of practice questions."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.bank import media
from app.bank.views.media import medium_response
from app.learning import access, favourites, notebook, practice, progress
from app.learning.pages import blueprint
from app.learning.practice import Explained
from app.learning.views import finding
from app.learning.views.lessons import lesson_page
from app.models.people import User
from app.permissions import signed_in, the_user


@blueprint.post("/learn/<edition_id>/<code>/practice/<question>")
@signed_in
def practise(edition_id: str, code: str, question: str) -> ResponseReturnValue:
    """Take an answer to a question of a lesson and show at once whether it is right, and why."""
    user = the_user()
    at = finding.own_course(user, edition_id)
    version = finding.find_version(at, code)
    state = at.state_of(at.course.get_lesson(code)).state
    if question not in version.front["practice"] or state not in ("open", "done"):
        abort(404)
    refused = finding.take_answer(user, finding.find_question(question), code)
    if refused is not None:
        lesson_state = at.state_of(at.course.get_lesson(code))
        return lesson_page(user, at, version, lesson_state, refused), 400
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
    asked = practice.find_questions(codes, demo=finding.demo(), now=clock.now())
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
        favourites=set(favourites.codes(user)),
    )


@blueprint.post("/learn/notebook/<question>")
@signed_in
def practise_again(question: str) -> ResponseReturnValue:
    """Take an answer to a question in one's notebook."""
    user = the_user()
    entry = next((one for one in notebook.entries(user) if one.code == question), None)
    if entry is None:
        abort(404)
    refused = finding.take_answer(user, finding.find_question(question), entry.lesson_code)
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
    hashes = finding.find_question(question).media
    found = media.find(hashes[number - 1]) if 0 < number <= len(hashes) else None
    if found is None:
        abort(404)
    return medium_response(found)


def _own_answered(user: User, code: str) -> list[str]:
    return [code] if code and notebook.has_answered(user, code) else []
