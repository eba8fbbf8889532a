"""Credentials for tests, and what verifiers written by others say of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from certificates.credential import badge, did, keys, proofs, status
from certificates.credential.keys import CredentialKey, Keyring
from certificates.verdict import SHANGHAI

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=SHANGHAI)
TODAY = NOW.date()
SITE = "https://peizhen.example.cn"
LISTS = {purpose: f"{SITE}/credentials/status/1/{purpose}" for purpose in status.PURPOSES}
PLACE = 90_210
VERIFIERS = Path(__file__).parents[1] / "verifiers"


def key(signs_from: date = date(2026, 1, 1)) -> CredentialKey:
    """Make a key that signs from a day."""
    private = keys.Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return CredentialKey(f"{signs_from}-{public[:3].hex()}", signs_from, public, private)


def ring(*several: CredentialKey) -> Keyring:
    """Return our keys, one if none are given."""
    return keys.of(did.issuer(SITE), several or (key(),))


def award(**changes: Any) -> badge.Award:
    """Return the facts of one certificate."""
    return badge.Award(
        **{
            "address": f"{SITE}/c/abcdefghij234567",
            "number": "PZ2026310110000421",
            "name": "林知秋",
            "name_latin": "LIN Zhiqiu",
            "training_from": date(2026, 1, 5),
            "training_until": date(2026, 2, 1),
            "hours": 80,
            "valid_from": date(2026, 2, 10),
            "valid_until": date(2029, 2, 9),
            "issued_at": datetime(2026, 2, 10, 11, 0, tzinfo=SHANGHAI),
            "sample": False,
            **changes,
        }
    )


def credential(**changes: Any) -> dict[str, Any]:
    """Return a credential yet to be signed."""
    issuer = badge.Issuer(
        did=did.issuer(SITE), name_zh="示例协会", name_en="Example Association", url=SITE
    )
    achievement = badge.Achievement(
        address=f"{SITE}/credentials/achievements/abc",
        title_zh="为老服务陪诊师培训合格证书",
        title_en="Certificate of Training",
        scheme="PZ-ELDER 1",
    )
    return badge.credential(award(**changes), achievement, issuer, LISTS, PLACE)


def lists(own: Keyring, **places: Iterable[int]) -> dict[str, dict[str, Any]]:
    """Return the signed status lists by address; `places` set by purpose.

    Signed at the real time: the library that reads them takes no other.
    """
    signer, today = own.signing(TODAY), datetime.now(SHANGHAI)
    return {
        address: proofs.add(
            status.list_credential(
                address, purpose, status.encode(places.get(purpose, ())), own.issuer, today
            ),
            own,
            signer,
            today,
        )
        for purpose, address in LISTS.items()
    }


def ask_others(own: Keyring, **given: Any) -> dict[str, Any]:
    """Return what @digitalbazaar/vc says of `vc` and jose of `jwt`, without any network."""
    node = shutil.which("node")
    if node is None or not (VERIFIERS / "node_modules" / "jose").is_dir():
        pytest.skip("no verifiers under node: run script/test")
    asked = {"did": did.document(own), "now": NOW.isoformat(), **given}
    done = subprocess.run(
        [node, "verify.mjs"],
        cwd=VERIFIERS,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
