"""Write and change questions in the browser: each saving is the next version, old ones stay.

Papers that were sat keep the version they were drawn with. Files are brought in by `syncing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.bank.filing import as_filed
from app.bank.versions import FROM_BROWSER, add_version, body_hash, make_current
from app.errors import Refusal
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.base import new_id
from app.models.exams import Booking, Paper, PaperSlot
from app.models.people import User
from app.saying import all_said
from question_bank import Fault, Question, QuestionError, check, dump, load

DOUBLE_CLICK = timedelta(minutes=1)


class WritingRefused(Refusal):
    """The question cannot be saved as asked."""


class Outdated(WritingRefused):
    """Somebody else saved another version in between; nothing was saved."""


class NothingChanged(WritingRefused):
    """The question is as it was; nothing was saved."""


class FaultyQuestion(WritingRefused):
    """The question cannot be asked or marked; `faults` names each place."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(all_said(fault.message for fault in faults))


def new_code(lesson: str) -> str:
    """Return a code for a question written in the browser: `w43-` and five random signs."""
    return f"w{lesson.replace('.', '')}-{new_id()[:5]}"


def named(question: Question, code: str) -> Question:
    """Return a new question under its code; the parts of a case are named after it."""
    start = len(question.id)
    parts = tuple(replace(part, id=f"{code}{part.id[start:]}") for part in question.parts)
    return replace(question, id=code, parts=parts)


def create(question: Question, *, actor: User, now: datetime) -> QuestionEntry:
    """Save a new question as a draft of its author.

    Raises FaultyQuestion; WritingRefused when the code is taken, or when the author saved the
    very same a moment ago.
    """
    _refuse_faulty(question)
    _refuse_second_click(question, actor, now)
    taken = select(QuestionEntry.id).where(QuestionEntry.code == question.id)
    if db.session.scalar(taken) is not None:
        raise WritingRefused(_("编号 %(code)s 已有一道题，请换一个。", code=question.id))
    entry = QuestionEntry(
        code=question.id,
        pool=question.pool,
        origin=FROM_BROWSER,
        author_id=actor.id,
        created_at=now,
    )
    draft = replace(question, version=1, status="draft")
    make_current(entry, draft, 1, now=now)
    db.session.add(entry)
    add_version(entry, draft, 1, author=actor, now=now)
    audit.record("question.created", entry, actor=actor, now=now, version=1, origin=FROM_BROWSER)
    return entry


def _refuse_second_click(question: Question, author: User, now: datetime) -> None:
    """Raise WritingRefused for what the author saved within the last minute, code apart."""
    recent = select(QuestionEntry).where(
        QuestionEntry.author_id == author.id, QuestionEntry.created_at > now - DOUBLE_CLICK
    )
    for entry in db.session.scalars(recent):
        first = load(get_version(entry, 1).body)
        if _same(replace(question, id=first.id), first):
            raise WritingRefused(
                _(
                    "这道题刚刚已存为 %(code)s，没有再存一份。要修改，请打开那一题。",
                    code=entry.code,
                )
            )


def save(
    entry: QuestionEntry, question: Question, *, base: int, actor: User, now: datetime
) -> QuestionVersion:
    """Save a changed question as the next version; it waits for approval again.

    `base` is the version the person began from. The same text sent twice is saved once: then the
    version is the one that stands. Raises Outdated when somebody else saved in between,
    WritingRefused when nothing changed, the question is retired, or id, kind or pool would change.
    """
    lock(entry)
    if entry.status == "retired":
        raise WritingRefused(
            _("%(code)s 已停用，不能再改；请先恢复成草稿，或另写一题。", code=entry.code)
        )
    stands = get_version(entry, entry.current_number)
    if base != entry.current_number:
        if stands.created_by_id == actor.id and _same(question, as_filed(entry, load(stands.body))):
            return stands
        raise Outdated(
            _(
                "你打开第 %(base)d 版之后，有人存了第 %(now)d 版。没有保存，"
                "免得盖掉别人的修改；请先看新版，再改一次。",
                base=base,
                now=entry.current_number,
            )
        )
    if (question.id, question.kind, question.pool) != (entry.code, entry.kind, entry.pool):
        raise WritingRefused(_("编号、题型、题池不能改；要换，请另写一题，再停用这一题。"))
    _refuse_faulty(question)
    if _same(question, as_filed(entry, load(stands.body))):
        raise NothingChanged(_("和第 %(n)d 版一样，没有要保存的。", n=entry.current_number))
    return _add_current(entry, question, actor=actor, now=now)


def adopt(
    entry: QuestionEntry, version: QuestionVersion, *, actor: User, now: datetime
) -> QuestionVersion:
    """Make a waiting version from a file the current one; it goes through approval as any.

    Raises WritingRefused when it is not newer than the current version.
    """
    lock(entry)
    if version.entry_id != entry.id or version.number <= entry.current_number:
        raise WritingRefused(_("只能采用比现行版本新的一版。"))
    if entry.status == "retired":
        raise WritingRefused(
            _("%(code)s 已停用，不能再改；请先恢复成草稿，或另写一题。", code=entry.code)
        )
    question = load(version.body)
    if question.kind != entry.kind:
        raise WritingRefused(_("这一版换了题型，不能采用；请另写一题，再停用这一题。"))
    make_current(entry, question, version.number, now=now)
    audit.record("question.adopted", version, actor=actor, now=now)
    return version


def uses(entry: QuestionEntry) -> dict[str, tuple[int, int]]:
    """Return, by version id, in how many sittings and on how many papers it was drawn."""
    rows = db.session.execute(
        select(
            PaperSlot.version_id,
            func.count(Booking.sitting_id.distinct()),
            func.count(Paper.id.distinct()),
        )
        .join(Paper, Paper.id == PaperSlot.paper_id)
        .join(Booking, Booking.id == Paper.booking_id)
        .join(QuestionVersion, QuestionVersion.id == PaperSlot.version_id)
        .where(QuestionVersion.entry_id == entry.id)
        .group_by(PaperSlot.version_id)
    )
    return {version: (sittings, papers) for version, sittings, papers in rows}


def name_of(user_id: str | None) -> str:
    """Return a person's name; of a version that came with a file none."""
    return db.session.scalar(select(User.name).where(User.id == user_id)) or ""


def get_version(entry: QuestionEntry, number: int) -> QuestionVersion:
    """Return one version of an entry; raises NoResultFound."""
    query = select(QuestionVersion).where(
        QuestionVersion.entry_id == entry.id, QuestionVersion.number == number
    )
    return db.session.scalars(query).one()


def _add_current(
    entry: QuestionEntry, question: Question, *, actor: User, now: datetime
) -> QuestionVersion:
    last = db.session.scalar(
        select(func.max(QuestionVersion.number)).where(QuestionVersion.entry_id == entry.id)
    )
    number = int(last or 0) + 1
    draft = replace(question, version=number, status="draft")
    version = add_version(entry, draft, number, author=actor, now=now)
    make_current(entry, draft, number, now=now)
    audit.record(
        "question.version_added", entry, actor=actor, now=now, version=number, origin=FROM_BROWSER
    )
    return version


def lock(entry: QuestionEntry) -> None:
    """Read an entry anew and keep it from others until the transaction ends."""
    db.session.flush()  # refreshing forgets what was not written yet
    db.session.refresh(entry, with_for_update=True)


def _refuse_faulty(question: Question) -> None:
    faults = check(question)
    if faults:
        raise FaultyQuestion(faults)
    try:
        # What cannot be read back (a control character, a text too long) must not be stored.
        load(dump(question))
    except QuestionError as error:
        raise FaultyQuestion(error.faults) from None


def _same(question: Question, before: Question) -> bool:
    alike = replace(question, version=before.version, status=before.status)
    return body_hash(dump(alike)) == body_hash(dump(before))
