"""The last rescue: answers that a device could not send, taken in from an encrypted file.

The device seals what waits in its journal with a key of its own (attempt and epoch), which derives
from this server's secret: nothing about it is stored. The seal binds the file to the attempt, and
a changed file does not open. Taking in is an ordinary delivery under the device's epoch: the same
numbers, so that sending as well changes nothing, and the same rules for what comes late. The file
proves where it comes from, not when its answers were chosen: the time of the upload counts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from flask import current_app
from flask_babel import gettext as _

from app import audit
from app.errors import Refusal
from app.exams import answers, handing_in, time_account
from app.extensions import db
from app.models.exams import Attempt, DeviceEpoch, Sitting
from app.models.people import User

HEAD = "PEIZHEN-RESCUE-1"
MOST_SIGNS = 2 * 1024 * 1024
NONCE = 12


class RescueRefused(Refusal):
    """The file cannot be taken in; its sentence says why."""


@dataclass(frozen=True)
class Sealed:
    """What stands on a file before it is opened."""

    attempt_id: str
    epoch: int
    body: bytes

    @property
    def bound_to(self) -> bytes:
        """What the seal covers besides the answers, as the device writes it."""
        return f"{HEAD}\n{self.attempt_id}.{self.epoch}".encode()


@dataclass
class Outcome:
    """What became of the changes of a file."""

    attempt: Attempt
    stored: int = 0
    late: int = 0
    refused: list[str] = field(default_factory=list)


def key(attempt_id: str, epoch: int) -> bytes:
    """Return the 32 bytes with which one device of an attempt seals its file."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"rescue:{attempt_id}:{epoch}".encode(), hashlib.sha256).digest()


def key_text(attempt_id: str, epoch: int) -> str:
    """Return the key as the answering page carries it, in Base64."""
    return base64.b64encode(key(attempt_id, epoch)).decode()


def read(text: str) -> Sealed:
    """Read a file's outside. Raises RescueRefused for what is no such file."""
    head, _line, rest = text.strip().replace("\r", "").partition("\n")
    place, _line, lines = rest.partition("\n")
    attempt_id, _dot, epoch = place.strip().partition(".")
    if head.strip() != HEAD or not epoch.isdecimal() or len(text) > MOST_SIGNS:
        raise RescueRefused(
            _("这不是答题页存的答案文件，没有收。请让考生在答题页里重新存一份，整份交来。")
        )
    try:
        body = base64.b64decode("".join(lines.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RescueRefused(_("文件不完整，或在传送中改动过，没有收。请重新存一份。")) from error
    return Sealed(attempt_id, int(epoch[:9]), body)


def unseal(sealed: Sealed) -> list[answers.Delivered]:
    """Open a file. Raises RescueRefused when it was changed or was not sealed for this server."""
    try:
        plain = ChaCha20Poly1305(key(sealed.attempt_id, sealed.epoch)).decrypt(
            sealed.body[:NONCE], sealed.body[NONCE:], sealed.bound_to
        )
    except (InvalidTag, ValueError) as error:
        raise RescueRefused(
            _("文件打不开：内容被改动过，或不是这个考试系统的文件，没有收。")
        ) from error
    try:
        told = json.loads(plain)
    except (ValueError, RecursionError):
        told = None
    changes = told.get("changes") if isinstance(told, dict) else None
    if not isinstance(changes, list):
        raise RescueRefused(_("文件里没有答案，没有收。"))
    found: list[answers.Delivered] = []
    for start in range(0, len(changes), answers.MOST_IN_ONE):
        piece = changes[start : start + answers.MOST_IN_ONE]
        try:
            found += answers.read_delivery({"changes": piece})
        except answers.BadDelivery as error:
            raise RescueRefused(
                _(
                    "文件里有一条不是答案，整个文件都没有收。请让考生在答题页里重新存一份，整份交来。"
                )
            ) from error
    return found


def take_in(sitting: Sitting, text: str, *, actor: User, now: datetime) -> Outcome:
    """Take a file's changes into the journal, under their own epoch, by the time of now.

    Raises RescueRefused for a file that is damaged, forged, or of somebody in another sitting.
    """
    sealed = read(text)
    attempt = db.session.get(Attempt, sealed.attempt_id)
    if attempt is None or attempt.sitting_id != sitting.id:
        raise RescueRefused(_("这份文件不是这个考场的考生的，没有收。请核对考生的考场。"))
    if db.session.get(DeviceEpoch, (attempt.id, sealed.epoch)) is None:
        raise RescueRefused(_("这份文件不是这位考生用过的设备存的，没有收。"))
    delivered = unseal(sealed)
    locked = time_account.lock(attempt)
    handing_in.close_if_over(locked, now)
    outcome = Outcome(locked)
    device = answers.Device(locked, sealed.epoch)
    for start in range(0, len(delivered), answers.MOST_IN_ONE):
        receipt = answers.record(device, delivered[start : start + answers.MOST_IN_ONE], now)
        outcome.stored += len(receipt.stored)
        outcome.late += len(receipt.late)
        outcome.refused += [one["why"] for one in receipt.refused]
    details = {"epoch": sealed.epoch, "stored": outcome.stored, "late": outcome.late}
    answers.note(locked, "rescued", details, now)
    audit.record("attempt.rescued", locked, actor=actor, now=now, **details)
    return outcome
