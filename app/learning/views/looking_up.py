"""Search over the lessons of one's course, and the glossary."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.learning import access, glossary, searching
from app.learning import progress as learning_progress
from app.learning.pages import blueprint
from app.permissions import signed_in, the_user

LONGEST = 60


@blueprint.get("/learn/search")
@signed_in
def search() -> ResponseReturnValue:
    """Find words in the lessons that one may open; instructors look in an edition they name."""
    user, words = the_user(), request.args.get("words", "").strip()[:LONGEST]
    edition_id = request.args.get("edition", "")
    at = access.find_course(user, edition_id) if edition_id else learning_progress.of(user)
    if at is None:
        return redirect(url_for("learning.course"))
    states = [at.state_of(lesson) for lesson in at.course.lessons]
    codes = [one.lesson.id for one in states if one.state in ("open", "done")]
    return render_template(
        "learning/search.html",
        at=at,
        words=words,
        found=searching.search(at.edition.id, codes, words),
        closed=sum(one.state == "locked" for one in states),
        most=searching.MOST_FOUND,
    )


@blueprint.get("/learn/glossary")
@signed_in
def glossary_page() -> ResponseReturnValue:
    """Show all words with their meaning."""
    return render_template("learning/glossary.html", terms=list(glossary.terms().values()))
