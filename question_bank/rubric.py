"""A rubric: the heads by which people mark a short answer or an upload.

The program adds up and checks; it never gives points itself.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields, shown_fraction
from question_bank.pieces import Anchor, Criterion
from question_bank.question import Fault, Question

MOST_CRITERIA = 20


class RubricError(ValueError):
    """The points given are not points of this rubric; the message is for the marker."""


def read_rubric(fields: Fields) -> tuple[Criterion, ...]:
    """Take the list ``rubric`` of a body."""
    return tuple(_read_criterion(one) for one in fields.mappings("rubric"))


def _read_criterion(fields: Fields) -> Criterion:
    return Criterion(
        id=fields.text("id", required=True),
        text=fields.text("text", required=True),
        points=_points(fields),
        anchors=tuple(_read_anchor(one) for one in fields.mappings("anchors")),
        extra=fields.rest(),
    )


def _read_anchor(fields: Fields) -> Anchor:
    anchor = Anchor(points=_points(fields), text=fields.text("text", required=True))
    fields.rest()
    return anchor


def _points(fields: Fields) -> Fraction:
    points = fields.fraction("points")
    if points < 0:
        fields.fault("points", "points 不能小于 0。")
    return points


def write_rubric(rubric: Iterable[Criterion]) -> list[dict[str, Any]]:
    """Give a rubric as a body."""
    return [
        {"id": one.id, "text": one.text, "points": shown_fraction(one.points)}
        | (
            {"anchors": [{"points": shown_fraction(a.points), "text": a.text} for a in one.anchors]}
            if one.anchors
            else {}
        )
        | dict(one.extra)
        for one in rubric
    ]


def rubric_faults(question: Question) -> list[Fault]:
    """Check that people can mark by it."""
    rubric = question.rubric
    if not 1 <= len(rubric) <= MOST_CRITERIA:
        message = f"有 {len(rubric)} 条评分点，应当有 1 到 {MOST_CRITERIA} 条，请增减。"
        return [Fault(("rubric",), message)]
    faults = []
    seen: set[str] = set()
    for place, one in enumerate(rubric):
        if one.id in seen:
            message = f"评分点编号 {one.id} 重复，请改成没用过的。"
            faults.append(Fault(("rubric", place, "id"), message))
        seen.add(one.id)
        if one.points <= 0:
            faults.append(Fault(("rubric", place, "points"), "评分点的分应当大于 0。"))
        points = [anchor.points for anchor in one.anchors]
        if len(set(points)) != len(points) or (points and max(points) != one.points):
            message = "各档的分不能重复，最高一档应当等于这条的满分。"
            faults.append(Fault(("rubric", place, "anchors"), message))
    return faults


def mark_by_rubric(question: Question, given: Mapping[str, Fraction]) -> Fraction:
    """Add up the points a person gave, as a fraction 0..1 of the rubric's total.

    Raises RubricError unless every criterion has points that it allows: with anchors one of
    theirs or 0, else 0 … its points.
    """
    rubric = question.rubric
    if set(given) != {one.id for one in rubric}:
        raise RubricError("每条评分点都要给分，也只能给这些评分点；请补全后再提交。")
    for one in rubric:
        points = given[one.id]
        anchors = sorted({Fraction(0), *(anchor.points for anchor in one.anchors)})
        if one.anchors and points not in anchors:
            allowed = "、".join(str(shown_fraction(point)) for point in anchors)
            raise RubricError(f"“{one.text}”只能给 {allowed} 分，请改正。")
        if not 0 <= points <= one.points:
            raise RubricError(f"“{one.text}”可以给 0 到 {shown_fraction(one.points)} 分，请改正。")
    return sum(given.values(), Fraction(0)) / sum(one.points for one in rubric)
