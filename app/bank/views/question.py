"""Look at one question: as a candidate sees it, its key, versions and approvals."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app import clock
from app.bank import approving, wording, writing
from app.bank.review_forms import NoteForm
from app.bank.reviewers import APPROVALS_NEEDED
from app.bank.routes import blueprint
from app.bank.views.opening import opened, today
from app.extensions import db
from app.models.bank import QuestionVersion
from app.models.people import User
from app.permissions import allows, needs, the_user
from question_bank import load, say_key, shown


@blueprint.get("/questions/<entry_id>")
@needs("bank.read_practice")
def question(entry_id: str) -> ResponseReturnValue:
    """Show one version, the current one unless another is asked for; a live one is noted."""
    version = opened(entry_id, request.args.get("version", type=int))
    entry, user = version.entry, the_user()
    content = load(version.body)
    return render_template(
        "bank/question.html",
        entry=entry,
        version=version,
        question=content,
        shown=shown(content),
        say_key=say_key,
        uses=writing.uses(entry),
        names=_names(entry.versions, entry.author_id),
        words=wording,
        form=NoteForm(),
        why_not_approve=approving.why_not(version, user, today()),
        approvals=approving.approvals_of(version),
        needed=APPROVALS_NEEDED,
        may_write=allows(user, "bank.write"),
        may_approve=allows(user, "bank.approve"),
        opened_at=clock.now(),
    )


def _names(versions: list[QuestionVersion], author_id: str | None) -> dict[str, str]:
    """Return the names of all who wrote or reviewed a question, in one query."""
    ids = {author_id, *(version.created_by_id for version in versions)}
    ids |= {word.reviewer_id for version in versions for word in version.approvals}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids - {None})))
    return {row.id: row.name for row in rows}
