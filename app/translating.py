"""The reader's language, and `_()` in templates: a page asks for a hundred sentences, so each must cost next to nothing.

Flask-Babel finds out the application, the language and the catalogue anew for every sentence, and
Jinja's extension passes each through two more calls: together that was half of what a page cost.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, g, has_app_context
from flask_babel import get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

MOST = 10_000
"""Sentences kept; about twice as many as all templates hold."""


def language() -> str | None:
    """Return the reader's language, zh or en; None outside of an application."""
    if not has_app_context():
        return None
    # Where Flask-Babel keeps what it chose for this request; asking it costs five times that.
    locale = getattr(getattr(g, "_flask_babel", None), "babel_locale", None) or get_locale()
    return locale and str(locale.language)


@pass_eval_context
def translate(evaluation: EvalContext, message: str, /, **values: Any) -> str:
    """Return a sentence in the reader's language with its values, escaped where a page is made.

    Always a format, as Jinja's own: a percent sign is written twice.
    """
    text = _plain(language(), message, not values)
    if evaluation.autoescape:
        return text % values if values else text
    return str(text) % values if values else str(text)


@lru_cache(MOST)
def _plain(_language: str | None, message: str, formatted: bool) -> Markup:
    """Return what the catalogue in force says; `formatted`, with nothing to be put into it."""
    text: str = get_translations().gettext(message)
    return Markup(text % {} if formatted else text)  # noqa: S704 — ours


def init_app(app: Flask) -> None:
    """Use it in templates. Call after Flask-Babel has put its own there."""
    app.jinja_env.globals.update({"_": translate, "gettext": translate})
