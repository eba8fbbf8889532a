"""Addresses, tokens and codes, each read back by an independent decoder."""

import io
import re

import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.util import MODE_8BIT_BYTE, QRData

from certificates import qr

TOKEN = "abcdefghij234567"


def test_tokens_are_80_random_bits_in_lower_case() -> None:
    tokens = {qr.new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"[a-z2-7]{16}", token) for token in tokens)
    # Every one of the 32 characters turns up: 3,200 draws miss one with odds of 10^-42.
    assert set("".join(tokens)) == set("abcdefghijklmnopqrstuvwxyz234567")


@pytest.mark.parametrize(
    ("text", "token"),
    [
        (TOKEN, TOKEN),
        (f" {TOKEN.upper()}\n", TOKEN),
        (TOKEN[:-1], None),
        (TOKEN + "a", None),
        ("abcdefghij23456l"[:-1] + "1", None),
        ("abcdefghij23456\u0430", None),
        ("", None),
    ],
)
def test_find_token(text: str, token: str | None) -> None:
    assert qr.find_token(text) == token


@pytest.mark.parametrize(
    ("public_url", "address"),
    [
        ("https://cert.peizhen.example", f"https://cert.peizhen.example/c/{TOKEN}"),
        ("https://CERT.peizhen.example/", f"https://cert.peizhen.example/c/{TOKEN}"),
        ("http://192.168.1.20:8000", f"http://192.168.1.20:8000/c/{TOKEN}"),
        ("https://peizhen.example/zs/", f"https://peizhen.example/zs/c/{TOKEN}"),
    ],
)
def test_address(public_url: str, address: str) -> None:
    assert qr.address(public_url, TOKEN) == address
    assert qr.domain(address) in address


@pytest.mark.parametrize(
    "public_url",
    [
        "",
        "cert.peizhen.example",
        "ftp://peizhen.example",
        "https://u@peizhen.example",
        "https://peizhen.example/?a=1",
        "https://陪诊.example",
        "https://" + "a" * 60 + ".example",
    ],
)
def test_an_address_that_cannot_be_printed_is_refused(public_url: str) -> None:
    with pytest.raises(qr.AddressError) as refusal:
        qr.address(public_url, TOKEN)
    assert refusal.value.zh.endswith("。")


def test_a_token_of_another_make_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="new_token"):
        qr.address("https://peizhen.example", "short")


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16))
def test_every_code_is_read_back(token: str) -> None:
    address = qr.address("https://cert.peizhen.example", token)
    with Image.open(io.BytesIO(qr.encode(address).png(3))) as picture:
        (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert found.text == address
    assert found.ec_level == "Q"


def test_a_short_domain_makes_33_modules_and_the_quiet_zone_is_four() -> None:
    code = qr.encode(qr.address("https://peizhen.example", TOKEN))
    assert code.size == 33
    assert code.view_box == "-4 -4 41 41"
    assert code.outer_mm() == pytest.approx(32 * 41 / 33)
    with Image.open(io.BytesIO(code.png(1))) as picture:
        assert picture.size == (41, 41)
        assert picture.convert("L").crop((0, 0, 41, 4)).getextrema() == (255, 255)


def test_the_path_covers_exactly_the_dark_modules() -> None:
    code = qr.encode(qr.address("https://peizhen.example", TOKEN))
    covered = {
        (int(x) + step, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path())
        for step in range(int(length))
    }
    dark = {(x, y) for y, row in enumerate(code.rows) for x, on in enumerate(row) if on}
    assert covered == dark


@settings(deadline=None)  # the first of each size makes its tables
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=78))
def test_the_code_is_the_one_that_the_library_makes(text: str) -> None:
    theirs = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=2)
    theirs.add_data(QRData(text.encode(), mode=MODE_8BIT_BYTE))
    theirs.make(fit=True)
    assert qr.encode(text).rows == tuple(tuple(map(bool, row)) for row in theirs.modules)


def test_the_rectangles_of_the_page_are_those_of_the_path() -> None:
    code = qr.encode(qr.address("https://peizhen.example", TOKEN))
    written = re.findall(r"(\d+) (\d+) (\d+) 1 re", code.rectangles())
    assert written == re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path())
