"""What one certificate will say: every fact read from rows and rules, ready to be drawn.

Reads only; after it nothing needs the database until the finished page is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from app import blobs, rulebook
from app.accounts import consents
from app.awards.refusals import CannotIssue
from app.config import Settings
from app.credentials.keeping import Place
from app.extensions import db
from app.formatting import in_english, show_list
from app.layouts import choosing
from app.models.awards import Decision
from app.models.journal import Blob
from app.models.people import Consent, User
from app.models.scheme import Scheme
from app.models.training import Enrolment, TrainingClass
from app.proposals import PROPOSALS
from certificates import pictures, qr
from certificates.certificate import PRINTED, CertificateData
from certificates.layouts import Layout
from certificates.numbers import CertificateNumber
from certificates.pictures import PictureError

OURS_TO_SAY = ("certificate.issuer", "certificate.complaints")
_FEWEST_HIDDEN = 4


@dataclass(frozen=True)
class Contents:
    """The printed facts of one certificate and what belongs to it without being printed."""

    data: CertificateData
    token: str
    photo_blob_id: str | None
    scheme_id: str
    scheme: str
    sample: bool
    layout: Layout
    """What it is drawn with."""
    place: Place | None = None
    """Where its credential will stand in the status lists; None for one that is only tried."""

    def numbered(self, number: CertificateNumber, place: Place) -> Contents:
        """Return the same under its number and with its place, as they were taken for it."""
        return replace(self, data=replace(self.data, number=number), place=place)

    def printed(self) -> dict[str, Any]:
        """Return every printed field as JSON: what the check page repeats for ever."""
        data = self.data
        return {
            **{name: getattr(data, name) for name in PRINTED},
            "number": str(data.number),
            "number_grouped": data.number.grouped,
            "training_from": data.training_from.isoformat(),
            "training_until": data.training_until.isoformat(),
            "hours": data.hours,
            "issued_on": data.issued_on.isoformat(),
            "valid_from": data.valid_from.isoformat(),
            "valid_until": data.valid_until.isoformat() if data.valid_until else None,
            "check_address": data.check_address,
            "photo": self.photo_blob_id is not None,
            "scheme": self.scheme,
            "sample": self.sample,
        }


@dataclass(frozen=True)
class Shared:
    """What all certificates of one day have in common, read once for as many as are made."""

    on: date
    settings: Settings
    title: dict[str, str]
    issuer: dict[str, str]
    valid_until: date
    seal: bytes | None
    layouts: dict[str, Layout] = field(default_factory=dict)
    """By scheme, as they are asked for."""

    def layout(self, scheme: Scheme) -> Layout:
        """Return what a scheme's certificates are drawn with now."""
        if scheme.code not in self.layouts:
            self.layouts[scheme.code] = choosing.layout_for(scheme.code, "certificate")
        return self.layouts[scheme.code]

    @classmethod
    def of(cls, on: date) -> Shared:
        """Read it. Raises CannotIssue when something only this installation knows is not said."""
        refuse_if_unnamed(on)
        settings: Settings = current_app.config["PEIZHEN"]
        return cls(
            on=on,
            settings=settings,
            title=rulebook.value("certificate.title", on),
            issuer=rulebook.value("certificate.issuer", on),
            valid_until=valid_until(on, rulebook.value("certificate.validity_years", on)),
            seal=_seal(settings),
        )


def read(
    decision: Decision,
    number: CertificateNumber,
    token: str,
    on: date,
    shared: Shared | None = None,
    consented: frozenset[str] | None = None,
) -> Contents:
    """Gather what the certificate of a decision will say when issued on a day.

    The photo is printed only with the consent that stands now; who makes many brings the ids of
    those who `consented`, and has read the rows asked for here. Raises CannotIssue when no
    document is registered or the seal cannot be read, a CertificateError for false claims.
    """
    shared = shared or Shared.of(on)
    settings, title, issuer = shared.settings, shared.title, shared.issuer
    user = decision.user
    enrolment = db.session.get_one(Enrolment, decision.enrolment_id)
    training_class = db.session.get_one(TrainingClass, enrolment.class_id)
    scheme = db.session.get_one(Scheme, decision.scheme_id)
    agreed = _agreed(user) if consented is None else user.id in consented
    photo = _photo(user) if agreed else None
    address = qr.address(settings.public_url, token)
    data = CertificateData(
        number=number,
        name=user.name,
        name_latin=user.name_latin,
        masked_identity=_masked_identity(user),
        title_zh=title["zh"],
        title_en=title["en"],
        occupation_zh=_occupation(scheme, title["zh"]),
        class_name=training_class.title,
        training_from=training_class.starts_on,
        training_until=training_class.ends_on,
        # The hours that were asked of this class, not those of a rule that came after it.
        hours=rulebook.value("training.hours", training_class.ends_on),
        issued_on=on,
        valid_from=on,
        valid_until=shared.valid_until,
        issuer_zh=issuer["zh"],
        issuer_en=issuer["en"],
        check_address=address,
        official_domain=qr.domain(address),
        photo=blobs.made_from(photo, "print", _for_print) if photo else None,
        seal=shared.seal,
    )
    return Contents(
        data=data,
        token=token,
        photo_blob_id=photo.id if photo else None,
        scheme_id=scheme.id,
        scheme=f"{scheme.code} {scheme.version}",
        sample=settings.demo,
        layout=shared.layout(scheme),
    )


def consenting(people: Iterable[str]) -> frozenset[str]:
    """Return who of some people agreed to their photo on the certificate, as it stands now."""
    rows = db.session.scalars(
        select(Consent.user_id).where(
            Consent.user_id.in_(list(people)),
            Consent.kind == "photo_on_certificate",
            Consent.withdrawn_at.is_(None),
        )
    )
    return frozenset(rows)


def refuse_if_unnamed(on: date) -> None:
    """Raise CannotIssue naming all that only this installation can know and has not yet said.

    Who issues and where to complain has no proposal that could be printed: a page that says
    “not set” would be out of our hands.
    """
    missing = [name for name in OURS_TO_SAY if not rulebook.is_set(name, on)]
    if missing:
        words = [PROPOSALS[name] for name in missing]
        named = show_list(word.en if in_english() else word.zh for word in words)
        raise CannotIssue(
            _(
                "证书没有签发：规则设置里还没有填%(named)s，证书和查验页都要写明。"
                "请管理员在“规则设置”里填好，再来签发。",
                named=named,
            )
        )


def valid_until(first: date, years: int) -> date:
    """Return the last day of a validity of whole years that begins on `first`."""
    try:
        anniversary = first.replace(year=first.year + years)
    except ValueError:  # 29 February: the day after the 28th of an ordinary year
        anniversary = date(first.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def hide_enough(shown: str) -> str:
    """Mask a short document number further: first three and last four leave too little hidden."""
    if shown.count("*") >= _FEWEST_HIDDEN:
        return shown
    hidden = max(_FEWEST_HIDDEN, len(shown) - 4)
    return "*" * hidden + shown[hidden:]


def _masked_identity(user: User) -> str:
    if user.identity is None:
        raise CannotIssue(_("证件信息还没有登记，证书上要印。请让本人先登记。"))
    return hide_enough(user.identity.shown)


def _occupation(scheme: Scheme, title: str) -> str:
    """Return the occupation's name: of the scheme, else the title's first part (为老服务陪诊师)."""
    named = scheme.body.get("occupation")
    return str(named["zh"]) if named else title.split()[0]


def _agreed(user: User) -> bool:
    return user.photo_blob_id is not None and consents.holds(user, "photo_on_certificate")


def _photo(user: User) -> Blob | None:
    return db.session.get(Blob, user.photo_blob_id) if user.photo_blob_id else None


def _for_print(photo: bytes) -> bytes:
    """Return the photo as it is printed; what cannot be printed is refused later, where it is drawn."""
    try:
        return pictures.photo_for_print(photo)
    except PictureError:
        return photo


def _seal(settings: Settings) -> bytes | None:
    if settings.seal_image is None:
        return None
    try:
        return settings.seal_image.read_bytes()
    except OSError as error:
        raise CannotIssue(
            _("印章图片打不开，证书没有签发。请管理员检查 SEAL_IMAGE 指向的文件。")
        ) from error
