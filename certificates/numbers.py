"""Certificate numbers: a format given as data, and a check character that catches slips.

`PZ` + year (4) + district (6) + serial (5) + check character, all of it in the alphabet of
ISO 7064 MOD 37,36. Deliberately does not hand out serials or know which numbers are taken:
that is the register's, under a constraint of the database. A number is no secret either;
what opens the check page is the random token of `certificates.qr`.
"""

import re
import unicodedata
from dataclasses import dataclass

from certificates.sentences import CertificateError

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_M = len(ALPHABET)
_YEAR_DIGITS = 4
_DISTRICT_DIGITS = 6  # a GB/T 2260 code
# Spaces and dashes are how people group a number when they copy it from paper.
_GROUPING = re.compile(r"[\s\-\u2010-\u2015\u2212\u00ad\u200b-\u200d\ufeff]+")


class NumberError(CertificateError):
    """The text is not a certificate number of this format, or none can be made of the parts."""


@dataclass(frozen=True)
class NumberFormat:
    """How numbers of one scheme look; a dated setting, so never assume the default."""

    prefix: str = "PZ"
    serial_digits: int = 5

    def __post_init__(self) -> None:
        """Refuse a format that the check character could not protect."""
        if not self.prefix or any(c not in ALPHABET for c in self.prefix):
            raise NumberError(
                f"编号前缀“{self.prefix}”不能用。请填 1 个以上的大写字母或数字。",
                f"The number prefix “{self.prefix}” cannot be used. "
                "Give one or more capital letters or digits.",
            )
        if not 1 <= self.serial_digits <= 9:
            raise NumberError(
                f"流水号位数是 {self.serial_digits}，应当在 1 到 9 之间。",
                f"The serial has {self.serial_digits} digits; it must have 1 to 9.",
            )

    @property
    def length(self) -> int:
        """Characters in a whole number, the check character included."""
        return len(self.prefix) + _YEAR_DIGITS + _DISTRICT_DIGITS + self.serial_digits + 1


STANDARD = NumberFormat()


@dataclass(frozen=True)
class CertificateNumber:
    """One number in its parts; only `compose` and `parse` make them, so it is always checked."""

    prefix: str
    year: int
    district: str
    serial: str
    check: str

    def __str__(self) -> str:
        """The stored form, without spaces."""
        return f"{self.prefix}{self.year:04d}{self.district}{self.serial}{self.check}"

    @property
    def grouped(self) -> str:
        """The printed form: people read groups, not eighteen characters in a row."""
        return f"{self.prefix} {self.year:04d} {self.district} {self.serial} {self.check}"


def check_character(payload: str) -> str:
    """Return the ISO 7064 MOD 37,36 check character of `payload`, which must be in `ALPHABET`.

    It catches every single wrong character. Of swapped neighbours it misses only characters
    next to each other in the alphabet, cyclically, and of those only one case in 36
    (see the tests, which prove both).
    """
    product = _M
    for character in payload:
        product = 2 * ((product + _value(character)) % _M or _M) % (_M + 1)
    return ALPHABET[(_M + 1 - product) % _M]


def compose(
    year: int, district: str, serial: int, number_format: NumberFormat = STANDARD
) -> CertificateNumber:
    """Make the number of the `serial`-th certificate of a district and year.

    Raises NumberError when a part does not fit: a serial must never wrap round, because a
    number is not used twice, even after withdrawal.
    """
    largest = 10**number_format.serial_digits - 1
    if not 1 <= serial <= largest:
        raise NumberError(
            f"流水号 {serial} 超出范围，这个编号格式只到 {largest}。请在规则设置里增加流水号位数。",
            f"Serial {serial} is out of range; this format ends at {largest}. "
            "Add digits to the serial in the rule settings.",
        )
    if not 1000 <= year <= 9999:
        raise NumberError(
            f"年份 {year} 不是四位数，不能编号。", f"The year {year} does not have four digits."
        )
    if not re.fullmatch(r"[0-9]{6}", district):
        raise NumberError(
            f"区划代码“{district}”应是 6 位数字，例如 310110。请先改正培训班所在的区。",
            f"The district code “{district}” must be 6 digits, such as 310110. "
            "Correct the district of the class first.",
        )
    digits = f"{serial:0{number_format.serial_digits}d}"
    payload = f"{number_format.prefix}{year:04d}{district}{digits}"
    return CertificateNumber(number_format.prefix, year, district, digits, check_character(payload))


def parse(text: str, number_format: NumberFormat = STANDARD) -> CertificateNumber:
    """Read a number as people type it: spaces, dashes, full-width or lower-case letters.

    Raises NumberError naming the first thing wrong. It never corrects: a guess at what was
    meant could name somebody else's certificate.
    """
    compact = _GROUPING.sub("", unicodedata.normalize("NFKC", text)).upper()
    _refuse_wrong_shape(compact, number_format)
    payload, check = compact[:-1], compact[-1]
    if check_character(payload) != check:
        raise NumberError(
            "编号有一位抄错了，或者有两位抄反了。请对照证书重新输入。",
            "One character of the number is wrong, or two are swapped. "
            "Compare it with the certificate and type it again.",
        )
    rest = payload[len(number_format.prefix) :]
    district_end = _YEAR_DIGITS + _DISTRICT_DIGITS
    return CertificateNumber(
        number_format.prefix,
        int(rest[:_YEAR_DIGITS]),
        rest[_YEAR_DIGITS:district_end],
        rest[district_end:],
        check,
    )


def _refuse_wrong_shape(compact: str, number_format: NumberFormat) -> None:
    prefix, length = number_format.prefix, number_format.length
    if not compact.startswith(prefix):
        raise NumberError(
            f"证书编号以 {prefix} 开头，一共 {length} 位，印在证书下方。请检查是否看错了号码。",
            f"A certificate number begins with {prefix} and has {length} characters; it is "
            "printed near the foot of the certificate. Check that this is the right number.",
        )
    if len(compact) != length:
        off = abs(len(compact) - length)
        more = len(compact) > length
        raise NumberError(
            f"{'多' if more else '少'}了 {off} 位，证书编号应是 {length} 位。",
            f"{off} character{'' if off == 1 else 's'} too {'many' if more else 'few'}: "
            f"a certificate number has {length}.",
        )
    for position, character in enumerate(compact, start=1):
        last = position == length
        if character not in ALPHABET or (
            len(prefix) < position < length and not character.isdecimal()
        ):
            raise NumberError(
                f"第 {position} 位“{character}”应是数字{'或字母' if last else ''}。"
                "请对照证书重新输入。",
                f"Character {position}, “{character}”, must be a digit"
                f"{' or a letter' if last else ''}. Compare it with the certificate.",
            )


def _value(character: str) -> int:
    value = ALPHABET.find(character)
    if len(character) != 1 or value < 0:
        raise NumberError(
            f"编号里不能有“{character}”，只能用大写字母和数字。",
            f"A number cannot hold “{character}”, only capital letters and digits.",
        )
    return value
