"""Exchanges: what an open exam or lesson says to the server again and again, and how it is answered.

They are nearly all that a full hall asks, and rest on a token of their own: neither the sign-in's
cookie, its session, a form's token nor what a person owes concerns them. So only what does is done
around them: the request's id and line in the log, what their blueprint asks before each request, the
headers of data. Whatever else happens (an error, another method) takes the way of every page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, request

from app import extensions, headers, logs

View = TypeVar("View", bound=Callable[..., Any])
METHODS = frozenset({"GET", "POST"})


def exchange(view: View) -> View:
    """Mark a view as an exchange: it returns a Response of JSON and reads no cookie but its own."""
    view.is_exchange = True  # type: ignore[attr-defined]
    return view


def asked_for(app: Flask) -> bool:
    """Tell whether this request is an exchange."""
    view = app.view_functions.get(request.endpoint or "")
    return getattr(view, "is_exchange", False) and request.method in METHODS


def answer(app: Flask) -> Response:
    """Let the view answer; what it raises is the caller's to handle."""
    headers.name_request()
    logs.begin()
    extensions.begin_by_method()
    for ask in app.before_request_funcs.get(request.blueprint, ()):
        ask()
    view: Callable[..., Any] = app.view_functions[request.endpoint or ""]
    response: Response = view(**(request.view_args or {}))
    headers.protect_data(response)
    logs.note(response)
    return response
