"""The one crossing between a course in memory and a JSON body that can be stored.

COMPATIBILITY. A body carries `body_version`. Version 1 only ever gains optional fields: load()
fills what an older body lacks from the class's default and passes over fields it does not know.
Another version is refused. load(dump(x)) == x for lessons and courses.
"""

import hashlib
import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from curricula.course import Course, Lesson

BODY_VERSION = 1

_Thing = TypeVar("_Thing")


class UnknownBodyError(ValueError):
    """A stored body that this version of the program cannot read."""


def dump_lesson(lesson: Lesson) -> dict[str, Any]:
    """Return the lesson as a JSON body, drawings included."""
    return {"body_version": BODY_VERSION, **_dump(lesson)}


def load_lesson(body: dict[str, Any]) -> Lesson:
    """Return the lesson of a JSON body; raise UnknownBodyError where it cannot be read."""
    return _load_body(Lesson, body)


def dump_course(course: Course) -> dict[str, Any]:
    """Return the course with all its lessons as a JSON body."""
    return {"body_version": BODY_VERSION, **_dump(course)}


def load_course_body(body: dict[str, Any]) -> Course:
    """Return the course of a JSON body; raise UnknownBodyError where it cannot be read."""
    return _load_body(Course, body)


def fingerprint(lesson: Lesson) -> str:
    """Return SHA-256 in hex over all that the lesson says: equal means nothing has changed."""
    body = json.dumps(dump_lesson(lesson), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def _load_body(kind: type[_Thing], body: dict[str, Any]) -> _Thing:
    if body.get("body_version") != BODY_VERSION:
        raise UnknownBodyError(f"body_version is {body.get('body_version')!r}, not {BODY_VERSION}")
    try:
        return cast("_Thing", _load(kind, body))
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownBodyError(f"not a {kind.__name__}: {error}") from error


def _dump(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: _dump(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple):
        return [_dump(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    return value


def _load(kind: Any, value: Any) -> Any:
    if get_origin(kind) is UnionType:
        if value is None:
            return None
        return _load(next(arm for arm in get_args(kind) if arm is not NoneType), value)
    if get_origin(kind) is tuple:
        return tuple(_load(get_args(kind)[0], item) for item in value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        given = {
            part.name: _load(hints[part.name], value[part.name])
            for part in fields(kind)
            if part.name in value or part.default is MISSING
        }
        return cast("Any", kind)(**given)
    if kind is date:
        return date.fromisoformat(value)
    if kind is Fraction:
        return Fraction(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value
