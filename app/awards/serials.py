"""Serial numbers: one counter for each year and district, counted up in the database.

A number once reserved is spent, whatever becomes of the certificate: gaps are harmless, a number
that names two certificates is not.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.dialects import postgresql, sqlite

from app import rulebook
from app.extensions import db
from app.models.awards import CertificateSerial
from certificates.numbers import CertificateNumber, NumberFormat, compose


def number_format(on: date) -> NumberFormat:
    """Return the format of numbers given on a day. Raises NumberError for an unusable one."""
    rule = rulebook.value("certificate.number_format", on)
    return NumberFormat(prefix=rule["prefix"], serial_digits=rule["serial_digits"])


def reserve(on: date, district_code: str) -> CertificateNumber:
    """Take the next number of a year and district; the counter's row is locked until commit.

    Counting and reading are one statement, so two who ask at once cannot be given the same one.
    Raises NumberError when the serials of the format are used up.
    """
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(CertificateSerial).values(year=on.year, district_code=district_code, last=1)
    counted = statement.on_conflict_do_update(
        index_elements=["year", "district_code"], set_={"last": CertificateSerial.last + 1}
    ).returning(CertificateSerial.last)
    serial = db.session.scalars(counted).one()
    return compose(on.year, district_code, serial, number_format(on))
