"""Verify the chain against its lines and against signed heads. Reads only.

A line that was changed is named once: the walk goes on from the hash that is stored, so that one
forgery does not make a thousand findings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import select

from app import clock, jobs
from app.audit_chain.heads import (
    Head,
    all_rows,
    from_row,
    heads_file,
    key_id_of,
    public_key_hex,
    read_file,
)
from app.audit_chain.links import GENESIS, link
from app.audit_chain.sealing import unsealed
from app.extensions import db, reading_only
from app.models.journal import AuditLine, Job, Seal

MOST_UNSEALED_SECONDS = 60
MOST_KEPT = 20  # findings kept with a job: enough to act on
WORDS = {
    "changed": ("这一条操作记录的内容改过", "the line was changed"),
    "gap": ("链条在这里断号", "numbers are missing here"),
    "line_missing": ("这一条操作记录被删除", "the line was deleted"),
    "unsealed": (
        "这一条操作记录久未封存，请查后台进程",
        "the line waits unsealed: is the worker up?",
    ),
    "tail_cut": (
        "签名的链头比现在的链条长：末尾被删",
        "a signed head is beyond the end: the tail was cut",
    ),
    "head_differs": (
        "与签名的链头不符：链条被重算过",
        "differs from a signed head: the chain was rewritten",
    ),
    "head_forged": ("链头的签名不对", "the signature of a head is wrong"),
    "head_other_key": (
        "链头由别的密钥签名；若换过密钥，请用 --public-key 给出旧公钥",
        "a head is signed by another key; after a change of keys name the old one with --public-key",
    ),
}


@dataclass(frozen=True)
class Finding:
    """Something wrong: its kind (see `WORDS`), its place in the chain, the line's id if known."""

    kind: str
    number: int
    line_id: int | None = None

    def __str__(self) -> str:
        zh, en = WORDS[self.kind]
        line = f", line {self.line_id}" if self.line_id is not None else ""
        return f"#{self.number}{line}: {zh} / {en}"


def verify(
    now: datetime, heads: Iterable[Head] = (), public_keys: Iterable[str] = ()
) -> list[Finding]:
    """Check every link, every line and every head. Returns what is wrong, in order.

    `heads` are those that left the database; the rows' own are always checked too. `public_keys`
    (hexadecimal) are trusted beside the current one.
    """
    given = [*heads, *(from_row(row) for row in all_rows())]
    at_heads: dict[int, str] = {head.number: "" for head in given}
    findings, last = _walk(at_heads)
    keys = {key_id_of(key): key for key in (public_key_hex(), *public_keys)}
    said = {finding for head in given for finding in _check_head(head, at_heads, last, keys)}
    findings += sorted(said, key=lambda finding: (finding.number, finding.kind))
    early = now - timedelta(seconds=MOST_UNSEALED_SECONDS)
    waiting = unsealed(everything=True).where(AuditLine.at < early).limit(MOST_KEPT)
    findings += [Finding("unsealed", last, line.id) for line in db.session.scalars(waiting)]
    return findings


def _walk(at_heads: dict[int, str]) -> tuple[list[Finding], int]:
    """Recompute the chain; fills in the stored hashes at the numbers asked for."""
    findings: list[Finding] = []
    number, previous = 0, GENESIS
    rows = db.session.execute(
        select(Seal, AuditLine)
        .outerjoin(AuditLine, AuditLine.id == Seal.line_id)
        .order_by(Seal.number)
        .execution_options(yield_per=1000)
    )
    for seal, line in cast("Iterable[tuple[Seal, AuditLine | None]]", rows):
        if seal.number != number + 1:
            findings.append(Finding("gap", number + 1))
        elif line is not None and link(previous, seal.number, line) != seal.hash:
            findings.append(Finding("changed", seal.number, line.id))
        if line is None:
            findings.append(Finding("line_missing", seal.number, seal.line_id))
        number, previous = seal.number, seal.hash
        if number in at_heads:
            at_heads[number] = previous
    return findings, number


def _check_head(
    head: Head, at_heads: dict[int, str], last: int, keys: dict[str, str]
) -> Iterable[Finding]:
    key = keys.get(head.key_id)
    if key is None:
        yield Finding("head_other_key", head.number)
    elif not head.is_signed_by(key):
        yield Finding("head_forged", head.number)
    if head.number > last:
        yield Finding("tail_cut", head.number)
    elif at_heads[head.number] != head.hash:
        yield Finding("head_differs", head.number)


@jobs.handles("audit.verify")
def _verify_asked_for(_job: Job) -> dict[str, Any]:
    """Verify with the heads file of this installation; the page of the trail shows the result."""
    db.session.commit()
    now, path = clock.now(), heads_file()
    with reading_only():
        findings = verify(now, read_file(path) if path.exists() else ())
        last = db.session.scalar(select(Seal.number).order_by(Seal.number.desc()).limit(1))
        db.session.rollback()
    return {
        "checked": last or 0,
        "count": len(findings),
        "findings": [str(finding) for finding in findings[:MOST_KEPT]],
    }
