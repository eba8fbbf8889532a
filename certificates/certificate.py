"""The facts that one certificate prints, as they stand on the day of issue.

What is printed is frozen with the PDF; deliberately no link to rows, settings or a scheme.
"""

from dataclasses import dataclass
from datetime import date

from certificates.numbers import CertificateNumber
from certificates.wording import refuse_false_claims

_FEWEST_HIDDEN = 4

# Field -> what a person calls it; every one of these is printed and so checked for glyphs.
PRINTED = {
    "name": ("姓名", "name"),
    "name_latin": ("姓名的拉丁字母写法", "name in Latin letters"),
    "masked_identity": ("证件号", "document number"),
    "title_zh": ("证书名称", "title"),
    "title_en": ("证书英文名称", "English title"),
    "occupation_zh": ("职业名称", "occupation"),
    "level_zh": ("等级", "level"),
    "level_en": ("等级英文", "English level"),
    "class_name": ("培训班名称", "class name"),
    "result_zh": ("考核结果", "result"),
    "result_en": ("考核结果英文", "English result"),
    "issuer_zh": ("发证单位", "issuer"),
    "issuer_en": ("发证单位英文名称", "English issuer"),
    "official_domain": ("查验网址", "check address"),
}
_CLAIMS = tuple(field for field in PRINTED if field.endswith(("_zh", "_en")))


@dataclass(frozen=True, kw_only=True)
class CertificateData:
    """Everything a certificate says. Dates are Shanghai dates; `hours` are class-hours (45 min).

    `check_address` is what `qr.address` returned and `official_domain` what `qr.domain` makes
    of it, or another name the association wants read. `photo` and `seal` are the bytes of
    picture files. `masked_identity` must already be masked: an identity number never
    reaches this package.
    """

    number: CertificateNumber
    name: str
    masked_identity: str
    title_zh: str
    title_en: str
    occupation_zh: str
    class_name: str
    training_from: date
    training_until: date
    hours: int
    issued_on: date
    valid_from: date
    valid_until: date | None
    issuer_zh: str
    issuer_en: str
    check_address: str
    official_domain: str
    name_latin: str = ""
    level_zh: str = ""
    level_en: str = ""
    result_zh: str = "成绩合格"
    result_en: str = "passed"
    photo: bytes | None = None
    seal: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse what a certificate must never say.

        Raises WordingError for claims to be a state qualification. An unmasked identity
        number or dates in the wrong order are the caller's mistakes: ValueError.
        """
        if self.masked_identity.count("*") < _FEWEST_HIDDEN:
            raise ValueError("masked_identity is not masked")
        if self.training_from > self.training_until:
            raise ValueError("training ends before it begins")
        if self.valid_until is not None and self.valid_from > self.valid_until:
            raise ValueError("validity ends before it begins")
        if self.hours < 1:
            raise ValueError("class-hours must be at least 1")
        for field_name in _CLAIMS:
            refuse_false_claims(*PRINTED[field_name], getattr(self, field_name))

    @property
    def printed_name_en(self) -> str:
        """The name for the English sentence: Latin letters where the holder gave them."""
        return self.name_latin or self.name
