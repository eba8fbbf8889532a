"""Certificates: `python -m bench.certificates [--json] [--many N] [--flat N] [--classes N]`.

Drawing and signing here, issuing all in is `bench/issuing.py`'s, the public check `bench/check_page.py`'s.

Each certificate is made as it is at issue, in one process: texts, photo, code, signature, hash.
Its photo is ready for print, as it is once somebody has uploaded it; what making it ready takes is
told beside. Plain WeasyPrint prints the template's own page anew each time: what a certificate
would cost at least without the template. Figures are counted in CPU seconds of this process, so
that a busy machine changes them little.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from bench import check_page, issuing
from bench.figures import Figure, report
from bench.made_up_certificates import facts, photo
from bench.measuring import resident_mb
from certificates import composing, pictures, printing
from certificates.drawing import Shape, Wording, draw_page
from certificates.fonts import installed_fonts
from certificates.layouts import load_layout
from certificates.signing import load_signer, make_key
from certificates.stamping import Stamped, stamp

LEAST, LEAST_RATIO = 300, 60
MOST_BYTES = 120_000
MOST_GROWTH_MB = 8
_NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
_PLAIN = 3
_ROUNDS = 5


def figures(many: int, flat: int) -> Iterator[Figure]:
    """Measure; the first certificate of a version, which renders the template, is told apart."""
    signer = load_signer(make_key("示例协会", _NOW))

    def one(number: int) -> Stamped:
        return stamp(facts(number), signer, _NOW, sample=False)

    first = _seconds(lambda: one(0))
    yield Figure("certificate: the first of a version", first, "CPU s")
    prepared = [facts(number) for number in range(many)]
    rounds = []
    for _round in range(_ROUNDS):
        begun = time.process_time()
        sizes = [len(stamp(data, signer, _NOW, sample=False).pdf) for data in prepared]
        rounds.append(many / (time.process_time() - begun))
    best = max(rounds)
    plain = _PLAIN / min(_seconds(_draw_plainly) for _round in range(2))
    yield Figure("certificate: drawn and signed", best, "per CPU s", at_least=LEAST)
    yield Figure("certificate: plain WeasyPrint, unsigned", plain, "per CPU s")
    yield Figure("certificate: faster than WeasyPrint", best / plain, "times", at_least=LEAST_RATIO)
    yield Figure("certificate: largest file", max(sizes), "bytes", at_most=MOST_BYTES)
    picture = photo(0)
    ready = _seconds(lambda: pictures.photo_for_print(picture + b"\0"))
    yield Figure("certificate: making a photo ready, once", ready, "CPU s")
    yield from _memory(one, flat)


def _memory(one: Callable[[int], Stamped], many: int) -> Iterator[Figure]:
    """Make many different certificates; the first half warms up what a process keeps of fonts."""
    for number in range(many // 2):
        one(number)
    before = resident_mb()
    for number in range(many // 2, many):
        one(number)
    yield Figure("certificate: memory of the process", resident_mb(), "MB")
    yield Figure(
        f"certificate: memory grown over {many - many // 2} of {many}",
        resident_mb() - before,
        "MB",
        at_most=MOST_GROWTH_MB,
    )


def _draw_plainly() -> None:
    layout, fonts = load_layout("landscape"), installed_fonts()
    for number in range(_PLAIN):
        data = facts(number)
        rows = composing.rows(layout, composing.fields(data))
        wording = Wording.of(data, sample=False)
        page, assets = draw_page(layout, wording, rows, Shape(photo=True, code=True), fonts)
        printing.print_page(page, assets, fonts)


def _seconds(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def main(arguments: list[str] | None = None) -> int:
    """Measure and report; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.certificates", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--many", type=int, default=300, help="certificates of a round")
    parser.add_argument("--flat", type=int, default=5000, help="certificates for the memory")
    parser.add_argument(
        "--classes", type=int, default=5, help="classes of 1,000 issued; 0 for none"
    )
    parser.add_argument(
        "--register",
        type=int,
        default=100_000,
        help="certificates behind the check page; 0 for none",
    )
    given = parser.parse_args(arguments)
    found = list(figures(given.many, given.flat))
    found += issuing.figures(given.classes) if given.classes else ()
    found += check_page.figures(given.register) if given.register else ()
    return report(found, as_json=given.json)


if __name__ == "__main__":
    sys.exit(main())
