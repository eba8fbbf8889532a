"""Practice by chapter, by domain, of what is due and what was put by; and how practice goes."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.addresses import local_address
from app.bank import wording
from app.clock import shanghai_date
from app.extensions import db
from app.learning import advice, answered, drill, favourites, notebook, plots, practice, repetition
from app.learning import progress as learning_progress
from app.learning.pages import blueprint
from app.learning.practice import Explained
from app.learning.progress import CourseProgress
from app.learning.views import finding
from app.models.people import User
from app.permissions import signed_in, the_user


@blueprint.get("/learn/practice")
@signed_in
def practice_hub() -> ResponseReturnValue:
    """Show what there is to practise: what is due today, chapters, the notebook, favourites."""
    user, now = the_user(), clock.now()
    at = learning_progress.of(user)
    if at is None:
        return redirect(url_for("learning.course"))
    may, answers = drill.items(at, demo=finding.demo(), now=now), answered.by(user)
    open_codes = {item.code for item in may}
    coming = [one for one in repetition.reviews(answers) if one.code in open_codes]
    today = shanghai_date(now)
    return render_template(
        "learning/practice_hub.html",
        at=at,
        chapters=drill.chapters(at, may, answers),
        due=[one for one in coming if one.due_on <= today],
        later=[one for one in coming if one.due_on > today],
        pauses=repetition.PAUSES,
        wrong=len(notebook.kept_from_answers(answers)),
        kept=len(favourites.codes(user)),
        weak=[one for one in advice.standings(answers) if one.weak],
        domain_name=wording.domain_name,
    )


@blueprint.get("/learn/practice/sets/<which>")
@signed_in
def practice_set(which: str) -> ResponseReturnValue:
    """Show one question of a set: to answer, or explained when it has just been answered."""
    user, now = the_user(), clock.now()
    at = _own_course(user)
    order, seed = request.args.get("order", "sequence"), request.args.get("seed", "")[:12]
    if order == "random" and not seed:
        seed = secrets.token_hex(3)
        return redirect(url_for(".practice_set", which=which, order=order, seed=seed))
    return _set_page(user, at, which, now, order=order, seed=seed)


@blueprint.post("/learn/practice/sets/<which>/<question>")
@signed_in
def practise_in_set(which: str, question: str) -> ResponseReturnValue:
    """Take an answer to a question of a set and show at once whether it is right, and why."""
    user, now = the_user(), clock.now()
    at = _own_course(user)
    items = drill.items(at, demo=finding.demo(), now=now)
    found = next((item for item in items if item.code == question), None)
    if found is None or drill.codes_of(which, user, at, items, now) is None:
        abort(404)
    order, seed = request.args.get("order", "sequence"), request.args.get("seed", "")[:12]
    refused = finding.take_answer(user, finding.find_question(question), found.lesson_code)
    if refused is not None:
        return _set_page(user, at, which, now, order=order, seed=seed, refused=refused), 400
    where = url_for(".practice_set", which=which, order=order, seed=seed, at=question, done=1)
    return redirect(f"{where}#q-{question}")


@blueprint.post("/learn/favourites/<question>")
@signed_in
def favourite(question: str) -> ResponseReturnValue:
    """Put a practice question by, or take it out again."""
    user = the_user()
    asked = finding.find_question(question)
    if learning_progress.of(user) is None:
        abort(404)
    if request.form.get("keep") == "1":
        favourites.keep(user, asked, now=clock.now())
    else:
        favourites.let_go(user, asked)
    db.session.commit()
    return redirect(local_address(request.form.get("next", "")))


@blueprint.get("/learn/practice/progress")
@signed_in
def practice_progress() -> ResponseReturnValue:
    """Show weak domains with advice, and how practice went from day to day, drawn and listed."""
    answers = answered.by(the_user())
    days = advice.days(answers)
    return render_template(
        "learning/practice_progress.html",
        standings=advice.standings(answers),
        days=days,
        plot=plots.percent_line([day.percent for day in days]),
        height_of=plots.height_of,
        least=advice.LEAST,
        enough=advice.ENOUGH_PERCENT,
        domain_name=wording.domain_name,
    )


def _own_course(user: User) -> CourseProgress:
    return learning_progress.of(user) or abort(404)


def _set_page(
    user: User,
    at: CourseProgress,
    which: str,
    now: datetime,
    *,
    order: str,
    seed: str,
    refused: Explained | None = None,
) -> str:
    items = drill.items(at, demo=finding.demo(), now=now)
    codes = drill.codes_of(which, user, at, items, now)
    if codes is None:
        abort(404)
    if order == "random":
        codes = drill.shuffled(codes, seed)
    wanted = refused.asked.code if refused else request.args.get("at", "")
    here = wanted if wanted in {item.code for item in items} else (codes[0] if codes else "")
    shown = refused or _explained(user, here, now)
    place = codes.index(here) if here in codes else -1
    return render_template(
        "learning/practice_set.html",
        which=which,
        module=next((one for one in at.course.modules if one.id == which), None),
        domain=wording.domain_name(which.removeprefix(drill.DOMAIN)),
        item=shown,
        place=place,
        total=len(codes),
        following=next(iter(codes[place + 1 :]), None),
        before=codes[place - 1] if place > 0 else None,
        order=order,
        seed=seed,
        favourites=set(favourites.codes(user)),
    )


def _explained(user: User, code: str, now: datetime) -> Explained | None:
    asked = practice.find_questions([code], demo=finding.demo(), now=now).get(code)
    if asked is None:
        return None
    last: dict[str, Any] = {}
    if request.args.get("done") == "1":
        last = practice.last_answers(user, [asked])
    return practice.explain(asked, last.get(code))
