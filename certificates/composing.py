"""Decide where every text of one certificate stands and in which size, from the slot list.

Type shrinks by the steps of the layout; what fits none of them is refused, never cut off or
squeezed. Deliberately draws nothing and knows no PDF.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from certificates import typesetting, wording
from certificates.certificate import CertificateData
from certificates.fitting import too_long
from certificates.fontset import Cut
from certificates.layouts import Facts, Layout, Step, TextSlot, fill
from certificates.typesetting import POINTS_PER_MM, Run

# Where the baseline lies in a line of Noto CJK: half of the leading, then the ascent.
_BASELINE = 0.433


@dataclass(frozen=True)
class Placed:
    """The lines of one slot: runs, and where the first begins (points from the lower left)."""

    slot: str
    lines: tuple[tuple[tuple[Run, ...], float, float], ...]


@dataclass(frozen=True)
class Row:
    """A row of facts as the template labels it; `top` in millimetres."""

    slot: str
    label: tuple[str, str]
    top: float


def fields(data: CertificateData) -> dict[str, str]:
    """Return what a wording may name."""
    until = data.valid_until
    return {
        "name": data.name,
        "printed_name_en": data.printed_name_en,
        "masked_identity": data.masked_identity,
        "occupation_zh": data.occupation_zh,
        "class_name": data.class_name,
        "level_zh": data.level_zh,
        "level_en": data.level_en,
        "result_zh": data.result_zh,
        "result_en": data.result_en,
        "hours": str(data.hours),
        "number": data.number.grouped,
        "period_zh": wording.period_zh(data.training_from, data.training_until),
        "period_en": wording.period_en(data.training_from, data.training_until),
        "issued_zh": wording.date_zh(data.issued_on),
        "issued_en": wording.date_en(data.issued_on),
        "until_zh": wording.date_zh(until) if until else "",
        "until_en": wording.date_en(until) if until else "",
    }


def rows(layout: Layout, values: Mapping[str, str]) -> tuple[Row, ...]:
    """Return the rows that have something to say, the last one at the bottom."""
    facts = layout.facts
    shown = [row for row in facts.rows if fill(row.text, values)]
    first = facts.top
    if first is None:
        first = layout.page_mm[1] - facts.bottom - len(shown) * facts.pitch
    return tuple(
        Row(row.slot, row.label, round(first + number * facts.pitch, 3))
        for number, row in enumerate(shown)
    )


def compose(
    layout: Layout,
    values: Mapping[str, str],
    shown: tuple[Row, ...],
    cuts: Mapping[str, Cut],
    *,
    photo: bool,
) -> list[Placed]:
    """Place every text. Raises TextTooLongError for one that does not fit its place."""
    tops = {row.slot: row.top for row in shown}
    return [
        *_column(layout, values, cuts, min([layout.lowest, *tops.values()]), photo=photo),
        *(
            _row(layout, row, tops[row.slot], values, cuts)
            for row in layout.facts.rows
            if row.slot in tops
        ),
        *(_single(layout, slot, values, cuts) for slot in layout.lines),
    ]


def _column(
    layout: Layout,
    values: Mapping[str, str],
    cuts: Mapping[str, Cut],
    lowest: float,
    *,
    photo: bool,
) -> Iterator[Placed]:
    left_mm, width_mm = layout.column[0 if photo else 1]
    left, room = left_mm * POINTS_PER_MM, width_mm * POINTS_PER_MM
    y = (layout.page_mm[1] - layout.top) * POINTS_PER_MM
    waiting = [one for one in layout.paragraphs if fill(one.text, values)]
    while waiting:
        slot = waiting.pop(0)
        text, cut, x = fill(slot.text, values), cuts[slot.cut], left
        y -= slot.before * POINTS_PER_MM
        beside = waiting[0] if slot.beside is not None and waiting else None
        step, found = _fit(slot, text, cut, room, _taken(slot, beside, values, cuts))
        run = Run(text, cut, step.size, typesetting.colour(slot.colour), step.spacing)
        yield _placed(slot, run, found, x, y)
        if beside is not None and step.beside:
            waiting.pop(0)
            x += run.width + run.spacing * run.size + (slot.beside or 0) * POINTS_PER_MM
            second = _run(beside, fill(beside.text, values), beside.steps[0], cuts)
            yield Placed(beside.slot, (((second,), x, _baseline(y, step.size, slot.line_height)),))
        y -= len(found) * step.size * slot.line_height
        if y < (layout.page_mm[1] - lowest) * POINTS_PER_MM:
            raise too_long(*slot.called, text)


def _taken(
    slot: TextSlot, beside: TextSlot | None, values: Mapping[str, str], cuts: Mapping[str, Cut]
) -> float:
    """Return the points that a text beside this one takes, the gap included."""
    if beside is None:
        return 0.0
    run = _run(beside, fill(beside.text, values), beside.steps[0], cuts)
    return run.width + (slot.beside or 0) * POINTS_PER_MM


def _fit(
    slot: TextSlot, text: str, cut: Cut, room: float, beside: float = 0.0
) -> tuple[Step, list[str]]:
    for step in slot.steps:
        free = room - beside if step.beside else room
        found = typesetting.lines(text, cut, free / step.size, step.spacing)
        if len(found) <= step.lines:
            return step, found
    raise too_long(*slot.called, text)


def _row(
    layout: Layout, row: TextSlot, top: float, values: Mapping[str, str], cuts: Mapping[str, Cut]
) -> Placed:
    facts = layout.facts
    second = _second(facts, fill(row.second, values), cuts)
    room = facts.width * POINTS_PER_MM - (second.width if second else 0)
    step, found = _fit(row, fill(row.text, values), cuts[row.cut], room)
    x = facts.value_left * POINTS_PER_MM
    upper = (layout.page_mm[1] - top - facts.padding) * POINTS_PER_MM
    y = _baseline(upper, facts.size, facts.line)
    pitch = step.size * 1.18
    y += pitch * (len(found) - 1) / 2
    lines = [
        ((_run(row, text, step, cuts),), x, y - number * pitch) for number, text in enumerate(found)
    ]
    if second:
        (first,), x, y = lines[0]
        lines[0] = (first, second), x, y  # type: ignore[assignment]  # one run or two
    return Placed(row.slot, tuple(lines))


def _second(facts: Facts, text: str, cuts: Mapping[str, Cut]) -> Run | None:
    if not text:
        return None
    looks = facts.second
    return Run(f" {text}", cuts[looks["cut"]], looks["size"], typesetting.colour(looks["colour"]))


def _single(
    layout: Layout, slot: TextSlot, values: Mapping[str, str], cuts: Mapping[str, Cut]
) -> Placed:
    run = _run(slot, fill(slot.text, values), slot.steps[0], cuts)
    upper = (layout.page_mm[1] - slot.top) * POINTS_PER_MM
    x = slot.right * POINTS_PER_MM - run.width
    return Placed(slot.slot, (((run,), x, _baseline(upper, run.size, slot.line_height)),))


def _placed(slot: TextSlot, run: Run, found: list[str], x: float, upper: float) -> Placed:
    """Return the lines of a paragraph, its upper edge at `upper`."""
    leading = run.size * slot.line_height
    first = _baseline(upper, run.size, slot.line_height)
    return Placed(
        slot.slot,
        tuple(
            ((Run(text, run.cut, run.size, run.colour, run.spacing),), x, first - number * leading)
            for number, text in enumerate(found)
        ),
    )


def _run(slot: TextSlot, text: str, step: Step, cuts: Mapping[str, Cut]) -> Run:
    return Run(text, cuts[slot.cut], step.size, typesetting.colour(slot.colour), step.spacing)


def _baseline(upper: float, size: float, line_height: float) -> float:
    return upper - size * (line_height / 2 + _BASELINE)
