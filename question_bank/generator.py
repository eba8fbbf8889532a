"""Our own documented random numbers, so that a seed draws the same paper in ten years.

Python's ``random`` promises no stable sequence for choices and shuffles between versions.

THE ALGORITHM. Block *n* (n = 0, 1, 2 …) is SHA-256 of the UTF-8 bytes of ``peizhen-draw/`` +
version + LF + seed + LF + n in decimal; the versions are told in ``assembly``. Each block gives four numbers of 64 bits, big
end first. A number below k is the next 64-bit number modulo k, where numbers not below the largest
multiple of k under 2^64 are thrown away. A shuffle is Fisher and Yates from the front: for
i = 0 … n−2 swap place i with place i + (number below n − i).

Not secret: whoever knows the seed knows the paper, so seeds are made with ``secrets`` and kept
with the keys.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import TypeVar

ALGORITHM = "2"  # of new papers
ALGORITHMS = ("1", "2")  # of papers that can be rebuilt
_TOP = 1 << 64
Item = TypeVar("Item")


class Generator:
    """A sequence of numbers that depends on the seed alone."""

    def __init__(self, seed: str, algorithm: str = ALGORITHM) -> None:
        if algorithm not in ALGORITHMS:
            raise ValueError(f"no papers were ever drawn by the algorithm {algorithm!r}")
        self._head = f"peizhen-draw/{algorithm}\n{seed}\n".encode()
        self._block = 0
        self._waiting: list[int] = []

    def _number(self) -> int:
        if not self._waiting:
            digest = sha256(self._head + str(self._block).encode()).digest()
            self._block += 1
            self._waiting = [int.from_bytes(digest[at : at + 8], "big") for at in (24, 16, 8, 0)]
        return self._waiting.pop()

    def below(self, limit: int) -> int:
        """Give a number 0 … limit−1, all equally likely."""
        if not 0 < limit <= _TOP:
            raise ValueError(f"no number below {limit}")
        fair = _TOP - _TOP % limit
        while (number := self._number()) >= fair:
            pass
        return number % limit

    def shuffled(self, items: list[Item]) -> Iterator[Item]:
        """Give the items of a copy in random order, drawing only as many numbers as are taken."""
        items = list(items)
        for place in range(len(items)):
            left = len(items) - place
            other = place + (self.below(left) if left > 1 else 0)
            items[place], items[other] = items[other], items[place]
            yield items[place]
