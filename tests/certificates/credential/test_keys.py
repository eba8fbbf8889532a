"""Files of keys: what is taken, what refused, and that making one never spoils another."""

from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from certificates.credential import keys, new_key
from certificates.credential.encoding import (
    EncodingError,
    from_base58,
    from_base64url,
    from_multikey,
    to_base58,
    to_base64url,
    to_multikey,
)
from certificates.credential.keys import CredentialKeyError, Ed25519PrivateKey

DAY = date(2026, 2, 1)


def test_a_written_key_is_read_back_and_its_owner_alone_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "credential-keys"
    path = keys.write(folder, DAY)
    assert path.stat().st_mode & 0o077 == 0
    (found,) = keys.load(folder)
    assert (found.name, found.signs_from) == (path.stem, DAY)
    assert found.verifies(found.sign(b"said"), b"said")
    assert not found.verifies(found.sign(b"said"), b"other")


def test_a_public_half_checks_and_does_not_sign(tmp_path: Path) -> None:
    path = keys.write(tmp_path, DAY)
    (whole,) = keys.load(tmp_path)
    signature = whole.sign(b"said")
    public = serialization.load_pem_private_key(path.read_bytes(), None).public_key()
    path.write_bytes(
        public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    (half,) = keys.load(tmp_path)
    assert half.verifies(signature, b"said")
    with pytest.raises(ValueError, match="public half"):
        half.sign(b"said")
    with pytest.raises(CredentialKeyError, match="new_key"):
        keys.of("did:web:a.cn", (half,)).signing(DAY)


def test_without_a_key_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    assert keys.load(tmp_path / "none") == ()
    with pytest.raises(CredentialKeyError, match="new_key") as refusal:
        keys.of("did:web:a.cn", ()).signing(DAY)
    assert "new_key" in refusal.value.en


@pytest.mark.parametrize("name", ["key.pem", "2026-13-01-abcdef.pem", "2026-01-01-abcdef.pem"])
def test_a_file_that_is_no_key_of_ours_is_named(tmp_path: Path, name: str) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / name).write_bytes(pem)
    with pytest.raises(CredentialKeyError, match="不能用") as refusal:
        keys.load(tmp_path)
    assert name in refusal.value.en


def test_the_command_makes_a_key_for_a_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new_key.main([str(tmp_path), "--from", "2026-12-01"]) == 0
    (made,) = keys.load(tmp_path)
    assert made.signs_from == date(2026, 12, 1)
    assert to_multikey(made.public) in capsys.readouterr().out
    (tmp_path / "file").write_text("x")
    assert new_key.main([str(tmp_path / "file")]) == 1
    assert "没有写成" in capsys.readouterr().err


@given(st.binary(max_size=100))
def test_letters_stand_for_bytes(data: bytes) -> None:
    assert from_base58(to_base58(data)) == data
    assert from_base64url(to_base64url(data)) == data


def test_a_multikey_is_one_of_ed25519() -> None:
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    written = to_multikey(public)
    assert written.startswith("z6Mk")
    assert from_multikey(written) == public
    for wrong in ("", "z", written[1:], written[:-1], "z" + to_base58(b"\x80\x24" + public)):
        with pytest.raises(EncodingError):
            from_multikey(wrong)
