"""The drawn page: opened, read, turned into a picture and scanned by tools written by others."""

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import Thread

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from weasyprint import HTML

from certificates import qr
from certificates.certificate import CertificateData
from certificates.drawing import DrawnCertificate, draw
from certificates.fitting import NAME_SETTINGS, TextTooLongError, fit_name
from certificates.fonts import CharactersMissingError, installed_fonts
from certificates.isolation import OwnBytes, RenderingError, faults_raised, font_configuration
from certificates.pictures import PictureError
from tests.certificates.conftest import MakeData

A4_LANDSCAPE = (841.89, 595.28)
MM = 72 / 25.4
LONG_NAME = "阿卜杜热合曼·买买提艾力·吐尔逊江"


@contextmanager
def opened(drawn: DrawnCertificate) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(drawn.pdf)
    try:
        yield document
    finally:
        document.close()


def text_of(drawn: DrawnCertificate) -> str:
    """Without white space: readers take wide-set letters for words."""
    with opened(drawn) as document:
        return re.sub(r"\s+", "", document[0].get_textpage().get_text_bounded())


def picture_of(drawn: DrawnCertificate, dpi: int) -> Image.Image:
    with opened(drawn) as document:
        picture: Image.Image = document[0].render(scale=dpi / 72, grayscale=True).to_pil()
        return picture


@pytest.fixture(scope="module")
def data(make_data: MakeData, photo: bytes, seal: bytes) -> CertificateData:
    return make_data(photo=photo, seal=seal)


@pytest.fixture(scope="module")
def real(data: CertificateData) -> DrawnCertificate:
    return draw(data, sample=False)


@pytest.fixture(scope="module")
def sample(data: CertificateData) -> DrawnCertificate:
    return draw(data, "landscape", sample=True)


def test_it_works(real: DrawnCertificate) -> None:
    assert real.sha256 == hashlib.sha256(real.pdf).hexdigest()
    assert real.layout_version == "landscape-v1"
    with opened(real) as document:
        assert len(document) == 1
        assert document[0].get_size() == pytest.approx(A4_LANDSCAPE, abs=0.1)
        title = document.get_metadata_dict()["Title"]
    assert title == "为老服务陪诊师培训考核合格证书 PZ2026310110000426"


def test_every_fact_can_be_read_from_the_file(real: DrawnCertificate) -> None:
    text = text_of(real)
    for fact in (
        "林知秋",
        "990***********0015",
        "PZ2026310110000426",
        "2026年9月6日至10月18日",
        "完成36课时",
        "成绩合格",
        "杨浦2026年秋季一班",
        "2026年11月1日",
        "2029年10月31日",
        "31October2029",
        "示例养老服务行业协会",
        "ThiscertifiesthatLINZhiqiucompleted36class-hours",
        "cert.peizhen.example",
        "不是国家职业资格证书",
    ):
        assert fact in text
    assert "样本" not in text


@pytest.mark.parametrize("dpi", [300, 150, 100])
@pytest.mark.parametrize("kind", ["real", "sample"])
def test_the_code_scans_from_the_page(
    request: pytest.FixtureRequest, data: CertificateData, kind: str, dpi: int
) -> None:
    picture = picture_of(request.getfixturevalue(kind), dpi)
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == data.check_address
    width = (found.position.top_right.x - found.position.top_left.x) / dpi * 25.4
    assert width == pytest.approx(qr.SYMBOL_MM, abs=0.8)


def test_a_sample_says_so_across_the_page(real: DrawnCertificate, sample: DrawnCertificate) -> None:
    text = text_of(sample)
    assert "样本" in text
    assert "SAMPLE" in text
    plain, marked = picture_of(real, 72), picture_of(sample, 72)
    changed = sum(a != b for a, b in zip(plain.tobytes(), marked.tobytes(), strict=True))
    assert changed > 0.03 * plain.width * plain.height


def test_the_same_facts_give_the_same_bytes(data: CertificateData, real: DrawnCertificate) -> None:
    assert draw(data, sample=False) == real


def test_two_threads_draw_without_harm(data: CertificateData, real: DrawnCertificate) -> None:
    drawn: list[DrawnCertificate] = []
    threads = [Thread(target=lambda: drawn.append(draw(data, sample=False))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [real, real]


def test_only_the_chosen_fonts_are_embedded(make_data: MakeData) -> None:
    names = "㛃䶮𬭎𠮷𬀩"
    printable = "".join(c for c in names if not installed_fonts().missing_characters(c))
    drawn = draw(make_data(name=f"林{printable}"), sample=False)
    assert printable in text_of(drawn)
    with opened(drawn) as document:
        used = {
            text.get_font().get_base_name()
            for text in document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
        }
    families = {face.family.replace(" ", "-") for face in installed_fonts().faces}
    assert len(used) >= 3
    # The renderer names a subset ABCDEF+Family-Name and adds the weight.
    assert all(any(name[7:].startswith(family) for family in families) for name in used)


@pytest.mark.parametrize("field", ["name", "class_name", "issuer_zh", "result_en", "level_zh"])
def test_a_character_no_font_has_is_refused_in_every_field(make_data: MakeData, field: str) -> None:
    with pytest.raises(CharactersMissingError, match=r"U\+1200"):
        draw(make_data(**{field: "林ሀ"}), sample=False)


def test_markup_in_a_name_stays_text(make_data: MakeData) -> None:
    name = "<b>林</b>&amp;{{ 7*7 }}"
    text = text_of(draw(make_data(name=name, name_latin="<script>x</script>"), sample=False))
    assert name.replace(" ", "") in text
    assert "<script>x</script>" in text


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "https://peizhen.example/x.png", "own:other", "data:,x", "x"]
)
def test_the_page_may_load_its_own_bytes_only(url: str) -> None:
    fetcher = OwnBytes({"photo": ("image/png", b"1")})
    assert fetcher.fetch("own:photo").read() == b"1"
    with pytest.raises(ValueError, match="may not load"):
        fetcher.fetch(url)


def test_the_renderer_cannot_reach_other_installed_fonts() -> None:
    # Georgian: DejaVu and many others have it, the Chinese faces do not.
    fonts = installed_fonts()
    assert fonts.missing_characters("ა") == ("ა",)
    page = HTML(string="<p style='font-family: DejaVu Sans'>ა", url_fetcher=OwnBytes({}))
    with pytest.raises(RenderingError, match=r"U\+10D0"), faults_raised():
        page.write_pdf(font_config=font_configuration(fonts))


def test_what_the_renderer_only_logs_becomes_an_error() -> None:
    logger = logging.getLogger("weasyprint")
    with pytest.raises(RenderingError, match="notdef"), faults_raised():
        logger.warning(".notdef glyph rendered")
    with faults_raised():
        logger.debug("fine")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "王"},
        {"name": LONG_NAME},
        {"name": (LONG_NAME * 4)[:60], "level_zh": "初级", "level_en": "Elementary"},
        {"name": "Maximiliana Konstantinopolitanskaya-Featherstonehaugh O’Neil"},
        {"class_name": "浦东新区 2026 年秋季养老机构在职人员陪诊师培训第十二期二班"},
        {"issuer_zh": "示例市示例区养老服务和老龄产业及家庭照护行业协会联合会", "photo": None},
        {"valid_until": None, "seal": None, "photo": None},
    ],
    ids=["one", "long", "sixty", "latin", "class", "issuer", "bare"],
)
def test_long_and_missing_texts_stay_in_their_places(
    data: CertificateData, make_data: MakeData, changes: dict[str, object]
) -> None:
    everything = {"photo": data.photo, "seal": data.seal, **changes}
    drawn = draw(make_data(**everything), sample=False)
    with opened(drawn) as document:
        page = document[0].get_textpage()
        boxes = [page.get_rect(i) for i in range(page.count_rects())]
    frame = 15 * MM
    width, height = A4_LANDSCAPE
    for left, bottom, right, top in boxes:
        assert frame < left < right < width - frame
        # The foot of the page stands just inside the inner line of the frame.
        assert 14 * MM < bottom < top < height - frame
    overlapping = [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 2
    ]
    assert overlapping == []


@pytest.mark.parametrize("name", ["林知秋", LONG_NAME, (LONG_NAME * 4)[:60]])
def test_names_shrink_by_rule(name: str) -> None:
    fonts = installed_fonts()
    setting = fit_name(
        fonts, name, "证件号 990***********0015", room_mm=190, gap_mm=6, details_size=11
    )
    width = fonts.width(name, fonts.serif_bold, setting.spacing) * setting.size
    assert width <= 190 * MM * setting.lines
    if name == "林知秋":
        assert setting == NAME_SETTINGS[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "长" * 90},
        {"name_latin": "Long " * 80},
        {"title_zh": "证" * 40},
        {"class_name": "班" * 60},
        {"issuer_zh": "会" * 50},
        {"official_domain": "long." * 20},
    ],
)
def test_what_does_not_fit_is_refused(make_data: MakeData, changes: dict[str, str]) -> None:
    with pytest.raises(TextTooLongError, match="放不下"):
        draw(make_data(**changes), sample=False)


def test_a_broken_photo_is_refused(make_data: MakeData) -> None:
    with pytest.raises(PictureError, match="照片打不开"):
        draw(make_data(photo=b"not a picture"), sample=False)


def test_validity_without_an_end_is_not_printed(make_data: MakeData) -> None:
    text = text_of(draw(make_data(valid_until=None, issued_on=date(2026, 12, 1)), sample=False))
    assert "有效期至" not in text
    assert "2026年12月1日" in text
