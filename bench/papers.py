"""One paper for each candidate on the fly: a hundred of 95 questions out of ten thousand."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.figures import Figure
from bench.lists import theory
from bench.made_up import Maker
from question_bank import Pool, draw, facts_of

PAPERS, SECONDS = 100, 1.0


def figures(questions: int, papers: int = PAPERS) -> Iterator[Figure]:
    """Draw papers; preparing the pool counts, it is done once for a sitting."""
    maker = Maker(7)
    facts = [
        facts_of(maker.question(number), exposure=number * 7919 % 50, trial=number % 20 == 0)
        for number in range(questions)
    ]
    table = theory()
    begun = time.process_time()
    pool = Pool(table, facts)
    drawn = [draw(table, pool, f"seed-{number}") for number in range(papers)]
    seconds = time.process_time() - begun
    asked = {sum(len(slot.parts) or 1 for slot in paper.slots) for paper in drawn}
    assert asked == {95}, f"papers of {asked} questions"
    assert len({paper.fingerprint() for paper in drawn}) == papers
    name = f"draw: {papers} papers of 95 out of {questions}"
    yield Figure(name, seconds, "CPU s", at_most=SECONDS)
