"""Review: two people's word makes a question usable; neither wrote it nor answers for it.

初审 and 终审 are the first and the second counting approval. Where the topic asks for a clinical or
legal reviewer (`reviewers.py`), the last one who could be that person must be. Whoever gives the
second approval says whether the question goes on trial first. What came of a version before it was
handed in is `handing_in.py`; what comes after its review is `retiring.py`.
"""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, clock, rulebook
from app.bank import wall
from app.bank.reviewers import (
    APPROVALS_NEEDED,
    CLINICAL,
    FIELD_ROLES,
    approved,
    counting_approval,
    fields_needed,
)
from app.errors import Refusal
from app.extensions import db
from app.models.bank import Approval, QuestionEntry, QuestionVersion, ReviewComment
from app.models.people import User
from app.permissions import has_role

IN_REVIEW = ("first_review", "final_review")
USABLE = ("trial", "active")


class ApprovalRefused(Refusal):
    """This person's word cannot be given on this version now."""


def why_not(
    version: QuestionVersion, actor: User, on: date, *, approves: bool = True
) -> str | None:
    """Return why this person cannot approve (or return) this version, or None when they can."""
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
    elif is_insider(version, actor):
        reason = _("这道题是你写的，或由你负责，要由另外两个人审核。")
    elif any(word.reviewer_id == actor.id for word in said):
        reason = _("你已经审核过这一版，每人每版只说一次。")
    elif any(not word.approves for word in said):
        reason = _("这一版已退回修改。等命题人改成新的一版，再审新版。")
    elif entry.status == "draft":
        reason = _("这一版还是草稿。等命题人送审，再来审核。")
    elif approves:
        reason = _not_needed(version, on) or _wrong_field(version, actor, on)
    return reason


def is_insider(version: QuestionVersion, user: User) -> bool:
    """Tell whether a person wrote the question or a version that led here, or answers for it."""
    entry = version.entry
    led_here = {one.created_by_id for one in entry.versions if one.number <= version.number}
    return user.id in {entry.author_id, version.created_by_id, entry.responsible_id, *led_here}


def _not_needed(version: QuestionVersion, on: date) -> str | None:
    reason: str | None = None
    if version.entry.status in USABLE and is_approved(version, on):
        reason = _("这一版已经通过初审和终审，不用再审。")
    return reason


def _wrong_field(version: QuestionVersion, actor: User, on: date) -> str | None:
    """Return why somebody of another field has to speak: two fields wanted and one word left."""
    given = [word for word in version.approvals if word.approves]
    missing = fields_needed(version.entry, on) - {word.field for word in given}
    left = max(0, APPROVALS_NEEDED - len(given) - 1)
    if len(missing - {field_of(version, actor, on)}) <= left:
        return None
    reason: str = _("这道题还要一位法律审题人来审，你没有这个角色。")
    if missing == set(FIELD_ROLES):
        reason = _("这道题要临床审题人和法律审题人各一位来审，你不是其中之一。")
    elif missing == {CLINICAL}:
        reason = _("这道题还要一位临床审题人来审，你没有这个角色。")
    return reason


def field_of(version: QuestionVersion, actor: User, on: date) -> str:
    """Return the field a person speaks for on a version: one that is missing, before others."""
    held = [field for field, role in FIELD_ROLES.items() if has_role(actor, role)]
    missing = fields_needed(version.entry, on) - {word.field for word in version.approvals}
    return next(iter([*(field for field in held if field in missing), *held]), "")


def approve(
    version: QuestionVersion,
    note: str = "",
    *,
    then: str = "",
    despite: bool = False,
    actor: User,
    now: datetime,
) -> Approval:
    """Give one person's approval; the second sends the question to trial or makes it active.

    `then` is `trial` or `active`; empty for what the rules say. The final approval over remarks
    that nobody settled is given `despite` them, with a note that says why. Raises ApprovalRefused
    or BehindTheWall with the reason. In production approvals that the demonstration gave are not
    counted.
    """
    wall.refuse_unfit(actor, version.entry, clock.shanghai_date(now))
    left = open_remarks(version.entry) if is_final(version) else 0
    if left and not (despite and note.strip()):
        raise ApprovalRefused(
            _(
                "还有 %(n)d 条意见没有了结，终审不能就这样通过。请先了结；"
                "或者勾选“意见都看过，仍然通过”，并在说明里写明为什么。",
                n=left,
            )
        )
    return _approve(version, note, then, demonstration=False, actor=actor, now=now, left=left)


def is_final(version: QuestionVersion) -> bool:
    """Tell whether the next approval of a version would be the one that lets it into use."""
    waits = version.entry.status not in USABLE
    return waits and approvals_of(version) + 1 >= APPROVALS_NEEDED


def open_remarks(entry: QuestionEntry) -> int:
    """Count the remarks on any version of a question that nobody has settled."""
    query = (
        select(func.count())
        .select_from(ReviewComment)
        .join(QuestionVersion, QuestionVersion.id == ReviewComment.version_id)
        .where(
            QuestionVersion.entry_id == entry.id,
            ReviewComment.parent_id.is_(None),
            ReviewComment.settled_at.is_(None),
        )
    )
    return db.session.scalar(query) or 0


def demo_approve(
    version: QuestionVersion, actor: User, now: datetime, *, then: str = "active"
) -> Approval:
    """Approve as the demonstration does: marked as such for ever, worth nothing in production."""
    note = _("演示环境的审核，正式安装不算数。")
    return _approve(version, note, then, demonstration=True, actor=actor, now=now)


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
    set_status(version.entry, "draft", now)
    audit.record("question.returned", version, actor=actor, now=now, stage=word.stage)
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


def is_approved(version: QuestionVersion, on: date) -> bool:
    """Tell whether a version passed its review, by the approvals themselves."""
    found = (
        select(QuestionVersion.id)
        .join(QuestionVersion.entry)
        .where(QuestionVersion.id == version.id, approved(on))
    )
    return db.session.scalar(found) is not None


def next_status(entry: QuestionEntry, then: str, on: date) -> str:
    """Return where a question goes after its final approval; practice is never on trial.

    Raises ApprovalRefused for a word that is neither.
    """
    if then not in ("", *USABLE):
        raise ApprovalRefused(_("终审通过后只能去试测或启用，请选一项。"))
    if entry.pool != wall.LIVE:
        return "active"
    return then or ("trial" if rulebook.value("bank.trial_first", on) else "active")


def set_status(entry: QuestionEntry, status: str, now: datetime) -> None:
    """Move a question to a stage."""
    entry.status = status
    entry.changed_at = now


def lock(version: QuestionVersion) -> None:
    """Take the entry for this transaction and read again what others may have said meanwhile."""
    db.session.flush()  # refreshing forgets what was not written yet
    db.session.refresh(version.entry, with_for_update=True)
    db.session.refresh(version, ["approvals"])


def _approve(
    version: QuestionVersion,
    note: str,
    then: str,
    *,
    demonstration: bool,
    actor: User,
    now: datetime,
    left: int = 0,
) -> Approval:
    entry, on = version.entry, clock.shanghai_date(now)
    after = next_status(entry, then, on)
    word = _give(version, note, approves=True, demonstration=demonstration, actor=actor, now=now)
    passed = is_approved(version, on)
    if not passed:
        after = "final_review" if approvals_of(version) else "first_review"
    elif entry.status in USABLE:
        after = entry.status  # a rule asked for one more person; where it stands is not touched
    set_status(entry, after, now)
    audit.record(
        "question.approved",
        version,
        actor=actor,
        now=now,
        demonstration=demonstration,
        stage=word.stage,
        field=word.field,
        then=after,
        **({"open_remarks": left} if left else {}),
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
    lock(version)
    on = clock.shanghai_date(now)
    reason = why_not(version, actor, on, approves=approves)
    if reason is not None:
        raise ApprovalRefused(reason)
    status = version.entry.status
    word = Approval(
        version=version,
        reviewer_id=actor.id,
        stage=status if status in IN_REVIEW else "",
        field=field_of(version, actor, on),
        approves=approves,
        note=note.strip(),
        demonstration=demonstration,
        given_at=now,
    )
    db.session.add(word)
    db.session.flush()
    return word
