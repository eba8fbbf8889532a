"""Questions that a foreign format can hold whole: what the round trips must give back equal."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from question_bank.folding import fold
from question_bank.kinds.true_false import WORDS
from question_bank.pieces import Blank, Criterion, NumericAnswer, Partly
from question_bank.question import BANDS, LEVELS, Choice, Difficulty, Question
from question_bank.readers.free_answers import WHOLE_ANSWER, plain
from question_bank.visible import shows_something

SIGNS = "abc甲乙丙 [html]{}=~#:\\%*<&>\"'->|&amp;_/“”１Ａ\n"
# Signs that begin a line's meaning in numbered text.
QUIET = "甲乙丙丁戊己，、“”？%<&>*"


def texts(alphabet: str) -> st.SearchStrategy[str]:
    """Texts without outer or doubled spaces, which no foreign format keeps."""
    return (
        st.text(alphabet, min_size=1, max_size=14)
        .map(
            lambda text: "\n".join(
                " ".join(line.split()) for line in text.split("\n") if line.strip()
            )
        )
        .filter(bool)
        .map(lambda text: text.replace("{{", "{").replace("}}", "}"))
    )


def _unlike(text: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(text, min_size=least, max_size=most, unique_by=lambda one: fold(one) or one)


@st.composite
def held(
    draw: st.DrawFn, kinds: tuple[str, ...], alphabet: str = SIGNS, *, told: bool = True
) -> Question:
    """A question of one of the kinds; ``told``: with explanation and reasons."""
    text = texts(alphabet)
    kind = draw(st.sampled_from(kinds))
    why = st.just("") | text if told else st.just("")
    own: dict[str, Any] = _ANSWERS[kind](draw, text, why)
    if kind != "description":
        own["level"] = draw(st.sampled_from(LEVELS))
        own["difficulty"] = draw(st.none() | st.builds(Difficulty, st.sampled_from(BANDS)))
    own.setdefault("stem", draw(text.filter(shows_something)))
    return Question(
        id=draw(st.text("abc-19题", min_size=1, max_size=8)),
        kind=kind,
        pool="practice",
        domain=draw(st.sampled_from("ABCDEF")),
        lesson="4.3",
        explanation=draw(why) if kind != "description" else "",
        **own,
    )


def _options(texts: list[str], sign: str, why: list[str]) -> tuple[Choice, ...]:
    return tuple(
        Choice(f"{sign}{number}", text, reason)
        for number, (text, reason) in enumerate(zip(texts, why, strict=True), start=1)
    )


def _some(
    draw: st.DrawFn, text: Any, why: Any, least: int, most: int, sign: str
) -> tuple[Choice, ...]:
    chosen = draw(_unlike(text, least, most))
    return _options(chosen, sign, [draw(why) for _ in chosen])


def _single(draw: st.DrawFn, text: Any, why: Any) -> dict[str, Any]:
    options = _some(draw, text, why, 2, 5, "o")
    return {"options": options, "key": (draw(st.sampled_from(options)).id,)}


def _weighted(draw: st.DrawFn, text: Any, why: Any) -> dict[str, Any]:
    told = _single(draw, text, why)
    shares = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(-1, 4), Fraction(1, 2)])
    options = [
        replace(one, weight=Fraction(1) if one.id in told["key"] else draw(shares))
        for one in told["options"]
    ]
    # Weights that the rule takes by itself are left away on reading.
    options[-1] = replace(options[-1], weight=options[-1].weight or Fraction(1, 2))
    return told | {"options": tuple(options), "rule": "plus_minus_practice"}


def _multiple(draw: st.DrawFn, text: Any, why: Any) -> dict[str, Any]:
    options = _some(draw, text, why, 3, 6, "o")
    ids = [one.id for one in options]
    right = set(
        draw(st.lists(st.sampled_from(ids), min_size=2, max_size=len(ids) - 1, unique=True))
    )
    rule = draw(
        st.sampled_from(["", "all_or_nothing", "missing_partly_wrong_zero", "plus_minus_practice"])
    )
    return {"options": options, "key": tuple(one for one in ids if one in right), "rule": rule}


def _true_false(draw: st.DrawFn, text: Any, why: Any) -> dict[str, Any]:
    options = tuple(Choice(one, word, draw(why)) for one, word in WORDS.items())
    return {"options": options, "key": (draw(st.sampled_from(list(WORDS))),)}


def _matching(draw: st.DrawFn, text: Any, why: Any) -> dict[str, Any]:
    # GIFT separates the sides by an arrow and has no way to escape it.
    lefts = draw(_unlike(text.filter(lambda one: "->" not in one), 2, 4))
    rights = draw(_unlike(text, len(lefts), len(lefts) + 2))
    pairs = tuple((f"l{number}", f"r{number}") for number in range(1, len(lefts) + 1))
    return {
        "lefts": _options(lefts, "l", [""] * len(lefts)),
        "options": _options(rights, "r", [""] * len(rights)),
        "pairs": pairs,
        "rule": draw(st.sampled_from(["", "all_or_nothing"])),
    }


def _ordering(draw: st.DrawFn, text: Any, why: Any) -> dict[str, Any]:
    items = _some(draw, text, st.just(""), 3, 5, "i")
    rule = draw(st.sampled_from(["", "exact", "position", "adjacent_pairs"]))
    return {"options": items, "key": tuple(item.id for item in items), "rule": rule}


def _blank(draw: st.DrawFn, number: int, answers: list[str]) -> Blank:
    partly = tuple(Partly(text, Fraction(1, 2)) for text in answers[2:])
    return Blank(f"b{number}", tuple(answers[:2]), partly)


def _fill_in(draw: st.DrawFn, text: Any, why: Any) -> dict[str, Any]:
    answers = draw(_unlike(st.text("abc甲乙丙1２.%=", min_size=1, max_size=6).filter(fold), 1, 3))
    around = st.text("ab甲乙，。", min_size=1, max_size=6)
    stem = f"{draw(around)}{{{{b1}}}}{draw(around)}"
    return {"stem": stem, "blanks": (_blank(draw, 1, answers),)}


def _numeric(draw: st.DrawFn, text: Any, why: Any) -> dict[str, Any]:
    number = st.decimals(-1000, 1000, places=3).map(plain)
    value, tolerance = draw(number), abs(draw(number))
    return {"answers": (NumericAnswer(value, plain(tolerance or Decimal(0))),)}


def _short_answer(draw: st.DrawFn, text: Any, why: Any) -> dict[str, Any]:
    return {"rubric": (Criterion("c1", WHOLE_ANSWER, Fraction(1)),)}


def _description(draw: st.DrawFn, text: Any, why: Any) -> dict[str, Any]:
    return {}


_ANSWERS = {
    "single_choice": _single,
    "multiple_choice": _multiple,
    "true_false": _true_false,
    "matching": _matching,
    "ordering": _ordering,
    "fill_in": _fill_in,
    "numeric": _numeric,
    "short_answer": _short_answer,
    "description": _description,
}
