"""Questions as rows: an entry, its versions that never change, their numbered keys, their review.

What lists, searches and draws need of a version (`facts`, labels, search words) is stored beside it,
so that none of them reads twenty thousand bodies.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.people import User


class QuestionEntry(RandomId, Base):
    """A place in the bank: what stays the same while versions follow each other."""

    __tablename__ = "question_entry"
    # By pool, and with what filters offer: read from the index alone.
    __table_args__ = (
        Index("ix_question_entry_filed", "pool", "lesson_code", "domain", "language", "author_id"),
    )
    __retention__ = "content"
    code: Mapped[str] = mapped_column(String(40), unique=True)
    pool: Mapped[str] = mapped_column(String(10))
    """`live` or `practice`; an entry never moves from one to the other."""
    kind: Mapped[str] = mapped_column(String(20))
    domain: Mapped[str] = mapped_column(String(4))
    level: Mapped[str] = mapped_column(String(10))
    lesson_code: Mapped[str] = mapped_column(String(10), index=True)
    stem: Mapped[str] = mapped_column(Text)
    """The current version's stem or scene, for lists."""
    status: Mapped[str] = mapped_column(String(20), index=True)
    """`draft`, `first_review`, `final_review`, `trial`, `active`, `retired`."""
    origin: Mapped[str] = mapped_column(String(10))
    """`content` (a file that ships), `browser`, or `import` (an instructor's file)."""
    difficulty: Mapped[str] = mapped_column(String(10), default="")
    """The estimated band of the current version: `easy`, `medium`, `hard`, or none."""
    language: Mapped[str] = mapped_column(String(10), default="zh-CN")
    writer_kind: Mapped[str] = mapped_column(String(12), default="human")
    """`human` or `ai_drafted`: text drafted by a machine needs a named person who answers for it."""
    responsible_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    """Who handed it in for review and answers for it; never one of its reviewers."""
    asks_clinical: Mapped[bool] = mapped_column(default=False)
    asks_legal: Mapped[bool] = mapped_column(default=False)
    """The current version itself asks for a clinical or legal reviewer, whatever its domain."""
    flaws: Mapped[list[Any]] = mapped_column(default=list)
    """Codes of the writing rules that the current version breaks."""
    times_shown: Mapped[int] = mapped_column(default=0)
    """Papers started with it inside the exposure window: counted by a duty, never by a page."""
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    """None for a question that came with the product: its writer is named in the body."""
    current_number: Mapped[int] = mapped_column(default=1)
    review_by: Mapped[date | None] = mapped_column(index=True)
    carried: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What an archive of another installation said and no row here can: status, people, figures."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    """When a version was saved or the status changed, for lists and for the worker."""

    labels: Mapped[list[QuestionLabel]] = relationship(cascade="all, delete-orphan")
    search: Mapped[QuestionSearch | None] = relationship(cascade="all, delete-orphan")
    versions: Mapped[list[QuestionVersion]] = relationship(
        back_populates="entry", order_by="QuestionVersion.number"
    )


class QuestionSearch(Base):
    """What the current version is found by, apart from the entry so that lists stay narrow."""

    __tablename__ = "question_search"
    __retention__ = "content"
    entry_id: Mapped[str] = mapped_column(ForeignKey("question_entry.id"), primary_key=True)
    names: Mapped[str] = mapped_column(Text, default="")
    """Code, tags, clauses and sources, folded, a line each (`app/bank/searching.py`)."""
    words: Mapped[str] = mapped_column(Text, default="")
    """What the question and its explanations say, folded, a line each piece."""
    initials: Mapped[str] = mapped_column(Text, default="")
    """First letters of the pinyin of `words`."""
    sounds: Mapped[str] = mapped_column(Text, default="")
    """That pinyin itself, a space before each syllable."""
    alike: Mapped[str] = mapped_column(Text, default="")
    """`question_bank.duplicates.text_of`: what near-duplicates are found by (`app/bank/alike.py`)."""


class QuestionLabel(Base):
    """One word by which lists are filtered: a tag people gave, or what the current version names."""

    __tablename__ = "question_label"
    __table_args__ = (Index("ix_question_label_value", "kind", "value"),)
    __retention__ = "content"
    entry_id: Mapped[str] = mapped_column(ForeignKey("question_entry.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    """`tag` (set in the browser), `clause`, `source`, `lesson` (also taught there), `medium`
    (the SHA-256 of a picture or sound of any version: who may open the question may fetch it)."""
    value: Mapped[str] = mapped_column(String(120), primary_key=True)


class QuestionVersion(RandomId, Base):
    """What a candidate can be shown. Written once, never changed."""

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)
    __retention__ = "content"
    entry_id: Mapped[str] = mapped_column(ForeignKey("question_entry.id"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    """The one JSON body of `question_bank.dump`, key and explanations included."""
    body_hash: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    """The same for the same content, whatever its code, version and status."""
    facts: Mapped[dict[str, Any]]
    """`question_bank.dump_facts`, with the entry's code: what a draw reads instead of the body."""
    carried: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Reviews and remarks of people unknown here, as an archive brought them. They count nothing."""
    created_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]

    entry: Mapped[QuestionEntry] = relationship(back_populates="versions")
    approvals: Mapped[list[Approval]] = relationship(back_populates="version")


class MarkingKey(RandomId, Base):
    """A numbered key to an unchanged version: a wrong key is mended by the next number."""

    __tablename__ = "marking_key"
    __table_args__ = (UniqueConstraint("version_id", "number"),)
    __retention__ = "content"
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"))
    number: Mapped[int]
    key: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(300), default="")
    set_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime]

    version: Mapped[QuestionVersion] = relationship()


class Approval(RandomId, Base):
    """One named person's word on one version. Two approvals by two people, neither the author."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("version_id", "reviewer_id"),)
    __retention__ = "content"
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"))
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    stage: Mapped[str] = mapped_column(String(20), default="")
    """The stage it was given in: `first_review` or `final_review`."""
    field: Mapped[str] = mapped_column(String(10), default="")
    """`clinical` or `legal` where the reviewer spoke as one; empty for the plain reviewer."""
    approves: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    demonstration: Mapped[bool] = mapped_column(default=False)
    """True for approvals the demonstration gave: they never count in production."""
    given_at: Mapped[datetime]

    version: Mapped[QuestionVersion] = relationship(back_populates="approvals")


class ReviewComment(RandomId, Base):
    """A remark on one version; an answer names the remark it answers. Kept with the version."""

    __tablename__ = "review_comment"
    __retention__ = "content"
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("review_comment.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))


class ChangeList(RandomId, Base):
    """One act on many questions: what it did to each, so that it can be undone."""

    __tablename__ = "change_list"
    __retention__ = "content"
    action: Mapped[str] = mapped_column(String(20))
    """`tag`, `untag`, `lesson`, `domain`, `difficulty`, `review_by`, `retire`."""
    value: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(12), default="done")
    """`doing`, `done`, `undoing`, `undone`; the first and third while the worker is at it."""
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id"))
    refused: Mapped[list[Any]] = mapped_column(default=list)
    """Questions left as they were, as [code, sentence]."""
    made_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(index=True)
    undone_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None]

    changes: Mapped[list[Change]] = relationship(back_populates="change_list")
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])


class Change(Base):
    """What an act changed on one question, before and after."""

    __tablename__ = "change"
    __retention__ = "content"
    change_list_id: Mapped[str] = mapped_column(ForeignKey("change_list.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("question_entry.id"), primary_key=True)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    outcome: Mapped[str] = mapped_column(String(200), default="")
    """Of undoing: `undone`, or the sentence why the question was left as it is."""

    change_list: Mapped[ChangeList] = relationship(back_populates="changes")
    entry: Mapped[QuestionEntry] = relationship()


class QuestionImport(RandomId, Base):
    """A file of questions on its way in. Until it is taken the bank knows nothing of it."""

    __tablename__ = "question_import"
    __retention__ = "passing"
    owner_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(20), default="")
    """As asked for; empty until found out."""
    encoding: Mapped[str] = mapped_column(String(20), default="")
    sha256: Mapped[str] = mapped_column(String(64))
    blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    defaults: Mapped[dict[str, Any]]
    """Pool, domain, lesson and level for questions that name none."""
    state: Mapped[str] = mapped_column(String(12), index=True)
    """`reading`, `ready`, `taking`, `taken`, `dropped`, `failed`."""
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id"))
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Problems and skipped questions with their places, and the counts of what was taken."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    questions: Mapped[list[ImportedQuestion]] = relationship(order_by="ImportedQuestion.number")


class ImportedQuestion(Base):
    """One question of a file, as read, with what is known about it before anyone decides."""

    __tablename__ = "imported_question"
    __retention__ = "passing"
    import_id: Mapped[str] = mapped_column(ForeignKey("question_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(String(300))
    source_kind: Mapped[str] = mapped_column(String(40), default="")
    body: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    standing: Mapped[str] = mapped_column(String(12))
    """`new`, `same` (already in the bank), `changed` (a known code), `alike` (near another)."""
    alike: Mapped[list[Any]] = mapped_column(default=list)
    """Near-duplicates as [code, score in per cent, `bank` or `file`], nearest first."""
    flaws: Mapped[list[Any]] = mapped_column(default=list)
    decision: Mapped[str] = mapped_column(String(12), default="take")
    """`take`, `merge` (as the next version of the nearest), `skip`."""
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("question_entry.id"))
    """What it became."""


class ExamBlueprint(RandomId, Base):
    """双向细目表: domains × kinds with counts and marks, and shares of thinking levels."""

    __tablename__ = "exam_blueprint"
    __retention__ = "content"
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(150), default="")
    body: Mapped[dict[str, Any]]
    """`question_bank.blueprint` as JSON."""
    origin: Mapped[str] = mapped_column(String(10))
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
