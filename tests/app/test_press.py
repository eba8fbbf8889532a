"""Drawing a feature's layouts: texts come out, and a character no font has is marked or refused."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from flask import Flask

from app.press import MISSING, NotPrinted, Press

NOBODY_HAS = "\U0003fffd"
PAGE = """<html lang="zh"><head><title>{{ title }}</title><style>{{ style }}</style></head>
<body><h1>{{ title }}</h1>
{% for one in people %}
<p>{{ one }}</p>
{% endfor %}
</body></html>"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with one layout."""
    folder = tmp_path / "a_printing_feature"
    (folder / "layouts").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "layouts" / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "layouts" / "print.css").write_text(
        "@page { size: A5 } body { font-family: var(--sans) }", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    return folder.name


def drawn(press: Press, *people: str) -> str:
    pdf = pypdfium2.PdfDocument(press.draw("page", {"title": "名单", "people": people}))
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in pdf)
    finally:
        pdf.close()


def test_it_works(app: Flask, package: str) -> None:
    text = drawn(Press(package), "王 <b>", "李")
    assert "名单" in text
    assert "王 <b>" in text


def test_a_character_no_font_has_is_marked(app: Flask, package: str) -> None:
    assert f"王{MISSING}" in drawn(Press(package, marks_missing=True), f"王{NOBODY_HAS}")


def test_or_it_is_refused_with_what_to_do(app: Flask, package: str) -> None:
    with pytest.raises(NotPrinted, match="没有生成文件。请把这句话告诉管理员"):
        Press(package).draw("page", {"title": "名单", "people": [f"王{NOBODY_HAS}"]})
