"""Lines break where Chinese typesetting allows, and nothing gets lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.fonts import installed_fonts
from certificates.fontset import Cut, cuts
from certificates.typesetting import Ink, Run, colour, lines, width

LETTERS = st.text("陪诊师培训，。（）“”LINZhiqiu 2026-·/", max_size=120)


@pytest.fixture(scope="module")
def serif() -> Cut:
    return cuts(installed_fonts())["serif"]


@settings(deadline=None)  # the first text opens the fonts
@given(LETTERS.map(str.strip), st.floats(3, 40))
def test_lines_hold_the_whole_text_and_fit(text: str, room: float) -> None:
    cut = cuts(installed_fonts())["serif"]
    found = lines(text, cut, room)
    assert "".join(found) == text
    assert all(width(line.rstrip(), cut) <= room + 1e-9 for line in found)


@pytest.mark.parametrize(
    ("text", "room", "wanted"),
    [
        ("", 5, []),
        ("陪诊师", 3, ["陪诊师"]),
        ("陪诊师培训。", 5, ["陪诊师培", "训。"]),
        ("陪诊师（培训）", 4, ["陪诊师", "（培训）"]),
        ("LIN Zhiqiu passed", 6, ["LIN Zhiqiu ", "passed"]),
        ("共 36 课时", 3.1, ["共 36 ", "课时"]),
        ("Featherstonehaugh", 4, ["Feather", "stoneha", "ugh"]),
        ("阿卜杜·买买提", 4, ["阿卜杜·", "买买提"]),
    ],
)
def test_where_lines_break(serif: Cut, text: str, room: float, wanted: list[str]) -> None:
    assert lines(text, serif, room) == wanted


def test_a_page_numbers_its_glyphs_once(serif: Cut) -> None:
    ink = Ink()
    ink.text([Run("林林秋", serif, 10, colour("#000000")), Run("秋", serif, 8, "1 0 0")], 10, 20)
    (font,) = ink.fonts.values()
    assert list(font.glyphs) == ["林", "秋"]
    assert "/Pz0 10 Tf <000100010002> Tj" in ink.operators
    assert "BT 1 0 0 rg 0.000 Tc 1 0 0 1 40.00 20.00 Tm" in ink.operators


def test_colour() -> None:
    assert colour("#ff0080") == "1.000 0.000 0.502"
