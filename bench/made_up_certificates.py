"""Certificates of people who do not exist, as many as a bench wants; the same number, the same facts."""

from __future__ import annotations

import io
import random
from datetime import date
from functools import cache

from PIL import Image, ImageDraw

from certificates import numbers, pictures, qr
from certificates.certificate import CertificateData
from certificates.characters import general_table
from certificates.statement import Course, StatementData

PUBLIC_URL = "https://peizhen.example"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_TOKEN = "abcdefghijklmnopqrstuvwxyz234567"  # noqa: S105  # the letters of a token


def facts(number: int, *, token: str = "") -> CertificateData:
    """Return the facts of one made-up certificate, with a photo and a seal."""
    seeded = random.Random(number)
    name = seeded.choice(_SURNAMES) + "".join(seeded.choices(general_table()[:3500], k=2))
    address = qr.address(PUBLIC_URL, token or "".join(seeded.choices(_TOKEN, k=16)))
    return CertificateData(
        number=numbers.compose(2026, "310110", number + 1),
        name=name,
        masked_identity=f"990***********{number % 10_000:04}",
        title_zh="为老服务陪诊师培训考核合格证书",
        title_en="Certificate of Training and Assessment",
        occupation_zh="为老服务陪诊师",
        class_name=f"示例区 2026 年秋季{number % 9 + 1}班",
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
        photo=photo(number % 8),
        seal=seal(),
    )


def hours(data: CertificateData) -> StatementData:
    """Return a registered statement of somebody who has a certificate."""
    course = Course(data.hours * 45, data.class_name, data.training_from, data.training_until)
    return StatementData(
        name=data.name,
        masked_identity=data.masked_identity,
        courses=[course],
        made_on=data.issued_on,
        issuer_zh=data.issuer_zh,
        issuer_en=data.issuer_en,
        official_domain=data.official_domain,
        check_address=data.check_address,
        seal=data.seal,
    )


@cache
def photo(number: int) -> bytes:
    """Return a drawn face, ready for print, about as heavy as a photo."""
    seeded = random.Random(number)
    ground = Image.effect_noise((52, 72), 22).resize((600, 840), Image.Resampling.BICUBIC)
    picture = Image.merge("RGB", (ground, ground, ground))
    skin = tuple(seeded.randint(170, 235) for _colour in range(3))
    ImageDraw.Draw(picture).ellipse((170, 180, 430, 520), fill=skin)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return pictures.photo_for_print(out.getvalue())


@cache
def seal() -> bytes:
    """Return a ring in red on a clear ground."""
    picture = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((5, 5, 295, 295), outline=(176, 38, 31, 220), width=8)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
