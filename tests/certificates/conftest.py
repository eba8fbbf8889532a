"""Invented facts for certificates; nobody here exists."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from PIL import Image, ImageDraw

from certificates import numbers, qr
from certificates.certificate import CertificateData

MakeData = Callable[..., CertificateData]


@pytest.fixture(scope="session")
def photo() -> bytes:
    picture = Image.new("RGB", (600, 800), "#cfe0e6")
    ImageDraw.Draw(picture).ellipse((180, 150, 420, 470), fill="#f0cfb4")
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="session")
def seal() -> bytes:
    picture = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((5, 5, 295, 295), outline=(176, 38, 31, 220), width=8)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def make_data() -> MakeData:
    address = qr.address("https://cert.peizhen.example", "abcdefghij234567")
    plain = CertificateData(
        number=numbers.compose(2026, "310110", 42),
        name="林知秋",
        name_latin="LIN Zhiqiu",
        masked_identity="990***********0015",
        title_zh="为老服务陪诊师培训考核合格证书",
        title_en="Certificate of Training and Assessment",
        occupation_zh="为老服务陪诊师",
        class_name="杨浦 2026 年秋季一班",
        training_from=date(2026, 9, 6),
        training_until=date(2026, 10, 18),
        hours=36,
        issued_on=date(2026, 11, 1),
        valid_from=date(2026, 11, 1),
        valid_until=date(2029, 10, 31),
        issuer_zh="示例养老服务行业协会",
        issuer_en="Example Association for Elderly Services",
        check_address=address,
        official_domain=qr.domain(address),
    )

    def make(**changes: Any) -> CertificateData:
        return replace(plain, **changes)

    return make
