"""People, their sessions, roles, organisations and consents."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, reconstructor, relationship

from app.models.base import Base, RandomId


class Role(StrEnum):
    """The fixed roles. What each may do stands in `app/permissions.py`, nowhere else."""

    TRAINEE = "trainee"
    ITEM_WRITER = "item_writer"
    ITEM_REVIEWER = "item_reviewer"
    CLINICAL_REVIEWER = "clinical_reviewer"
    LEGAL_REVIEWER = "legal_reviewer"
    EXAM_MANAGER = "exam_manager"
    INSTRUCTOR = "instructor"
    TRAINING_MANAGER = "training_manager"
    INSTITUTION_MANAGER = "institution_manager"
    INVIGILATOR = "invigilator"
    EXAMINER = "examiner"
    MARKER = "marker"
    CERTIFIER = "certifier"
    REGISTRAR = "registrar"
    DISTRICT_OFFICER = "district_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class ScopeKind(StrEnum):
    """How far a grant reaches."""

    ALL = "all"
    DISTRICT = "district"
    ORGANISATION = "organisation"
    TRAINING_CLASS = "training_class"
    SITTING = "sitting"


class District(Base):
    """One of Shanghai's sixteen districts, by its GB/T 2260 code."""

    __tablename__ = "district"
    __retention__ = "scheme"
    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    name_en: Mapped[str] = mapped_column(String(40))


class Organisation(RandomId, Base):
    """A training body, institution, platform, subdistrict, district bureau or the association."""

    __tablename__ = "organisation"
    __retention__ = "scheme"
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100), unique=True)
    name_en: Mapped[str] = mapped_column(String(150), default="")
    district_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"))


class User(RandomId, Base):
    """A person with an account. The identity number stands in `Identity`, encrypted."""

    __tablename__ = "user_account"
    __retention__ = "account"
    name: Mapped[str] = mapped_column(String(60))
    name_latin: Mapped[str] = mapped_column(String(80), default="")
    login_name: Mapped[str | None] = mapped_column(String(40), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    must_change_password: Mapped[bool] = mapped_column(default=False)
    totp_sealed: Mapped[str | None] = mapped_column(String(300))
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_counter: Mapped[int] = mapped_column(default=0)
    """The last one-time code's counter: a code is good once."""
    photo_blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    locale: Mapped[str | None] = mapped_column(String(5))
    theme: Mapped[str] = mapped_column(String(5), default="auto")
    large_type: Mapped[bool] = mapped_column(default=False)
    more_contrast: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    is_authenticated = True
    is_anonymous = False

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.session_token: str = ""

    @reconstructor
    def _loaded(self) -> None:
        # Set by `app/accounts/sessions.py` for the signed-in person; never a column.
        self.session_token = ""

    @property
    def is_active(self) -> bool:
        """Flask-Login's word for `active`."""
        return self.active

    def get_id(self) -> str:
        """Return what the cookie carries: the session's token, not the account's id."""
        return self.session_token

    grants: Mapped[list[RoleGrant]] = relationship(
        foreign_keys="RoleGrant.user_id", back_populates="user", lazy="selectin"
    )
    identity: Mapped[Identity | None] = relationship(back_populates="user")


class Identity(RandomId, Base):
    """An identity document: encrypted number, keyed hash for finding the same person twice."""

    __tablename__ = "identity"
    __retention__ = "account"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    """`resident_id`, `residence_permit`, `foreign_permanent`, `passport`."""
    number_sealed: Mapped[str] = mapped_column(String(300))
    match_hash: Mapped[str] = mapped_column(String(80), unique=True)
    """`<key id>:<HMAC-SHA-256>` of kind and number; a command re-hashes when the key rotates."""
    shown: Mapped[str] = mapped_column(String(30))
    """First three and last four signs, the rest as asterisks: all that pages show."""
    recorded_at: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="identity")


class UserSession(RandomId, Base):
    """A signed-in browser. The row is the session: deleting or revoking it signs out at once."""

    __tablename__ = "user_session"
    __retention__ = "passing"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    """When the password was last given; sensitive acts ask again after a while."""
    second_factor_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class RoleGrant(RandomId, Base):
    """A role with the scope it reaches. Revoked, never deleted: who could do what stays known."""

    __tablename__ = "role_grant"
    __retention__ = "exam"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    scope_kind: Mapped[str] = mapped_column(String(20), default=ScopeKind.ALL)
    scope_id: Mapped[str] = mapped_column(String(16), default="")
    granted_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id], back_populates="grants")


class Invitation(RandomId, Base):
    """A link that lets one person open an account with one role."""

    __tablename__ = "invitation"
    __retention__ = "passing"
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(30))
    scope_kind: Mapped[str] = mapped_column(String(20), default=ScopeKind.ALL)
    scope_id: Mapped[str] = mapped_column(String(16), default="")
    invited_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None]


class Affiliation(RandomId, Base):
    """Who works for whom, from when to when. The district counts and impartiality rest on it."""

    __tablename__ = "affiliation"
    __retention__ = "training"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="employee")
    """`employee` or `manager` (who employs)."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()


class Consent(RandomId, Base):
    """One consent to one purpose in one version of its text; withdrawn as easily as given."""

    __tablename__ = "consent"
    __retention__ = "register"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ThrottleCount(Base):
    """How often something was tried in a window. Keys are hashes: no phone number, no address."""

    __tablename__ = "throttle_count"
    __retention__ = "passing"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    """The window's number: whole periods since 1970."""
    count: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    """When the window ends; after that the row is swept away."""


Index(
    "uq_role_grant_current",
    RoleGrant.user_id,
    RoleGrant.role,
    RoleGrant.scope_kind,
    RoleGrant.scope_id,
    unique=True,
    sqlite_where=RoleGrant.revoked_at.is_(None),
    postgresql_where=RoleGrant.revoked_at.is_(None),
)
