"""The eligible questions of a blueprint, sorted so that many papers can be drawn quickly.

Built once for a revision and never changed by drawing; ``selection.py`` chooses from it.
"""

from collections.abc import Iterable, Sequence

from question_bank.blueprint import Blueprint
from question_bank.facts import QuestionFacts
from question_bank.generator import ALGORITHM
from question_bank.question import LEVELS
from question_bank.supply import by_cell, ease_sum, level_room, supply_of_cells, trials


class Pool:
    """Eligible questions sorted into a blueprint's cells. Build it once for many papers.

    ``algorithm``: that of the papers to rebuild. ValueError for a demand "1" did not know.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        questions: Iterable[QuestionFacts],
        algorithm: str = ALGORITHM,
    ) -> None:
        ordered = sorted(questions, key=lambda facts: facts.id)
        ids = [facts.id for facts in ordered]
        if len(set(ids)) != len(ids):
            raise ValueError("a pool holds one version of each question")
        asks_more = blueprint.difficulty or blueprint.exposure or blueprint.trial
        if algorithm == "1" and asks_more:
            raise ValueError("papers of algorithm 1 knew no difficulty, exposure or trial")
        self.blueprint = blueprint
        self.algorithm = algorithm
        self.cells = by_cell(blueprint, ordered)
        self.supply = supply_of_cells(blueprint, ordered, self.cells)
        self.shortages = self.supply.shortages
        self.room = level_room(blueprint, self.cells)
        self.enemies = _enemies(ordered)
        self.tiers = [self._tiers(cell) for cell in self.cells]
        self.trials = self._tiers(trials(blueprint, ordered)) if blueprint.trial else []
        self.levels = {
            facts.id: _level(facts) for at in self.plain_places() for facts in self.cells[at]
        }
        self._by_ease: dict[tuple[int, int], list[list[tuple[int, QuestionFacts]]]] = {}
        self.eases = {facts.id: ease_sum(facts) for cell in self.cells for facts in cell}

    def _tiers(self, questions: Sequence[QuestionFacts]) -> list[list[QuestionFacts]]:
        """Split by how often each was shown, least first; each part keeps its order."""
        if self.blueprint.exposure is None:
            return [list(questions)]
        tiers: dict[int, list[QuestionFacts]] = {}
        for facts in questions:
            tiers.setdefault(self.tier(facts), []).append(facts)
        return [tiers[tier] for tier in sorted(tiers)]

    def by_ease(self, at: int, level: int) -> list[list[tuple[int, QuestionFacts]]]:
        """Give a cell's questions of one level with their ease, rising, in tiers of times shown."""
        found = self._by_ease.get((at, level))
        if found is None:
            found = [
                sorted(
                    (
                        (self.eases[facts.id], facts)
                        for facts in tier
                        if self.levels[facts.id] == level
                    ),
                    key=ease_of,
                )
                for tier in self.tiers[at]
            ]
            self._by_ease[at, level] = found
        return found

    def tier(self, facts: QuestionFacts) -> int:
        """Give the step of times shown that a question is on; 0 where exposure does not matter."""
        exposure = self.blueprint.exposure
        return facts.exposure // exposure.step if exposure else 0

    def case_places(self) -> list[int]:
        """Give the places of the cells that hold cases."""
        return [at for at, cell in enumerate(self.blueprint.cells) if cell.parts > 1]

    def plain_places(self) -> list[int]:
        """Give the places of the cells that hold plain questions."""
        return [at for at, cell in enumerate(self.blueprint.cells) if cell.parts == 1]


def _enemies(pool: Sequence[QuestionFacts]) -> dict[str, set[str]]:
    """Make enmity mutual; naming a part of a case names the case."""
    whole = {one.id: facts.id for facts in pool for one in facts.asked}
    whole |= {facts.id: facts.id for facts in pool}
    mutual: dict[str, set[str]] = {}
    for facts in pool:
        for enemy in facts.enemies:
            other = whole.get(enemy)
            if other is not None and other != facts.id:
                mutual.setdefault(facts.id, set()).add(other)
                mutual.setdefault(other, set()).add(facts.id)
    return mutual


def ease_of(one: tuple[int, QuestionFacts]) -> int:
    """Give the ease of an entry of ``Pool.by_ease``."""
    return one[0]


def _level(facts: QuestionFacts) -> int:
    return LEVELS.index(facts.asked[0].level)
