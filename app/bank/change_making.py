"""Carry out a planned change of many questions, and take it back.

A short transaction each: up to `AT_ONCE` questions in the request, more in batches by the worker
(`change_jobs.py`), which is why a list says how far it is. Each question is read again under its lock: what
was changed since it was planned is told, not overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select, update

from app import audit, jobs
from app.bank import changing, searching
from app.bank.changing import COLUMNS, TAGGING, ChangeRefused, Plan, Wish
from app.extensions import db
from app.models.bank import Change, ChangeList, QuestionEntry, QuestionLabel
from app.models.journal import Job
from app.models.people import User

AT_ONCE = 200
"""Questions changed in one transaction: measured by `python -m bench.bank`, some tens of ms."""
MOST = 20_000
JOB = "bank.change"
DOING, DONE, UNDOING, UNDONE = "doing", "done", "undoing", "undone"
UNDER_WAY = (DOING, UNDOING)
LINES = {"tag": "question.tagged", "untag": "question.untagged", "retire": "question.retired"}
UNDO_LINES = {"tag": "question.untagged", "untag": "question.tagged", "retire": "question.restored"}
REFILED = "question.refiled"


def begin(plan: Plan, *, actor: User, pools: Sequence[str], now: datetime) -> ChangeList:
    """Make a planned change: at once, or by the worker where it is a large one.

    Raises ChangeRefused when nothing would change.
    """
    if not plan.steps:
        raise ChangeRefused(_("没有一题会改变：要么已经是这样，要么不能改。没有留下修改记录。"))
    if len(plan.steps) > MOST:
        raise ChangeRefused(_("一次最多改 %(n)d 题，请把条件收窄些。", n=MOST))
    wish = plan.wish
    listed = ChangeList(
        action=wish.action,
        value=wish.value,
        reason=wish.reason,
        state=DOING,
        refused=[list(one) for one in plan.refused],
        made_by_id=actor.id,
        made_at=now,
    )
    db.session.add(listed)
    db.session.flush()
    ids = [step.entry_id for step in plan.steps]
    audit.record(
        "questions.changed", listed, actor=actor, now=now, did=wish.action, questions=len(ids)
    )
    if len(ids) <= AT_ONCE:
        apply(listed, ids, actor=actor, pools=pools, now=now)
        listed.state = DONE
    else:
        payload = {"list": listed.id, "entries": ids}
        _leave_to_worker(listed, payload, actor=actor, now=now)
    return listed


def apply(
    listed: ChangeList, ids: Sequence[str], *, actor: User, pools: Sequence[str], now: datetime
) -> None:
    """Change some questions of a list; those that changed meanwhile so that they may not be are told."""
    wish = Wish(listed.action, listed.value, listed.reason)
    done = set(
        db.session.scalars(
            select(Change.entry_id).where(
                Change.change_list_id == listed.id, Change.entry_id.in_(ids)
            )
        )
    )
    left = [one for one in ids if one not in done]  # a worker may have died after a batch
    found = changing.plan(left, wish, actor=actor, pools=pools, lock=True)
    if found.refused:
        listed.refused = [*listed.refused, *(list(one) for one in found.refused)]
    if not found.steps:
        return
    changed = [step.entry_id for step in found.steps]
    _set(wish.action, wish.value, {wish.aim: changed}, now=now)
    db.session.execute(
        insert(Change),
        [
            {
                "change_list_id": listed.id,
                "entry_id": step.entry_id,
                "before": {"value": _plain(step.before)},
                "after": {"value": _plain(step.after)},
                "outcome": "",
            }
            for step in found.steps
        ],
    )
    _note(LINES.get(wish.action, REFILED), listed, changed, actor=actor, now=now)


def begin_undo(
    listed: ChangeList, *, actor: User, pools: Sequence[str], now: datetime
) -> ChangeList:
    """Take a list back: each question becomes as it was, unless it was changed since.

    Raises ChangeRefused when it is taken back already or the worker is still at it.
    """
    db.session.refresh(listed, with_for_update=True)
    stopped = has_stopped(listed)
    if listed.state == UNDONE or (listed.state == UNDOING and not stopped):
        raise ChangeRefused(_("这次修改已经撤销，不用再撤。"))
    if listed.state == DOING and not stopped:
        raise ChangeRefused(_("这次修改还在进行，等它改完再撤销。"))
    listed.state = UNDOING
    listed.undone_by_id, listed.undone_at = actor.id, now
    ids = list(
        db.session.scalars(select(Change.entry_id).where(Change.change_list_id == listed.id))
    )
    audit.record("questions.change_undone", listed, actor=actor, now=now, questions=len(ids))
    if len(ids) <= AT_ONCE:
        undo(listed, ids, actor=actor, pools=pools, now=now)
        listed.state = UNDONE
    else:
        _leave_to_worker(listed, {"list": listed.id}, actor=actor, now=now)
    return listed


def _leave_to_worker(
    listed: ChangeList, payload: dict[str, Any], *, actor: User, now: datetime
) -> None:
    job = jobs.enqueue(JOB, payload, owner=actor, now=now)
    db.session.flush()  # the list's row names the job's, and no relationship orders them
    listed.job_id = job.id


def outcomes(listed: ChangeList) -> dict[str, int]:
    """Count the questions of a list: all of them, taken back, and kept though it was taken back."""
    rows = db.session.execute(
        select(Change.outcome, func.count())
        .where(Change.change_list_id == listed.id)
        .group_by(Change.outcome)
    )
    numbers = {row[0]: row[1] for row in rows}
    undone, open_ = numbers.get(UNDONE, 0), numbers.get("", 0)
    total = sum(numbers.values())
    return {"all": total, "undone": undone, "kept": total - undone - open_}


def has_stopped(listed: ChangeList) -> bool:
    """Tell whether the worker's part of a list ended before its end: cancelled, or failed."""
    job = db.session.get(Job, listed.job_id) if listed.job_id else None
    return listed.state in UNDER_WAY and job is not None and job.state in ("cancelled", "failed")


def undo(
    listed: ChangeList, ids: Sequence[str], *, actor: User, pools: Sequence[str], now: datetime
) -> None:
    """Take back some questions of a list, and say of the others why they stay."""
    wish = Wish(listed.action, listed.value, listed.reason)
    rows = db.session.execute(
        select(Change.entry_id, Change.before).where(
            Change.change_list_id == listed.id, Change.entry_id.in_(ids), Change.outcome == ""
        )
    ).all()
    before = {row[0]: _value(wish.action, row[1]["value"]) for row in rows}
    with force_locale("zh"):  # they are kept: `kept_words` says them to whoever reads
        now_so = changing.standing(list(before), wish, actor=actor, pools=pools)
        unseen: str = _("现在你打不开这一题。")
    outcomes: dict[str, list[str]] = {}
    back: dict[Any, list[str]] = {}
    for entry_id, value in before.items():
        reason = now_so.get(entry_id, unseen)
        outcomes.setdefault(reason or UNDONE, []).append(entry_id)
        if not reason:
            back.setdefault(value, []).append(entry_id)
    _set(wish.action, wish.value, back, now=now)
    for outcome, some in outcomes.items():
        db.session.execute(
            update(Change)
            .where(Change.change_list_id == listed.id, Change.entry_id.in_(some))
            .values(outcome=outcome[:200])
        )
    taken_back = [one for some in back.values() for one in some]
    _note(UNDO_LINES.get(wish.action, REFILED), listed, taken_back, actor=actor, now=now)


def _set(action: str, tag: str, values: dict[Any, list[str]], *, now: datetime) -> None:
    """Write values to questions: of a tag whether they have it, else the column of the action."""
    for value, ids in values.items():
        changed: dict[str, Any] = {"changed_at": now}
        if action not in TAGGING:
            changed[COLUMNS[action].key] = value
        elif value:
            rows = [{"entry_id": one, "kind": "tag", "value": tag} for one in ids]
            db.session.execute(insert(QuestionLabel), rows)
        else:
            db.session.execute(
                delete(QuestionLabel).where(
                    QuestionLabel.entry_id.in_(ids),
                    QuestionLabel.kind == "tag",
                    QuestionLabel.value == tag,
                ),
                execution_options={"synchronize_session": False},
            )
        db.session.execute(
            update(QuestionEntry).where(QuestionEntry.id.in_(ids)).values(changed),
            execution_options={"synchronize_session": False},
        )
        if action in TAGGING:
            searching.index_names(ids)


def _note(line: str, listed: ChangeList, ids: Sequence[str], *, actor: User, now: datetime) -> None:
    details = {"reason": listed.reason} if listed.action == "retire" else {"field": listed.action}
    audit.record_many(
        line, QuestionEntry, ids, actor=actor, now=now, change_list=listed.id, **details
    )
    # Rows that this session holds were changed beside it.
    for row in list(db.session.identity_map.values()):
        if isinstance(row, QuestionEntry):
            db.session.expire(row)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _value(action: str, plain: Any) -> Any:
    return date.fromisoformat(plain) if action == "review_by" and plain else plain
