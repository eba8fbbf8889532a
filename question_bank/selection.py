"""One try at choosing the questions of a paper: fill the cells, mend the levels and the difficulty.

The steps and why they end are told in ``assembly.py``, which calls this as often as it takes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import permutations

from question_bank.facts import QuestionFacts
from question_bank.generator import Generator
from question_bank.pool import Pool, ease_of
from question_bank.question import LEVELS
from question_bank.supply import (
    DIFFICULTY_RULE,
    LEVEL_RULE,
    NO_LEVELS,
    TRIAL_RULE,
    add,
    level_sum,
    reachable,
)


class Selection:
    """One try: the chosen questions of each cell, growing.

    ``seen``: ids that the candidate met before, taken last; with ``barred`` not at all.
    """

    def __init__(
        self, pool: Pool, numbers: Generator, seen: Collection[str] = (), *, barred: bool = False
    ) -> None:
        self.pool = pool
        self.numbers = numbers
        self.seen = frozenset(seen)
        self.barred = self.seen if barred else frozenset[str]()
        self.chosen: list[list[QuestionFacts]] = [[] for _ in pool.cells]
        self.ids: set[str] = set()
        self.levels = NO_LEVELS
        self.trials: list[QuestionFacts] = []
        self.blocked = ""

    def fill(self, *, careful: bool) -> bool:
        """Choose everything; False when this try came to a dead end, named in ``blocked``."""
        cases = all(self._take_cases(at, careful=careful) for at in self.pool.case_places())
        if not cases:
            return False
        if not self.pool.room.fits(self.levels):
            self.blocked = LEVEL_RULE
            return False
        return (
            all(self._take(at) for at in self.pool.plain_places())
            and self._mend_levels()
            and self._mend_difficulty()
            and self._take_trials()
        )

    def _in_order(self, tiers: Iterable[list[QuestionFacts]]) -> Iterator[QuestionFacts]:
        """Give questions in random order, unseen before seen, of these the least shown first.

        No number is drawn in vain.
        """
        tiers = list(tiers)
        if self.seen:
            fresh = [[facts for facts in tier if facts.id not in self.seen] for tier in tiers]
            tiers = fresh + [[facts for facts in tier if facts.id in self.seen] for tier in tiers]
        for tier in tiers:
            yield from self.numbers.shuffled(tier)

    def _rank(self, facts: QuestionFacts) -> tuple[bool, int]:
        return facts.id in self.seen, self.pool.tier(facts)

    def _best(self, questions: list[QuestionFacts]) -> list[QuestionFacts]:
        """Give those that nobody better is among: unseen ones, of these the least shown."""
        lowest = min(self._rank(facts) for facts in questions)
        return [facts for facts in questions if self._rank(facts) == lowest]

    def _is_free(self, facts: QuestionFacts, leaving: str = "") -> bool:
        if facts.id in self.barred:
            return False
        enemies = self.pool.enemies.get(facts.id)
        return not enemies or not (enemies & self.ids) - {leaving}

    def _choose(self, at: int, facts: QuestionFacts) -> None:
        self.chosen[at].append(facts)
        self.ids.add(facts.id)
        self.levels = add(self.levels, level_sum(facts))

    def _take(self, at: int) -> bool:
        cell = self.pool.blueprint.cells[at]
        for facts in self._in_order(self.pool.tiers[at]):
            if self._is_free(facts):
                self._choose(at, facts)
                if len(self.chosen[at]) == cell.count:
                    return True
        self.blocked = cell.name
        return False

    def _take_cases(self, at: int, *, careful: bool) -> bool:
        if not careful:
            return self._take(at)
        cell = self.pool.blueprint.cells[at]
        left = [facts for facts in self.pool.cells[at] if facts.id not in self.barred]
        for facts in self._in_order(self.pool.tiers[at]):
            if facts.id in self.barred:
                continue
            left.remove(facts)
            if self._is_free(facts) and self._leaves_room(at, facts, left):
                self._choose(at, facts)
                if len(self.chosen[at]) == cell.count:
                    return True
        self.blocked = cell.name
        return False

    def _leaves_room(self, at: int, facts: QuestionFacts, left: Sequence[QuestionFacts]) -> bool:
        """Tell whether cases after this one can still be chosen so that the levels fit."""
        cells = self.pool.blueprint.cells
        here = cells[at].count - len(self.chosen[at]) - 1
        open_cells = [(here, [level_sum(one) for one in left])]
        open_cells += [
            (cells[other].count, [level_sum(one) for one in self.pool.cells[other]])
            for other in self.pool.case_places()
            if other > at
        ]
        before = add(self.levels, level_sum(facts))
        return any(self.pool.room.fits(add(before, more)) for more in reachable(open_cells))

    def _mend_levels(self) -> bool:
        """Exchange questions until every level is within its bounds; False when stuck."""
        # One exchange mends one question. The bound only matters where enemies break a chain in
        # the middle, which could otherwise go round for ever.
        for _ in range(2 * self.pool.blueprint.questions + 1):
            pairs = self._helpful_pairs()
            if not pairs:
                return True
            if not self._exchange(pairs):
                break
        self.blocked = LEVEL_RULE
        return False

    def _helpful_pairs(self) -> list[tuple[int, int]]:
        """Give (from level, to level) whose exchange mends one level and breaks none."""
        lower, upper, now = self.pool.room.lower, self.pool.room.upper, self.levels
        return [
            (giver, taker)
            for giver, taker in permutations(range(len(LEVELS)), 2)
            if (now[giver] > upper[giver] and now[taker] < upper[taker])
            or (now[taker] < lower[taker] and now[giver] > lower[giver])
        ]

    def _exchange(self, pairs: Sequence[tuple[int, int]]) -> bool:
        """Move one question from level to level; what was seen comes in only when nothing else can."""
        if self.seen and not self.barred:
            self.barred = self.seen
            found = self._exchange_with_free(pairs)
            self.barred = frozenset()
            if found:
                return True
        return self._exchange_with_free(pairs)

    def _exchange_with_free(self, pairs: Sequence[tuple[int, int]]) -> bool:
        """Move one question from level to level, directly or through a third level."""
        if any(self._swap(giver, taker) for giver, taker in pairs):
            return True
        chains = (
            (giver, between, taker)
            for giver, taker in pairs
            for between in range(len(LEVELS))
            if between not in (giver, taker)
        )
        return any(
            self._can_swap(between, taker)
            and self._swap(giver, between)
            and self._swap(between, taker)
            for giver, between, taker in chains
        )

    def _can_swap(self, out: int, into: int) -> bool:
        return any(True for _ in self._swaps(out, into))

    def _swaps(self, out: int, into: int) -> Iterable[tuple[int, int]]:
        """Give (cell, place in its chosen) of each chosen question that a free one can replace."""
        for at in self.pool.plain_places():
            if not any(self._replacements(at, into, "")):
                continue
            for place, facts in enumerate(self.chosen[at]):
                if self.pool.levels[facts.id] == out:
                    yield at, place

    def _replacements(self, at: int, level: int, leaving: str) -> Iterable[QuestionFacts]:
        levels = self.pool.levels
        return (
            facts
            for facts in self.pool.cells[at]
            if levels[facts.id] == level
            and facts.id not in self.ids
            and self._is_free(facts, leaving)
        )

    def _swap(self, out: int, into: int) -> bool:
        for at, place in self.numbers.shuffled(list(self._swaps(out, into))):
            leaving = self.chosen[at][place]
            coming = list(self._replacements(at, into, leaving.id))
            if coming:
                coming = self._best(coming)
                facts = coming[self.numbers.below(len(coming))]
                self._exchange_one(at, place, facts)
                gone, come = level_sum(leaving), level_sum(facts)
                self.levels = tuple(
                    n - g + c for n, g, c in zip(self.levels, gone, come, strict=True)
                )
                return True
        return False

    def _exchange_one(self, at: int, place: int, coming: QuestionFacts) -> None:
        leaving = self.chosen[at][place]
        self.chosen[at][place] = coming
        self.ids = self.ids - {leaving.id} | {coming.id}

    def _mend_difficulty(self) -> bool:
        """Exchange questions of one cell and level until the mean difficulty is in its band.

        Each exchange brings the sum nearer to the band, so it ends. False when none helps.
        """
        band = self.pool.blueprint.difficulty
        if band is None:
            return True
        least, most = band.bounds(self.pool.blueprint.questions)
        eases = self.pool.eases
        now = sum(eases[facts.id] for cell in self.chosen for facts in cell)
        while not least <= now <= most:
            step = self._easier_or_harder(now, least, most)
            if step is None:
                self.blocked = DIFFICULTY_RULE
                return False
            at, place, coming = step
            now += eases[coming.id] - eases[self.chosen[at][place].id]
            self._exchange_one(at, place, coming)
        return True

    def _easier_or_harder(
        self, now: int, least: int, most: int
    ) -> tuple[int, int, QuestionFacts] | None:
        """Find an exchange that brings the sum of ease nearer to its bounds."""
        places = [
            (at, place) for at in self.pool.plain_places() for place in range(len(self.chosen[at]))
        ]
        eases, levels = self.pool.eases, self.pool.levels
        off = _distance(now, least, most)
        for at, place in self.numbers.shuffled(places):
            leaving = self.chosen[at][place]
            before = now - eases[leaving.id]
            # Nearer means: the new sum lies less than ``off`` outside the bounds.
            lowest, highest = least - off + 1 - before, most + off - 1 - before
            for fitting in self._between(at, levels[leaving.id], lowest, highest):
                for ease, facts in self.numbers.shuffled(fitting):
                    if (
                        ease != eases[leaving.id]
                        and facts.id not in self.ids
                        and self._is_free(facts, leaving.id)
                    ):
                        return at, place, facts
        return None

    def _between(
        self, at: int, level: int, lowest: int, highest: int
    ) -> Iterator[list[tuple[int, QuestionFacts]]]:
        """Give a cell's questions of a level and of a range of ease, in the order to try them."""
        groups = [
            group[
                bisect_left(group, lowest, key=ease_of) : bisect_right(group, highest, key=ease_of)
            ]
            for group in self.pool.by_ease(at, level)
        ]
        if not self.seen:
            yield from groups
            return
        for met in (False, True):
            for group in groups:
                yield [one for one in group if (one[1].id in self.seen) == met]

    def _take_trials(self) -> bool:
        """Choose the questions on trial; they too never stand beside an enemy."""
        wanted = self.pool.blueprint.trial
        for facts in self._in_order(self.pool.trials) if wanted else ():
            if self._is_free(facts):
                self.trials.append(facts)
                self.ids.add(facts.id)
                if len(self.trials) == wanted:
                    return True
        self.blocked = TRIAL_RULE
        return not wanted


def _distance(value: int, least: int, most: int) -> int:
    """Give how far a value lies outside its bounds, 0 inside."""
    return max(least - value, value - most, 0)
