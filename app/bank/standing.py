"""Where a question stands on its way through review: the stages, who did what when, who is awaited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select

from app.bank import wording
from app.bank.approving import USABLE
from app.bank.handing_in import needs_responsible
from app.bank.reviewers import CLINICAL, FIELD_ROLES, fields_needed
from app.extensions import db
from app.models.bank import Approval, QuestionEntry, QuestionVersion
from app.models.journal import AuditLine

MOST_EVENTS = 40
EVENTS: dict[str, Any] = {
    "question.created": lazy_gettext("新建"),
    "question.version_added": lazy_gettext("存了新的一版"),
    "question.adopted": lazy_gettext("采用文件里的新版"),
    "question.handed_in": lazy_gettext("送审并负责"),
    "question.approved": lazy_gettext("审核通过"),
    "question.returned": lazy_gettext("退回修改"),
    "question.activated": lazy_gettext("试测转启用"),
    "question.retired": lazy_gettext("停用"),
    "question.reopened": lazy_gettext("恢复成草稿"),
}
ORDER = ("draft", "first_review", "final_review", "trial", "active")
FIELDS: dict[str, Any] = {
    CLINICAL: lazy_gettext("临床审题人"),
    "legal": lazy_gettext("法律审题人"),
}


@dataclass(frozen=True)
class Step:
    """One stage on the way: its word, `done`, `now` or `todo`, and who took it."""

    word: str
    state: str
    who: str = ""


def steps(version: QuestionVersion, names: Mapping[str, str]) -> list[Step]:
    """Return the stages with who took each; a question that skipped the trial has no such stage."""
    entry = version.entry
    given = _given(version)
    writer = names.get(entry.responsible_id or version.created_by_id or entry.author_id or "", "")
    who = {
        "draft": writer or _("随文件"),
        "first_review": _named(given[:1], names),
        "final_review": _named(given[1:2], names),
    }
    shown = [
        s for s in ORDER if s != "trial" or (entry.status != "active" and entry.pool == "live")
    ]
    words = {
        "draft": _("草稿"),
        "first_review": _("初审"),
        "final_review": _("终审"),
        "trial": _("试测"),
        "active": _("启用"),
    }
    if entry.status == "retired":
        return [Step(words["draft"], "done", who["draft"]), Step(_("停用"), "now")]
    at = ORDER.index(entry.status)
    found = []
    for stage in shown:
        place = ORDER.index(stage)
        state = "done" if place < at else "now" if place == at else "todo"
        found.append(Step(words[stage], state, who.get(stage, "") if place <= at else ""))
    return found


def awaited(version: QuestionVersion, on: date) -> str:
    """Say in a sentence who is waited for; empty when nobody is."""
    entry = version.entry
    sentence: str = ""
    if entry.status == "draft":
        sentence = _awaited_draft(version)
    elif entry.status in ("first_review", "final_review"):
        first = entry.status == "first_review"
        sentence = _("等一位审题人初审。") if first else _("等另一位审题人终审。")
        missing = fields_needed(entry, on) - {word.field for word in _given(version)}
        if missing:
            fields = _("和").join(str(FIELDS[one]) for one in FIELD_ROLES if one in missing)
            sentence += _("审题人里还要有%(fields)s。", fields=fields)
    elif entry.status == "trial":
        sentence = _("试测中：考生会遇到，不计分。等审题人或考务管理员看过结果，决定启用。")
    if entry.status in USABLE and entry.review_by is not None and entry.review_by < on:
        sentence = _("复核日期已过，不再进入考试和练习。请改成新的一版，或停用。")
    return sentence


def _awaited_draft(version: QuestionVersion) -> str:
    sentence: str = _("等命题人送审。")
    if any(not word.approves for word in version.approvals):
        sentence = _("已退回。等命题人改成新的一版，再送审。")
    elif needs_responsible(version.entry):
        sentence = _("等一位命题人读过、负责，再送审。")
    return sentence


@dataclass(frozen=True)
class Event:
    """One act on a question, from the trail."""

    word: str
    line: AuditLine

    @property
    def reason(self) -> str:
        """Return why, where the act has a reason."""
        return str(self.line.details.get("reason", ""))


def events(entry: QuestionEntry) -> list[Event]:
    """Return who did what when, the newest first, in one query."""
    ids = [entry.id, *(version.id for version in entry.versions)]
    lines = db.session.scalars(
        select(AuditLine)
        .where(AuditLine.object_id.in_(ids), AuditLine.action.in_(EVENTS))
        .order_by(AuditLine.id.desc())
        .limit(MOST_EVENTS)
    )
    return [Event(_event_word(line), line) for line in lines]


def _event_word(line: AuditLine) -> str:
    word = str(EVENTS[line.action])
    then = str(line.details.get("then", ""))
    if then in wording.STATUSES:
        word = _("%(act)s，到“%(status)s”", act=word, status=str(wording.STATUSES[then]))
    return word


def _given(version: QuestionVersion) -> list[Approval]:
    given = [word for word in version.approvals if word.approves]
    return sorted(given, key=lambda word: word.given_at)


def _named(words: list[Approval], names: Mapping[str, str]) -> str:
    return "".join(names.get(word.reviewer_id, "") for word in words)
