"""Which characters are printed and which refused; the renderer sees our faces and no other."""

from pathlib import Path

import pytest

from certificates.fonts import (
    CharactersMissingError,
    Fonts,
    FontsMissingError,
    find_fonts,
    font_folders,
    installed_fonts,
)
from certificates.isolation import fontconfig_xml


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return installed_fonts()


def test_the_chosen_faces_are_static_and_simplified_chinese(fonts: Fonts) -> None:
    assert "Serif" in fonts.serif.family
    assert "Sans" in fonts.sans.family
    assert all(" SC" in face.family for face in (fonts.serif, fonts.serif_bold, fonts.sans))
    assert [face.bold for face in (fonts.serif, fonts.serif_bold, fonts.sans)] == [
        False,
        True,
        False,
    ]


def test_common_names_are_drawable(fonts: Fonts) -> None:
    assert fonts.missing_characters("林知秋 阿卜杜·买买提 LIN Zhiqiu O’Neil 欧阳喆祎玥珺") == ()


@pytest.mark.parametrize("character", "㛃䶮𬭎𠮷𬀩")
def test_a_rare_character_is_drawable_exactly_if_a_chosen_face_has_it(
    fonts: Fonts, character: str
) -> None:
    has = any(ord(character) in face.characters for face in (fonts.serif_bold, *fonts.rare))
    assert (fonts.missing_characters(character) == ()) is has
    if not has:
        with pytest.raises(CharactersMissingError, match=f"U\\+{ord(character):04X}"):
            fonts.refuse_missing("姓名", "name", character)


def test_a_refusal_names_character_code_and_what_to_do(fonts: Fonts) -> None:
    with pytest.raises(CharactersMissingError) as refusal:
        fonts.refuse_missing("姓名", "name", "林ሀ秋ሀ")
    assert refusal.value.characters == ("ሀ",)
    assert "姓名里的“ሀ”（U+1200）没有字体能印出来" in refusal.value.zh
    assert "安装" in refusal.value.zh
    assert "U+1200" in refusal.value.en


@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\n", "\x00", "\ufeff", "\ud800"])
def test_invisible_characters_are_refused(fonts: Fonts, character: str) -> None:
    with pytest.raises(CharactersMissingError, match="看不见的字符") as refusal:
        fonts.refuse_missing("姓名", "name", f"林{character}秋")
    refusal.value.zh.encode()


def test_private_use_characters_are_refused(fonts: Fonts) -> None:
    with pytest.raises(CharactersMissingError, match="自造字"):
        fonts.refuse_missing("姓名", "name", "林\ue000")


def test_width_is_measured_in_em(fonts: Fonts) -> None:
    assert fonts.width("林知秋", fonts.serif_bold) == 3
    assert fonts.width("林知秋", fonts.serif_bold, 0.16) == pytest.approx(3.48)
    assert 0 < fonts.width("iii", fonts.sans) < 1


def test_no_fonts_is_one_sentence_with_the_command(tmp_path: Path) -> None:
    (tmp_path / "NotoSerifCJK-Regular.ttc").write_bytes(b"not a font")
    (tmp_path / "NotoSerifCJK-Bold.ttc").write_bytes(b"not a font")
    with pytest.raises(FontsMissingError, match="apt install fonts-noto-cjk"):
        find_fonts([tmp_path])


def test_a_broken_font_for_rare_characters_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "HanaMinB.ttf").write_bytes(b"not a font")
    assert find_fonts([tmp_path, *font_folders()]).rare == installed_fonts().rare


def test_folders_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "/a")
    monkeypatch.setenv("XDG_DATA_DIRS", "/b:/c")
    assert {Path("/a/fonts"), Path("/b/fonts"), Path("/c/fonts")} < set(font_folders())


def test_the_renderer_is_told_to_reject_everything_else(fonts: Fonts) -> None:
    xml = fontconfig_xml(fonts)
    assert xml.count("<acceptfont>") == len(fonts.faces)
    assert "<rejectfont><pattern></pattern></rejectfont>" in xml
