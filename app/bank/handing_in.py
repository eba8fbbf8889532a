"""Hand a draft in for review: a named person says that it is finished, and answers for it.

A question that somebody wrote here is handed in by its author or by who wrote the version. One that
came from a file, or that a machine drafted, needs an item writer who has read it and takes it on;
that person reviews it no more. The review itself is `approving.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from app import audit, clock
from app.bank import wall
from app.bank.approving import lock, set_status
from app.bank.reviewers import AI_DRAFTED
from app.errors import Refusal
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.people import User


class HandingInRefused(Refusal):
    """The version cannot be handed in by this person now."""


def needs_responsible(entry: QuestionEntry) -> bool:
    """Tell whether somebody who did not write it has to take the question on."""
    return entry.author_id is None or entry.writer_kind == AI_DRAFTED


def why_not(version: QuestionVersion, actor: User) -> str | None:
    """Return why this person cannot hand this version in, or None when they can."""
    entry = version.entry
    reason: str | None = None
    if version.number != entry.current_number:
        reason = _(
            "第 %(n)d 版不是现行的版本，不能送审；请打开第 %(current)d 版。",
            n=version.number,
            current=entry.current_number,
        )
    elif entry.status == "retired":
        reason = _("%(code)s 已停用，要先恢复成草稿，再送审。", code=entry.code)
    elif entry.status != "draft":
        reason = _("%(code)s 已经送审，不用再送。", code=entry.code)
    elif any(not word.approves for word in version.approvals):
        reason = _("第 %(n)d 版已退回修改。请先改成新的一版，再送审。", n=version.number)
    elif not needs_responsible(entry) and actor.id not in (
        entry.author_id,
        version.created_by_id,
    ):
        reason = _("这道题由写它的人送审。你改成新的一版之后，可以送审你的那一版。")
    return reason


def hand_in(version: QuestionVersion, *, actor: User, now: datetime) -> None:
    """Hand a draft in: it waits for its first review, and the actor answers for it.

    Raises HandingInRefused or BehindTheWall with the reason.
    """
    wall.refuse_unfit(actor, version.entry, clock.shanghai_date(now))
    lock(version)
    reason = why_not(version, actor)
    if reason is not None:
        raise HandingInRefused(reason)
    entry = version.entry
    entry.responsible_id = actor.id
    set_status(entry, "first_review", now)
    audit.record("question.handed_in", version, actor=actor, now=now, drafted=entry.writer_kind)


def hand_in_all(versions: Sequence[QuestionVersion], *, actor: User, now: datetime) -> list[str]:
    """Hand several drafts in; return the codes of those that could not be, which stay as they are."""
    left = []
    for version in sorted(versions, key=lambda one: one.entry_id):  # one order: no deadlock
        try:
            hand_in(version, actor=actor, now=now)
        except HandingInRefused:
            left.append(version.entry.code)
    return left
