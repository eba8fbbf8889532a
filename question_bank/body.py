"""load() and dump(): a question to and from one JSON body. The only crossing to storage.

COMPATIBILITY. A body carries ``format: peizhen.question`` and ``format_version: MAJOR.MINOR``.

* A minor step only adds optional fields, kinds or rules; it never renames, removes or changes the
  meaning of anything. A major step comes with a converter; another major is refused.
* In a body of our own or an older minor an unknown field is an error (it is a typing mistake),
  except fields beginning with ``x_``, which are kept.
* From a newer minor, fields we do not know are kept and written back, and the version with them.
  A kind or a rule we do not know is refused, and so is an unknown field inside ``scoring``:
  nothing is marked by a guess.
* ``load(dump(q)) == q``. Fields left out mean their default, empty or null.

* Version 1.0 is read as 1.1 is: what 1.1 added was refused by 1.0, so nothing can be misread.

load() judges form (types, words, dates). Whether the question can be asked, for instance that it
has a key, is ``check()``: an unfinished draft must be storable.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from question_bank.fields import Fields, KeptFields, read_version
from question_bank.kinds import FORMAT_KINDS, KINDS
from question_bank.kinds.base import BY_NOBODY, Kind
from question_bank.marking import PRACTICE_RULES
from question_bank.media import media_faults, read_media, write_media
from question_bank.question import (
    BANDS,
    LEVELS,
    POOLS,
    STATUSES,
    WRITER_KINDS,
    Difficulty,
    Fault,
    Question,
    QuestionError,
    Source,
    UnsupportedKindError,
    Writer,
)
from question_bank.visible import stem_faults

FORMAT = "peizhen.question"
VERSION = (1, 1)  # 1.1 added numeric, short_answer, upload, description, weights and media
FORMAT_VERSION = f"{VERSION[0]}.{VERSION[1]}"

# What a part may say for itself; left out, the case's value holds.
PART_MAY_SAY = (
    "lesson",
    "also_lessons",
    "section",
    "headings",
    "clauses",
    "sources",
    "media",
    "shuffle",
)
# What belongs to the case as a whole, so that a part can never leave it or be dated apart from it.
_OF_THE_CASE = (
    "pool",
    "domain",
    "version",
    "language",
    "status",
    "review_by",
    "writer",
    "reviewers_needed",
    "reviewed",
    "format_version",
)


def load(body: Mapping[str, Any]) -> Question:
    """Read a question; raise QuestionError with every fault found.

    UnsupportedKindError when only the kind is beyond this program.
    """
    if not isinstance(body, Mapping):
        raise QuestionError([Fault((), "一道题应当是“字段: 值”的形式。")])
    faults: list[Fault] = []
    top = Fields(body, (), faults, keep_unknown=False)
    version = read_version(top, FORMAT, VERSION)
    if version is None:
        raise QuestionError(faults)
    top.keep_unknown = version[1]
    question = _load_question(top, version[0], None)
    _check_sources(question, faults)
    if faults:
        raise QuestionError(faults)
    return question


def load_kept(body: Mapping[str, Any]) -> Question:
    """Read a body that `load` took before and that was kept as it was, in half the time.

    Never for a body that comes from outside: form is not judged, only what cannot be read is refused.
    """
    if body.get("format_version") != FORMAT_VERSION:
        return load(body)  # of another version fields may be unknown to us
    faults: list[Fault] = []
    question = _load_question(KeptFields(body, faults), FORMAT_VERSION, None)
    if faults:
        raise QuestionError(faults)
    return question


def _load_question(fields: Fields, format_version: str, case: Question | None) -> Question:
    kind = _kind_of(fields, inside_case=case is not None)
    values: dict[str, Any] = {
        "format_version": format_version,
        "id": fields.text("id", required=True),
        "kind": kind.name,
    }
    values |= _taught_fields(fields)
    if case is None:
        values |= _record_fields(fields)
    if not kind.has_parts:
        values |= _asked_fields(fields, kind)
    values |= kind.read(fields)
    if case is not None:
        values |= {name: getattr(case, name) for name in _OF_THE_CASE}
        values |= {name: getattr(case, name) for name in PART_MAY_SAY if not fields.has(name)}
    openings = fields.mappings("questions") if kind.has_parts else []
    question = Question(**values, extra=fields.rest())
    if not openings:
        return question
    parts = tuple(_load_question(opening, format_version, question) for opening in openings)
    return replace(question, parts=parts)


def _check_sources(question: Question, faults: list[Fault]) -> None:
    """One id means one source in the whole question, or it could not be written to a file."""
    told: dict[str, Source] = {}
    for one in (question, *question.parts):
        for source in one.sources:
            if told.setdefault(source.id, source) != source:
                message = f"来源编号 {source.id} 用在两个不同的来源上，请改掉一个。"
                faults.append(Fault(("sources",), message))


def _kind_of(fields: Fields, *, inside_case: bool) -> Kind:
    name = fields.take("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        known = name in FORMAT_KINDS or fields.keep_unknown
        message = (
            f"本系统还不能使用题型 {name}，这道题没有读入。"
            if known
            else f"没有题型“{name}”，请检查拼写；可用：{'、'.join(KINDS)}。"
        )
        raise UnsupportedKindError(str(name), fields.path, message)
    if inside_case and kind.has_parts:
        raise QuestionError([Fault((*fields.path, "kind"), "案例里面不能再放案例，请拆开。")])
    return kind


def _taught_fields(fields: Fields) -> dict[str, Any]:
    """Read where the question belongs, and why its key is right; a part may have these too."""
    return {
        "lesson": fields.text("lesson"),
        "also_lessons": fields.texts("also_lessons"),
        "section": fields.text("section"),
        "objective": fields.text("objective"),
        "headings": fields.texts("headings"),
        "clauses": fields.texts("clauses"),
        "sources": tuple(_read_source(source) for source in fields.mappings("sources")),
        "media": read_media(fields),
        "shuffle": fields.flag("shuffle", default=True),
        "explanation": fields.text("explanation"),
    }


def _record_fields(fields: Fields) -> dict[str, Any]:
    """Read what concerns the whole question and never a part of it."""
    writer = fields.mapping("writer")
    if not fields.has("lesson"):
        fields.fault("lesson", '缺少 lesson，请写明所属的课，例如 "4.3"。')
    return {
        "version": fields.whole("version", default=1),
        "pool": fields.one_of("pool", POOLS),
        "domain": fields.text("domain", required=True),
        "language": fields.text("language") or "zh-CN",
        "status": fields.one_of("status", STATUSES, default="draft"),
        "enemies": fields.texts("enemies"),
        "review_by": fields.day("review_by"),
        "writer": _read_writer(writer) if writer is not None else Writer(),
        "reviewers_needed": fields.texts("reviewers_needed"),
        "reviewed": tuple(dict(review.body) for review in fields.mappings("reviewed")),
    }


def _asked_fields(fields: Fields, kind: Kind) -> dict[str, Any]:
    stem = {"stem": fields.text("stem", required=True)}
    if kind.marked_by == BY_NOBODY:
        return stem
    difficulty = fields.mapping("difficulty")
    return stem | {
        "level": fields.one_of("level", LEVELS),
        "difficulty": _read_difficulty(difficulty) if difficulty is not None else None,
        "rule": _read_rule(fields, kind),
    }


def _read_rule(fields: Fields, kind: Kind) -> str:
    scoring = fields.mapping("scoring")
    if scoring is None:
        return ""
    scoring.keep_unknown = False
    if not kind.rules:
        fields.fault("scoring", f"{kind.label}由人评分，没有计分规则，请删去 scoring。")
        return ""
    rule = scoring.one_of("rule", kind.rules, default=kind.rules[0])
    scoring.rest()
    return rule


def _read_writer(fields: Fields) -> Writer:
    return Writer(
        kind=fields.one_of("kind", WRITER_KINDS),
        approved_by=fields.optional_text("approved_by"),
        extra=fields.rest(),
    )


def _read_difficulty(fields: Fields) -> Difficulty:
    p = fields.take("p")
    if p is not None and (isinstance(p, bool) or not isinstance(p, int | float) or not 0 <= p <= 1):
        fields.fault("p", "p 是估计的答对比例，应当在 0 和 1 之间。")
        p = None
    return Difficulty(
        band=fields.one_of("band", BANDS),
        p=None if p is None else float(p),
        extra=fields.rest(),
    )


def _read_source(fields: Fields) -> Source:
    return Source(
        id=fields.text("id", required=True),
        title=fields.text("title", required=True),
        issuer=fields.text("issuer"),
        date=fields.day("date"),
        date_kind=fields.text("date_kind"),
        note=fields.text("note"),
        extra=fields.rest(),
    )


def dump(question: Question) -> dict[str, Any]:
    """Write the one JSON body of a question; what equals its default is left out."""
    return {
        "format": FORMAT,
        "format_version": question.format_version,
        "id": question.id,
        "version": question.version,
        "pool": question.pool,
        "kind": question.kind,
        "domain": question.domain,
        **_dump_content(question, None),
        **_dump_record(question),
    }


def _dump_record(question: Question) -> dict[str, Any]:
    writer = {"kind": question.writer.kind, "approved_by": question.writer.approved_by}
    return {
        "language": question.language,
        "status": question.status,
        "writer": writer | dict(question.writer.extra),
    } | _filled(
        review_by=question.review_by.isoformat() if question.review_by else None,
        reviewers_needed=list(question.reviewers_needed),
        reviewed=[dict(review) for review in question.reviewed],
        enemies=list(question.enemies),
    )


def _dump_content(question: Question, case: Question | None) -> dict[str, Any]:
    kind = KINDS[question.kind]
    body = _dump_taught(question)
    if case is not None:
        inherited = _dump_taught(case)
        body = {
            name: value
            for name, value in body.items()
            if name not in PART_MAY_SAY or value != inherited[name]
        }
    body = {
        name: value
        for name, value in body.items()
        # A part that empties what its case says must say so; elsewhere empty is the default.
        if value not in ("", []) or (case is not None and name in PART_MAY_SAY)
    }
    if body.get("shuffle") is True and case is None:
        del body["shuffle"]
    body |= _dump_asked(question)
    body |= kind.write(question)
    body |= _filled(explanation=question.explanation)
    if question.parts:
        body["questions"] = [
            {"id": part.id, "kind": part.kind, **_dump_content(part, question)}
            for part in question.parts
        ]
    return body | dict(question.extra)


def _dump_taught(question: Question) -> dict[str, Any]:
    return {
        "lesson": question.lesson,
        "also_lessons": list(question.also_lessons),
        "section": question.section,
        "objective": question.objective,
        "headings": list(question.headings),
        "clauses": list(question.clauses),
        "sources": [_dump_source(source) for source in question.sources],
        "media": write_media(question.media),
        "shuffle": question.shuffle,
    }


def _dump_asked(question: Question) -> dict[str, Any]:
    difficulty = question.difficulty
    return _filled(
        level=question.level,
        stem=question.stem,
        scoring={"rule": question.rule} if question.rule else None,
        difficulty=None
        if difficulty is None
        else _filled(band=difficulty.band, p=difficulty.p) | dict(difficulty.extra),
    )


def _dump_source(source: Source) -> dict[str, Any]:
    named = {"id": source.id, "title": source.title}
    return (
        named
        | _filled(
            issuer=source.issuer,
            date=source.date.isoformat() if source.date else None,
            date_kind=source.date_kind,
            note=source.note,
        )
        | dict(source.extra)
    )


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def check(question: Question) -> list[Fault]:
    """Name what keeps a well-formed question from being asked and marked; empty when it can be."""
    faults = list(KINDS[question.kind].faults(question))
    unapproved = question.writer.kind == "ai_drafted" and question.writer.approved_by is None
    if unapproved and question.status != "draft":
        message = "机器起草的题没有人批准，不能离开草稿；请填 approved_by，或改回 draft。"
        faults.append(Fault(("writer", "approved_by"), message))
    if question.id in question.enemies:
        faults.append(Fault(("enemies",), "一道题不能和自己互斥，请删去。"))
    faults += _rule_faults(question) + media_faults(question) + stem_faults(question)
    for place, part in enumerate(question.parts):
        inner = KINDS[part.kind].faults(part) + _rule_faults(part) + media_faults(part)
        inner += stem_faults(part)
        faults += [Fault(("questions", place, *fault.path), fault.message) for fault in inner]
    return faults


def _rule_faults(question: Question) -> list[Fault]:
    if question.pool == "live" and question.rule in PRACTICE_RULES:
        message = (
            f"{question.rule} 会倒扣分，只给练习用，考试题不能这样计分；"
            "请换一种计分，或放进练习题。"
        )
        return [Fault(("scoring", "rule"), message)]
    return []
