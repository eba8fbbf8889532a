"""Sealed values: bound to their row, readable after a key was changed, useless without it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import secrecy
from tests.conftest import test_settings

PLACE = {"table": "identity", "column": "number_sealed", "row": "abc"}


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """An application that has settings and nothing else."""
    app = Flask(__name__)
    app.config["PEIZHEN"] = test_settings("sqlite://", tmp_path)
    with app.app_context():
        yield app


def change(app: Flask, **values: object) -> None:
    app.config["PEIZHEN"] = replace(app.config["PEIZHEN"], **values)


def test_it_works(bare: Flask) -> None:
    sealed = secrecy.seal("11010519491231002X", **PLACE)
    assert "11010519491231002X" not in sealed
    assert secrecy.unseal(sealed, **PLACE) == "11010519491231002X"


def test_the_same_value_never_looks_the_same(bare: Flask) -> None:
    assert secrecy.seal("x", **PLACE) != secrecy.seal("x", **PLACE)


@pytest.mark.parametrize("part", ["table", "column", "row"])
def test_a_value_copied_elsewhere_does_not_open(bare: Flask, part: str) -> None:
    sealed = secrecy.seal("x", **PLACE)
    with pytest.raises(secrecy.SecretDamagedError):
        secrecy.unseal(sealed, **{**PLACE, part: "other"})


def test_a_changed_byte_does_not_open(bare: Flask) -> None:
    key_id, _, body = secrecy.seal("x", **PLACE).partition(".")
    raw = bytearray(base64.urlsafe_b64decode(body))
    raw[-1] ^= 1
    with pytest.raises(secrecy.SecretDamagedError):
        secrecy.unseal(f"{key_id}.{base64.urlsafe_b64encode(raw).decode()}", **PLACE)


def test_after_rotation_old_values_open_with_the_old_key(bare: Flask) -> None:
    old = bare.config["PEIZHEN"].identity_key
    sealed = secrecy.seal("x", **PLACE)
    change(bare, identity_key="the-new-key", old_identity_keys=(old,))
    assert secrecy.unseal(sealed, **PLACE) == "x"
    again = secrecy.seal("x", **PLACE)
    assert again.partition(".")[0] != sealed.partition(".")[0]
    change(bare, old_identity_keys=())
    assert secrecy.unseal(again, **PLACE) == "x"
    with pytest.raises(secrecy.SecretDamagedError, match=sealed.partition(".")[0]):
        secrecy.unseal(sealed, **PLACE)


def test_matching_needs_the_key(bare: Flask) -> None:
    before = secrecy.match_hash("11010519491231002X")
    assert before == secrecy.match_hash("11010519491231002X")
    assert before != secrecy.match_hash("110105194912310011")
    change(bare, match_key="another")
    after = secrecy.match_hash("11010519491231002X")
    assert before.partition(":")[0] != after.partition(":")[0]
    assert before.partition(":")[2] != after.partition(":")[2]


def test_key_names_tell_nothing_of_the_keys(bare: Flask) -> None:
    names = secrecy.key_ids()
    assert set(names) == {"identity", "match"}
    assert names["identity"] not in bare.config["PEIZHEN"].identity_key
    assert names["identity"] != names["match"]
