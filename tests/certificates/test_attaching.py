"""The credential inside the file, and the rules of PDF/A-3 that can be read off the objects.

No validator of PDF/A-3 was to be had: these are the rules of ISO 19005-3 that a file of ours could
break, looked up in the objects as qpdf reads them.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from certificates import layouts, signed_file, signing, statement
from certificates.attaching import MOST_BYTES, Attachment, find_credential
from certificates.signed_file import Seal
from certificates.signing import Signer
from certificates.stamping import Stamped, stamp, stamp_sheet
from certificates.statement import Course, StatementData
from tests.certificates.conftest import MakeData

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
TOKEN = "eyJhbGciOiJFZERTQSJ9." + "Qx-_" * 650 + "." + "s" * 86
NS = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
}
FORBIDDEN = ("/JS", "/JavaScript", "/Launch", "/XFA", "/AA", "/OpenAction", "/LZWDecode", "/Crypt")


@pytest.fixture(scope="module")
def signer() -> Signer:
    return signing.load_signer(signing.make_key("示例养老服务行业协会", NOW))


@pytest.fixture(scope="module", params=tuple(layouts.CURRENT))
def made(
    request: pytest.FixtureRequest, make_data: MakeData, photo: bytes, seal: bytes, signer: Signer
) -> Stamped:
    """Return one of each layout; a statement of hours has no credential."""
    data = make_data(photo=photo, seal=seal)
    if request.param == "statement":
        course = Course(1620, "秋季一班", date(2026, 9, 6), date(2026, 10, 18), "示例学校")
        sheet = statement.sheet(
            StatementData(
                name=data.name,
                masked_identity=data.masked_identity,
                courses=[course],
                made_on=date(2026, 11, 1),
                issuer_zh=data.issuer_zh,
                issuer_en=data.issuer_en,
                official_domain=data.official_domain,
                check_address="",
                seal=seal,
            ),
            sample=False,
        )
        return stamp_sheet(sheet, signer, NOW, "statement")
    return stamp(data, signer, NOW, request.param, sample=False, credential=TOKEN)


@pytest.fixture(scope="module")
def certificate(make_data: MakeData, photo: bytes, signer: Signer) -> Stamped:
    return stamp(make_data(photo=photo), signer, NOW, sample=False, credential=TOKEN)


@pytest.fixture(scope="module")
def objects(made: Stamped, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the objects of the file as qpdf reads them."""
    path = tmp_path_factory.mktemp("pdf") / "one.pdf"
    path.write_bytes(made.pdf)
    return objects_of(path)


def objects_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran("qpdf", "--json=2", str(path)))["qpdf"][1]
    return found


def ran(*command: str) -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode("utf-8")


def dictionaries(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every dictionary of the file, those of streams too."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from dictionaries(one)


def at(objects: dict[str, Any], reference: Any) -> Any:
    """Follow a reference, if it is one."""
    if not (isinstance(reference, str) and re.fullmatch(r"\d+ 0 R", reference)):
        return reference
    found = objects[f"obj:{reference}"]
    return found.get("value", found.get("stream", {}).get("dict"))


def catalog(objects: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = at(objects, objects["trailer"]["value"]["/Root"])
    return found


def test_other_readers_find_the_credential(certificate: Stamped, tmp_path: Path) -> None:
    path = tmp_path / "one.pdf"
    path.write_bytes(certificate.pdf)
    assert ran("qpdf", "--show-attachment=credential.jwt", str(path)) == TOKEN
    assert "credential.jwt" in ran("pdfdetach", "-list", str(path))
    with pypdfium2.PdfDocument(certificate.pdf) as document:
        (attached,) = (document.get_attachment(n) for n in range(document.count_attachments()))
        assert bytes(attached.get_data()) == TOKEN.encode()


def test_ours_finds_it_too(certificate: Stamped, make_data: MakeData, signer: Signer) -> None:
    assert find_credential(certificate.pdf) == TOKEN
    assert find_credential(stamp(make_data(), signer, NOW, sample=False).pdf) is None


def test_it_stays_small(made: Stamped) -> None:
    assert len(made.pdf) <= 120_000


def test_the_signature_covers_it(certificate: Stamped) -> None:
    changed = certificate.pdf.replace(TOKEN[-30:].encode(), b"t" * 30)
    assert len(changed) == len(certificate.pdf)
    assert signed_file.read(certificate.pdf).seal is Seal.WHOLE
    assert signed_file.read(changed).seal is Seal.BROKEN


def test_the_template_knows_nothing_of_it(certificate: Stamped, make_data: MakeData) -> None:
    assert b"credential" not in certificate.template
    assert b"EmbeddedFile " not in certificate.template


@given(st.text(alphabet="abcXYZ019-_.", min_size=1, max_size=200))
def test_what_goes_in_comes_out(token: str) -> None:
    written: list[bytes] = []

    def add(body: bytes) -> str:
        written.append(body)
        return f"{len(written)} 0 R"

    assert Attachment.of_credential(token).embed(add, NOW) == "2 0 R"
    assert find_credential(b"\n".join(written)) == token


@pytest.mark.parametrize(
    ("length", "body"), [(MOST_BYTES + 1, b"a" * (MOST_BYTES + 1)), (2, "林".encode()), (9, b"a")]
)
def test_a_strange_file_is_none(length: int, body: bytes) -> None:
    head = "<</Type /EmbeddedFile /Subtype /application#2fvc#2bjwt /Params <<>>"
    written = f"{head} /Length {length}>>\nstream\n".encode() + body
    assert find_credential(written) is None


def test_it_is_an_associated_file(made: Stamped, objects: dict[str, Any]) -> None:
    """ISO 19005-3, 6.8: listed by name and associated, with type, both names and a relationship."""
    root = catalog(objects)
    if made.layout_version.startswith("statement"):
        assert "/AF" not in root
        return
    (reference,) = at(objects, root["/AF"])
    names = at(objects, root["/Names"]["/EmbeddedFiles"])["/Names"]
    assert names == ["u:credential.jwt", reference]
    specification = at(objects, reference)
    assert specification["/AFRelationship"] == "/Supplement"
    assert specification["/F"] == specification["/UF"] == "u:credential.jwt"
    file = at(objects, specification["/EF"]["/F"])
    assert file["/Subtype"] == "/application/vc+jwt"
    assert file["/Params"]["/Size"] == len(TOKEN)
    assert file["/Params"]["/ModDate"] == "u:D:20261101040000Z"


def test_it_says_that_it_is_an_archive_file(made: Stamped, objects: dict[str, Any]) -> None:
    """6.6: XMP, not packed, with the part and level; the same title as in the old place."""
    metadata = at(objects, catalog(objects)["/Metadata"])
    assert "/Filter" not in metadata
    packets = re.findall(rb"<\?xpacket begin=.*?<\?xpacket end=\"r\"\?>", made.pdf, re.DOTALL)
    assert len(packets) == 1
    said = etree.fromstring(packets[0])
    assert said.findtext(".//pdfaid:part", namespaces=NS) == "3"
    assert said.findtext(".//pdfaid:conformance", namespaces=NS) == "U"
    info = at(objects, objects["trailer"]["value"]["/Info"])
    assert info["/Title"] == f"u:{said.findtext('.//dc:title//rdf:li', namespaces=NS)}"
    assert info["/Author"] == f"u:{said.findtext('.//dc:creator//rdf:li', namespaces=NS)}"


def test_its_colours_are_named(objects: dict[str, Any]) -> None:
    """6.2.4: colours of the device only with a profile that says which; no CMYK under an RGB one."""
    (intent,) = catalog(objects)["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    assert at(objects, intent["/DestOutputProfile"])["/N"] == 3
    assert "/DeviceCMYK" not in json.dumps(objects)


def test_its_fonts_are_inside(objects: dict[str, Any]) -> None:
    """6.2.11: every font embedded, with the Unicode of its glyphs."""
    fonts = [one for one in dictionaries(objects) if one.get("/Type") == "/Font"]
    composite = [font for font in fonts if font["/Subtype"] == "/Type0"]
    assert len(composite) >= 4
    for font in composite:
        assert font["/Encoding"] == "/Identity-H"
        assert "/ToUnicode" in font
        (descendant,) = at(objects, font["/DescendantFonts"])
        inner = at(objects, descendant)
        descriptor = at(objects, inner["/FontDescriptor"])
        names = {font["/BaseFont"], inner["/BaseFont"], descriptor["/FontName"]}
        assert len(names) == 1
        file = at(objects, descriptor["/FontFile3"])
        assert file["/Subtype"] in ("/CIDFontType0C", "/OpenType")
    assert {font["/Subtype"] for font in fonts} <= {"/Type0", "/CIDFontType0"}


def test_nothing_forbidden_is_in_it(made: Stamped, objects: dict[str, Any]) -> None:
    """6.1, 6.2.8, 6.3, 6.4, 6.5: no scripts, no smoothing of pictures, a field that can be printed."""
    written = json.dumps(objects)
    for name in FORBIDDEN:
        assert f'"{name}"' not in written
    assert "/Encrypt" not in objects["trailer"]["value"]
    assert not [one for one in dictionaries(objects) if one.get("/Interpolate") is True]
    assert not [one for one in dictionaries(objects) if "/TR" in one or "/Alternates" in one]
    for one in dictionaries(objects):
        if one.get("/Type") == "/Annot":
            assert one["/F"] & 0b100111 == 0b100  # printed; neither hidden nor left out
            assert "/AP" in one or one["/Rect"] == [0, 0, 0, 0]
    assert catalog(objects)["/MarkInfo"]["/Marked"] is True
    comment = made.pdf.split(b"\n", 2)[1]
    assert comment.startswith(b"%")
    assert all(byte > 127 for byte in comment[1:5])
    assert made.pdf.endswith(b"%%EOF\n")
    first, _own = objects["trailer"]["value"]["/ID"]
    assert first
