"""Prove that a bank can fill a blueprint, cell by cell and level by level, or name what is short.

THE PROOF FOR THE LEVELS is exact, not a trial. Plain questions: the numbers of recall, use and
judgement that one cell can give form the bases of an integral polymatroid, sums of such sets are
again one, and such a set meets the box of allowed numbers exactly when for every group T of levels

* the most that can come from T is not less than the sum of the lower bounds of T, and
* the fewest that must come from T is not more than the sum of the upper bounds of T

(Frank's theorem on g-polymatroids and boxes). With three levels that is seven groups. A case brings
its parts' levels together, so for cases all reachable sums are listed (few: they add up to a small
number of parts), and the test is made for each. Of the difficulty only the two ends are
proved: the hardest and the easiest questions of each cell must lie on either side of the band.
Enemies are not part of the proof; see ``assembly.py``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from question_bank.blueprint import Blueprint, Cell
from question_bank.facts import BAND_EASE, QuestionFacts
from question_bank.question import LEVEL_LABELS, LEVELS

LEVEL_RULE = "层次比例"
DIFFICULTY_RULE = "难度"
TRIAL_RULE = "试测题"
Levels = tuple[int, ...]  # one number for each of LEVELS
GROUPS = tuple(
    group for size in range(1, len(LEVELS) + 1) for group in combinations(range(len(LEVELS)), size)
)


@dataclass(frozen=True, slots=True)
class Shortage:
    """One demand the bank cannot meet: a cell's name or a level, and the two numbers."""

    where: str
    need: int
    have: int
    message: str


@dataclass(frozen=True, slots=True)
class CellSupply:
    """How many questions (cases) fit a cell, and their marked questions by level."""

    cell: Cell
    have: int
    by_level: Mapping[str, int]

    @property
    def times(self) -> Fraction:
        """How many times over the cell can be filled without repeating."""
        return Fraction(self.have, self.cell.count)


@dataclass(frozen=True, slots=True)
class LevelSupply:
    """One level: the numbers the blueprint allows, and those the full cells could give."""

    level: str
    at_least: int
    at_most: int
    fewest: int
    most: int


@dataclass(frozen=True, slots=True)
class Supply:
    """The whole answer. ``shortages`` is empty exactly when cells and levels can be filled."""

    cells: tuple[CellSupply, ...]
    levels: tuple[LevelSupply, ...]
    shortages: tuple[Shortage, ...]

    @property
    def is_enough(self) -> bool:
        """Tell whether a paper can be drawn, enemies aside."""
        return not self.shortages

    @property
    def times(self) -> Fraction:
        """How many times over the scarcest cell can be filled."""
        return min(cell.times for cell in self.cells)


_ONE_OF = {level: tuple(int(level == other) for other in LEVELS) for level in LEVELS}


def level_sum(facts: QuestionFacts) -> Levels:
    """Count a question's marked questions by level."""
    if len(facts.asked) == 1:  # nearly all of a bank of twenty thousand
        return _ONE_OF[facts.asked[0].level]
    return tuple(sum(1 for one in facts.asked if one.level == level) for level in LEVELS)


def add(one: Levels, other: Levels) -> Levels:
    """Add level counts."""
    return tuple(a + b for a, b in zip(one, other, strict=True))


NO_LEVELS: Levels = (0,) * len(LEVELS)


class LevelRoom:
    """The room that the plain cells leave for the levels of the cases. Meaningful once cells are filled."""

    def __init__(self, blueprint: Blueprint, plain: Iterable[tuple[int, Levels]]) -> None:
        bounds = blueprint.level_bounds()
        cells = list(plain)  # (questions needed, supply by level)
        self.lower = tuple(bounds[level][0] for level in LEVELS)
        self.upper = tuple(bounds[level][1] for level in LEVELS)
        self.most = {
            group: sum(min(need, sum(have[i] for i in group)) for need, have in cells)
            for group in GROUPS
        }
        self.fewest = {
            group: sum(
                max(0, need - sum(have[i] for i in range(len(LEVELS)) if i not in group))
                for need, have in cells
            )
            for group in GROUPS
        }

    def fits(self, cases: Levels) -> bool:
        """Tell whether the plain cells can complete cases with these levels within the bounds."""
        if any(low > high for low, high in zip(self.lower, self.upper, strict=True)):
            return False
        return all(
            self.most[group] + sum(cases[i] for i in group) >= sum(self.lower[i] for i in group)
            and self.fewest[group] + sum(cases[i] for i in group)
            <= sum(self.upper[i] for i in group)
            for group in GROUPS
        )


def reachable(cells: Iterable[tuple[int, Iterable[Levels]]]) -> set[Levels]:
    """List all level sums of choosing, from each (count, level sums of its cases), count cases."""
    sums = {NO_LEVELS}
    for count, cases in cells:
        by_taken: list[set[Levels]] = [{NO_LEVELS}] + [set() for _ in range(count)]
        for levels, supply in Counter(cases).items():
            for taken in range(count, 0, -1):
                more = NO_LEVELS
                for copies in range(1, min(supply, taken) + 1):
                    more = add(more, levels)
                    by_taken[taken] |= {add(before, more) for before in by_taken[taken - copies]}
        sums = {add(one, other) for one in sums for other in by_taken[count]}
    return sums


def by_cell(blueprint: Blueprint, pool: Iterable[QuestionFacts]) -> list[list[QuestionFacts]]:
    """Sort a pool into the cells of a blueprint, in its order.

    What fits no cell is left out, what no paper may hold or score, and what was shown too often.
    """
    places = {(cell.domain, cell.kind, cell.parts): at for at, cell in enumerate(blueprint.cells)}
    filled: list[list[QuestionFacts]] = [[] for _ in blueprint.cells]
    for facts in pool:
        place = places.get(facts.cell)
        if place is not None and may_score(blueprint, facts):
            filled[place].append(facts)
    return filled


def may_score(blueprint: Blueprint, facts: QuestionFacts) -> bool:
    """Tell whether a question may be drawn for marks, wherever it fits."""
    return facts.examinable and not facts.trial and not _worn(blueprint, facts)


def _worn(blueprint: Blueprint, facts: QuestionFacts) -> bool:
    most = blueprint.exposure.at_most if blueprint.exposure else None
    return most is not None and facts.exposure >= most


def trials(blueprint: Blueprint, pool: Iterable[QuestionFacts]) -> list[QuestionFacts]:
    """Give the questions on trial that may be mixed in: plain ones, of the kinds of the paper."""
    kinds = {cell.kind for cell in blueprint.cells if cell.parts == 1}
    return [
        facts
        for facts in pool
        if facts.trial
        and facts.examinable
        and facts.kind in kinds
        and len(facts.asked) == 1
        and not _worn(blueprint, facts)
    ]


def ease_sum(facts: QuestionFacts) -> int:
    """Add up the expected right answers per mille; what nobody estimated counts as medium."""
    if len(facts.asked) == 1:
        return facts.asked[0].ease or BAND_EASE["medium"]
    return sum(one.ease or BAND_EASE["medium"] for one in facts.asked)


def level_room(blueprint: Blueprint, filled: Sequence[Sequence[QuestionFacts]]) -> LevelRoom:
    """Work out the level room that the plain cells leave."""
    return LevelRoom(
        blueprint,
        (
            (cell.count, _sum(facts))
            for cell, facts in zip(blueprint.cells, filled, strict=True)
            if cell.parts == 1
        ),
    )


def _sum(pool: Iterable[QuestionFacts]) -> Levels:
    total = NO_LEVELS
    for levels, times in Counter(map(level_sum, pool)).items():
        total = add(total, tuple(number * times for number in levels))
    return total


def supply(blueprint: Blueprint, pool: Iterable[QuestionFacts]) -> Supply:
    """Count what a pool of eligible questions offers to each cell and level of a blueprint."""
    pool = list(pool)
    return supply_of_cells(blueprint, pool, by_cell(blueprint, pool))


def supply_of_cells(
    blueprint: Blueprint,
    pool: Sequence[QuestionFacts],
    filled: Sequence[Sequence[QuestionFacts]],
) -> Supply:
    """Count the same of a pool that ``by_cell`` has sorted already."""
    cells = tuple(
        CellSupply(cell, len(facts), dict(zip(LEVELS, _sum(facts), strict=True)))
        for cell, facts in zip(blueprint.cells, filled, strict=True)
    )
    short = tuple(
        _cell_shortage(cell, _worn_out(blueprint, cell.cell, pool))
        for cell in cells
        if cell.have < cell.cell.count
    )
    short += _trial_shortage(blueprint, pool)
    if any(cell.have < cell.cell.count for cell in cells):
        # Level figures of cells that cannot be filled would mean nothing.
        return Supply(cells, (), short)
    levels, more = _level_supply(blueprint, filled)
    return Supply(cells, levels, (*more, *_difficulty_shortage(blueprint, filled), *short))


def shortages(blueprint: Blueprint, pool: Iterable[QuestionFacts]) -> list[Shortage]:
    """Name the demands a pool cannot meet; empty when the blueprint can be filled."""
    return list(supply(blueprint, pool).shortages)


def _worn_out(blueprint: Blueprint, cell: Cell, pool: Iterable[QuestionFacts]) -> int:
    """Count what would fit a cell had it not been shown too often."""
    if blueprint.exposure is None or blueprint.exposure.at_most is None:
        return 0
    return sum(
        1
        for facts in pool
        if facts.cell == (cell.domain, cell.kind, cell.parts)
        and facts.examinable
        and not facts.trial
        and _worn(blueprint, facts)
    )


def _trial_shortage(blueprint: Blueprint, pool: Iterable[QuestionFacts]) -> tuple[Shortage, ...]:
    have = len(trials(blueprint, pool))
    if have >= blueprint.trial:
        return ()
    message = (
        f"要混入 {blueprint.trial} 道试测题，可用的只有 {have}；请把题送去试测，或调低 trial。"
    )
    return (Shortage(TRIAL_RULE, blueprint.trial, have, message),)


def _difficulty_shortage(
    blueprint: Blueprint, filled: Sequence[Sequence[QuestionFacts]]
) -> tuple[Shortage, ...]:
    """Compare the band with the hardest and the easiest papers there are, levels aside."""
    if blueprint.difficulty is None:
        return ()
    least, most = blueprint.difficulty.bounds(blueprint.questions)
    eases = [sorted(ease_sum(facts) for facts in cell) for cell in filled]
    counts = [cell.count for cell in blueprint.cells]
    hardest = sum(sum(ease[:count]) for ease, count in zip(eases, counts, strict=True))
    easiest = sum(sum(ease[-count:]) for ease, count in zip(eases, counts, strict=True))
    if hardest <= most and easiest >= least:
        return ()
    total = blueprint.questions * 1000
    wanted = f"{float(blueprint.difficulty.at_least):.2f}–{float(blueprint.difficulty.at_most):.2f}"
    message = (
        f"难度系数要 {wanted}，按现有的题只能在 {hardest / total:.2f}–{easiest / total:.2f} 之间；"
        f"请补{'容易' if easiest < least else '难'}的题，或放宽难度。"
    )
    if easiest < least:
        return (Shortage(DIFFICULTY_RULE, least, easiest, message),)
    return (Shortage(DIFFICULTY_RULE, most, hardest, message),)


def _cell_shortage(cell: CellSupply, worn: int) -> Shortage:
    unit = f"个 {cell.cell.parts} 小题的案例" if cell.cell.parts > 1 else "题"
    missing = cell.cell.count - cell.have
    have = f"{cell.have}（另有 {worn} 题出现次数到了上限）" if worn else f"{cell.have}"
    message = (
        f"“{cell.cell.name}”要 {cell.cell.count} {unit}，可用的只有 {have}，"
        f"还差 {missing}；请补题，或改细目表。"
    )
    return Shortage(cell.cell.name, cell.cell.count, cell.have, message)


def _level_supply(
    blueprint: Blueprint, filled: Sequence[Sequence[QuestionFacts]]
) -> tuple[tuple[LevelSupply, ...], tuple[Shortage, ...]]:
    room = level_room(blueprint, filled)
    cases = reachable(
        (cell.count, [level_sum(one) for one in facts])
        for cell, facts in zip(blueprint.cells, filled, strict=True)
        if cell.parts > 1
    )
    levels = tuple(
        LevelSupply(
            level,
            room.lower[at],
            room.upper[at],
            room.fewest[(at,)] + min(one[at] for one in cases),
            room.most[(at,)] + max(one[at] for one in cases),
        )
        for at, level in enumerate(LEVELS)
    )
    short = [shortage for level in levels for shortage in _level_shortages(level)]
    if not short and not any(room.fits(one) for one in cases):
        message = (
            "各层次的比例分开都能满足，合在一起不能：同一格的题不能既算这一层又算那一层。"
            "请给不足的层次补题，或放宽比例。"
        )
        short = [Shortage(LEVEL_RULE, 1, 0, message)]
    return levels, tuple(short)


def _level_shortages(level: LevelSupply) -> list[Shortage]:
    label = LEVEL_LABELS[level.level]
    if level.most < level.at_least:
        message = (
            f"“{label}”至少要 {level.at_least} 题，按现有的题最多 {level.most} 题；"
            "请补这一层次的题，或调低比例。"
        )
        return [Shortage(label, level.at_least, level.most, message)]
    if level.fewest > level.at_most:
        message = (
            f"“{label}”至多 {level.at_most} 题，按现有的题最少也有 {level.fewest} 题；"
            "请补其他层次的题，或调高比例。"
        )
        return [Shortage(label, level.at_most, level.fewest, message)]
    return []
