"""Hypothesis strategies for whole questions, and plain makers for tests that need one question."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from question_bank.body import FORMAT_VERSION
from question_bank.facts import Asked, QuestionFacts
from question_bank.kinds.true_false import WORDS
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


def _options(draw: st.DrawFn, least: int) -> tuple[Choice, ...]:
    texts = draw(st.lists(TEXT, min_size=least, max_size=6, unique_by=lambda t: "".join(t.split())))
    return tuple(
        Choice(
            id=f"o{number}",
            text=text,
            why=draw(st.just("") | TEXT),
            lock=draw(st.booleans()),
            extra=draw(EXTRA),
        )
        for number, text in enumerate(texts, start=1)
    )


def _answers(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    if kind == "true_false":
        options = tuple(Choice(one, WORDS[one], draw(st.just("") | TEXT)) for one in WORDS)
        return {"options": options, "key": (draw(st.sampled_from(list(WORDS))),)}
    options = _options(draw, 2 if kind == "single_choice" else 3)
    ids = [option.id for option in options]
    if kind == "single_choice":
        return {"options": options, "key": (draw(st.sampled_from(ids)),)}
    key = draw(st.lists(st.sampled_from(ids), min_size=2, max_size=len(ids) - 1, unique=True))
    rule = draw(st.sampled_from(["", "all_or_nothing", "missing_partly_wrong_zero"]))
    return {"options": options, "key": tuple(key), "rule": rule}


@st.composite
def asked_fields(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a question that is marked alone."""
    kind = draw(st.sampled_from(["single_choice", "multiple_choice", "true_false"]))
    p = st.none() | st.floats(0, 1).map(lambda value: value + 0.0)
    return {
        "kind": kind,
        "level": draw(st.sampled_from(LEVELS)),
        "stem": draw(TEXT),
        "explanation": draw(st.just("") | TEXT),
        "objective": draw(st.just("") | WORD),
        "difficulty": draw(st.none() | st.builds(Difficulty, st.sampled_from(BANDS), p)),
        "extra": draw(EXTRA),
        **_answers(draw, kind),
    }


@st.composite
def questions(draw: st.DrawFn, question_id: str | None = None) -> Question:
    """Any question that can be asked: plain, or a case set whose parts override some fields."""
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
    if draw(st.booleans()):
        return Question(**own, **draw(asked_fields()))
    parts = tuple(
        Question(**{**own, "id": f"{own['id']}.{number}", **_overrides(draw, own)}, **fields)
        for number, fields in enumerate(
            draw(st.lists(asked_fields(), min_size=2, max_size=3)), start=1
        )
    )
    return Question(**own, kind="case_set", scene=draw(TEXT), parts=parts, extra=draw(EXTRA))


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
