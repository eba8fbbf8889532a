"""What drawing a paper must know of a question, and nothing more: no text, no key.

A bank of 20,000 questions is drawn from these small rows. Who may be drawn at all (approved, live,
not past review_by), how often it was shown, and what is on trial, knows whoever collects the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from question_bank.examinable import exam_faults
from question_bank.kinds import KINDS
from question_bank.question import Question

# Middles of the bands of the question format: easy ≥ 0.80, medium 0.55–0.79, hard < 0.55.
BAND_EASE = {"easy": 880, "medium": 670, "hard": 450}


@dataclass(frozen=True, slots=True)
class Asked:
    """One marked question: its level and its options as (id, locked), in file order."""

    id: str
    level: str
    options: tuple[tuple[str, bool], ...] = ()
    shuffle: bool = True
    ease: int = 0  # expected right answers per mille; 0: nobody estimated it


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """One eligible question version. ``asked`` holds itself, or the parts of a case set."""

    id: str
    version: int
    kind: str
    domain: str
    asked: tuple[Asked, ...]
    enemies: frozenset[str] = frozenset()
    examinable: bool = True  # False: no paper may hold it, see ``examinable``
    exposure: int = 0  # times shown, in the window that the collector counts
    trial: bool = False  # on trial: never scored, only mixed in

    @property
    def cell(self) -> tuple[str, str, int]:
        """The cell it can fill: domain, kind, number of marked questions."""
        return self.domain, self.kind, len(self.asked)


def facts_of(question: Question, *, exposure: int = 0, trial: bool = False) -> QuestionFacts:
    """Take the facts out of a question; what its content cannot know comes as arguments."""
    return QuestionFacts(
        id=question.id,
        version=question.version,
        kind=question.kind,
        domain=question.domain,
        asked=tuple(_asked(one) for one in question.marked_questions()),
        enemies=frozenset(question.enemies),
        examinable=not exam_faults(question),
        exposure=exposure,
        trial=trial,
    )


def _asked(question: Question) -> Asked:
    return Asked(
        id=question.id,
        level=question.level,
        options=tuple((option.id, option.lock) for option in question.options),
        shuffle=question.shuffle and KINDS[question.kind].shuffles,
        ease=_ease(question),
    )


def _ease(question: Question) -> int:
    """Give the estimated share of right answers per mille, of a bare band its middle."""
    if question.difficulty is None:
        return 0
    p = question.difficulty.p
    return BAND_EASE[question.difficulty.band] if p is None else max(1, round(p * 1000))


def refiled(facts: QuestionFacts, domain: str, band: str) -> QuestionFacts:
    """Give the facts under the domain and the band that a bank files the question under by now.

    The parts of a case keep their own difficulty, and so does an estimate that lies in the band.
    """
    asked = facts.asked
    if band and len(asked) == 1 and asked[0].id == facts.id and _band(asked[0].ease) != band:
        asked = (replace(asked[0], ease=BAND_EASE[band]),)
    if domain == facts.domain and asked is facts.asked:
        return facts
    return replace(facts, domain=domain, asked=asked)


def _band(ease: int) -> str:
    """Name the band of an ease per mille; empty when nobody estimated it."""
    if not ease:
        return ""
    return "easy" if ease >= 800 else "medium" if ease >= 550 else "hard"


def dump_facts(facts: QuestionFacts) -> dict[str, Any]:
    """Write facts as a JSON body, to be kept beside the question version.

    What equals its default is left out, as it was before these fields came: frozen bodies keep
    their hash.
    """
    return {
        "id": facts.id,
        "version": facts.version,
        "kind": facts.kind,
        "domain": facts.domain,
        "asked": [
            {
                "id": one.id,
                "level": one.level,
                "options": [list(option) for option in one.options],
                "shuffle": one.shuffle,
            }
            | ({"ease": one.ease} if one.ease else {})
            for one in facts.asked
        ],
        "enemies": sorted(facts.enemies),
        **({} if facts.examinable else {"examinable": False}),
        **({"exposure": facts.exposure} if facts.exposure else {}),
        **({"trial": True} if facts.trial else {}),
    }


def load_facts(body: Mapping[str, Any]) -> QuestionFacts:
    """Read what dump_facts wrote. It is our own derived data; a wrong shape raises KeyError."""
    return QuestionFacts(
        id=body["id"],
        version=body["version"],
        kind=body["kind"],
        domain=body["domain"],
        asked=tuple(
            Asked(
                id=one["id"],
                level=one["level"],
                options=tuple((option, locked) for option, locked in one["options"]),
                shuffle=one["shuffle"],
                ease=one.get("ease", 0),
            )
            for one in body["asked"]
        ),
        enemies=frozenset(body["enemies"]),
        examinable=body.get("examinable", True),
        exposure=body.get("exposure", 0),
        trial=body.get("trial", False),
    )
