"""Draw one paper: the questions of each cell, their order and the order of their options.

Equal blueprint, pool and seed give the equal paper in every process, whatever order the pool comes
in. Respected: the cells, the shares of the levels, the difficulty band, the least shown first,
enemies (never on one paper), cases as units, ``lock`` on options and ``shuffle: false``; questions
on trial are mixed in without marks. Not here: parallel forms.

SEEN AND SECTIONS. Whoever sits again gets questions they never met where the pool allows: first
UNSEEN tries use none that was seen; then those come last in every choice. Sections (groups of
domains) only order the paper: section by section, in each the kinds in the order of the blueprint.
Both are part of what rebuilds a paper, and without them the steps are those of before.

ALGORITHMS. A change to any step below is a new one, and papers of the old ones can still be rebuilt
(``Pool(…, algorithm)``). "1" had cells, levels, enemies and cases. "2" added difficulty, exposure
and trial; without these demands it takes the same steps from other random numbers.

HOW. The pool is sorted by id. Cases are drawn first, then the plain cells, each in random order,
passing over enemies of what is already chosen. If the levels do not fit, questions are exchanged
for others of the same cell, along the shortest chain of levels that helps; each exchange brings
the paper nearer, and without enemies one always exists when ``supply.py`` proves the blueprint
feasible. Drawn cases that leave no room are drawn again; after CARELESS tries each case is taken
only if the rest can still be completed. Enemies can still block a try; after ATTEMPTS the draw
gives up and says so. Then the mean difficulty is mended by exchanges inside one cell and level,
and the questions on trial are chosen.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any

from question_bank.blueprint import Blueprint, Cell
from question_bank.facts import Asked, QuestionFacts
from question_bank.generator import Generator
from question_bank.pool import Pool
from question_bank.selection import Selection
from question_bank.supply import DIFFICULTY_RULE, Shortage

ATTEMPTS = 60
CARELESS = 12
UNSEEN = 24  # tries without any question the candidate met before; the second half careful


class CannotDrawError(ValueError):
    """The pool cannot fill the blueprint; ``shortages`` names each cell or rule that breaks."""

    def __init__(self, found: Sequence[Shortage]) -> None:
        self.shortages = tuple(found)
        super().__init__("".join(shortage.message for shortage in found))


@dataclass(frozen=True, slots=True)
class SlotPart:
    """A part of a case on a paper; parts keep the order of the case."""

    id: str
    option_order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """One place on a paper: a question version, how its options stand, and its worth."""

    question_id: str
    version: int
    kind: str
    domain: str
    marks: Fraction  # for each marked question
    option_order: tuple[str, ...] = ()
    parts: tuple[SlotPart, ...] = ()
    trial: bool = False  # on trial: shown like the others, never scored, marks 0

    @property
    def order(self) -> tuple[str, ...] | dict[str, tuple[str, ...]]:
        """The order in the form that ``shown()`` takes."""
        if self.parts:
            return {part.id: part.option_order for part in self.parts}
        return self.option_order


@dataclass(frozen=True, slots=True)
class Paper:
    """A drawn paper. Kinds stand in the order of the blueprint, questions inside a kind mixed."""

    seed: str
    algorithm: str
    slots: tuple[Slot, ...]

    def fingerprint(self) -> str:
        """Give SHA-256 of the slots, to prove that a rebuilt paper is the one that was sat."""
        rows = json.dumps([_row(slot) for slot in self.slots], default=str, ensure_ascii=False)
        return sha256(rows.encode()).hexdigest()


def _row(slot: Slot) -> dict[str, Any]:
    row = asdict(slot)
    if not slot.trial:
        del row["trial"]  # as rows were before there were trials: old fingerprints hold
    return row


def draw(
    blueprint: Blueprint,
    pool: Sequence[QuestionFacts] | Pool,
    seed: str,
    *,
    seen: Collection[str] = (),
    sections: Sequence[Collection[str]] = (),
) -> Paper:
    """Draw the paper of this seed; CannotDrawError names the cell or rule that breaks.

    Give a ``Pool`` when many papers are drawn from one revision, or papers of an older algorithm
    rebuilt; it must be of this blueprint. ``seen``: ids of questions to avoid where possible.
    ``sections``: the domains of each section, in the order of the paper; a domain in none stands
    in the last.
    """
    prepared = pool if isinstance(pool, Pool) else Pool(blueprint, pool)
    if prepared.blueprint is not blueprint and prepared.blueprint != blueprint:
        raise ValueError("the pool was prepared for another blueprint")
    if prepared.shortages:
        raise CannotDrawError(prepared.shortages)
    numbers = Generator(seed, prepared.algorithm)
    selection = _unseen(prepared, numbers, seen) or _filled(blueprint, prepared, numbers, seen)
    slots = _slots(blueprint, selection.chosen, selection.trials, numbers, sections)
    return Paper(seed, prepared.algorithm, tuple(slots))


def _filled(
    blueprint: Blueprint, prepared: Pool, numbers: Generator, seen: Collection[str]
) -> Selection:
    blocked: list[str] = []
    for attempt in range(ATTEMPTS):
        selection = Selection(prepared, numbers, seen)
        if selection.fill(careful=attempt >= CARELESS):
            return selection
        blocked.append(selection.blocked)
    raise CannotDrawError([_blocked_shortage(blueprint, prepared, blocked)])


def _unseen(prepared: Pool, numbers: Generator, seen: Collection[str]) -> Selection | None:
    """Choose without anything seen; None where nothing was seen, or too little is left."""
    met = frozenset(seen)
    left = (sum(facts.id not in met for facts in cell) for cell in prepared.cells)
    enough = all(n >= cell.count for n, cell in zip(left, prepared.blueprint.cells, strict=True))
    if not met or not enough:
        return None
    for attempt in range(UNSEEN):
        selection = Selection(prepared, numbers, met, barred=True)
        if selection.fill(careful=attempt >= UNSEEN // 2):
            return selection
    return None


def _blocked_shortage(blueprint: Blueprint, pool: Pool, blocked: Sequence[str]) -> Shortage:
    where = max(sorted(set(blocked)), key=blocked.count)
    cells = {cell.name: at for at, cell in enumerate(blueprint.cells)}
    need, have = 0, 0
    if where in cells:
        need = blueprint.cells[cells[where]].count
        have = len(pool.cells[cells[where]])
    if where == DIFFICULTY_RULE:
        message = (
            f"题数和层次都够，难度系数试了 {ATTEMPTS} 次都凑不进要求的范围："
            "同一格、同一层次里难易不同的题太少。请给各格补难易不同的题，或放宽难度。"
        )
        return Shortage(where, 1, 0, message)
    message = (
        f"题数和层次都够，但互斥的题不能同卷，试了 {ATTEMPTS} 次，每次都凑不成；"
        f"最常卡在“{where}”。请给这里补题，或核对互斥关系。"
    )
    return Shortage(where, need, have, message)


def _slots(
    blueprint: Blueprint,
    chosen: Sequence[Sequence[QuestionFacts]],
    trials: Sequence[QuestionFacts],
    numbers: Generator,
    sections: Sequence[Collection[str]],
) -> Iterable[Slot]:
    last = max(len(sections) - 1, 0)
    for section in range(last + 1):
        for kind in dict.fromkeys(cell.kind for cell in blueprint.cells):
            of_kind = [
                (cell, facts)
                for cell, questions in zip(blueprint.cells, chosen, strict=True)
                if cell.kind == kind
                for facts in questions
            ]
            of_kind += [
                (Cell(facts.domain, kind, 1, Fraction(0)), facts)
                for facts in trials
                if facts.kind == kind
            ]
            here = [one for one in of_kind if section_of(one[1].domain, sections) == section]
            for cell, facts in numbers.shuffled(here):
                yield _slot(cell, facts, numbers)


def section_of(domain: str, sections: Sequence[Collection[str]]) -> int:
    """Give the place of the section a domain stands in, from 0; the last for a domain in none."""
    named = (place for place, domains in enumerate(sections) if domain in domains)
    return next(named, max(len(sections) - 1, 0))


def _slot(cell: Cell, facts: QuestionFacts, numbers: Generator) -> Slot:
    is_case = cell.parts > 1
    orders = [_option_order(one, numbers) for one in facts.asked]
    return Slot(
        question_id=facts.id,
        version=facts.version,
        kind=facts.kind,
        domain=facts.domain,
        marks=cell.marks,
        option_order=() if is_case else orders[0],
        parts=tuple(SlotPart(one.id, order) for one, order in zip(facts.asked, orders, strict=True))
        if is_case
        else (),
        trial=facts.trial,
    )


def _option_order(asked: Asked, numbers: Generator) -> tuple[str, ...]:
    if not asked.shuffle:
        return tuple(option for option, _ in asked.options)
    free = numbers.shuffled([option for option, locked in asked.options if not locked])
    return tuple(option if locked else next(free) for option, locked in asked.options)
