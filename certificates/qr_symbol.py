"""The modules of a QR code: what is fixed for each version, and the data put in (ISO/IEC 18004).

Bytes only, level Q, one mask; the fixed patterns are those of `qrcode`. Deliberately knows nothing
of addresses or of drawing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

import qrcode
from qrcode import base, util
from qrcode.constants import ERROR_CORRECT_Q

_FIRST_WITH_VERSION = 7  # below it the size alone tells
_TIMING_COLUMN = 6
_MASK = 2


@dataclass(frozen=True)
class Symbol:
    """A symbol of one version without its data.

    `sources` says for each module, row by row, and for the end of each row, which sign of a text to
    take: 0 light, 1 dark, 2 the end, n + 3 the n-th bit of the data, to which `mask` was applied.
    `blocks` are numbers of data and of correcting bytes; `order` takes a byte of each in turn.
    """

    capacity: int
    blocks: tuple[tuple[int, int], ...]
    order: Callable[[bytes], tuple[int, ...]]
    sources: Callable[[str], tuple[str, ...]]
    bits: int
    mask: int

    def filled(self, data: bytes) -> str:
        """Return the modules with `data` in them, as lines."""
        written = self._interleaved(self._padded(data))
        spare = self.bits - 8 * len(written)
        masked = (int.from_bytes(written, "big") << spare) ^ self.mask
        return "".join(self.sources(f"01\n{masked:0{self.bits}b}"))

    def _padded(self, data: bytes) -> bytes:
        # Mode “bytes” 0100, the length in 8 bits, the data, 0000: all of it half a byte off.
        whole = (0b0100 << 8 | len(data)) << 8 * len(data) | int.from_bytes(data, "big")
        begun = (whole << 4).to_bytes(len(data) + 2, "big")
        return begun + (b"\xec\x11" * self.capacity)[: self.capacity - len(begun)]

    def _interleaved(self, data: bytes) -> bytes:
        corrections, at = [], 0
        for many, correcting in self.blocks:
            corrections.append(_correction(data[at : at + many], correcting))
            at += many
        return bytes(self.order(data + b"".join(corrections)))


@cache
def symbol(version: int) -> Symbol:
    """Take the fixed modules of a version from `qrcode`, and lay out the rest (ISO/IEC 18004, 7.7.3)."""
    code = qrcode.QRCode(
        version=version, error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=_MASK
    )
    code.modules_count = size = 17 + 4 * version
    code.modules = [[None] * size for _row in range(size)]
    for row, column in ((0, 0), (size - 7, 0), (0, size - 7)):
        code.setup_position_probe_pattern(row, column)
    code.setup_position_adjust_pattern()
    code.setup_timing_pattern()
    code.setup_type_info(False, _MASK)
    if version >= _FIRST_WITH_VERSION:
        code.setup_type_number(False)
    sources = {(r, c): int(bool(code.modules[r][c])) for r in range(size) for c in range(size)}
    free = [(r, c) for r, c in _snake(size) if code.modules[r][c] is None]
    masked = util.mask_func(_MASK)
    for number, place in enumerate(free):
        sources[place] = number + 3
    lines = [[sources[row, column] for column in range(size)] for row in range(size)]
    read = [one for line in lines for one in (2, *line)][1:]  # an end between the lines only
    parts = base.rs_blocks(version, ERROR_CORRECT_Q)
    blocks = tuple((part.data_count, part.total_count - part.data_count) for part in parts)
    return Symbol(
        capacity=sum(many for many, _correcting in blocks),
        blocks=blocks,
        order=itemgetter(*_taking_turns(blocks)),
        sources=itemgetter(*read),
        bits=len(free),
        mask=int("".join("1" if masked(r, c) else "0" for r, c in free), 2),
    )


def _taking_turns(blocks: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Walk the bytes of all blocks in turn: first the data, then what corrects (7.6)."""
    at = 0
    for which in (0, 1):
        lengths = [block[which] for block in blocks]
        begins = [at + sum(lengths[:number]) for number in range(len(lengths))]
        for n in range(max(lengths)):
            yield from (first + n for first, many in zip(begins, lengths, strict=True) if n < many)
        at += sum(lengths)


def _correction(block: bytes, many: int) -> bytes:
    """Return the Reed-Solomon bytes of a block: the remainder by a table of its 256 multiples."""
    table, rest, lower = _multiples(many), 0, (1 << 8 * (many - 1)) - 1
    for byte in block:
        rest = (rest & lower) << 8 ^ table[byte ^ rest >> 8 * (many - 1)]
    return rest.to_bytes(many, "big")


@cache
def _multiples(many: int) -> tuple[int, ...]:
    """Return each byte's product with the generator polynomial of `many` correcting bytes."""
    generator = [1]
    for power in range(many):
        root = base.gexp(power)
        longer = [*generator, 0]
        for at, factor in enumerate(generator):
            longer[at + 1] ^= _product(factor, root)
        generator = longer
    return tuple(
        int.from_bytes(bytes(_product(byte, factor) for factor in generator[1:]), "big")
        for byte in range(256)
    )


def _product(one: int, other: int) -> int:
    """Multiply in the field of 256 elements."""
    return base.gexp(base.glog(one) + base.glog(other)) if one and other else 0


def _snake(size: int) -> Iterator[tuple[int, int]]:
    """Walk two columns at a time from the right, up and down, leaving out the timing column."""
    upwards = True
    for right in range(size - 1, 0, -2):
        column = right - 1 if right <= _TIMING_COLUMN else right
        for step in range(size):
            row = size - 1 - step if upwards else step
            yield row, column
            yield row, column - 1
        upwards = not upwards
