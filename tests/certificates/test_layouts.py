"""Every layout: read, checked and scanned by tools written by others, within its size and its frame."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from certificates import composing, layouts, signing, statement
from certificates.characters import general_table
from certificates.fonts import installed_fonts
from certificates.layouts import arranging, named_fields
from certificates.signing import Signer
from certificates.stamping import Sheet, Stamped, stamp_sheet
from certificates.statement import Course, StatementData
from tests.certificates.conftest import MakeData

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
MM = 72 / 25.4
ALL = tuple(layouts.CURRENT)
RARE = "㛃䶮𬭎𠮷𬀩"
FRAME = {"landscape": 14, "portrait": 14, "card": 9.7, "statement": 15}
MakeSheet = Callable[..., Sheet]


@pytest.fixture(scope="module")
def pem() -> bytes:
    return signing.make_key("示例养老服务行业协会", NOW)


@pytest.fixture(scope="module")
def signer(pem: bytes) -> Signer:
    return signing.load_signer(pem)


@pytest.fixture(scope="module")
def make_sheet(make_data: MakeData, photo: bytes, seal: bytes) -> MakeSheet:
    """Return the page of any layout for somebody of a name."""

    def make(
        layout: str, *, name: str = "林知秋", registered: bool = True, courses: int = 3
    ) -> Sheet:
        data = make_data(name=name, photo=photo, seal=seal)
        if layout != "statement":
            return Sheet.of(data, sample=False)
        return statement.sheet(
            StatementData(
                name=data.name,
                name_latin=data.name_latin,
                masked_identity=data.masked_identity,
                courses=[course(number) for number in range(courses)],
                made_on=date(2026, 11, 1),
                issuer_zh=data.issuer_zh,
                issuer_en=data.issuer_en,
                official_domain=data.official_domain,
                check_address=data.check_address if registered else "",
                seal=data.seal,
            ),
            sample=False,
        )

    return make


def course(number: int) -> Course:
    first, last = date(2026 - number, 9, 6), date(2026 - number, 10, 18)
    return Course(1620 - number * 20, "杨浦 2026 年秋季一班", first, last, "示例培训学校")


@pytest.fixture(scope="module", params=ALL)
def made(request: pytest.FixtureRequest, make_sheet: MakeSheet, signer: Signer) -> Stamped:
    return stamp_sheet(make_sheet(request.param), signer, NOW, request.param)


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(command, capture_output=True, text=True, check=False)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    texts = page.get_textpage()
    said: str = texts.get_text_bounded()
    for one in (texts, page, document):
        one.close()
    return re.sub(r"\s+", "", said)


def test_a_file_with_photo_is_small(made: Stamped) -> None:
    assert len(made.pdf) <= 120_000


def test_others_accept_the_file_and_its_signature(
    made: Stamped, pem: bytes, tmp_path: Path
) -> None:
    path, key = tmp_path / "one.pdf", tmp_path / "key.pem"
    path.write_bytes(made.pdf)
    key.write_bytes(pem[pem.index(b"-----BEGIN CERTIFICATE") :])
    checked = ran("qpdf", "--check", str(path))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "No syntax or stream encoding errors found" in checked.stdout
    said = ran("pdfsig", str(path)).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    script = Path(__file__).with_name("ask_pyhanko.py")
    asked = ran(sys.executable, str(script), str(path), str(key)).stdout.split()
    assert asked == ["intact", "valid", "trusted", "ENTIRE_FILE"]
    for at in (len(made.template) // 2, len(made.template) + 900, len(made.pdf) - 40):
        changed = bytearray(made.pdf)
        changed[at] ^= 1
        path.write_bytes(changed)
        assert "Signature is Valid." not in ran("pdfsig", str(path)).stdout, at


def test_texts_are_tagged_in_reading_order(made: Stamped, tmp_path: Path) -> None:
    path = tmp_path / "one.pdf"
    path.write_bytes(made.pdf)
    said = ran("pdfinfo", "-struct-text", str(path)).stdout
    last = "杨浦" if made.layout_version.startswith("statement") else "PZ 2026"
    places = [said.index(text) for text in ("林知秋", last, "cert.peizhen.example")]
    assert places == sorted(places)
    assert "Figure" in said
    assert "不是" in said


@pytest.mark.parametrize("dpi", [300, 150, 100])
def test_the_code_scans_from_the_page(made: Stamped, dpi: int) -> None:
    document = pypdfium2.PdfDocument(made.pdf)
    picture = document[0].render(scale=dpi / 72, grayscale=True).to_pil()
    document.close()
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == "https://cert.peizhen.example/c/abcdefghij234567"
    width = (found.position.top_right.x - found.position.top_left.x) / dpi * 25.4
    assert width == pytest.approx(32, abs=0.8)


NAMES = {
    "one": "王",
    "sixty": ("阿卜杜热合曼·买买提艾力·吐尔逊江" * 4)[:60],
    "latin": "Maximiliana Konstantinopolitanskaya-Featherstonehaugh O’Neil",
    "spaces": "欧阳 喆 祎",
}


@pytest.mark.parametrize("layout", ALL)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("bare", [False, True], ids=["photo", "bare"])
def test_texts_stay_in_their_places(
    make_sheet: MakeSheet, signer: Signer, layout: str, name: str, bare: bool
) -> None:
    sheet = make_sheet(layout, name=name, courses=12)
    sheet = replace(sheet, photo=None) if bare else sheet
    pdf = stamp_sheet(sheet, signer, NOW, layout).pdf
    # A reader takes a hyphen at the end of a line for a broken word.
    assert re.sub("[ -]", "", name) in re.sub("[-\x02\ufffe]", "", text_of(pdf))
    document = pypdfium2.PdfDocument(pdf)
    page = document[0].get_textpage()
    boxes = [page.get_rect(number) for number in range(page.count_rects())]
    width, height = document[0].get_size()
    page.close()
    document.close()
    frame = FRAME[layout] * MM
    for left, bottom, right, top in boxes:
        assert frame < left < right < width - frame
        assert 14 * MM < bottom < top < height - 14 * MM
    overlapping = [
        (one, other)
        for number, one in enumerate(boxes)
        for other in boxes[number + 1 :]
        if min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 2
    ]
    assert overlapping == []


@pytest.mark.parametrize("layout", ALL)
def test_rare_characters_are_drawn_or_refused(
    make_sheet: MakeSheet, signer: Signer, layout: str
) -> None:
    missing = installed_fonts().missing_characters(RARE)
    name = "林" + "".join(c for c in RARE if c not in missing)
    assert name in text_of(stamp_sheet(make_sheet(layout, name=name), signer, NOW, layout).pdf)
    for character in missing:
        with pytest.raises(Exception, match=f"U\\+{ord(character):04X}"):
            stamp_sheet(make_sheet(layout, name=f"林{character}"), signer, NOW, layout)


@pytest.mark.parametrize(("number", "layout"), list(enumerate(("portrait", "card", "statement"))))
def test_names_of_the_whole_table_are_read_back(
    make_sheet: MakeSheet, signer: Signer, number: int, layout: str
) -> None:
    """The 8,105 characters, sixty to a name, dealt out; `test_fontset` has them all on one layout."""
    for at in range(60 * number, len(general_table()), 180):
        name = "".join(general_table()[at : at + 60])
        made = stamp_sheet(make_sheet(layout, name=name), signer, NOW, layout)
        assert not set(name) - set(text_of(made.pdf)), name


def test_a_statement_without_a_code_says_so(make_sheet: MakeSheet, signer: Signer) -> None:
    made = stamp_sheet(make_sheet("statement", registered=False), signer, NOW, "statement")
    text = text_of(made.pdf)
    assert "它没有登记，也没有查验二维码" in text
    assert "它不是证书" in text
    assert "已登记" not in text
    document = pypdfium2.PdfDocument(made.pdf)
    assert not zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
    document.close()


def test_a_statement_adds_up_and_says_what_is_older(make_sheet: MakeSheet, signer: Signer) -> None:
    sheet = make_sheet("statement", courses=12)
    minutes = [1620 - number * 20 for number in range(12)]
    assert sheet.fields["hours"] == statement.class_hours(sum(minutes))
    text = text_of(stamp_sheet(sheet, signer, NOW, "statement").pdf)
    assert f"{statement.class_hours(sum(minutes[9:]))}课时更早的3项培训" in text


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0"), (44, "0.9"), (45, "1"), (89, "1.9"), (1620, "36")]
)
def test_class_hours_are_cut_off_never_up(minutes: int, said: str) -> None:
    assert statement.class_hours(minutes) == said


def test_what_a_wording_may_name_is_what_documents_have(
    make_data: MakeData, make_sheet: MakeSheet
) -> None:
    assert set(composing.fields(make_data())) == arranging.SLOT_FIELDS
    rows = {f"course_{number}" for number in range(1, statement.MOST_COURSES + 1)}
    assert set(make_sheet("statement").fields) == arranging.STATEMENT_FIELDS | rows


@pytest.mark.parametrize("layout", ALL)
def test_every_field_of_the_slot_lists_exists(make_sheet: MakeSheet, layout: str) -> None:
    """A wording with a field that documents do not have would only be found at issue."""
    whole = layouts.load_all(layout, layouts.CURRENT[layout])
    known = set(make_sheet(layout).fields)
    for slot in whole.slots:
        assert slot.steps
        assert slot.cut in ("serif", "serif_bold", "sans")
        assert all(slot.called), slot.slot
        assert {*named_fields(slot.text), *named_fields(slot.second)} <= known
    for text in whole.texts:
        assert set(named_fields(text.text)) <= arranging.STATIC_FIELDS
    assert whole.pictures <= set(arranging.PICTURES)
