"""Make, hand in, accept and return a completion list. Each is frozen when made, with its hash.

A list is never edited: what changed afterwards goes into the next one. The association accepts the
whole list or returns it with faults named by person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app import audit
from app.eligibility import facts
from app.eligibility.facts import Rules
from app.eligibility.panel import RuleLine, class_rules
from app.errors import Refusal
from app.extensions import db
from app.models.finishing import CompletionEntry, CompletionList
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.training.ties import taught_classes_within


class CompletionRefused(Refusal):
    """The list cannot be made, handed in or decided like this; nothing was changed."""


def lines(people: Sequence[Enrolment], on: date) -> dict[str, tuple[RuleLine, ...]]:
    """Return what each person of a class has and misses for completing it, by enrolment."""
    rules = Rules.of(on)
    found = facts.read(people, rules)
    return {enrolment_id: class_rules(one, rules) for enrolment_id, one in found.items()}


def of_class(training_class: TrainingClass) -> list[CompletionList]:
    """Return a class's lists, the newest first."""
    rows = select(CompletionList).where(CompletionList.class_id == training_class.id)
    return list(db.session.scalars(rows.order_by(CompletionList.number.desc())).unique())


def read(list_id: str) -> CompletionList | None:
    """Return one list with its people."""
    return db.session.scalar(
        select(CompletionList)
        .where(CompletionList.id == list_id)
        .options(selectinload(CompletionList.entries).joinedload(CompletionEntry.enrolment))
    )


def make(
    training_class: TrainingClass,
    people: Sequence[Enrolment],
    *,
    on: date,
    actor: User,
    now: datetime,
) -> CompletionList:
    """Freeze who completed and what the others miss. The same again is the list that stands.

    Raises CompletionRefused before the class has ended, without people, or while a list waits for
    the association.
    """
    _lock(training_class)
    if on < training_class.ends_on:
        raise CompletionRefused(_("这个班还没有结束，结束那天起才能出结业名单。"))
    if not people:
        raise CompletionRefused(_("这个班没有学员，没有名单可出。"))
    before = of_class(training_class)
    if before and before[0].state == "handed":
        raise CompletionRefused(_("上一份名单还在协会那里，等它接受或退回以后再出新的。"))
    rules = {key: value for key, value in asdict(Rules.of(on)).items() if key != "on"}
    frozen = [_frozen(one, found) for one, found in _found(people, on)]
    digest = hash_of(training_class.id, rules, frozen)
    if before and before[0].sha256 == digest and before[0].state in {"made", "accepted"}:
        return before[0]
    if before and before[0].state == "made":
        before[0].state = "replaced"
    row = CompletionList(
        class_id=training_class.id,
        number=len(before) + 1,
        rules=rules,
        sha256=digest,
        made_by_id=actor.id,
        made_at=now,
    )
    db.session.add(row)
    db.session.flush()
    for place, one in enumerate(frozen, 1):
        db.session.add(CompletionEntry(list_id=row.id, place=place, **one))
    done = sum(one["complete"] for one in frozen)
    audit.record(
        "completion.made",
        row,
        actor=actor,
        now=now,
        people=len(frozen),
        complete=done,
        sha256=digest,
    )
    return row


def hand_in(row: CompletionList, *, actor: User, now: datetime) -> None:
    """Hand a list to the association. Raises CompletionRefused for one that is not the newest."""
    _lock(row.training_class)
    db.session.refresh(row, ["state"])
    if row.state == "handed":
        return
    if row.state != "made":
        raise CompletionRefused(_("这份名单已经不是最新的，或者已经处理过，不能再交。"))
    if not any(one.complete for one in row.entries):
        raise CompletionRefused(_("名单上还没有一个人结业，先把缺的补上再出一份。"))
    row.state, row.handed_by_id, row.handed_at = "handed", actor.id, now
    audit.record("completion.handed", row, actor=actor, now=now, sha256=row.sha256)


def accept(row: CompletionList, *, on: date, actor: User, now: datetime) -> None:
    """Accept a list; one accepted before for the class is replaced by it.

    Raises CompletionRefused for who made or handed it in or taught the class, for a list that is not
    waiting, or one whose rows no longer fit its hash.
    """
    _may_decide(row, on, actor)
    if row.state == "accepted":
        return
    _must_wait(row)
    if not is_untouched(row):
        raise CompletionRefused(_("名单内容和交来时的校验值不一样，不能接受。请查操作记录。"))
    for other in of_class(row.training_class):
        if other.state == "accepted":
            other.state = "replaced"
    db.session.flush()
    row.state, row.decided_by_id, row.decided_at = "accepted", actor.id, now
    audit.record("completion.accepted", row, actor=actor, now=now, sha256=row.sha256)


def give_back(
    row: CompletionList, faults: Mapping[str, str], *, on: date, actor: User, now: datetime
) -> None:
    """Return a list with faults by entry id. Raises CompletionRefused without one, or as `accept`."""
    _may_decide(row, on, actor)
    _must_wait(row)
    named = {key: text.strip() for key, text in faults.items() if text.strip()}
    entries = {one.id: one for one in row.entries}
    if not named or not named.keys() <= entries.keys():
        raise CompletionRefused(_("退回要写明问题，写在是谁的问题那一行。"))
    for key, text in named.items():
        entries[key].fault = text[:200]
    row.state, row.decided_by_id, row.decided_at = "returned", actor.id, now
    audit.record("completion.returned", row, actor=actor, now=now, faults=len(named))


def hash_of(class_id: str, rules: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of a list as canonical JSON: class, rules, people in order with figures."""
    said = {"class": class_id, "rules": rules, "entries": list(entries)}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_untouched(row: CompletionList) -> bool:
    """Tell whether a list's rows still fit the hash it was made with."""
    entries = [
        {"enrolment_id": one.enrolment_id, "complete": one.complete, "figures": one.figures}
        for one in row.entries
    ]
    return row.sha256 == hash_of(row.class_id, row.rules, entries)


def waiting() -> int:
    """Return how many lists wait for the association."""
    found = select(func.count()).select_from(CompletionList)
    return db.session.scalar(found.where(CompletionList.state == "handed")) or 0


def _found(people: Sequence[Enrolment], on: date) -> list[tuple[Enrolment, tuple[RuleLine, ...]]]:
    by_id = lines(people, on)
    return [(one, by_id[one.id]) for one in sorted(people, key=lambda one: one.id)]


def _frozen(enrolment: Enrolment, found: tuple[RuleLine, ...]) -> dict[str, Any]:
    figures = {one.code: {"met": one.met, "have": one.have, "need": one.need} for one in found}
    complete = all(one.met for one in found)
    return {"enrolment_id": enrolment.id, "complete": complete, "figures": figures}


def _may_decide(row: CompletionList, on: date, actor: User) -> None:
    _lock(row.training_class)
    db.session.refresh(row, ["state"])
    if actor.id in {row.made_by_id, row.handed_by_id}:
        raise CompletionRefused(_("这份名单是你出的或交的，要由协会的另一位来审。"))
    if row.class_id in taught_classes_within(actor, on):
        raise CompletionRefused(_("你教过这个班，要由没有教过的人来审。"))


def _must_wait(row: CompletionList) -> None:
    if row.state != "handed":
        raise CompletionRefused(_("这份名单不在待审的里面：还没交，或者已经处理过。"))


def _lock(training_class: TrainingClass) -> None:
    db.session.execute(
        select(TrainingClass.id).where(TrainingClass.id == training_class.id).with_for_update()
    )
