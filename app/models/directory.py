"""What an institution says of itself in the public directory: contact, insurance, prices.

How many practitioners it has is never kept here: it is counted from valid certificates.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.people import Organisation


class InstitutionPage(RandomId, Base):
    """An institution's entry in the directory, kept up to date by its manager."""

    __tablename__ = "institution_page"
    __retention__ = "scheme"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    """`care_institution` or `accompaniment_firm`: the two kinds of the 2026 policy."""
    address: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(30))
    """The public number of the institution, no person's own."""
    hours: Mapped[str] = mapped_column(String(80), default="")
    insurer: Mapped[str] = mapped_column(String(80), default="")
    insurance_kind: Mapped[str] = mapped_column(String(20), default="")
    """`liability`, `accident`, `both`; empty for none."""
    insured_until: Mapped[date | None]
    published: Mapped[bool] = mapped_column(default=False)
    updated_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    prices: Mapped[list[InstitutionPrice]] = relationship(order_by="InstitutionPrice.place")


class InstitutionPrice(RandomId, Base):
    """One displayed price."""

    __tablename__ = "institution_price"
    __retention__ = "scheme"
    page_id: Mapped[str] = mapped_column(ForeignKey("institution_page.id"), index=True)
    place: Mapped[int]
    service: Mapped[str] = mapped_column(String(60))
    fen: Mapped[int]
    """Hundredths of a yuan; 0 is free of charge."""
    unit: Mapped[str] = mapped_column(String(10))
    """`visit`, `hour`, `half_day`, `day`."""


class EmployerLink(RandomId, Base):
    """A holder's link to one's own page, to be shown to an employer until it is withdrawn."""

    __tablename__ = "employer_link"
    __retention__ = "passing"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    shows_learning: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
