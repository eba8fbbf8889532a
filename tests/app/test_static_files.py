"""Static files: under an address that changes with their content, compressed, cached for a year."""

from __future__ import annotations

import os
import re
from pathlib import Path

from app import create_app, static_files
from tests.conftest import test_settings


def test_served_compressed_under_their_release(tmp_path: Path) -> None:
    """A style sheet, a script and Bootstrap's sheet come compressed and may be kept for ever."""
    settings = test_settings(f"sqlite:///{tmp_path}/x.sqlite3", tmp_path, testing=False)
    client = create_app(settings).test_client()
    for address in (
        f"{static_files.address()}/css/components.css",
        f"{static_files.address()}/js/exam/page.js",
        f"/bootstrap{static_files.address()}/css/bootstrap.min.css",
    ):
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        answer.close()


def test_a_second_start_makes_nothing_new(tmp_path: Path) -> None:
    """The folder of a release is made once; of older ones, which may still be served, three stay."""
    settings = test_settings(f"sqlite:///{tmp_path}/x.sqlite3", tmp_path, testing=False)
    for age in range(1, 6):
        old = tmp_path / "static" / f"old{age}"
        old.mkdir(parents=True)
        os.utime(old, (1e9 - age, 1e9 - age))
    create_app(settings)
    made = tmp_path / "static" / static_files.release()
    before = made.stat().st_mtime_ns
    create_app(settings)
    assert made.stat().st_mtime_ns == before
    left = {path.name for path in (tmp_path / "static").iterdir()}
    assert left == {static_files.release(), "old1", "old2", "old3"}


def test_scripts_import_inside_their_release() -> None:
    """An import with a whole path would leave the release and meet an old file."""
    for script in static_files.OWN.rglob("*.js"):
        for wanted in re.findall(r"from \"([^\"]+)\"", script.read_text("utf-8")):
            assert wanted.startswith(("./", "../")), f"{script.name}: {wanted}"
            assert (script.parent / wanted).is_file()
