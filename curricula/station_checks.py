"""What must hold inside one station, and between the stations of one exam.

Everything here is arithmetic or a missing word, told with the line of the field it concerns.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from curricula.course import Course
from curricula.fields import Fields
from curricula.problems import ProblemList
from curricula.station import Cue, Station


def check_station(station: Station, file_name: str, fields: Fields) -> None:
    """Note every fault of one station in `fields.problems`."""

    def error(name: str, code: str, zh: str, en: str) -> None:
        fields.problems.error(fields.line(name), code, zh, en)

    if station.id != file_name:
        error(
            "id",
            "differs-from-file",
            f"编号“{station.id}”和文件名“{file_name}”不一样；请改成一致。",
            f"The id '{station.id}' differs from the file's name '{file_name}'.",
        )
    for name, entries in (
        ("lessons", station.lessons),
        ("headings", station.headings),
        ("sources", station.sources),
        ("reviewers_needed", station.reviewers_needed),
        ("critical_errors", station.critical_errors),
    ):
        if fields.has(name) and not entries:
            error(name, "empty-list", f"“{name}”是空的；请至少写一项。", f"'{name}' is empty.")
    for zh, en in _points_faults(station):
        error("checklist", "points-differ", zh, en)
    for kind, ids in (
        ("checklist", [item.id for item in station.items]),
        ("critical_errors", [one.id for one in station.critical_errors]),
        ("timing", [cue.id for cue in station.timing.cues]),
        ("sources", [source.id for source in station.sources]),
    ):
        for twice in _repeated(ids):
            error(
                kind,
                "duplicate-id",
                f"“{kind}”里的编号“{twice}”用了两次；请改一个。",
                f"The id '{twice}' is used twice in '{kind}'; change one.",
            )
    for zh, en in _anchor_faults(station):
        error("checklist", "same-anchors", zh, en)
    for zh, en in _cue_faults(station):
        error("timing", "bad-cue", zh, en)
    for zh, en in (*_marking_faults(station), *_protocol_faults(station)):
        error("settings", "bad-setting", zh, en)


def _points_faults(station: Station) -> Iterable[tuple[str, str]]:
    for head in station.checklist:
        if (found := sum(item.points for item in head.items)) != head.points:
            yield (
                f"“{head.title}”写 {head.points} 分，各项加起来是 {found} 分；请改正。",
                f"'{head.title}' says {head.points} points, its items add up to {found}.",
            )
    if (found := sum(head.points for head in station.checklist)) != station.points:
        yield (
            f"本站写 {station.points} 分，各组加起来是 {found} 分；请改正。",
            f"The station says {station.points} points, its heads add up to {found}.",
        )


def _anchor_faults(station: Station) -> Iterable[tuple[str, str]]:
    for item in station.items:
        anchors = [item.full, item.half, item.none]
        if len(set(anchors)) < len(anchors):
            yield (
                f"{item.id} 的三档里有两档写得一样，考评员分不出；请写出差别。",
                f"Two anchors of {item.id} have the same words; write what differs.",
            )


def _cue_faults(station: Station) -> Iterable[tuple[str, str]]:
    for cue in station.timing.cues:
        if not (cue.say or cue.do):
            yield f"提示 {cue.id} 没有写说什么、做什么。", f"Cue {cue.id} says and does nothing."
        if cue.at_s is None and not cue.trigger:
            yield f"提示 {cue.id} 没有时间也没有触发。", f"Cue {cue.id} has no time, no trigger."
        if cue.only_on_trigger and cue.at_s is not None:
            yield (
                f"提示 {cue.id} 只按触发出现，就不写 at_s；请删去一个。",
                f"Cue {cue.id} comes only on its trigger and has a time too; delete one.",
            )
        if cue.at_s is not None and cue.at_s >= station.timing.perform_s:
            yield f"提示 {cue.id} 的时间在停表之后。", f"Cue {cue.id} comes after the end."
    timed: Sequence[Cue] = [cue for cue in station.timing.cues if cue.at_s is not None]
    for one, other in pairwise(timed):
        if (one.at_s or 0) > (other.at_s or 0):
            yield (
                f"提示 {other.id} 写在 {one.id} 后面，时间却更早；请按时间排。",
                f"Cue {other.id} stands after {one.id} but comes earlier; order them by time.",
            )
    if not 0 < station.timing.warn_s < station.timing.perform_s:
        yield "报时（warn_s）要在停表之前。", "warn_s must come before the end."


def _marking_faults(station: Station) -> Iterable[tuple[str, str]]:
    marking = station.marking
    if marking.two_markers != (marking.combine == "mean"):
        yield (
            "两人评分取平均（mean），一人评分写 single；请核对 marks。",
            "Two markers take the mean, one marker is single; check marks.",
        )
    if marking.two_markers != (marking.chief_decides_above is not None):
        yield (
            "两人评分要写相差多少交总考评（chief_decides_above），一人评分写 null。",
            "Two markers need chief_decides_above; for one it is null.",
        )


def _protocol_faults(station: Station) -> Iterable[tuple[str, str]]:
    protocol = station.protocol
    if protocol is not None and protocol.chosen not in {text.id for text in protocol.texts}:
        yield (
            f"选定的方案“{protocol.chosen}”没有写正文；请在 texts 里补上。",
            f"The chosen text '{protocol.chosen}' is not written; add it to texts.",
        )


def check_stations(stations: Sequence[Station], course: Course, problems: ProblemList) -> None:
    """Check stations against the course and against each other: draws of one share their weight."""
    headings = {heading.id for heading in course.headings}
    lessons = {lesson.id for lesson in course.lessons}
    for station in stations:
        own = ProblemList(station.file)
        for unknown in (*(set(station.headings) - headings), *(set(station.lessons) - lessons)):
            own.error(
                1,
                "unknown-heading",
                f"course.yaml 里没有“{unknown}”；请改正 headings 或 lessons。",
                f"course.yaml has no '{unknown}'; correct headings or lessons.",
            )
        first = next(one for one in stations if one.station == station.station)
        if _weights(first) != _weights(station):
            own.error(
                1,
                "draws-differ",
                f"同一站各题的分值和分组要一样，这里和 {first.id} 不同；请改成一致。",
                f"Draws of one station share points and heads; this differs from {first.id}.",
            )
        problems.extend(own.found)


def _weights(station: Station) -> tuple[object, ...]:
    heads = tuple(head.points for head in station.checklist)
    return station.points, heads, station.timing.perform_s, station.marking


def _repeated(ids: Iterable[str]) -> list[str]:
    return [id_ for id_, count in Counter(ids).items() if count > 1]
