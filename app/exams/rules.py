"""The exam's arithmetic: who may start, how long there is, which answers count. Pure.

Times are aware datetimes of the server's clock. Nothing here reads a clock, a row or a request, so
every rule can be tried at every second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Gate(StrEnum):
    """The start gate's answers."""

    OPEN = "open"
    TOO_EARLY = "too_early"
    LOCKED = "locked"
    TOO_LATE = "too_late"
    NOT_DRAWN = "not_drawn"


@dataclass(frozen=True)
class Line:
    """One line of a time account: seconds given or taken."""

    kind: str
    seconds: int


def gate(
    now: datetime, opens_at: datetime, last_start_at: datetime, *, admitted: bool, drawn: bool
) -> Gate:
    """Tell whether a candidate may start now.

    `admitted`: the sitting is unlocked, or the candidate gave the room's code.
    """
    if now < opens_at:
        return Gate.TOO_EARLY
    if now > last_start_at:
        return Gate.TOO_LATE
    if not drawn:
        return Gate.NOT_DRAWN
    return Gate.OPEN if admitted else Gate.LOCKED


def opening_lines(
    start: datetime, closes_at: datetime, minutes: int, factor_percent: int
) -> list[Line]:
    """Return the first lines of a time account.

    The time limit and the window are separate: someone who starts late loses what lies after the
    window's end, and is told so before starting. The accommodation factor is given on top of the
    ordinary time and not cut by the window, else it would be taken from those who need it.
    """
    base = minutes * 60
    lines = [Line("base", base)]
    over = int((start + timedelta(seconds=base) - closes_at).total_seconds())
    if over > 0:
        lines.append(Line("window", -min(over, base)))
    extra = base * (factor_percent - 100) // 100
    if extra:
        lines.append(Line("factor", extra))
    return lines


def deadline(start: datetime, lines: Iterable[Line]) -> datetime:
    """Return the start plus every line of the account. Additions made later simply count."""
    return start + timedelta(seconds=sum(line.seconds for line in lines))


def takes_answers(deadline: datetime, grace: timedelta, now: datetime) -> bool:
    """Tell whether an answer that arrives now still counts."""
    # The page hands in by itself at zero. Without the grace everyone on a slow line who used the
    # whole time would lose the last answer.
    return now <= deadline + grace


def is_over(deadline: datetime, grace: timedelta, now: datetime) -> bool:
    """Tell whether the server hands in by itself now: after the grace, never inside it."""
    return not takes_answers(deadline, grace, now)


def seconds_before_end(minutes: Sequence[int], factor_percent: int) -> list[int]:
    """Return for each section how long before the deadline it ends: what those after it take.

    Counted from the end, so that time added, and a pause, lengthen the section they fall into. The
    accommodation factor lengthens every section alike. Sections without minutes end with the paper.
    """
    return [sum(minutes[place + 1 :]) * 60 * factor_percent // 100 for place in range(len(minutes))]


def section_end(deadline: datetime, before: int) -> datetime:
    """Return when a section ends that ends `before` seconds before the deadline."""
    return deadline - timedelta(seconds=before)


@dataclass(frozen=True, order=True)
class Change:
    """One change of one answer as the journal keeps it; ordered by device epoch and sequence."""

    epoch: int
    sequence: int
    slot: int
    value: str


def standing_answers(changes: Iterable[Change]) -> dict[int, str]:
    """Return what counts: for each slot the value of its highest (epoch, sequence)."""
    # Arrival order says nothing: a phone that was offline for an hour delivers late and in order,
    # and an old device's unsent answers arrive after the new device's first ones.
    standing: dict[int, Change] = {}
    for change in changes:
        held = standing.get(change.slot)
        if held is None or (change.epoch, change.sequence) > (held.epoch, held.sequence):
            standing[change.slot] = change
    return {slot: change.value for slot, change in standing.items()}
