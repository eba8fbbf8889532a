"""The sentences of a certificate: dates and periods in both languages, and words it never says.

It is an association's certificate. Deliberately holds no issuer, title or validity: those are
settings and arrive as data.
"""

from datetime import date

from certificates.sentences import CertificateError

_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
# 陪诊师 is not in the national occupational classification; claiming so is misleading, and the
# other two are promises no association can keep.
_NEVER = (
    "国家职业",
    "职业资格",
    "职业技能等级",
    "全国通用",
    "终身有效",
    "national vocational",
    "national occupational",
    "nationally recognised",
    "nationally recognized",
    "valid for life",
)


class WordingError(CertificateError):
    """A text would make the certificate look like what it is not."""


def date_zh(day: date) -> str:
    """Write 2026年11月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def date_en(day: date) -> str:
    """Write 1 November 2026, without asking the machine's locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def period_zh(first: date, last: date) -> str:
    """Write a period, the year once where it is the same; one day stands alone."""
    if first == last:
        return date_zh(first)
    end = date_zh(last) if last.year != first.year else f"{last.month}月{last.day}日"
    return f"{date_zh(first)}至{end}"


def period_en(first: date, last: date) -> str:
    """Write `on 6 September 2026` or `from 6 September to 18 October 2026`."""
    if first == last:
        return f"on {date_en(first)}"
    start = date_en(first)
    if first.year == last.year:
        start = start.removesuffix(f" {first.year}")
    return f"from {start} to {date_en(last)}"


def refuse_false_claims(what_zh: str, what_en: str, text: str) -> None:
    """Raise WordingError when `text` claims to be a state qualification or lasts for ever."""
    plain = "".join(text.split()).lower()
    for words in _NEVER:
        if words.replace(" ", "") in plain:
            raise WordingError(
                f"{what_zh}里不能写“{words}”：这是协会颁发的证书。请在规则设置里改掉这几个字。",
                f"The {what_en} may not say “{words}”: an association issues this certificate. "
                "Change the words in the rule settings.",
            )
