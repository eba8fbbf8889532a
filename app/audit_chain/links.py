"""What exactly is hashed: the format that `script/check_audit.py` repeats without this package.

Never change it for lines that are sealed: every chain ever exported would read as forged.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from app.models.journal import AuditLine

GENESIS = "0" * 64
"""What stands in for the previous hash before the first line."""


def canonical(value: dict[str, Any]) -> str:
    """Return JSON with sorted keys, no spaces, and text as it is (UTF-8)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def as_json(line: AuditLine) -> dict[str, Any]:
    """Return every field of a line; the time in UTC to the microsecond."""
    return {
        "id": line.id,
        "at": line.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor_id": line.actor_id,
        "action": line.action,
        "object_kind": line.object_kind,
        "object_id": line.object_id,
        "details": line.details,
        "request_id": line.request_id,
    }


def link(previous: str, number: int, line: AuditLine) -> str:
    """Return the hash of a line at its place: SHA-256 over previous hash, number and the line."""
    text = f"{previous}\n{number}\n{canonical(as_json(line))}"
    return hashlib.sha256(text.encode()).hexdigest()
