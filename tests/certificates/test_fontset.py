"""Every character is drawn from a face of ours or refused by name: no box, no foreign font."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from certificates import cff, fontset
from certificates.characters import general_table, wanted
from certificates.fonts import CharactersMissingError, Fonts, installed_fonts
from certificates.fontset import Cut, cuts
from certificates.outlines import Outlines, outline
from certificates.signing import load_signer, make_key
from certificates.stamping import stamp
from tests.certificates.conftest import MakeData

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
EXTENSION_A = tuple(map(chr, range(0x3400, 0x4DC0)))
RARE = tuple("㛃䶮𬭎𠮷𬀩")
A_NAME = 60


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return installed_fonts()


@pytest.fixture(scope="module")
def bold(fonts: Fonts) -> Cut:
    return cuts(fonts)["serif_bold"]


def refused(fonts: Fonts, character: str) -> bool:
    """Tell whether a name with this character is refused, and see that the refusal is whole."""
    if not fonts.missing_characters(character):
        return False
    with pytest.raises(CharactersMissingError) as refusal:
        fonts.refuse_missing("姓名", "name", f"林{character}")
    assert refusal.value.characters == (character,)
    assert f"U+{ord(character):04X}" in refusal.value.zh
    assert "请" in refusal.value.zh
    return True


def test_the_table_is_whole() -> None:
    assert len(general_table()) == len(set(general_table())) == 8105
    assert general_table()[:3] == ("一", "乙", "二")
    assert set(map(ord, general_table())) < wanted()
    assert {ord(c) for c in "Aé·，（ǚ"} < wanted()


def test_all_of_the_general_table_is_drawn(fonts: Fonts) -> None:
    assert [c for c in general_table() if refused(fonts, c)] == []


@pytest.mark.parametrize(("cut", "step"), [("serif", 8), ("serif_bold", 1), ("sans", 8)])
def test_whatever_is_not_refused_has_an_outline_of_its_own(
    fonts: Fonts, cut: str, step: int
) -> None:
    """Over all 8,105 characters, CJK Extension A and the rare five: never the box of .notdef.

    Names are set in the bold cut, so it is looked at whole; the others hold the same characters.
    """
    chosen = cuts(fonts)[cut]
    boxes = {face: nothing_of(face.path, face.index) for face in chosen.faces}
    drawn = 0
    for character in (*general_table()[::step], *EXTENSION_A[::step], *RARE):
        if refused(fonts, character):
            continue
        found = chosen.find(character)
        assert found is not None, character
        source, glyph = found
        assert len(glyph.charstring) > 8, character
        assert glyph.charstring != boxes[source.face], character
        drawn += 1
    assert drawn > (8105 + 6000) / step


def nothing_of(path: Path, index: int) -> bytes:
    """Return the charstring of what a face draws for a character it lacks."""
    with TTFont(path, fontNumber=index, lazy=True) as font:
        glyphs = font.getGlyphSet()
        return outline(glyphs[".notdef"], glyphs, font["head"].unitsPerEm).charstring


def test_names_of_all_characters_are_read_back_from_certificates(
    fonts: Fonts, make_data: MakeData
) -> None:
    """Sixty to a name. A reader finds each character, with ink, in a font we chose."""
    signer = load_signer(make_key("示例", NOW))
    printed = [c for c in (*general_table(), *EXTENSION_A, *RARE) if not refused(fonts, c)]
    families = {face.family.replace(" ", "") for face in fonts.faces}
    for at in range(0, len(printed), A_NAME):
        name = "".join(printed[at : at + A_NAME])
        facts = make_data(name=name, name_latin="X")
        document = pypdfium2.PdfDocument(stamp(facts, signer, NOW, sample=False).pdf)
        page = document[0].get_textpage()
        assert not set(name) - set(page.get_text_range()), name
        places = {pypdfium2.raw.FPDFText_GetUnicode(page, n): n for n in range(page.count_chars())}
        for character in name:
            if ord(character) in places:  # the reader counts those beyond U+FFFF in halves
                left, bottom, right, top = page.get_charbox(places[ord(character)])
                assert max(right - left, top - bottom) > 1, character
        used = {
            one.get_font().get_base_name().partition("+")[2].replace("-", "")
            for one in document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
        }
        assert all(any(name.startswith(family) for family in families) for name in used), used
        page.close()
        document.close()


@pytest.mark.parametrize("character", [*"林知秋喆·A", *RARE])
def test_the_page_shows_what_the_font_draws(
    fonts: Fonts, bold: Cut, make_data: MakeData, character: str
) -> None:
    """Beside the same character drawn by FreeType from the font as Debian ships it."""
    if refused(fonts, character):
        pytest.skip("no installed font has it")
    signer = load_signer(make_key("示例", NOW))
    facts = make_data(name=character, name_latin="X")
    document = pypdfium2.PdfDocument(stamp(facts, signer, NOW, sample=False).pdf)
    page = document[0].render(scale=6, grayscale=True).to_pil()
    document.close()
    size = 27 * 6
    # The name stands at the left of the column: 30 mm without a photo, 72 mm from the top.
    x, y = round(30 / 25.4 * 72 * 6), round(72 / 25.4 * 72 * 6)
    found = bold.find(character)
    assert found is not None
    face = fonts.serif_bold if found[0].face.prepared else found[0].face
    font = ImageFont.truetype(str(face.path), size, index=face.index)
    wanted_picture = Image.new("L", (size * 2, size * 2), 255)
    ImageDraw.Draw(wanted_picture).text((size // 2, size // 2), character, font=font, fill=0)
    shown = trimmed(page.crop((x - 4, y, x + round(size * 1.1), y + round(size * 1.4))))
    drawn = trimmed(wanted_picture).resize(shown.size)
    assert ImageStat.Stat(ImageChops.difference(shown, drawn)).mean[0] < 26


def trimmed(picture: Image.Image) -> Image.Image:
    """Cut a picture down to its dark part; the guilloche behind the text is paler."""
    dark = picture.point([255 if value < 128 else 0 for value in range(256)])
    box = dark.getbbox()
    assert box is not None
    return dark.crop(box)


def test_several_may_ask_for_glyphs_at_once(fonts: Fonts) -> None:
    """Requests of one process share the faces; fontTools alone would mix their glyphs up."""
    codes = [ord(character) for character in general_table()[:400]]
    alone, shared = Outlines(fonts.serif_bold), Outlines(fonts.serif_bold)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(shared.find, codes * 2))
    assert found == [alone.find(code) for code in codes * 2]


def test_the_set_draws_what_its_source_draws(fonts: Fonts, tmp_path: Path) -> None:
    path = tmp_path / "cut.otf"
    text = "林知秋 LIN·"
    fontset.write_face(fonts.serif_bold, map(ord, text), path)
    made = Outlines(replace(fonts.serif_bold, path=path, index=0, prepared=True))
    whole = Outlines(fonts.serif_bold)
    assert [made.find(ord(c)) for c in text] == [whole.find(ord(c)) for c in text]
    assert made.find(ord("陪")) is None
    with TTFont(path) as font:
        assert font["OS/2"].usWeightClass == 700


def test_the_set_is_made_once_and_named_after_its_source(
    fonts: Fonts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certificates.fontset.wanted", lambda: frozenset(map(ord, "林 A")))
    paths = fontset.make(fonts, tmp_path / "set")
    assert len(set(paths)) == 3
    before = [path.stat().st_mtime_ns for path in paths]
    assert fontset.make(fonts, tmp_path / "set") == paths
    assert [path.stat().st_mtime_ns for path in paths] == before
    assert sorted((tmp_path / "set").iterdir()) == sorted(paths)


def test_without_a_set_the_whole_faces_are_used(
    fonts: Fonts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fontset.FOLDER_VARIABLE, str(tmp_path / "none"))
    chosen = cuts.__wrapped__(fonts)["serif_bold"]
    assert chosen.faces[0] == fonts.serif_bold
    assert chosen.find("林") is not None
    with pytest.raises(LookupError, match=r"U\+1200"):
        chosen.glyphs("林ሀ")


def test_a_broken_set_is_passed_over(
    fonts: Fonts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fontset.FOLDER_VARIABLE, str(tmp_path))
    (tmp_path / fontset._file_name(fonts.serif_bold)).write_bytes(b"not a font")
    assert cuts.__wrapped__(fonts)["serif_bold"].faces[0] == fonts.serif_bold


def test_a_font_for_one_holder_is_read_by_others(fonts: Fonts) -> None:
    """FontTools reads the bare CFF: as many glyphs as were asked, in their order, as wide."""
    drawn = [found[1] for c in "林知秋A" if (found := cuts(fonts)["sans"].find(c))]
    read = CFFFontSet()
    read.decompile(io.BytesIO(cff.write("Test", drawn)), TTFont())
    top = read.topDictIndex[0]
    assert top.ROS == ("Adobe", "Identity", 0)
    assert len(top.CharStrings) == len(drawn) + 1
    assert top.charset == [".notdef", "cid00001", "cid00002", "cid00003", "cid00004"]
    assert [top.CharStrings[name].bytecode for name in top.charset[1:]] == [
        glyph.charstring for glyph in drawn
    ]
