"""The keys that credentials are signed with: one signs, those before it still vouch for theirs.

A key is a file named by the day from which it signs: `2026-11-22-3f9a1c.pem`. The newest whose day
has come signs; all of the folder are published. So a new key is put there some days ahead, to be
known everywhere when it begins, and an old one may be cut down to its public half, which is all
that checking needs. Taking a file away disowns whatever it signed. Deliberately apart from the key
of the PDF: that one must be P-256, and readers of PDF files know nothing of this one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates.sentences import CertificateError

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-[0-9a-f]{6}")
_FINGERPRINT = 3  # bytes of the public key in a file's name


class CredentialKeyError(CertificateError):
    """The folder of keys holds none that can sign, or one that cannot be read."""


@dataclass(frozen=True)
class CredentialKey:
    """A key pair, or its public half. `name` is the end of its address in the did document."""

    name: str
    signs_from: date
    public: bytes
    private: Ed25519PrivateKey | None = None

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of the signature."""
        if self.private is None:
            raise ValueError(f"{self.name} is a public half")
        return self.private.sign(data)

    @cached_property
    def _verifier(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public)

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Tell whether this key made the signature."""
        try:
            self._verifier.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Keyring:
    """An issuer and its keys, in the order in which they sign."""

    issuer: str
    """The issuer's did: what stands before `#` in a key's address."""
    keys: tuple[CredentialKey, ...]

    def signing(self, on: date) -> CredentialKey:
        """Return the key that signs on a day (Shanghai). Raises CredentialKeyError."""
        able = [key for key in self.keys if key.private is not None and key.signs_from <= on]
        if able:
            return max(able, key=lambda key: (key.signs_from, key.name))
        raise CredentialKeyError(
            "还没有签发电子凭证的密钥，证书没有签发。请管理员用命令 python -m certificates.credential.new_key "
            "做一个，放进签名密钥旁边的 credential-keys 文件夹。",
            "There is no key yet that signs credentials; nothing was issued. Ask the administrator "
            "to make one with python -m certificates.credential.new_key, in the folder "
            "credential-keys beside the signing key.",
        )

    def address(self, key: CredentialKey) -> str:
        """Return the address of a key, as proofs name it."""
        return f"{self.issuer}#{key.name}"

    def find(self, address: str) -> CredentialKey | None:
        """Return the key at an address, whichever of its two spellings is used."""
        issuer, _, name = address.partition("#")
        if issuer != self.issuer:
            return None
        name = name.removesuffix("-jwk")
        return next((key for key in self.keys if key.name == name), None)


def load(folder: Path) -> tuple[CredentialKey, ...]:
    """Read every key of a folder; a folder that is not there holds none.

    Raises CredentialKeyError naming the file that is none of ours: one left out in silence would
    make everything it signed look forged.
    """
    if not folder.is_dir():
        return ()
    return tuple(_read(path) for path in sorted(folder.glob("*.pem")))


def _read(path: Path) -> CredentialKey:
    named = _NAME.fullmatch(path.stem)
    try:
        pem, private = path.read_bytes(), None
        if b"PRIVATE" in pem:
            private = serialization.load_pem_private_key(pem, password=None)
        public = private.public_key() if private else serialization.load_pem_public_key(pem)
        begins = date.fromisoformat(named[1]) if named else None
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(path.name) from error
    if begins is None or not isinstance(public, Ed25519PublicKey):
        raise _unusable(path.name)
    signer = private if isinstance(private, Ed25519PrivateKey) else None
    return CredentialKey(path.stem, begins, public.public_bytes_raw(), signer)


def _unusable(name: str) -> CredentialKeyError:
    return CredentialKeyError(
        f"电子凭证密钥 {name} 不能用：应是 Ed25519 密钥（PEM 格式），文件名是“生效日期-六位指纹.pem”。"
        "请管理员检查 credential-keys 文件夹。",
        f"The credential key {name} cannot be used: it must be an Ed25519 key as PEM, and its name "
        "a date and six signs. Ask the administrator to check the folder credential-keys.",
    )


def make(signs_from: date) -> tuple[str, bytes]:
    """Make a key that signs from a day on; return the name of its file, and its PEM."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return f"{signs_from.isoformat()}-{public[:_FINGERPRINT].hex()}.pem", pem


def write(folder: Path, signs_from: date) -> Path:
    """Make a key in a folder, readable by its owner alone; return its file. Raises OSError."""
    name, pem = make(signs_from)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    unfinished = path.with_suffix(".part")
    unfinished.touch(mode=0o600, exist_ok=False)
    unfinished.write_bytes(pem)
    unfinished.rename(path)
    return path


def of(issuer: str, keys: Iterable[CredentialKey]) -> Keyring:
    """Put keys in the order in which they sign."""
    return Keyring(issuer, tuple(sorted(keys, key=lambda key: (key.signs_from, key.name))))
