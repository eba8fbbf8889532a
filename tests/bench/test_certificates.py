"""The benches of certificates at a small size: that they run and compare. Times are judged by hand."""

from __future__ import annotations

import json
import shutil

import pytest

from bench import certificates, scans
from certificates.layouts import CURRENT


def test_it_measures_what_it_promises() -> None:
    found = {one.name: one for one in certificates.figures(4, 8)}
    assert found["certificate: drawn and signed"].at_least == 300
    assert found["certificate: faster than WeasyPrint"].at_least == 60
    assert found["certificate: largest file"].met
    assert any(name.startswith("certificate: memory grown") for name in found)


def test_codes_are_read_from_a_damaged_page() -> None:
    """One certificate at 100 dpi; `python -m bench.scans` does all."""
    layout, address, pdf = next(scans.pages())
    page = scans.picture(pdf, 100)
    table = json.loads(scans.TABLE.read_text("utf-8"))
    for name, damage in scans.DAMAGES.items():
        damaged = damage(page, 100)
        assert address in scans.by_zxing(damaged), name
        if shutil.which("zbarimg") and table[f"{layout}, {name}, 100 dpi"] == len(scans.TOKENS):
            assert address in scans.by_zbar(damaged), name


def test_the_table_has_a_line_for_every_damage() -> None:
    table = json.loads(scans.TABLE.read_text("utf-8"))
    assert set(table) == {
        f"{layout}, {name}, {dpi} dpi"
        for layout in CURRENT
        for name in scans.DAMAGES
        for dpi in scans.DPIS
    }


def test_what_is_read_less_often_is_told() -> None:
    table = json.loads(scans.TABLE.read_text("utf-8"))
    found = {name: {"zxing": len(scans.TOKENS), "zbar": least} for name, least in table.items()}
    assert scans.missed(found, zbar=True) == []
    found["card, as it is, 100 dpi"] = {"zxing": 2, "zbar": 2}
    assert scans.missed(found, zbar=False) == ["zxing: card, as it is, 100 dpi"]
    assert scans.missed(found, zbar=True)[1:] == ["zbar: card, as it is, 100 dpi"]


@pytest.mark.parametrize("number", [0, 7])
def test_made_up_facts_are_the_same_each_time(number: int) -> None:
    assert certificates.facts(number) == certificates.facts(number)
