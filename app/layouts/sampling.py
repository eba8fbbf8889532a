"""A layout tried with people who do not exist: the usual one, and those that make trouble.

Sixty letters of name, rare characters, no photo. What is drawn is the real thing, marked 样本,
signed with a key of this process that nobody trusts, and shown as a picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from PIL import Image, ImageDraw

from app.layouts.refusals import LayoutRefused
from certificates import numbers, pictures, qr, showing, statement
from certificates.certificate import CertificateData
from certificates.fonts import installed_fonts
from certificates.layouts import Layout
from certificates.sentences import CertificateError
from certificates.signing import Signer, load_signer, make_key
from certificates.stamping import Sheet, Stamped, stamp_sheet
from certificates.statement import Course, StatementData

RARE = "㛃䶮𬭎𠮷𬀩"
SAMPLES: dict[str, Any] = {
    "usual": lazy_gettext("平常的名字"),
    "long": lazy_gettext("60 个字的名字"),
    "rare": lazy_gettext("生僻字"),
    "bare": lazy_gettext("没有照片"),
}
MOST_BYTES = 120_000
_HEAVIEST_PHOTO = 40_000
_LONGEST_CREDENTIAL = 4_000  # characters: most have 2,700
_WIDTH = 900
_LONG = ("阿卜杜热合曼·买买提艾力·吐尔逊江·" * 4)[:60]
_ADDRESS = "https://peizhen.example/c/abcdefghij234567"
_MOMENT = datetime(2026, 11, 1, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Says:
    """What an installation says of itself on every document."""

    title_zh: str
    title_en: str
    issuer_zh: str
    issuer_en: str
    seal: bytes | None = None


def picture(layout: Layout, sample: str, says: Says) -> bytes:
    """Return a sample's page as a PNG. Raises LayoutRefused with what does not fit."""
    return showing.first_page(_drawn(layout, sample, says).pdf, _WIDTH)


def prove(layout: Layout, says: Says) -> None:
    """Draw every sample. Raises LayoutRefused naming the first that fails, or a file too large."""
    for sample, name in SAMPLES.items():
        try:
            made = _drawn(layout, sample, says)
        except LayoutRefused as refusal:
            raise LayoutRefused(
                _("样张“%(name)s”画不出来：%(why)s", name=name, why=refusal.sentence)
            ) from refusal
        largest = len(made.pdf) + _HEAVIEST_PHOTO - len(_portrait())
        if largest > MOST_BYTES:
            raise LayoutRefused(
                _(
                    "带照片的文件会有 %(n)d KB，最多 %(most)d KB。请换小一些、简单一些的印章或底图。",
                    n=largest // 1000,
                    most=MOST_BYTES // 1000,
                )
            )


def missing_rare() -> tuple[str, ...]:
    """Return those of the rare characters that no font here has: names with them are refused."""
    return installed_fonts().missing_characters(RARE)


def _drawn(layout: Layout, sample: str, says: Says) -> Stamped:
    try:
        return stamp_sheet(_sheet(layout, sample, says), _signer(), _MOMENT, layout)
    except CertificateError as error:
        raise LayoutRefused.because(error) from error


def _sheet(layout: Layout, sample: str, says: Says) -> Sheet:
    rare = "".join(sign for sign in RARE if sign not in missing_rare())
    name = {"long": _LONG, "rare": f"欧阳{rare}"}.get(sample, "林知秋")
    if layout.name == "statement":
        return statement.sheet(_statement(name, says, many=sample == "long"), sample=True)
    data = _certificate(name, says)
    bare = replace(data, photo=None) if sample == "bare" else data
    return Sheet.of(bare, sample=True, credential="-" * _LONGEST_CREDENTIAL)


def _certificate(name: str, says: Says) -> CertificateData:
    return CertificateData(
        number=numbers.compose(2026, "310110", 42),
        name=name,
        name_latin="LIN Zhiqiu" if name == "林知秋" else "",
        masked_identity="990***********0015",
        title_zh=says.title_zh,
        title_en=says.title_en,
        occupation_zh="为老服务陪诊师",
        class_name="示例区 2026 年秋季养老机构在职人员陪诊师培训一班",
        training_from=date(2026, 9, 6),
        training_until=date(2026, 10, 18),
        hours=36,
        issued_on=date(2026, 11, 1),
        valid_from=date(2026, 11, 1),
        valid_until=date(2029, 10, 31),
        issuer_zh=says.issuer_zh,
        issuer_en=says.issuer_en,
        check_address=_ADDRESS,
        official_domain=qr.domain(_ADDRESS),
        photo=_portrait(),
        seal=says.seal,
    )


def _statement(name: str, says: Says, *, many: bool) -> StatementData:
    courses = [
        Course(
            1620 - number * 45,
            f"示例区 {2026 - number} 年秋季陪诊师继续教育班",
            date(2026 - number, 9, 6),
            date(2026 - number, 10, 18),
            "示例培训学校",
        )
        for number in range(14 if many else 3)
    ]
    return StatementData(
        name=name,
        masked_identity="990***********0015",
        courses=courses,
        made_on=date(2026, 11, 1),
        issuer_zh=says.issuer_zh,
        issuer_en=says.issuer_en,
        official_domain=qr.domain(_ADDRESS),
        seal=says.seal,
    )


@cache
def _portrait() -> bytes:
    """Return a drawn head and shoulders."""
    drawn = Image.new("RGB", pictures.PHOTO_PIXELS, "#cfe0e6")
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((60, 400, 353, 800), fill="#0f5265")
    pen.ellipse((116, 110, 297, 350), fill="#2a2f33")
    pen.ellipse((130, 160, 283, 400), fill="#f0cfb4")
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=85)
    return pictures.photo_for_print(out.getvalue())


@cache
def _signer() -> Signer:
    return load_signer(make_key("样张 Sample", _MOMENT))
