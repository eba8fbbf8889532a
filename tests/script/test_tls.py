"""The local certificate authority: trusted by a client that has it, kept, and renewed in time."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.verification import PolicyBuilder, Store

from script.support.tls import ensure_certificate

NOW = datetime(2026, 11, 1, tzinfo=UTC)
NAMES = ["localhost", "127.0.0.1", "192.168.1.20"]


def certificate(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / name).read_bytes())


def test_a_client_that_trusts_the_authority_accepts_the_server(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, NAMES, NOW)
    store = Store([certificate(tmp_path, "ca.crt")])
    verifier = (
        PolicyBuilder().store(store).time(NOW).build_server_verifier(x509.DNSName("localhost"))
    )
    assert len(verifier.verify(certificate(tmp_path, "server.crt"), [])) == 2
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, NAMES, NOW)
    for key in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / key).stat().st_mode) == 0o600


def test_a_good_certificate_is_kept(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, NAMES, NOW)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    ensure_certificate(tmp_path, NAMES, NOW + timedelta(days=200))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("names", "days"),
    [
        pytest.param([*NAMES, "192.168.1.21"], 0, id="new address"),
        pytest.param(NAMES, 380, id="about to expire"),
    ],
)
def test_the_server_is_renewed_under_the_same_authority(
    tmp_path: Path, names: list[str], days: int
) -> None:
    ensure_certificate(tmp_path, NAMES, NOW)
    authority = (tmp_path / "ca.crt").read_bytes()
    server = (tmp_path / "server.crt").read_bytes()
    ensure_certificate(tmp_path, names, NOW + timedelta(days=days))
    assert (tmp_path / "ca.crt").read_bytes() == authority
    assert (tmp_path / "server.crt").read_bytes() != server


def test_a_public_address_needs_an_authority_made_for_it(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, NAMES, NOW)
    authority = (tmp_path / "ca.crt").read_bytes()
    ensure_certificate(tmp_path, [*NAMES, "203.0.113.7"], NOW)
    assert (tmp_path / "ca.crt").read_bytes() != authority


def test_a_renewal_interrupted_between_its_two_files_is_done_again(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, NAMES, NOW)
    (tmp_path / "server.key").write_bytes((tmp_path / "ca.key").read_bytes())
    ensure_certificate(tmp_path, NAMES, NOW)
    key = serialization.load_pem_private_key((tmp_path / "server.key").read_bytes(), None)
    assert key.public_key() == certificate(tmp_path, "server.crt").public_key()
