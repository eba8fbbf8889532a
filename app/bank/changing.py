"""Change many questions at once: what is wished, what it would do to each, and why it is refused.

What can be changed is how questions are filed and whether they are used, never a word that candidates
read: such a change makes no new version, asks for no new review, and leaves papers and published exams as
they are. Where a question is filed stands on its entry and wins over what the version's body says
(`filing.py`). Carrying out and taking back is in `change_making.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Row, select

from app.bank import retiring, wording
from app.errors import Refusal
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionLabel
from app.models.people import User
from app.permissions import allows
from question_bank.folding import fold
from question_bank.question import BANDS

LONGEST_TAG = 40
LOOKED_UP = 500  # values in one IN (…)
TAGGING = frozenset({"tag", "untag"})
COLUMNS: dict[str, Any] = {
    "lesson": QuestionEntry.lesson_code,
    "domain": QuestionEntry.domain,
    "difficulty": QuestionEntry.difficulty,
    "review_by": QuestionEntry.review_by,
    "retire": QuestionEntry.status,
}
ACTIONS = ("tag", "untag", *COLUMNS)
_LESSON = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}")
NAMED = 5  # sittings in a sentence


class ChangeRefused(Refusal):
    """The change as a whole cannot be made; the sentence says what to do."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to do to many questions."""

    action: str
    value: str = ""
    reason: str = ""

    @property
    def aim(self) -> Any:
        """What the column, or the question's having the tag, is to become."""
        if self.action in TAGGING:
            return self.action == "tag"
        if self.action == "retire":
            return "retired"
        return date.fromisoformat(self.value) if self.action == "review_by" else self.value


@dataclass(frozen=True)
class Step:
    """One question that would change: from what to what."""

    entry_id: str
    code: str
    stem: str
    before: Any
    after: Any


@dataclass
class Plan:
    """What a wish would do to each question of a selection."""

    wish: Wish
    steps: list[Step] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Code and sentence of each question that stays as it is."""
    same: int = 0
    """Questions that are so already."""
    unseen: int = 0
    """Questions that this person cannot open, or that are not there."""

    @property
    def digest(self) -> str:
        """Tell whether a plan shown before still is the plan."""
        said = "\n".join(f"{one.entry_id} {one.before!r}" for one in self.steps)
        whole = f"{self.wish}\n{said}"
        return hashlib.sha256(whole.encode()).hexdigest()[:32]


def wish_of(values: Mapping[str, str], today: date) -> Wish:
    """Read what is wished from a form: `action`, and its value in `to_<action>`.

    Raises ChangeRefused with a sentence for what cannot be done.
    """
    action = values.get("action", "")
    if action not in ACTIONS:
        raise ChangeRefused(_("请选一种修改。"))
    value = values.get(f"to_{action}", "").strip()
    reason = values.get("reason", "").strip()[: retiring.LONGEST_REASON]
    if action == "retire":
        if not reason:
            raise ChangeRefused(_("请写明为什么停用，别人以后查得到。"))
        return Wish(action, "", reason)
    _CHECKS[action](value, today)
    return Wish(action, value, reason)


def _check_tag(value: str, _today: date) -> None:
    if not fold(value) or len(value) > LONGEST_TAG or not value.isprintable():
        raise ChangeRefused(_("标签写 1 到 %(n)d 个字，不能换行。", n=LONGEST_TAG))


def _check_lesson(value: str, _today: date) -> None:
    if not _LESSON.fullmatch(value):
        raise ChangeRefused(_("课的编号写成“模块.课”，例如 4.3。"))


def _check_domain(value: str, _today: date) -> None:
    if value not in wording.DOMAINS:
        raise ChangeRefused(_("请在列出的领域里选一个。"))


def _check_difficulty(value: str, _today: date) -> None:
    if value not in BANDS:
        raise ChangeRefused(_("难度请选易、中、难之一。"))


def _check_review_by(value: str, today: date) -> None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ChangeRefused(_("复查日期写成年-月-日，例如 2027-06-30。")) from None
    if day < today:
        raise ChangeRefused(_("复查日期已经过去，这些题会马上抽不到；请写今天或以后的日期。"))


_CHECKS: dict[str, Callable[[str, date], None]] = {
    "tag": _check_tag,
    "untag": _check_tag,
    "lesson": _check_lesson,
    "domain": _check_domain,
    "difficulty": _check_difficulty,
    "review_by": _check_review_by,
}


def plan(
    ids: Sequence[str], wish: Wish, *, actor: User, pools: Sequence[str], lock: bool = False
) -> Plan:
    """Return what a wish would do to each of these questions, by code; changes nothing.

    A few queries for each five hundred of them. `lock` keeps the rows for this transaction.
    """
    found = Plan(wish)
    for start in range(0, len(ids), LOOKED_UP):
        some = list(ids[start : start + LOOKED_UP])
        rows = _rows(some, pools, lock=lock)
        found.unseen += len(some) - len(rows)
        with force_locale("zh"):  # they may be kept: `kept_words` says them to whoever reads
            refusals = _refusals(rows, wish, actor)
        before = _values(rows, wish)
        for row in rows:
            if before[row.id] == wish.aim:
                found.same += 1
            elif row.id in refusals:
                found.refused.append((row.code, refusals[row.id]))
            else:
                found.steps.append(Step(row.id, row.code, row.stem, before[row.id], wish.aim))
    return found


def standing(
    ids: Sequence[str], wish: Wish, *, actor: User, pools: Sequence[str]
) -> dict[str, str]:
    """Return, by entry, why a wish that was carried out cannot be taken back; empty when it can.

    Locks the rows for this transaction. Questions that this person cannot open are left out.
    """
    rows = _rows(list(ids), pools, lock=True)
    values = _values(rows, wish)
    found = {}
    for row in rows:
        if values[row.id] != wish.aim:
            found[row.id] = _("后来又改过，保留现在的样子。")
        elif wish.action == "retire":
            may = allows(actor, "bank.activate")
            found[row.id] = "" if may else _("停用要由审题人或考务管理员来撤。")
        elif wish.action in TAGGING:
            found[row.id] = ""
        else:
            reviews = allows(actor, "bank.approve")
            found[row.id] = _why_not_refile(row, wish, reviews=reviews, actor=actor) or ""
    return found


def _rows(ids: list[str], pools: Sequence[str], *, lock: bool) -> Sequence[Row[Any]]:
    query = (
        select(
            QuestionEntry.id,
            QuestionEntry.code,
            QuestionEntry.stem,
            QuestionEntry.kind,
            QuestionEntry.status,
            QuestionEntry.author_id,
            *(column for name, column in COLUMNS.items() if name != "retire"),
        )
        .where(QuestionEntry.id.in_(ids), QuestionEntry.pool.in_(pools))
        .order_by(QuestionEntry.code)
    )
    return db.session.execute(query.with_for_update() if lock else query).all()


def _values(rows: Sequence[Row[Any]], wish: Wish) -> dict[str, Any]:
    """Return, by entry, what the wish would change, as it is now."""
    if wish.action not in TAGGING:
        name = COLUMNS[wish.action].key
        return {row.id: getattr(row, name) for row in rows}
    tagged = set(
        db.session.scalars(
            select(QuestionLabel.entry_id).where(
                QuestionLabel.entry_id.in_([row.id for row in rows]),
                QuestionLabel.kind == "tag",
                QuestionLabel.value == wish.value,
            )
        )
    )
    return {row.id: row.id in tagged for row in rows}


def _refusals(rows: Sequence[Row[Any]], wish: Wish, actor: User) -> dict[str, str]:
    """Return, by entry, why this person cannot do this to it."""
    if wish.action in TAGGING:
        return {}
    if wish.action == "retire":
        return dict(_unretirable(rows, actor))
    found = {}
    for row in rows:
        reason = _why_not_refile(row, wish, reviews=allows(actor, "bank.approve"), actor=actor)
        if reason is not None:
            found[row.id] = reason
    return found


def _unretirable(rows: Sequence[Row[Any]], actor: User) -> Iterator[tuple[str, str]]:
    if not allows(actor, "bank.activate"):
        yield from ((row.id, _("停用要由审题人或考务管理员来做。")) for row in rows)
        return
    sittings = retiring.open_sittings(row.id for row in rows)
    for row in rows:
        named = sittings.get(row.id, [])
        if named:
            more = [_("等 %(n)d 场", n=len(named))] if named[NAMED:] else []
            yield (
                row.id,
                _(
                    "还在没有结束的考试里：%(sittings)s。请等考试结束再停用。",
                    sittings=_("；").join([*named[:NAMED], *more]),
                ),
            )


def _why_not_refile(row: Row[Any], wish: Wish, *, reviews: bool, actor: User) -> str | None:
    """Return why a question's filing cannot be changed by this person, or None when it can."""
    reason: str | None = None
    if row.status == "retired":
        reason = _("已经停用，归类不再改。")
    elif not reviews and row.author_id != actor.id:
        reason = _("不是你写的题，归类要由审题人来改。")
    elif not reviews and row.status != "draft":
        reason = _("已经交审，归类要由审题人来改。")
    elif wish.action == "difficulty" and row.kind == "case_set":
        reason = _("案例题的难度写在每个小题上，请打开这一题改。")
    elif wish.action == "difficulty" and row.kind == "description":
        reason = _("说明文字不考，没有难度。")
    return reason
