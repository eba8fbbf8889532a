"""What every table shares: random ids, UTC times, constraint names that migrations can rely on."""

import secrets
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

ID_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 signs that are not mistaken for each other
TOGETHER = 3  # signs that ids made together share: 32768 places for them in an index
_SIGNS = (ID_ALPHABET * 8).encode("ascii")  # each byte stands for one of them, none more often


def new_id() -> str:
    """Return 16 random signs (80 bits): ids stand in addresses, so they must not be guessable."""
    return secrets.token_bytes(16).translate(_SIGNS).decode("ascii")


def new_ids(many: int) -> list[str]:
    """Return ids for rows that are written together: 65 random bits each, after the same 3 signs.

    Rows stand in the order of their ids in every index. Ids spread at random would have thousands
    of them write thousands of pages; these stand on a few, and are as little to be guessed.
    """
    same = new_id()[:TOGETHER]
    signs = secrets.token_bytes((16 - TOGETHER) * many).translate(_SIGNS).decode("ascii")
    return [same + signs[at : at + 16 - TOGETHER] for at in range(0, len(signs), 16 - TOGETHER)]


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite drops zones, so they are taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without zone: it would be eight hours wrong somewhere later."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
TYPES: dict[Any, Any] = {datetime: UTCDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()}


class Base(DeclarativeBase):
    """The declarative base. Each table names its retention class (see `RETENTION`)."""

    registry = registry(metadata=METADATA, type_annotation_map=TYPES)
    __retention__: ClassVar[str]


class RandomId:
    """Mixin: a random primary key, fit to stand in an address."""

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)

    def __init__(self, **values: Any) -> None:
        # The id exists before the first flush, so that a verb can name a new row in the audit
        # line and bind ciphertext to it.
        values.setdefault("id", new_id())
        super().__init__(**values)


# Retention classes: how long a kind of record is kept, as dated settings named
# `retention.<class>` (years). A legal hold overrides each of them.
RETENTION = {
    "account": "while the account is used, then erased with what may be erased",
    "content": "kept: what people were shown and marked by",
    "scheme": "kept: certificates point to it",
    "training": "attendance and learning records",
    "exam": "papers, answers, marks and decisions",
    "register": "certificates: validity plus ten years, number and status permanently",
    "audit": "append-only trail",
    "passing": "deleted when it has served its purpose",
}
