"""Hypothesis strategies for whole questions, and plain makers for tests that need one question."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from question_bank.body import FORMAT_VERSION
from question_bank.facts import Asked, QuestionFacts
from question_bank.folding import fold
from question_bank.kinds import KINDS
from question_bank.kinds.true_false import WORDS
from question_bank.marking import PLUS_MINUS, PRACTICE_RULES
from question_bank.pieces import (
    UPLOAD_KINDS,
    Anchor,
    Blank,
    Criterion,
    Medium,
    NumericAnswer,
    OtherUnit,
    Partly,
    Reject,
)
from question_bank.question import (
    BANDS,
    LEVELS,
    POOLS,
    Choice,
    Difficulty,
    Question,
    Source,
    Writer,
)
from question_bank.visible import shows_something

# Whole questions are large examples: fewer of them, and no deadline on a busy machine.
FEWER = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
WORD = st.text("abcdefgh0123456789-.陪诊", min_size=1, max_size=8)
# What YAML likes to misread, and what people paste.
TEXT = _ANY_TEXT | st.sampled_from(
    [
        "yes",
        "4.10",
        "null",
        "~",
        "是：否",
        "# 三",
        "a: b",
        "- 一",
        "\u200f倒",
        "零\u200b宽",
        "“引”",
        "两\n行",
        "*x",
    ]
)
EXTRA = st.dictionaries(WORD.map("x_{}".format), TEXT | st.integers() | st.booleans(), max_size=2)
SOURCES = st.lists(
    st.builds(
        Source,
        id=WORD,
        title=TEXT,
        issuer=st.just("") | TEXT,
        date=st.none() | st.dates(),
        extra=EXTRA,
    ),
    max_size=2,
    unique_by=lambda source: source.id,
).map(tuple)


PLAIN_KINDS = tuple(name for name, kind in KINDS.items() if not kind.has_parts)
DECIMALS = st.decimals(-1000, 1000, places=3, allow_nan=False, allow_infinity=False).map(
    lambda number: number.normalize() + 0
)
BELOW_ONE = st.sampled_from([Fraction(1, 2), Fraction(1, 3), Fraction(9, 10)])
MEDIUM = st.builds(
    Medium,
    name=WORD,
    kind=st.sampled_from(["picture", "sound"]),
    alt=TEXT.filter(str.strip),
    sha256=st.just("ab" * 32),
    media_type=st.sampled_from(["", "image/png"]),
    extra=EXTRA,
) | st.builds(
    Medium,
    name=WORD,
    kind=st.just("table"),
    alt=TEXT.filter(str.strip),
    rows=st.just((("甲", "乙"), ("1", "yes"))),
)
MEDIA = st.just(()) | st.lists(MEDIUM, max_size=2, unique_by=lambda one: one.name).map(tuple)


def _plain(text: str) -> str:
    return "".join(text.split())


def _options(draw: st.DrawFn, least: int, sign: str = "o") -> tuple[Choice, ...]:
    texts = draw(st.lists(TEXT, min_size=least, max_size=6, unique_by=_plain))
    return tuple(
        Choice(
            id=f"{sign}{number}",
            text=text,
            why=draw(st.just("") | TEXT),
            lock=draw(st.booleans()) if sign in "or" else False,
            extra=draw(EXTRA),
        )
        for number, text in enumerate(texts, start=1)
    )


def _true_false(draw: st.DrawFn) -> dict[str, Any]:
    options = tuple(Choice(one, WORDS[one], draw(st.just("") | TEXT)) for one in WORDS)
    return {"options": options, "key": (draw(st.sampled_from(list(WORDS))),)}


def _chosen(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    options = _options(draw, 2 if kind == "single_choice" else 3)
    ids = [option.id for option in options]
    if kind == "single_choice":
        return {"options": options, "key": (draw(st.sampled_from(ids)),)}
    key = draw(st.lists(st.sampled_from(ids), min_size=2, max_size=len(ids), unique=True))
    return {"options": options, "key": tuple(key)}


def _ordering(draw: st.DrawFn) -> dict[str, Any]:
    items = _options(draw, 3, "i")
    ids = [item.id for item in items]
    return {"options": items, "key": tuple(draw(st.permutations(ids))), "shuffle": True}


def _matching(draw: st.DrawFn) -> dict[str, Any]:
    lefts, rights = _options(draw, 2, "l"), _options(draw, 2, "r")
    ids = [right.id for right in rights]
    first = draw(st.permutations(ids))
    paired = [*first[:2], *(draw(st.sampled_from(ids)) for _ in lefts[2:])]
    pairs = tuple((left.id, right) for left, right in zip(lefts, paired, strict=True))
    return {"lefts": lefts, "options": rights, "pairs": pairs}


def _fill_in(draw: st.DrawFn) -> dict[str, Any]:
    blanks = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        texts = draw(st.lists(TEXT.filter(fold), min_size=1, max_size=4, unique_by=fold).map(tuple))
        accept, others = texts[:2], texts[2:]
        blanks.append(
            Blank(
                id=f"b{number}",
                accept=accept,
                partly=tuple(Partly(text, draw(BELOW_ONE)) for text in others[:1]),
                reject=tuple(Reject(text, draw(st.just("") | TEXT)) for text in others[1:]),
                width=draw(st.integers(0, 40)),
                match_case=draw(st.booleans()),
                why=draw(st.just("") | TEXT),
                extra=draw(EXTRA),
            )
        )
    stem = draw(TEXT).replace("{", "") + "".join(f"，{{{{{blank.id}}}}}" for blank in blanks)
    return {"blanks": tuple(blanks), "stem": stem}


def _numeric(draw: st.DrawFn) -> dict[str, Any]:
    first = NumericAnswer(draw(DECIMALS), abs(draw(DECIMALS)), why=draw(st.just("") | TEXT))
    others = draw(
        st.lists(st.builds(NumericAnswer, DECIMALS, st.just(Decimal(0)), BELOW_ONE), max_size=2)
    )
    unit = draw(st.sampled_from(["", "mmHg", "℃"]))
    units = draw(st.sampled_from([(), (OtherUnit("kPa", Decimal("7.5")),)])) if unit else ()
    return {
        "answers": (first, *others),
        "unit": unit,
        "units": units,
        "unit_required": bool(unit) and draw(st.booleans()),
    }


def _rubric(draw: st.DrawFn) -> tuple[Criterion, ...]:
    anchors = (Anchor(Fraction(2), "全部说到"), Anchor(Fraction(1), "说到一半"))
    return tuple(
        Criterion(
            f"c{number}",
            draw(TEXT),
            Fraction(2),
            draw(st.sampled_from([(), anchors])),
            draw(EXTRA),
        )
        for number in range(1, draw(st.integers(1, 3)) + 1)
    )


def _short_answer(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "rubric": _rubric(draw),
        "model_answer": draw(st.just("") | TEXT),
        "longest": draw(st.sampled_from([0, 50, 500])),
    }


def _upload(draw: st.DrawFn) -> dict[str, Any]:
    accepts = st.lists(st.sampled_from(UPLOAD_KINDS), min_size=1, max_size=3, unique=True)
    return {
        "rubric": _rubric(draw),
        "model_answer": draw(st.just("") | TEXT),
        "accepts": tuple(draw(accepts)),
        "most_files": draw(st.integers(1, 3)),
        "largest_mb": draw(st.integers(1, 20)),
    }


def _answers(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    makers = {
        "true_false": _true_false,
        "ordering": _ordering,
        "matching": _matching,
        "fill_in": _fill_in,
        "numeric": _numeric,
        "short_answer": _short_answer,
        "upload": _upload,
    }
    if kind in makers:
        return makers[kind](draw)
    return {} if kind == "description" else _chosen(draw, kind)


def _weighted(draw: st.DrawFn, fields: dict[str, Any]) -> dict[str, Any]:
    """Give options own weights, as imported questions have them."""
    options = tuple(
        replace(option, weight=Fraction(1, 2) if option.id in fields["key"] else Fraction(-1, 3))
        for option in fields["options"]
    )
    return {"options": options} if draw(st.booleans()) else {}


@st.composite
def asked_fields(
    draw: st.DrawFn, kinds: tuple[str, ...] = PLAIN_KINDS, practice: bool = False
) -> dict[str, Any]:
    """Fields of a question that is no case set."""
    kind = draw(st.sampled_from(kinds))
    p = st.none() | st.floats(0, 1).map(lambda value: value + 0.0)
    fields = {
        "kind": kind,
        "stem": draw(TEXT.filter(shows_something)),
        "extra": draw(EXTRA),
        "media": draw(MEDIA),
    }
    fields |= {"explanation": draw(st.just("") | TEXT), "objective": draw(st.just("") | WORD)}
    fields |= _answers(draw, kind)
    if kind != "description":
        fields["level"] = draw(st.sampled_from(LEVELS))
        fields["difficulty"] = draw(st.none() | st.builds(Difficulty, st.sampled_from(BANDS), p))
    rules = [one for one in KINDS[kind].rules if practice or one not in PRACTICE_RULES]
    fields["rule"] = draw(st.sampled_from(["", *rules]))
    if fields["rule"] == PLUS_MINUS:
        fields |= _weighted(draw, fields)
    if fields["media"] and kind in ("single_choice", "matching") and draw(st.booleans()):
        first, *others = fields["options"]
        fields["options"] = (replace(first, media=(fields["media"][0].name,)), *others)
    return fields


@st.composite
def questions(
    draw: st.DrawFn, question_id: str | None = None, kinds: tuple[str, ...] = PLAIN_KINDS
) -> Question:
    """Any question that is whole: plain, or a case set whose parts override some fields."""
    own: dict[str, Any] = {
        "id": question_id or draw(WORD),
        "pool": draw(st.sampled_from(POOLS)),
        "domain": draw(st.sampled_from("ABCDEF")),
        "lesson": draw(WORD),
        "version": draw(st.integers(1, 99)),
        "section": draw(st.just("") | WORD),
        "headings": tuple(draw(st.lists(WORD, max_size=2))),
        "also_lessons": tuple(draw(st.lists(WORD, max_size=2))),
        "sources": draw(SOURCES),
        "shuffle": draw(st.booleans()),
        "review_by": draw(st.none() | st.dates(date(2026, 1, 1))),
        "writer": draw(st.builds(Writer, st.just("human"), st.none() | TEXT, EXTRA)),
        "reviewed": tuple(draw(st.lists(st.fixed_dictionaries({"by": TEXT}), max_size=1))),
    }
    practice = own["pool"] == "practice"
    if draw(st.booleans()):
        return Question(**(own | draw(asked_fields(kinds, practice))))
    marked = tuple(kind for kind in kinds if kind != "description")
    inner = [draw(asked_fields(marked, practice)) for _ in range(2)]
    inner += draw(st.lists(asked_fields(kinds, practice), max_size=1))
    parts = tuple(
        Question(**({**own, "id": f"{own['id']}.{number}", **_overrides(draw, own)} | fields))
        for number, fields in enumerate(inner, start=1)
    )
    return Question(
        **own,
        kind="case_set",
        scene=draw(TEXT.filter(shows_something)),
        parts=parts,
        media=draw(MEDIA),
        extra=draw(EXTRA),
    )


def _overrides(draw: st.DrawFn, own: dict[str, Any]) -> dict[str, Any]:
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "section": st.just("") | WORD,
                "headings": st.just(()) | st.just(("own",)),
                "sources": st.just(()) | st.just(own["sources"][:1]),
                "shuffle": st.booleans(),
            },
        )
    )


def single(**fields: Any) -> dict[str, Any]:
    """Make the body of a plain single-choice question; fields set to None are left out."""
    body = {
        "format": "peizhen.question",
        "format_version": FORMAT_VERSION,
        "id": "q1",
        "pool": "live",
        "kind": "single_choice",
        "domain": "E",
        "lesson": "4.3",
        "level": "use",
        "stem": "先做什么？",
        "options": [
            {"id": "o1", "text": "去窗口", "why": "甲"},
            {"id": "o2", "text": "问分诊台", "why": "乙"},
            {"id": "o3", "text": "坐着等", "why": "丙"},
        ],
        "key": ["o2"],
    } | fields
    return {name: value for name, value in body.items() if value is not None}


def facts(
    number: int, kind: str, domain: str, *levels: str, enemies: tuple[str, ...] = ()
) -> QuestionFacts:
    """Make the facts of a question with four options, or of a case with one part for each level."""
    name = f"{domain}-{kind}-{number:04}"
    ids = [name] if len(levels) == 1 else [f"{name}.{n}" for n in range(1, len(levels) + 1)]
    options = tuple((f"o{n}", n == 4) for n in range(1, 5))
    asked = tuple(Asked(one, level, options) for one, level in zip(ids, levels, strict=True))
    return QuestionFacts(name, 1, kind, domain, asked, frozenset(enemies))
