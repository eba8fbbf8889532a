"""Compiled templates are kept between processes, and never in the way of a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment

from app import compiled, create_app
from tests.conftest import test_settings


@pytest.fixture
def made(tmp_path: Path) -> Flask:
    """An application that nobody has asked for a page yet."""
    return create_app(test_settings(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path))


def kept(folder: Path) -> list[Path]:
    """Return the files of compiled templates."""
    return sorted((folder / "templates").rglob("*.cache"))


def test_another_process_compiles_nothing(
    made: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds what the first has compiled."""
    made.jinja_env.get_template("base.html")
    assert len(kept(tmp_path)) == 1
    assert kept(tmp_path)[0].parent.stat().st_mode & 0o077 == 0
    again = create_app(test_settings(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path))
    monkeypatch.setattr(Environment, "compile", lambda *_a, **_k: pytest.fail("compiled"))
    again.jinja_env.get_template("base.html")


def test_broken_files_are_made_anew(made: Flask, tmp_path: Path) -> None:
    """As after a crash of the machine."""
    made.jinja_env.get_template("base.html")
    (file,) = kept(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    assert made.jinja_env.cache is not None
    made.jinja_env.cache.clear()
    made.jinja_env.get_template("base.html")
    assert file.read_bytes() == whole


def test_a_full_disk_costs_no_page(
    made: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is kept, and the template is there."""

    def full(*_given: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    assert made.jinja_env.get_template("base.html")
    assert kept(tmp_path) == []


def test_other_versions_are_cleared_away(made: Flask, tmp_path: Path) -> None:
    """Each version of the code has a folder of its own."""
    old = tmp_path / "templates" / "0123456789abcdef"
    old.mkdir()
    (old / "x.cache").write_bytes(b"x")
    create_app(test_settings(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path))
    assert [one.name for one in (tmp_path / "templates").iterdir()] == [compiled._version()]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A file stands where the folder should be: each process compiles for itself."""
    (tmp_path / "templates").write_text("", "utf-8")
    app = create_app(test_settings(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path))
    assert app.jinja_env.bytecode_cache is None
    assert app.jinja_env.get_template("base.html")
