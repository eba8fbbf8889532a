"""Find questions."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.bank import filters, finding, wall, wording
from app.bank.routes import blueprint
from app.bank.views.opening import today
from app.models.people import User
from app.permissions import allows, needs, the_user


@blueprint.get("/questions")
@needs("bank.read_practice")
def questions() -> ResponseReturnValue:
    """List the questions that fit all filters together."""
    user = the_user()
    reader = reader_of(user)
    wanted = finding.Wanted.asked(request.args)
    offered = filters.filters(reader.pools)
    pages, counts = finding.find_questions(wanted, reader, request.args.get("page", 1, type=int))
    return render_template(
        "bank/questions.html",
        pages=pages,
        counts=counts,
        wanted=wanted,
        offered=offered,
        chosen=list(filters.chosen(wanted, offered)),
        pools=reader.pools,
        today=reader.today,
        words=wording,
        walled_by=wall.taught_class(user, today()) if allows(user, "bank.read_live") else None,
        may_write=allows(user, "bank.write"),
        may_change=allows(user, "bank.change"),
        opened_at=clock.now(),
    )


def reader_of(user: User) -> finding.Reader:
    """Return for whom a list is made: only of what this person may see today."""
    return finding.Reader(user.id, wall.visible_pools(user, today()), today())
