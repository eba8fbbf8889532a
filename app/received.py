"""What a request brings, as text that a database keeps: without NUL, which PostgreSQL has no place for.

Nobody types it; it comes from a broken device or from somebody who tries. A field without it is what
the person meant, so it is dropped here, once, and no form or query has to think of it.
"""

from __future__ import annotations

from typing import Any

from flask import Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.routing import Map, UnicodeConverter

NUL = "\0"


class Fields(ImmutableMultiDict[str, Any]):
    """The fields of a form or an address."""

    def __init__(self, mapping: Any = None) -> None:
        """Take what was read, a list of pairs, or a copy of fields."""
        if isinstance(mapping, list):
            mapping = [(name, _kept(value)) for name, value in mapping]
        super().__init__(mapping)


class Received(Request):
    """A request whose fields hold no NUL."""

    parameter_storage_class = Fields


class JSON(DefaultJSONProvider):
    """Flask's JSON; what is nested beyond reason is as little JSON as any other nonsense."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read JSON. Raises ValueError for what is none."""
        try:
            told = super().loads(s, **kwargs)
            escaped = "\\u0000" if isinstance(s, str) else b"\\u0000"
            return _without(told) if escaped in s else told  # type: ignore[operator]
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


class _Piece(UnicodeConverter):
    """A piece of an address: one with NUL in it leads nowhere."""

    def __init__(self, url_map: Map, minlength: int = 1) -> None:
        super().__init__(url_map, minlength)
        self.regex = self.regex.replace("[^/]", f"[^/{NUL}]")


CONVERTERS = {"default": _Piece, "string": _Piece}


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(NUL, "")
    if isinstance(value, FileStorage) and value.filename:
        value.filename = value.filename.replace(NUL, "")
    return value


def _without(told: Any) -> Any:
    if isinstance(told, str):
        return told.replace(NUL, "")
    if isinstance(told, dict):
        return {_without(name): _without(value) for name, value in told.items()}
    return [_without(one) for one in told] if isinstance(told, list) else told
