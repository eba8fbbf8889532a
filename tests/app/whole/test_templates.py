"""Every template compiles, and none brings script or style that the content policy forbids."""

from __future__ import annotations

import re

from flask import Flask, render_template

INLINE = re.compile(r"""<style|\sstyle=|\son[a-z]+=|javascript:""", re.IGNORECASE)
LINK = re.compile(r"""url_for\(\s*['"]([a-z_]+\.[a-z_]+)['"]""")


def _sources(app: Flask) -> dict[str, str]:
    loader = app.jinja_loader
    assert loader is not None
    return {
        name: loader.get_source(app.jinja_env, name)[0]
        for name in loader.list_templates()
        if name.endswith(".html")
    }


def test_all_compile(sqlite_app: Flask) -> None:
    """Under the application's own settings, undefined names being errors."""
    sources = _sources(sqlite_app)
    assert len(sources) > 30
    for name in sources:
        sqlite_app.jinja_env.get_template(name)


def test_nothing_inline(sqlite_app: Flask) -> None:
    """The printed certificate is no page; all others carry neither style nor handlers."""
    for name, source in _sources(sqlite_app).items():
        without_comments = re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)
        assert not INLINE.search(without_comments), name


def test_links_lead_somewhere(sqlite_app: Flask) -> None:
    """Each endpoint named in a template exists."""
    known = set(sqlite_app.view_functions)
    for name, source in _sources(sqlite_app).items():
        without_comments = re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)
        missing = set(LINK.findall(without_comments)) - known
        assert not missing, f"{name}: {missing}"


def test_error_pages_stand_alone(sqlite_app: Flask) -> None:
    """Failures are shown without a session or a database."""
    for status in (400, 403, 404, 413, 429, 500):
        with sqlite_app.test_request_context():
            html = render_template(f"errors/{status}.html", request_id="x", sentence="")
        assert str(status) in html
