"""The stamped file: read, checked and scanned by tools written by others."""

import hashlib
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from certificates import layouts, signing
from certificates.certificate import CertificateData
from certificates.fitting import TextTooLongError
from certificates.fonts import CharactersMissingError
from certificates.pictures import PictureError
from certificates.signing import Signer, SigningError
from certificates.stamping import Stamped, stamp
from tests.certificates.conftest import MakeData

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
LONG_NAME = "阿卜杜热合曼·买买提艾力·吐尔逊江"
MM = 72 / 25.4


@pytest.fixture(scope="module")
def pem() -> bytes:
    return signing.make_key("示例养老服务行业协会", NOW)


@pytest.fixture(scope="module")
def signer(pem: bytes) -> Signer:
    return signing.load_signer(pem)


@pytest.fixture(scope="module")
def data(make_data: MakeData, photo: bytes, seal: bytes) -> CertificateData:
    return make_data(photo=photo, seal=seal)


@pytest.fixture(scope="module")
def made(data: CertificateData, signer: Signer) -> Stamped:
    return stamp(data, signer, NOW, sample=False)


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def text_of(pdf: bytes) -> str:
    """Without white space: readers take wide-set letters for words."""
    with opened(pdf) as document:
        return re.sub(r"\s+", "", document[0].get_textpage().get_text_bounded())


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_works(made: Stamped) -> None:
    assert made.pdf == made.template + made.increment
    assert made.sha256 == hashlib.sha256(made.pdf).hexdigest()
    assert made.template_sha256 == hashlib.sha256(made.template).hexdigest()
    assert made.layout_version == "landscape-v3"
    assert len(made.pdf) <= 120_000
    with opened(made.pdf) as document:
        assert len(document) == 1
        title = document.get_metadata_dict()["Title"]
    assert title == "为老服务陪诊师培训考核合格证书 PZ2026310110000426"


def test_every_fact_can_be_read_from_the_file(made: Stamped) -> None:
    text = text_of(made.pdf)
    for fact in (
        "林知秋",
        "990***********0015",
        "PZ2026310110000426",
        "2026年9月6日至10月18日",
        "完成36课时",
        "成绩合格",
        "杨浦2026年秋季一班",
        "2029年10月31日",
        "31October2029",
        "示例养老服务行业协会",
        "ThiscertifiesthatLINZhiqiucompleted36class-hours",
        "cert.peizhen.example",
        "不是国家职业资格证书",
    ):
        assert fact in text
    assert "样本" not in text


def test_a_sample_says_so(data: CertificateData, signer: Signer) -> None:
    text = text_of(stamp(data, signer, NOW, sample=True).pdf)
    assert "样本" in text
    assert "SAMPLE" in text


@pytest.mark.parametrize("dpi", [300, 150, 100])
def test_the_code_scans_from_the_page(made: Stamped, data: CertificateData, dpi: int) -> None:
    with opened(made.pdf) as document:
        picture = document[0].render(scale=dpi / 72, grayscale=True).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == data.check_address
    width = (found.position.top_right.x - found.position.top_left.x) / dpi * 25.4
    assert width == pytest.approx(32, abs=0.8)


def test_the_template_knows_no_holder(
    made: Stamped, make_data: MakeData, photo: bytes, seal: bytes, signer: Signer
) -> None:
    """Two people share the template, and neither file has glyphs of the other's name."""
    other = stamp(
        make_data(name="欧阳喆祎", name_latin="", photo=photo, seal=seal), signer, NOW, sample=False
    )
    assert other.template == made.template
    assert "林" not in text_of(made.template)
    assert set("林知秋") <= glyphs_of(made.increment)
    assert not set("欧阳喆祎") & glyphs_of(made.increment)
    assert not set("林知秋") - set("秋") & glyphs_of(other.increment)  # 秋季 is in the class's name


def glyphs_of(increment: bytes) -> set[str]:
    """Return the characters whose glyphs the fonts of an increment hold, by their CMaps."""
    found: set[str] = set()
    for packed in re.findall(
        rb"/FlateDecode /Length \d+>>\nstream\n(.*?)\nendstream", increment, re.S
    ):
        for code in re.findall(rb"<[0-9A-F]{4}> <([0-9A-F]+)>\n", zlib.decompress(packed)):
            found.add(bytes.fromhex(code.decode()).decode("utf-16-be"))
    return found


def test_qpdf_finds_no_fault(made: Stamped, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(made.pdf)
    done = ran("qpdf", "--check", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No syntax or stream encoding errors found" in done.stdout


def test_poppler_finds_the_signature_valid(made: Stamped, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(made.pdf)
    said = ran("pdfsig", str(path)).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "示例养老服务行业协会" in said


def test_poppler_catches_a_changed_byte(made: Stamped, tmp_path: Path) -> None:
    """Anywhere: in the template, the photo, the texts, the tables at the end."""
    path = tmp_path / "certificate.pdf"
    for at in (*range(60, len(made.pdf) - 900, len(made.pdf) // 14), len(made.pdf) - 40):
        changed = bytearray(made.pdf)
        changed[at] ^= 1
        path.write_bytes(changed)
        done = ran("pdfsig", str(path))
        assert "Signature is Valid." not in done.stdout, at


def test_poppler_sees_what_was_added_afterwards(made: Stamped, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(made.pdf + b"\n1 0 obj\nnull\nendobj\n")
    said = ran("pdfsig", str(path)).stdout
    assert "Total document signed" not in said


def test_pyhanko_finds_the_signature_valid(made: Stamped, pem: bytes, tmp_path: Path) -> None:
    script = Path(__file__).with_name("ask_pyhanko.py")
    path, key = tmp_path / "certificate.pdf", tmp_path / "key.pem"
    path.write_bytes(made.pdf)
    key.write_bytes(pem[pem.index(b"-----BEGIN CERTIFICATE") :])
    assert ran(sys.executable, str(script), str(path), str(key)).stdout.split() == [
        "intact",
        "valid",
        "trusted",
        "ENTIRE_FILE",
    ]


def test_texts_are_tagged_in_reading_order(made: Stamped, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(made.pdf)
    said = ran("pdfinfo", "-struct-text", str(path)).stdout
    places = [
        said.index(text)
        for text in (
            "为老服务陪诊师培训考核",
            "林知秋",
            "特发此证",
            "证书编号",
            "PZ 2026",
            "本证书由协会颁发",
        )
    ]
    assert places == sorted(places)
    assert said.count("Figure") >= 3


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "王"},
        {"name": LONG_NAME},
        {"name": (LONG_NAME * 4)[:60], "level_zh": "初级", "level_en": "Elementary"},
        {"name": "Maximiliana Konstantinopolitanskaya-Featherstonehaugh O’Neil"},
        {"name": "欧阳 喆 祎", "name_latin": ""},
        {"class_name": "浦东新区 2026 年秋季养老机构在职人员陪诊师培训第十二期二班"},
        {"issuer_zh": "示例市示例区养老服务和老龄产业及家庭照护行业协会联合会", "photo": None},
        {"valid_until": None, "seal": None, "photo": None},
    ],
    ids=["one", "long", "sixty", "latin", "spaces", "class", "issuer", "bare"],
)
def test_texts_stay_in_their_places(
    data: CertificateData, make_data: MakeData, signer: Signer, changes: dict[str, object]
) -> None:
    facts = make_data(**{"photo": data.photo, "seal": data.seal, **changes})
    pdf = stamp(facts, signer, NOW, sample=False).pdf
    assert facts.name.replace(" ", "") in text_of(pdf)
    with opened(pdf) as document:
        page = document[0].get_textpage()
        boxes = [page.get_rect(i) for i in range(page.count_rects())]
        width, height = document[0].get_size()
    frame = 15 * MM
    for left, bottom, right, top in boxes:
        assert frame < left < right < width - frame
        assert 14 * MM < bottom < top < height - frame
    overlapping = [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 2
    ]
    assert overlapping == []


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "长" * 120},
        {"name_latin": "Long " * 80},
        {"title_zh": "证" * 40},
        {"class_name": "班" * 60},
        {"issuer_zh": "会" * 50},
        {"official_domain": "long." * 20},
    ],
)
def test_what_does_not_fit_is_refused(
    make_data: MakeData, signer: Signer, changes: dict[str, str]
) -> None:
    with pytest.raises(TextTooLongError, match="放不下"):
        stamp(make_data(**changes), signer, NOW, sample=False)


@pytest.mark.parametrize("field", ["name", "class_name", "issuer_zh", "result_en", "level_zh"])
def test_a_character_no_font_has_is_refused(
    make_data: MakeData, signer: Signer, field: str
) -> None:
    with pytest.raises(CharactersMissingError, match=r"U\+1200"):
        stamp(make_data(**{field: "林ሀ"}), signer, NOW, sample=False)


def test_markup_and_fields_in_a_name_stay_text(make_data: MakeData, signer: Signer) -> None:
    name = "<b>林</b>&amp;{number}{{7*7}})Tj"
    assert name in text_of(stamp(make_data(name=name), signer, NOW, sample=False).pdf)


def test_a_broken_photo_is_refused(make_data: MakeData, signer: Signer) -> None:
    with pytest.raises(PictureError, match="照片打不开"):
        stamp(make_data(photo=b"not a picture"), signer, NOW, sample=False)


def test_validity_without_an_end_is_not_printed(make_data: MakeData, signer: Signer) -> None:
    facts = make_data(valid_until=None, issued_on=date(2026, 12, 1))
    text = text_of(stamp(facts, signer, NOW, sample=False).pdf)
    assert "有效期至" not in text
    assert "2026年12月1日" in text


@pytest.mark.parametrize(("days", "why"), [(-1, "才有效"), (4000, "到期")])
def test_a_key_out_of_its_time_does_not_sign(
    data: CertificateData, signer: Signer, days: int, why: str
) -> None:
    with pytest.raises(SigningError, match=why):
        stamp(data, signer, NOW + timedelta(days=days), sample=False)


def test_every_field_of_the_slot_lists_exists(data: CertificateData) -> None:
    """A wording with a field that certificates do not have would only be found at issue."""
    for name in layouts.CURRENT:
        layout = layouts.load_layout(name)
        for slot in (*layout.paragraphs, *layout.facts.rows, *layout.lines):
            assert slot.steps
            assert slot.cut in ("serif", "serif_bold", "sans")
