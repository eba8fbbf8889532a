"""What a practical station is: task, script, kit, checklist and guidance as plain frozen values.

One station may have several draws; each draw is a `Station` of its own. Marks given to people are
not here, nor who may see what: the sheets that are printed choose that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from curricula.course import Review, Words, Writer

COMBINING = ("mean", "single")
CUE_GIVERS = ("actor", "actor_2", "examiner")
RATINGS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class StationSource:
    """Where a demand of the station comes from. `check`: what a reviewer must compare first."""

    id: str
    title: str
    issuer: str
    date: str
    used_for: str
    check: str


@dataclass(frozen=True, slots=True)
class Marking:
    """How marks of a station come about. `chief_decides_above` is a share of its points."""

    two_markers: bool
    combine: str
    chief_decides_above: Fraction | None


@dataclass(frozen=True, slots=True)
class ProtocolText:
    """One of the ways to act that the scheme may choose between."""

    id: str
    name: str
    source: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Protocol:
    """A choice of the scheme with all its texts: which one holds, since when and who said so."""

    setting: str
    chosen: str
    since: date | None
    decided_by: str
    rule: str
    texts: tuple[ProtocolText, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """Something the actor or the examiner does. `at_s`: seconds from the start, or None."""

    id: str
    by: str
    at_s: int | None
    trigger: str
    only_on_trigger: bool
    say: str
    do: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of changing, reading, acting and of the one-minute call; cues in their order."""

    change_s: int
    reading_s: int
    perform_s: int
    warn_s: int
    stop: str
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """All that the candidate reads before the start."""

    place: str
    task: str
    card: tuple[str, ...]
    needs: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an actor says or does when asked for it."""

    ask: str
    say: str
    do: str


@dataclass(frozen=True, slots=True)
class Actor:
    """One role with its words and rules."""

    who: str
    opening: str
    answers: tuple[Answer, ...]
    rules: tuple[str, ...]
    comfort: str


@dataclass(frozen=True, slots=True)
class KitItem:
    """One thing to lay out. `role`: of use, or a distraction; empty for the room's own things."""

    item: str
    n: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class Kit:
    """What lies ready: once for the circuit, anew for each candidate."""

    per_circuit: tuple[KitItem, ...]
    per_candidate: tuple[KitItem, ...]
    before_each: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is marked: full, half or nothing, each in words."""

    id: str
    text: str
    points: int
    full: str
    half: str
    none: str
    note: str


@dataclass(frozen=True, slots=True)
class Head:
    """A group of items of the checklist."""

    title: str
    points: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class CriticalError:
    """What fails the whole practical exam, and what looks like it but does not count."""

    id: str
    act: str
    does_not_count: str


@dataclass(frozen=True, slots=True)
class Rating:
    """One step of the overall impression."""

    value: int
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Guidance:
    """What an examiner does before, during and after, and how disagreements were ruled on."""

    before: tuple[str, ...]
    during: tuple[str, ...]
    after: tuple[str, ...]
    fairness: tuple[str, ...]
    rulings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One draw of one station of the practical exam."""

    id: str
    station: str
    draw: str
    version: int
    title: Words
    domain: str
    lessons: tuple[str, ...]
    headings: tuple[str, ...]
    clauses: tuple[str, ...]
    points: int
    status: str
    writer: Writer | None
    reviewers_needed: tuple[str, ...]
    reviewed: tuple[Review, ...]
    review_by: date | None
    sources: tuple[StationSource, ...]
    marking: Marking
    protocol: Protocol | None
    settings: tuple[tuple[str, str], ...]
    timing: Timing
    candidate: Candidate
    actors: tuple[Actor, ...]
    kit: Kit
    checklist: tuple[Head, ...]
    critical_errors: tuple[CriticalError, ...]
    ratings: tuple[Rating, ...]
    guidance: Guidance
    file: str = ""

    @property
    def items(self) -> Iterator[Item]:
        """All items of the checklist in their order."""
        return (item for head in self.checklist for item in head.items)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Roles that must review it and have not."""
        done = {review.role for review in self.reviewed}
        return tuple(role for role in self.reviewers_needed if role not in done)
