"""Keys: which are taken, which refused, and that the signature says what PAdES asks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from certificates import der, new_key
from certificates.signing import SigningError, load_signer, make_key

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_a_made_key_is_read_back() -> None:
    signer = load_signer(make_key("示例协会", NOW))
    assert signer.name == "示例协会"
    assert signer.vouched_for_by_itself
    assert len(signer.fingerprint.split(":")) == 32
    signer.refuse_unless_valid(NOW)


def test_signatures_are_no_longer_than_said() -> None:
    signer = load_signer(make_key("示例协会", NOW))
    lengths = {len(signer.sign(bytes([n]) * 32)) for n in range(60)}
    assert max(lengths) <= signer.longest
    assert min(lengths) > signer.longest - 8


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "读不出来"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "读不出来"),
        (pem(ed25519.Ed25519PrivateKey.generate()) + make_key("另一个", NOW), "不是 P-256"),
        (pem(ec.generate_private_key(ec.SECP384R1())) + make_key("另一个", NOW), "不是 P-256"),
        (pem(ec.generate_private_key(ec.SECP256R1())) + make_key("另一个", NOW), "不配套"),
    ],
    ids=["empty", "broken", "ed25519", "p-384", "another's certificate"],
)
def test_what_cannot_sign_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(SigningError, match=why) as refusal:
        load_signer(text)
    assert "SIGNING_KEY_FILE" in refusal.value.zh
    assert "SIGNING_KEY_FILE" in refusal.value.en


def test_the_command_makes_a_key_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "key.pem"
    assert new_key.main([str(path), "示例协会"]) == 0
    assert path.stat().st_mode & 0o077 == 0
    assert load_signer(path.read_bytes()).fingerprint in capsys.readouterr().out
    before = path.read_bytes()
    assert new_key.main([str(path), "示例协会"]) == 1
    assert path.read_bytes() == before


def test_a_name_too_long_for_a_certificate_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new_key.main([str(tmp_path / "key.pem"), "很长的协会" * 5]) == 1
    assert "请用简称" in capsys.readouterr().err
    assert not (tmp_path / "key.pem").exists()


@given(st.integers(0, 2**80))
def test_whole_numbers_are_never_negative(value: int) -> None:
    written = der.whole(value)
    assert written[0] == 2
    assert written[1] == len(written) - 2
    assert int.from_bytes(written[2:], "big", signed=True) == value


def test_long_values_state_their_length() -> None:
    assert der.octets(bytes(127))[:2] == b"\x04\x7f"
    assert der.octets(bytes(128))[:3] == b"\x04\x81\x80"
    assert der.octets(bytes(70_000))[:5] == b"\x04\x83\x01\x11\x70"
    assert der.identifier("1.2.840.113549") == bytes.fromhex("06062a864886f70d")
