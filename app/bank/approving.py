"""Two people's word makes a question usable: neither wrote it, each says it once for each version.

The plain rule of two approvals. Separate rounds for content, language and bias are not here.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, clock
from app.bank import wall
from app.bank.pool import APPROVALS_NEEDED, counting_approval
from app.errors import Refusal
from app.extensions import db
from app.models.bank import Approval, QuestionEntry, QuestionVersion
from app.models.people import User


class ApprovalRefused(Refusal):
    """This person's word cannot be given on this version now."""


def why_not(version: QuestionVersion, actor: User) -> str | None:
    """Return why this person cannot give a word on this version, or None when they can."""
    entry = version.entry
    said = version.approvals
    reason: str | None = None
    if version.number != entry.current_number:
        reason = _(
            "第 %(n)d 版不是现行的版本，不能审核；请打开第 %(current)d 版。",
            n=version.number,
            current=entry.current_number,
        )
    elif entry.status == "retired":
        reason = _("%(code)s 已停用，不再审核。", code=entry.code)
    elif actor.id in (entry.author_id, version.created_by_id):
        reason = _("这道题是你写的，要由另外两个人审核。")
    elif any(word.reviewer_id == actor.id for word in said):
        reason = _("你已经审核过这一版，每人每版只说一次。")
    elif any(not word.approves for word in said):
        reason = _("这一版已退回修改。等命题人改成新的一版，再审新版。")
    return reason


def approve(version: QuestionVersion, note: str = "", *, actor: User, now: datetime) -> Approval:
    """Give one person's approval; the second makes the question active.

    Raises ApprovalRefused or BehindTheWall with the reason. In production approvals that the
    demonstration gave are not counted.
    """
    wall.refuse_unfit(actor, version.entry, clock.shanghai_date(now))
    return _approve(version, note, demonstration=False, actor=actor, now=now)


def demo_approve(version: QuestionVersion, actor: User, now: datetime) -> Approval:
    """Approve as the demonstration does: marked as such for ever, worth nothing in production."""
    note = _("演示环境的审核，正式安装不算数。")
    return _approve(version, note, demonstration=True, actor=actor, now=now)


def return_to_author(
    version: QuestionVersion, note: str, *, actor: User, now: datetime
) -> Approval:
    """Send a version back with what has to change; it becomes a draft and leaves the exams.

    Raises ApprovalRefused without a note: an author cannot mend what nobody names.
    """
    if not note.strip():
        raise ApprovalRefused(_("请写明要改什么，命题人才知道怎么改。"))
    wall.refuse_unfit(actor, version.entry, clock.shanghai_date(now))
    word = _give(version, note, approves=False, demonstration=False, actor=actor, now=now)
    version.entry.status = "draft"
    audit.record("question.returned", version, actor=actor, now=now)
    return word


def approvals_of(version: QuestionVersion) -> int:
    """Count the people whose approval of this version counts here."""
    return (
        db.session.scalar(
            select(func.count(Approval.reviewer_id.distinct()))
            .join(Approval.version)
            .join(QuestionVersion.entry)
            .where(Approval.version_id == version.id, counting_approval())
        )
        or 0
    )


def _approve(
    version: QuestionVersion, note: str, *, demonstration: bool, actor: User, now: datetime
) -> Approval:
    word = _give(version, note, approves=True, demonstration=demonstration, actor=actor, now=now)
    enough = approvals_of(version) >= APPROVALS_NEEDED
    version.entry.status = "active" if enough else "final_review"
    audit.record(
        "question.approved",
        version,
        actor=actor,
        now=now,
        demonstration=demonstration,
        active=enough,
    )
    return word


def _give(
    version: QuestionVersion,
    note: str,
    *,
    approves: bool,
    demonstration: bool,
    actor: User,
    now: datetime,
) -> Approval:
    # Two approvals at once would each count one and leave the question waiting for ever.
    db.session.execute(
        select(QuestionEntry.id).where(QuestionEntry.id == version.entry_id).with_for_update()
    )
    reason = why_not(version, actor)
    if reason is not None:
        raise ApprovalRefused(reason)
    word = Approval(
        version=version,
        reviewer_id=actor.id,
        approves=approves,
        note=note.strip(),
        demonstration=demonstration,
        given_at=now,
    )
    db.session.add(word)
    db.session.flush()
    return word
