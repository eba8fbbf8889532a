"""Find questions: the list with its filters. One question is shown by `question.py`."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.bank import finding, wall, wording
from app.bank.routes import blueprint
from app.bank.views.opening import today
from app.permissions import allows, needs, the_user


@blueprint.get("/questions")
@needs("bank.read_practice")
def questions() -> ResponseReturnValue:
    """List the questions that fit all filters together."""
    user = the_user()
    pools = wall.visible_pools(user, today())
    wanted = finding.Wanted.asked(request.args)
    lessons, domains = finding.values_in_use(pools)
    return render_template(
        "bank/questions.html",
        pages=finding.find_questions(wanted, pools, request.args.get("page", 1, type=int)),
        wanted=wanted,
        pools=pools,
        lessons=lessons,
        domains=domains,
        words=wording,
        walled_by=wall.taught_class(user, today()) if allows(user, "bank.read_live") else None,
        may_write=allows(user, "bank.write"),
        opened_at=clock.now(),
    )
