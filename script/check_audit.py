#!/usr/bin/env python3
"""Check an exported audit trail without the product: Python 3.11 and nothing else.

    script/check_audit.py trail.jsonl --heads heads.jsonl --public-key HEX

`trail.jsonl` comes from `flask audit export`, `heads.jsonl` from `flask audit heads` or, better,
from where the daily signed heads were sent. The public key should come from a third place: who
can rewrite the trail could also sign new heads with a key of their own. Ends with 0 when nothing
is wrong, 1 when something is, 2 when a file cannot be read.

It deliberately shares no code with the application. Format of a link: SHA-256 over previous hash,
number and the line's canonical JSON (sorted keys, no spaces, UTF-8), joined by newlines; before
the first line stand 64 zeros.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GENESIS = "0" * 64
SIGNED_FIELDS = ("number", "hash", "signed_at", "reason", "key_id")

# Ed25519, verification only, after RFC 8032 section 5.1. Not constant time: nothing here is secret.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # a square root of -1
Point = tuple[int, int, int, int]  # extended coordinates: x/z, y/z, z, xy/z
BASE_Y = 4 * pow(5, -1, P) % P


class UnreadableError(Exception):
    """A file is not what it should be; the text says where."""


def main() -> int:
    """Check the files named on the command line and say what was found."""
    wanted = _arguments()
    try:
        trail = _read(wanted.trail)
        heads = _read(wanted.heads) if wanted.heads else []
        found, last, last_hash, waiting = check_trail(trail)
        found += check_heads(heads, trail, last, wanted.public_key)
    except UnreadableError as error:
        print(f"文件读不了 / cannot be read: {error}")
        return 2
    for sentence in found:
        print(sentence)
    print(f"链条 / chain: {last} 条 lines, {last_hash}")
    print(f"尚未封存 / not sealed yet: {waiting}; 链头 / signed heads: {len(heads)}")
    if not heads:
        print(
            "没有给出链头，整条重算或截尾查不出来。No heads: a rewritten or cut chain would not show."
        )
    elif not wanted.public_key:
        names = ", ".join(sorted({str(head.get("public_key")) for head in heads}))
        print(
            f"请把公钥与另处得到的核对 / compare this public key with one from elsewhere: {names}"
        )
    print(f"发现 {len(found)} 处问题。" if found else "没有发现问题。", end=" ")
    print(f"{len(found)} findings." if found else "Nothing wrong.")
    return 1 if found else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Check an exported audit trail: changed, deleted, rewritten or cut lines show.",
        epilog="Make the files with `flask audit export` and `flask audit heads`.",
    )
    parser.add_argument("trail", type=Path, help="file of `flask audit export`")
    parser.add_argument("--heads", type=Path, help="file of signed heads, kept on another machine")
    parser.add_argument(
        "--public-key",
        action="append",
        default=[],
        help="a public key you trust, 64 hexadecimal signs; may be given again for older keys",
    )
    return parser.parse_args()


def _read(path: Path) -> list[dict[str, Any]]:
    rows = []
    try:
        for place, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
            row = json.loads(text)
            if not isinstance(row, dict):
                raise UnreadableError(f"{path}:{place}: not an object")
            rows.append(row)
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path}: {error}") from error
    except json.JSONDecodeError as error:
        raise UnreadableError(f"{path}: {error}") from error
    return rows


def canonical(value: dict[str, Any]) -> str:
    """Return the one way of writing a value as JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def check_trail(rows: list[dict[str, Any]]) -> tuple[list[str], int, str, int]:
    """Recompute the chain. Returns findings, the last number, its hash, how many lines wait."""
    found: list[str] = []
    number, previous, waiting = 0, GENESIS, 0
    for row in rows:
        line, here = row.get("line"), row.get("number")
        if here is None:
            waiting += 1
            continue
        if here != number + 1:
            found.append(f"#{number + 1}: 链条在这里断号 / numbers are missing here")
        elif line is not None:
            text = f"{previous}\n{here}\n{canonical(line)}"
            if hashlib.sha256(text.encode()).hexdigest() != row.get("hash"):
                found.append(f"#{here}: 内容改过 / the line was changed")
        if line is None:
            found.append(f"#{here}: 被删除 / the line was deleted")
        number, previous = int(here), str(row.get("hash"))
    return found, number, previous, waiting


def check_heads(
    heads: list[dict[str, Any]], trail: list[dict[str, Any]], last: int, trusted: list[str]
) -> list[str]:
    """Hold each signed head against the chain."""
    hashes = {row["number"]: row["hash"] for row in trail if row.get("number") is not None}
    found = []
    for head in heads:
        try:
            number, key = int(head["number"]), str(head["public_key"])
            text = {name: head[name] for name in SIGNED_FIELDS}
            signature = bytes.fromhex(head["signature"])
            raw_key = bytes.fromhex(key)
        except (KeyError, ValueError, TypeError) as error:
            raise UnreadableError(f"head without {error}") from error
        if trusted and key not in trusted:
            found.append(f"#{number}: 链头由别的密钥签名 / a head is signed by another key")
        if not verifies(raw_key, f"peizhen audit head v1\n{canonical(text)}".encode(), signature):
            found.append(f"#{number}: 链头的签名不对 / the signature of a head is wrong")
        if number > last:
            found.append(f"#{number}: 末尾被删 / the tail was cut: a signed head is beyond the end")
        elif hashes.get(number) != head["hash"]:
            found.append(f"#{number}: 与签名的链头不符 / the chain was rewritten: a head differs")
    return found


def verifies(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature holds (RFC 8032, 5.1.7)."""
    key = _decompress(public_key)
    r = _decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER or len(signature) != 64:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    base = _decompress(BASE_Y.to_bytes(32, "little"))
    assert base is not None  # noqa: S101 (a constant of the curve)
    left, right = _times(s, base), _add(r, _times(challenge, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def _decompress(raw: bytes) -> Point | None:
    """Return the point that 32 bytes name, or None when they name none (RFC 8032, 5.1.3)."""
    if len(raw) != 32:
        return None
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT % P
    if x * x % P != square or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _add(one: Point, two: Point) -> Point:
    """Add two points (RFC 8032, 5.1.4)."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(factor: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    for bit in _bits(factor):
        result = _add(result, result)
        if bit:
            result = _add(result, point)
    return result


def _bits(number: int) -> Iterator[int]:
    for place in range(number.bit_length() - 1, -1, -1):
        yield number >> place & 1


if __name__ == "__main__":
    sys.exit(main())
