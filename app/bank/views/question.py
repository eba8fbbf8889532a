"""One question's page: what it says, where it stands, who is touched by a change, what is said of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app import clock, rulebook
from app.bank import (
    alike,
    answering,
    approving,
    commenting,
    handing_in,
    retiring,
    standing,
    usage,
    wall,
    wording,
    writing,
)
from app.bank.form_words import on_a_page
from app.bank.review_forms import ApprovalForm, CommentForm
from app.bank.reviewers import APPROVALS_NEEDED
from app.bank.routes import blueprint
from app.bank.views.opening import opened, today
from app.extensions import db
from app.models.bank import QuestionVersion
from app.models.people import User
from app.permissions import allows, needs, the_user
from app.saying import said
from question_bank import load, say_key, shown
from question_bank.style import find_flaws


@blueprint.get("/questions/<entry_id>")
@needs("bank.read_practice")
def question(entry_id: str) -> ResponseReturnValue:
    """Show one version, the current one unless another is asked for; a live one is noted."""
    version = opened(entry_id, request.args.get("version", type=int))
    entry, user = version.entry, the_user()
    content = load(version.body)
    threads = commenting.threads(entry)
    events = standing.events(entry)
    names = _names(version, threads, events)
    use = usage.usage_of(entry, today())
    told = use.tells(version.id)
    return render_template(
        "bank/question.html",
        entry=entry,
        version=version,
        question=content,
        shown=shown(content),
        say_key=say_key,
        uses=writing.uses(entry),
        usage=use,
        answering=answering.answering_of(version, content, use.least) if told else [],
        heard=answering.heard_of(version),
        flaws=[replace(flaw, mend=said(on_a_page(flaw.mend))) for flaw in find_flaws(content)],
        alike=alike.near(content, pools=wall.visible_pools(user, today())),
        names=names,
        steps=standing.steps(version, names),
        awaited=standing.awaited(version, today()),
        events=events,
        threads=threads,
        open_comments=commenting.count_open(threads),
        may_settle=lambda row: commenting.may_settle(row, version, user),
        words=wording,
        today=today(),
        opened_at=clock.now(),
        **_acts(version, user),
    )


def _acts(version: QuestionVersion, user: User) -> dict[str, Any]:
    """Return the forms and what this person may do with the version, with why not."""
    form = ApprovalForm()
    if form.then.data not in approving.USABLE:
        form.then.data = approving.next_status(version.entry, "", today())
    return {
        "form": form,
        "comment_form": CommentForm(),
        "final": approving.is_final(version),
        "approvals": approving.approvals_of(version),
        "needed": APPROVALS_NEEDED,
        "months": rulebook.value("bank.exposure_months", today()),
        "why_not_approve": approving.why_not(version, user, today()),
        "why_not_return": approving.why_not(version, user, today(), approves=False),
        "why_not_hand_in": handing_in.why_not(version, user),
        "why_not_activate": retiring.why_not_activate(version, user, today()),
        "takes_on": handing_in.needs_responsible(version.entry),
        "may_write": allows(user, "bank.write"),
        "may_approve": allows(user, "bank.approve"),
        "may_activate": allows(user, "bank.activate"),
    }


def _names(
    version: QuestionVersion,
    threads: dict[str, list[commenting.Thread]],
    events: Iterable[standing.Event],
) -> dict[str, str]:
    """Return the names of all who wrote, reviewed, remarked or acted, in one query."""
    entry = version.entry
    ids = {entry.author_id, entry.responsible_id}
    ids |= {one.created_by_id for one in entry.versions}
    ids |= {word.reviewer_id for one in entry.versions for word in one.approvals}
    ids |= {event.line.actor_id for event in events}
    for thread in (one for several in threads.values() for one in several):
        ids |= {thread.first.settled_by_id, thread.first.author_id}
        ids |= {row.author_id for row in thread.answers}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids - {None})))
    return {row.id: row.name for row in rows}
