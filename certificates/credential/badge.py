"""What the credential says: an Open Badges 3.0 `OpenBadgeCredential` of one certificate.

Says what the printed certificate says and no more: the holder's name as printed, never a document
number, no photo, no birth date. Deliberately not here: signing, and where the facts come from.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from certificates.credential import status
from certificates.credential.linked_data import CREDENTIALS, OPEN_BADGES
from certificates.verdict import SHANGHAI


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Who issues: the did, the name as printed, the address of the site."""

    did: str
    name_zh: str
    name_en: str
    url: str

    def profile(self) -> dict[str, Any]:
        """Return the issuer as Open Badges has it."""
        return {
            "id": self.did,
            "type": ["Profile"],
            "name": f"{self.name_zh} {self.name_en}".strip(),
            "url": self.url,
        }


@dataclass(frozen=True, kw_only=True)
class Achievement:
    """What is attested, the same for everybody under one version of the scheme."""

    address: str
    title_zh: str
    title_en: str
    scheme: str
    """Code and version."""

    @property
    def name(self) -> str:
        """The title in both languages."""
        return f"{self.title_zh} {self.title_en}".strip()

    def body(self) -> dict[str, Any]:
        """Return the achievement as Open Badges has it."""
        return {
            "id": self.address,
            "type": ["Achievement"],
            "achievementType": "Certificate",
            "name": self.name,
            "description": (
                "完成规定的培训，理论考试和实操考核合格，由协会的两个人先后核对和决定。不是国家职业资格证书。 "
                "Completed the training asked for and passed the written and practical examinations; "
                "not a state vocational qualification."
            ),
            "criteria": {"id": self.address},
            "humanCode": self.scheme,
            "inLanguage": "zh-CN",
        }


@dataclass(frozen=True, kw_only=True)
class Award:
    """The facts of one certificate as printed. `address` is its printed check address."""

    address: str
    number: str
    name: str
    name_latin: str
    training_from: date
    training_until: date
    hours: int
    valid_from: date
    valid_until: date | None
    issued_at: datetime
    sample: bool


def credential(
    award: Award, achievement: Achievement, issuer: Issuer, lists: dict[str, str], place: int
) -> dict[str, Any]:
    """Return the credential, yet to be signed; `lists` are the addresses of the status lists."""
    said: dict[str, Any] = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": award.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": ("样本 SAMPLE " if award.sample else "") + achievement.name,
        "issuer": issuer.profile(),
        "validFrom": _begins(award.valid_from),
        "awardedDate": status.moment(award.issued_at),
        "credentialSubject": _subject(award, achievement),
        "credentialStatus": status.entries(lists, place),
    }
    if award.valid_until is not None:
        said["validUntil"] = _ends(award.valid_until)
    return said


def _subject(award: Award, achievement: Achievement) -> dict[str, Any]:
    names = [name for name in (award.name, award.name_latin) if name]
    return {
        # A name for the person that means nothing anywhere else, so that nothing can be joined by it.
        "id": uuid5(NAMESPACE_URL, award.address + "#holder").urn,
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": name,
                "identityType": "name",
            }
            for name in dict.fromkeys(names)
        ],
        "licenseNumber": award.number,
        "activityStartDate": _begins(award.training_from),
        "activityEndDate": _ends(award.training_until),
        "creditsEarned": award.hours,
        "achievement": achievement.body(),
    }


def _begins(day: date) -> str:
    return status.moment(datetime.combine(day, time(), SHANGHAI))


def _ends(day: date) -> str:
    """Write the last second of a day: the day itself still counts."""
    return status.moment(
        datetime.combine(day + timedelta(days=1), time(), SHANGHAI) - timedelta(seconds=1)
    )
