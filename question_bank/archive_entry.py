"""One entry of a bank archive: its versions, and everything that was said about them. Read, write.

Times are UTC as ``2026-01-02T03:04:05.000006Z``; people are account ids of where it was written.
What may be left out is left out when empty, so that files stay small and equal content equal.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from question_bank.archive_fields import PERSON, Reading
from question_bank.body import dump
from question_bank.question import BANDS, LEVELS, POOLS, STATUSES, Question

ORIGINS = ("content", "browser", "import")
_CODE = re.compile(r"[^\s\[\]<>`]{1,40}")
_SHORT = 120  # characters of a tag


@dataclass(frozen=True, slots=True)
class ArchivedKey:
    """A numbered key of a version; key 1 came with it."""

    number: int
    key: Mapping[str, Any]
    by: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ArchivedReview:
    """One person's word on a version."""

    by: str
    at: datetime
    approves: bool
    stage: str = ""
    field: str = ""
    note: str = ""
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class ArchivedComment:
    """A remark on a version; ``answers`` is the ``id`` of the remark it answers."""

    id: str
    by: str
    at: datetime
    text: str
    answers: str = ""
    settled_by: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ArchivedVersion:
    """What could be shown, and what was said about it."""

    number: int
    question: Question
    by: str
    at: datetime
    keys: tuple[ArchivedKey, ...] = ()
    reviews: tuple[ArchivedReview, ...] = ()
    comments: tuple[ArchivedComment, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """How often it was shown on exam papers; answered, and right, in practice."""

    shown: int = 0
    answered: int = 0
    right: int = 0

    @property
    def share(self) -> float | None:
        """Give the share of right answers, None without answers."""
        return round(self.right / self.answered, 4) if self.answered else None


@dataclass(frozen=True, slots=True)
class Filed:
    """Where lists file an entry, which people may change without a new version."""

    domain: str = ""
    lesson: str = ""
    level: str = ""
    difficulty: str = ""
    review_by: date | None = None


@dataclass(frozen=True, slots=True)
class ArchivedEntry:
    """A place in the bank with all its versions, the current one by number."""

    code: str
    pool: str
    status: str
    origin: str
    current: int
    created_at: datetime
    changed_at: datetime
    versions: tuple[ArchivedVersion, ...]
    author: str = ""
    responsible: str = ""
    filed: Filed = field(default_factory=Filed)
    tags: tuple[str, ...] = ()
    figures: Figures = field(default_factory=Figures)
    was: str = ""  # the status it came with, where an installation could not take that over


def dump_entry(entry: ArchivedEntry) -> dict[str, Any]:
    """Give an entry as JSON; ``load_entry`` gives it back equal."""
    filed, figures = entry.filed, entry.figures
    return {
        "code": entry.code,
        "pool": entry.pool,
        "status": entry.status,
        "origin": entry.origin,
        "current": entry.current,
        "created_at": _time(entry.created_at),
        "changed_at": _time(entry.changed_at),
        **_filled(
            was=entry.was,
            author=entry.author,
            responsible=entry.responsible,
            tags=sorted(entry.tags),
        ),
        "filed": _filled(
            domain=filed.domain,
            lesson=filed.lesson,
            level=filed.level,
            difficulty=filed.difficulty,
            review_by=filed.review_by.isoformat() if filed.review_by else "",
        ),
        "statistics": {
            "shown": figures.shown,
            "answered": figures.answered,
            "right": figures.right,
            "share": figures.share,
        },
        "versions": [_dump_version(version) for version in entry.versions],
    }


def _dump_version(version: ArchivedVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "at": _time(version.at),
        **_filled(by=version.by),
        "body": dump(version.question),
        "keys": [
            {"number": one.number, "at": _time(one.at)}
            | _filled(by=one.by, reason=one.reason)
            | {"key": dict(one.key)}
            for one in version.keys
        ],
    } | dump_remarks(version.reviews, version.comments)


def dump_remarks(
    reviews: Iterable[ArchivedReview], comments: Iterable[ArchivedComment]
) -> dict[str, Any]:
    """Give reviews and comments as JSON; ``load_remarks`` gives them back equal."""
    return _filled(
        reviews=[
            {"by": one.by, "at": _time(one.at), "approves": one.approves}
            | _filled(stage=one.stage, field=one.field, note=one.note)
            | ({"demonstration": True} if one.demonstration else {})
            for one in reviews
        ],
        comments=[
            {"id": one.id, "by": one.by, "at": _time(one.at), "text": one.text}
            | _filled(answers=one.answers, settled_by=one.settled_by)
            | ({"settled_at": _time(one.settled_at)} if one.settled_at else {})
            for one in comments
        ],
    )


def load_remarks(
    told: object,
) -> tuple[tuple[ArchivedReview, ...], tuple[ArchivedComment, ...]]:
    """Read reviews and comments; EntryFaultError when something about them is wrong."""
    return _load_remarks(Reading(told, "", ""))


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", [], ())}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def load_entry(told: object) -> ArchivedEntry:
    """Read an entry; EntryFaultError names the first thing that is wrong with it."""
    reading = Reading(told, "", "")
    reading.code = reading.text("code", longest=40, pattern=_CODE)
    versions = tuple(_load_version(one) for one in reading.several("versions"))
    numbers = [version.number for version in versions]
    current = reading.whole("current")
    if sorted(set(numbers)) != numbers or current not in numbers:
        raise reading.fault("versions", "版本号应当从小到大、各不相同，并包含现行的版本。")
    filed = reading.inside("filed")
    figures = reading.inside("statistics")
    return ArchivedEntry(
        code=reading.code,
        pool=reading.one_of("pool", POOLS),
        status=reading.one_of("status", STATUSES),
        origin=reading.one_of("origin", ORIGINS),
        current=current,
        created_at=reading.time("created_at"),
        changed_at=reading.time("changed_at"),
        versions=versions,
        author=reading.person("author"),
        responsible=reading.person("responsible"),
        filed=Filed(
            domain=filed.text("domain", longest=4),
            lesson=filed.text("lesson", longest=10),
            level=filed.one_of("level", ("", *LEVELS)),
            difficulty=filed.one_of("difficulty", ("", *BANDS)),
            review_by=filed.day("review_by"),
        ),
        tags=tuple(sorted(set(reading.texts("tags", _SHORT)))),
        was=reading.one_of("was", ("", *STATUSES)),
        figures=Figures(*(figures.whole(one, least=0) for one in ("shown", "answered", "right"))),
    )


def _load_version(reading: Reading) -> ArchivedVersion:
    question = reading.question("body")
    for name, longest in (("language", 10), ("domain", 4), ("lesson", 10)):
        if len(getattr(question, name)) > longest:
            raise reading.fault(f"body.{name}", f"最多 {longest} 个字，请缩短。")
    keys = tuple(
        ArchivedKey(
            number=one.whole("number"),
            key=one.key("key", question),
            by=one.person("by"),
            at=one.time("at"),
            reason=one.text("reason", longest=300),
        )
        for one in reading.several("keys")
    )
    if [one.number for one in keys] != list(range(1, len(keys) + 1)) or not keys:
        raise reading.fault("keys", "评分答案应当从 1 起编号，至少有一个。")
    reviews, comments = _load_remarks(reading)
    return ArchivedVersion(
        number=reading.whole("number"),
        question=question,
        by=reading.person("by"),
        at=reading.time("at"),
        keys=keys,
        reviews=reviews,
        comments=comments,
    )


def _load_remarks(
    reading: Reading,
) -> tuple[tuple[ArchivedReview, ...], tuple[ArchivedComment, ...]]:
    return (
        tuple(_load_review(one) for one in reading.several("reviews")),
        tuple(_load_comment(one) for one in reading.several("comments")),
    )


def _load_review(reading: Reading) -> ArchivedReview:
    return ArchivedReview(
        by=reading.person("by", required=True),
        at=reading.time("at"),
        approves=reading.flag("approves"),
        stage=reading.one_of("stage", ("", "first_review", "final_review")),
        field=reading.one_of("field", ("", "clinical", "legal")),
        note=reading.text("note"),
        demonstration=reading.flag("demonstration"),
    )


def _load_comment(reading: Reading) -> ArchivedComment:
    settled = reading.has("settled_at")
    return ArchivedComment(
        id=reading.text("id", longest=16, pattern=PERSON),
        by=reading.person("by", required=True),
        at=reading.time("at"),
        text=reading.text("text"),
        answers=reading.person("answers"),
        settled_by=reading.person("settled_by"),
        settled_at=reading.time("settled_at") if settled else None,
    )
