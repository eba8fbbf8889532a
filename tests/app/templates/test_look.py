"""Guards over the look: what the content policy, the design guide and other people rely on.

Reads the files as text; whether pages render and are accessible is tested with the pages.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[3] / "app"
TEMPLATES = sorted((APP / "templates").rglob("*.html"))
SHEETS = sorted((APP / "static" / "css").glob("*.css"))
MACROS = sorted((APP / "templates" / "components").glob("*.html"))


def _code(template: Path) -> str:
    """Return a template without its comments."""
    return re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)


def _rules(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)


def _name(path: Path) -> str:
    return str(path.relative_to(APP))


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_templates_need_no_exception_from_the_content_policy(template: Path) -> None:
    code = _code(template)
    assert not re.search(r"\sstyle\s*=", code), "styles belong into static/css"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", code), "handlers belong into static/js"
    for attributes in re.findall(r"<script([^>]*)>", code):
        assert "src=" in attributes or "type=" in attributes, "scripts belong into static/js"


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_icons_named_in_templates_are_in_the_sprite(template: Path) -> None:
    sprite = (APP / "static" / "icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([a-z-]+)"', sprite))
    used = set(re.findall(r"""\bicon\(['"]([a-z-]+)['"]""", _code(template)))
    used |= set(re.findall(r"""\bicon_name=['"]([a-z-]+)['"]""", _code(template)))
    assert used <= known


@pytest.mark.parametrize("sheet", SHEETS, ids=_name)
def test_style_sheets_take_every_value_from_the_tokens(sheet: Path) -> None:
    tokens = _rules(APP / "static" / "css" / "tokens.css")
    defined = set(re.findall(r"(--pz-[a-z0-9-]+)\s*:", tokens))
    assert set(re.findall(r"var\((--pz-[a-z0-9-]+)", _rules(sheet))) <= defined
    if sheet.name not in {"tokens.css", "check.css"}:  # that has its own copy, which is compared
        # Print is always black on white, whatever the reader chose for the screen.
        on_screen = re.sub(r"@media print \{.*", "", _rules(sheet))
        assert not re.findall(r"#[0-9a-f]{3,8}\b|\brgba?\(", on_screen)


@pytest.mark.parametrize("family", MACROS, ids=_name)
def test_the_list_of_macros_is_true(family: Path) -> None:
    listed = (family.parent / "README.md").read_text(encoding="utf-8")
    assert f"## {family.name}" in listed
    for name, parameters in re.findall(r"\{% macro ([a-z]\w*)\(([^)]*)\)", _code(family)):
        if parameters.count("{") == parameters.count("}"):
            assert f"{name}(" in listed, f"{name} is not in components/README.md"
