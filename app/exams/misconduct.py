"""Misconduct cases (违纪): notice, reply, hearing, decision, appeal; every step dated and kept.

The result is held from the notice until the case is dismissed; after an upheld case it stays held.
Who opened a case does not decide it, and who decided does not decide the appeal. Making an attempt
void in the room is another thing (`voiding.py`): it needs no case, and a case needs no void attempt.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import audit, clock, messages
from app.eligibility import impartiality
from app.errors import Refusal
from app.extensions import db
from app.formatting import show_moment
from app.models.exams import Attempt, Result, Sitting
from app.models.people import User
from app.models.room import MisconductCase, MisconductStep

LONGEST = 4000
APPEAL_DAYS = 15
OPEN = frozenset({"notice", "reply", "hearing"})
AFTER = {
    "reply": OPEN,
    "hearing": OPEN,
    "upheld": OPEN,
    "dismissed": OPEN,
    "appeal": frozenset({"upheld"}),
    "appeal_upheld": frozenset({"appeal"}),
    "appeal_dismissed": frozenset({"appeal"}),
}
"""Step -> the steps it may follow."""
BY_CANDIDATE = frozenset({"reply", "appeal"})
DECISIONS = frozenset({"upheld", "dismissed", "appeal_upheld", "appeal_dismissed"})
CLEARED = frozenset({"dismissed", "appeal_upheld"})
KINDS: dict[str, Any] = {
    "notice": _l("告知"),
    "reply": _l("考生申辩"),
    "hearing": _l("听取意见"),
    "upheld": _l("认定违纪"),
    "dismissed": _l("不认定"),
    "appeal": _l("考生申诉"),
    "appeal_upheld": _l("申诉成立，撤销认定"),
    "appeal_dismissed": _l("申诉不成立，维持认定"),
}


class CaseRefused(Refusal):
    """This step cannot be taken now, or not by this person."""


def standing(case: MisconductCase) -> str:
    """Return where a case stands: the kind of its last step."""
    return case.steps[-1].kind if case.steps else "notice"


def holds(case: MisconductCase) -> bool:
    """Tell whether a case holds the result back."""
    return standing(case) not in CLEARED


def open_case(
    attempt: Attempt, allegation: str, reply_days: int, *, actor: User, now: datetime
) -> MisconductCase:
    """Open a case and tell the candidate what is alleged and until when to reply.

    Raises CaseRefused without words, for less than 3 or more than 30 days, while the exam runs,
    while another case of the attempt is open, or once the result was released.
    """
    if not 3 <= reply_days <= 30:
        raise CaseRefused(_("申辩期限请填 3 到 30 天。"))
    # A release locks the sitting too: either it sees this case, or this sees its results released.
    db.session.execute(select(Sitting.id).where(Sitting.id == attempt.sitting_id).with_for_update())
    if attempt.state == "open":
        raise CaseRefused(_("考生还在答题。请先记录异常情况，交卷后再立案。"))
    if any(standing(case) in OPEN or standing(case) == "appeal" for case in of_attempt(attempt.id)):
        raise CaseRefused(_("这份答卷已经有一件没有办完的违纪案。"))
    released = select(Result.id).where(
        Result.attempt_id == attempt.id, Result.released_at.is_not(None)
    )
    if db.session.scalar(released):
        raise CaseRefused(_("成绩已经公布，不能在这里立案。请走更正或撤销证书的流程。"))
    case = MisconductCase(
        attempt_id=attempt.id,
        number=_new_number(now),
        allegation=_words(allegation),
        reply_due_at=now + timedelta(days=reply_days),
        opened_by_id=actor.id,
        opened_at=now,
    )
    db.session.add(case)
    db.session.flush()
    _write(case, "notice", case.allegation, actor=actor, now=now)
    return case


def add_step(
    case: MisconductCase, kind: str, text: str, *, actor: User, now: datetime
) -> MisconductStep:
    """Take one step of a case; the same once more changes nothing.

    Raises CaseRefused, and Impartial for a decider with ties.
    """
    locked = db.session.scalars(
        select(MisconductCase)
        .where(MisconductCase.id == case.id)
        .with_for_update(of=MisconductCase)
        .execution_options(populate_existing=True)
    ).one()
    last = locked.steps[-1]
    if (last.kind, last.text, last.by_id) == (kind, text.strip(), actor.id):
        return last  # the same once more: a double click
    if standing(locked) not in AFTER.get(kind, frozenset()):
        raise CaseRefused(_("案件已经到了别的阶段，这一步现在不能做。请刷新看最新的进展。"))
    is_own = actor.id == locked.attempt.user_id
    if is_own != (kind in BY_CANDIDATE):
        raise CaseRefused(_("申辩和申诉只能由考生本人提出，其他步骤不能由考生本人做。"))
    if kind in DECISIONS:
        _refuse_decider(locked, kind, actor, now)
    if kind == "appeal" and now > appeal_until(locked):
        raise CaseRefused(_("申诉期已过：决定后 %(n)d 天内可以申诉。", n=APPEAL_DAYS))
    return _write(locked, kind, _words(text), actor=actor, now=now)


def appeal_until(case: MisconductCase) -> datetime:
    """Return the last moment for an appeal against the latest decision."""
    return case.steps[-1].at + timedelta(days=APPEAL_DAYS)


def _refuse_decider(case: MisconductCase, kind: str, actor: User, now: datetime) -> None:
    if actor.id == case.opened_by_id:
        raise CaseRefused(_("这件案是你立的，要由另一个人决定。"))
    decided = {step.by_id for step in case.steps if step.kind in DECISIONS}
    if actor.id in decided:
        raise CaseRefused(_("原来的决定是你作的，申诉要由另一个人决定。"))
    heard = any(step.kind == "reply" for step in case.steps)
    until = show_moment(case.reply_due_at)
    if kind in {"upheld", "dismissed"} and not heard and now < case.reply_due_at:
        raise CaseRefused(_("申辩期到 %(until)s，考生还没有答复，现在不能决定。", until=until))
    if kind == "upheld" and now < case.reply_due_at:
        raise CaseRefused(
            _("申辩期到 %(until)s，考生在此之前还可以补充，不能认定违纪。", until=until)
        )
    today = clock.shanghai_date(now)
    impartiality.refuse_if_tied(actor, case.attempt.booking.user, today, _("决定违纪案"))


def _words(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise CaseRefused(_("请写明内容，最多 %(n)d 个字。", n=LONGEST))
    return text


def _write(
    case: MisconductCase, kind: str, text: str, *, actor: User, now: datetime
) -> MisconductStep:
    step = MisconductStep(case_id=case.id, kind=kind, text=text, by_id=actor.id, at=now)
    db.session.add(step)
    audit.record(f"case.{kind}", case, actor=actor, now=now, number=case.number)
    if kind not in BY_CANDIDATE:
        _tell(case, kind, now)
    db.session.flush()
    db.session.expire(case, ["steps"])
    return step


def _tell(case: MisconductCase, kind: str, now: datetime) -> None:
    user = db.session.get_one(Attempt, case.attempt_id).booking.user
    with force_locale(user.locale or "zh"):
        text = _(
            "违纪案 %(number)s 有新的进展：%(what)s。请登录后在“考试”里的“违纪处理”查看，你可以在那里申辩或申诉。",
            number=case.number,
            what=KINDS[kind],
        )
        messages.send(user, "exam.case", _("违纪处理的进展"), text, now=now)


def _new_number(now: datetime) -> str:
    """Return a number that no case has: the day, then four random digits."""
    while True:
        number = f"W{clock.shanghai_date(now):%y%m%d}{secrets.randbelow(10_000):04d}"
        if not db.session.scalar(select(MisconductCase.id).where(MisconductCase.number == number)):
            return number


def of_attempt(attempt_id: str) -> list[MisconductCase]:
    """Return an attempt's cases, the latest first."""
    return _found(select(MisconductCase).where(MisconductCase.attempt_id == attempt_id))


def of_person(user: User) -> list[MisconductCase]:
    """Return the cases about a person, the latest first."""
    own = select(MisconductCase).join(MisconductCase.attempt).where(Attempt.user_id == user.id)
    return _found(own)


def is_about(user: User) -> bool:
    """Tell whether there is any case about a person: one small query."""
    any_case = select(MisconductCase.id).join(MisconductCase.attempt)
    return db.session.scalar(any_case.where(Attempt.user_id == user.id).limit(1)) is not None


def everybody() -> list[MisconductCase]:
    """Return all cases, the latest first; the caller keeps to what may be seen."""
    return _found(select(MisconductCase))


def _found(wanted: Any) -> list[MisconductCase]:
    rows = wanted.options(selectinload(MisconductCase.steps)).order_by(
        MisconductCase.opened_at.desc(), MisconductCase.id
    )
    return list(db.session.scalars(rows))


def held_attempts(sitting_id: str) -> set[str]:
    """Return the attempts of a sitting whose results a case holds back."""
    here = select(MisconductCase).join(MisconductCase.attempt)
    cases = _found(here.where(Attempt.sitting_id == sitting_id))
    return {case.attempt_id for case in cases if holds(case)}
