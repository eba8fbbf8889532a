"""Encryption of the few values that must be kept secret at rest, and keyed hashes to match them.

AES-256-GCM; each ciphertext names its key and is bound to table, column and row, so that a value
copied into another row does not open there. Keys come from the settings, never from the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

from app.config import Settings


class SecretDamagedError(Exception):
    """A stored secret does not open: wrong key, or moved from another row."""


def _settings() -> Settings:
    settings: Settings = current_app.config["PEIZHEN"]
    return settings


def _key_id(key: str) -> str:
    return hashlib.sha256(b"id:" + key.encode()).hexdigest()[:8]


def _cipher(key: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"aes:" + key.encode()).digest())


def seal(plain: str, *, table: str, column: str, row: str) -> str:
    """Encrypt a value for one place. Returns `<key id>.<base64 of nonce and ciphertext>`."""
    key = _settings().identity_key
    nonce = os.urandom(12)
    place = f"{table}/{column}/{row}".encode()
    sealed = _cipher(key).encrypt(nonce, plain.encode(), place)
    return f"{_key_id(key)}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, table: str, column: str, row: str) -> str:
    """Decrypt a value in its place, with the current or an older key.

    Raises SecretDamagedError.
    """
    settings = _settings()
    key_id, _, body = sealed.partition(".")
    raw = base64.urlsafe_b64decode(body)
    for key in (settings.identity_key, *settings.old_identity_keys):
        if _key_id(key) == key_id:
            place = f"{table}/{column}/{row}".encode()
            try:
                return _cipher(key).decrypt(raw[:12], raw[12:], place).decode()
            except InvalidTag as error:
                raise SecretDamagedError(f"{table}.{column}") from error
    raise SecretDamagedError(f"{table}.{column}: key {key_id}")


def match_hash(value: str) -> str:
    """Return `<key id>:<HMAC-SHA-256>`: equal for equal values, useless without the key."""
    key = _settings().match_key
    digest = hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()
    return f"{_key_id(key)}:{digest}"


def token_hash(token: str) -> str:
    """Return the SHA-256 of a random token: what is stored of links and sessions."""
    return hashlib.sha256(token.encode()).hexdigest()


def key_ids() -> dict[str, str]:
    """Return the short names of the keys in use: they tell which keys a backup needs."""
    settings = _settings()
    return {"identity": _key_id(settings.identity_key), "match": _key_id(settings.match_key)}
