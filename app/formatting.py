"""How values look on a page: times in Shanghai, masked numbers, exact fractions as decimals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

from flask import Flask, Response
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape

from app.clock import SHANGHAI
from app.saying import said
from app.translating import language

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters and halves of surrogate pairs: no page, no file and no database can hold them."""
# Written once in Chinese, by us, and stored as data. What people write is never translated.
PHRASES: dict[str, Any] = {
    "临床": _("临床"),
    "急诊": _("急诊"),
    "门诊护理": _("门诊护理"),
    "肿瘤护理": _("肿瘤护理"),
    "心理": _("心理"),
    "法律": _("法律"),
    "沟通": _("沟通"),
    "服务流程": _("服务流程"),
    "医保业务": _("医保业务"),
    "固定及格线": _("固定及格线"),
    "本产品的提议，待方案所有者确认": _("本产品的提议，待方案所有者确认"),
    "本产品的提议：试点方案没有写实训要做多少，待方案所有者确认": _(
        "本产品的提议：试点方案没有写实训要做多少，待方案所有者确认"
    ),
    "本产品的提议，事项取自课程5.3、5.4课，待方案所有者确认": _(
        "本产品的提议，事项取自课程5.3、5.4课，待方案所有者确认"
    ),
    "两篇英文报道的摘录，没有见到文件原文；“专业”是专职还是受过培训也不清楚，待核实": _(
        "两篇英文报道的摘录，没有见到文件原文；“专业”是专职还是受过培训也不清楚，待核实"
    ),
    "两篇英文报道的摘录，没有见到文件原文，待核实": _(
        "两篇英文报道的摘录，没有见到文件原文，待核实"
    ),
    "本产品的提议：试点方案没有写要什么材料，待方案所有者确认": _(
        "本产品的提议：试点方案没有写要什么材料，待方案所有者确认"
    ),
    "本产品的提议：试点方案没有写要不要本人申请，待方案所有者确认": _(
        "本产品的提议：试点方案没有写要不要本人申请，待方案所有者确认"
    ),
    "本产品的提议：试点方案没有写公示，通常的做法是5到7天，待方案所有者确认": _(
        "本产品的提议：试点方案没有写公示，通常的做法是5到7天，待方案所有者确认"
    ),
    "本产品的提议：方案文件没有写程序，参照一般的告知和陈述申辩做法，待方案所有者确认": _(
        "本产品的提议：方案文件没有写程序，参照一般的告知和陈述申辩做法，待方案所有者确认"
    ),
    "演示数据": _("演示数据"),
    "浏览器": _("浏览器"),
    "微信": _("微信"),
}


def _chinese() -> bool:
    return language() in {None, "zh"}


def show_date(value: date | datetime | None) -> str:
    """Return 2026年11月21日, or 21 November 2026 in English; a moment gives its Shanghai day."""
    if value is None:
        return "—"
    day = value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value
    if _chinese():
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"


def show_time(value: datetime | None) -> str:
    """Return 14:03:22 in Shanghai."""
    return "—" if value is None else f"{value.astimezone(SHANGHAI):%H:%M:%S}"


def show_moment(value: datetime | None) -> str:
    """Return date and minute in Shanghai."""
    if value is None:
        return "—"
    return f"{show_date(value)} {value.astimezone(SHANGHAI):%H:%M}"


def iso(value: datetime) -> str:
    """Return a moment for `<time datetime>`: ISO 8601 in UTC with Z."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def show_minutes(seconds: int) -> str:
    """Return a length as 90:00 or −5:00."""
    sign = "−" if seconds < 0 else ""
    minutes, rest = divmod(abs(seconds), 60)
    return f"{sign}{minutes}:{rest:02d}"


def show_mark(value: Fraction | str) -> str:
    """Return a mark with at most one decimal, cut off, never rounded up.

    59.95 must not read as 60.0 beside a fail; the exact fraction decides, this only shows it.
    """
    exact = Fraction(value)
    cut = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        Decimal("0.1"), rounding=ROUND_DOWN
    )
    return f"{cut.normalize():f}"


def mask_phone(phone: str | None) -> str:
    """Return 138****8000."""
    if not phone:
        return "—"
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def mask_name(name: str) -> str:
    """Return 林＊秋: one character hidden; of a name in Latin letters only the initials."""
    if any(sign.isascii() and sign.isalpha() for sign in name):
        return " ".join(f"{part[0]}＊" for part in name.split())
    middle = len(name) // 2
    return f"{name[:middle]}＊{name[middle + 1 :]}"


def emphasis(text: str) -> Markup:
    """Return question text as HTML: escaped, `**…**` strong, the only mark-up questions have."""
    pieces = text.split("**")
    return Markup("").join(
        Markup("<strong>{}</strong>").format(piece) if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )


def with_blanks(text: str, blanks: Sequence[Mapping[str, Any]]) -> Markup:
    """Return a stem as HTML, each `{{id}}` of a blank as its number: 第 2 空."""
    html = emphasis(text)
    for number, blank in enumerate(blanks, 1):
        mark = Markup('<span class="blank">{}</span>').format(gettext("第 %(n)d 空", n=number))
        html = html.replace(f"{{{{{blank['id']}}}}}", mark)
    return html


def in_english() -> bool:
    """Tell whether the reader has chosen English."""
    return not _chinese()


def show_phrase(text: str) -> str:
    """Return a stored phrase in the reader's language, or as it is."""
    return str(PHRASES.get(text, text))


def show_list(values: Iterable[Any]) -> str:
    """Join words as the reader's language does: 甲、乙, or a, b."""
    return str(gettext("、")).join(str(value) for value in values)


# Signs that HTML must not hold, as UTF-8: controls, and code points that are no characters. What
# people wrote or put into an address may have them; a page that had them would be broken.
_CONTROLS = bytes([*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F])
# Each begins with bytes that are rare on a page: searching for those is many times faster than
# looking at every byte for any of them.
_LONGER = (
    rb"\xc2[\x80-\x9f]",
    rb"\xef\xb7[\x90-\xaf]",
    rb"\xef\xbf[\xbe\xbf]",
    *(
        rb"\x%b[\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]" % first
        for first in (b"f0", b"f1", b"f2", b"f3", b"f4")
    ),
)
_SEARCHES = tuple(re.compile(one) for one in _LONGER)
_NOT_HTML = re.compile(b"|".join((b"[" + re.escape(_CONTROLS) + b"]", *_LONGER)))
_SHOWN_INSTEAD = "\ufffd".encode()


def _valid_html(response: Response) -> Response:
    """Show a replacement sign for what no page may hold; one look at the bytes of each page."""
    if response.mimetype == "text/html" and not response.is_streamed:
        data = response.get_data()
        if _is_not_html(data):
            response.set_data(_NOT_HTML.sub(_SHOWN_INSTEAD, data))
    return response


def _is_not_html(data: bytes) -> bool:
    return len(data.translate(None, _CONTROLS)) != len(data) or any(
        one.search(data) for one in _SEARCHES
    )


def init_app(app: Flask) -> None:
    """Offer the formats to templates, and keep pages free of signs that HTML must not hold."""
    app.after_request(_valid_html)
    functions = (
        show_date,
        show_time,
        show_moment,
        iso,
        show_minutes,
        show_mark,
        mask_phone,
        emphasis,
        with_blanks,
        show_list,
        show_phrase,
        said,
    )
    for function in functions:
        app.jinja_env.filters[function.__name__] = function
