"""The temporary PostgreSQL cluster: usable, durable where asked, and gone afterwards."""

import os
from pathlib import Path

import psycopg
import pytest

from tests.postgres import find_programs, temporary_cluster

pytestmark = pytest.mark.skipif(
    "postgresql" not in os.environ.get("TEST_DATABASES", "") or find_programs() is None,
    reason="no PostgreSQL: run script/test",
)


def address(url: str) -> str:
    return url.replace("+psycopg", "")


@pytest.mark.parametrize(("durable", "expected"), [(False, "off"), (True, "on")])
def test_commits_wait_for_the_disk_only_where_asked(durable: bool, expected: str) -> None:
    with temporary_cluster(durable=durable) as url, psycopg.connect(address(url)) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            shown = connection.execute(f"SHOW {setting}").fetchone()
            assert shown == (expected,)
        folder = connection.execute("SHOW data_directory").fetchone()
    assert folder is not None
    assert not Path(folder[0]).exists()


def test_it_is_gone_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), temporary_cluster() as url:
        raise ZeroDivisionError
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address(url), connect_timeout=5)


def test_a_stranger_without_the_password_is_refused() -> None:
    with temporary_cluster() as url:
        user, _, host = address(url).removeprefix("postgresql://").partition("@")
        wrong = f"postgresql://{user.partition(':')[0]}:wrong@{host}"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong, connect_timeout=5)
