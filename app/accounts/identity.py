"""The identity number of a person: kept sealed, matched by keyed hash, shown masked.

The number stands in clear in no row, log or page but the one that a registrar opens with a written
reason. Comparing a face with a photo is done by people, not here.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock, secrecy
from app.accounts import consents, wording
from app.accounts.identity_numbers import IdentityNumberError, check, mask
from app.config import Settings
from app.errors import Refusal
from app.extensions import db
from app.models.awards import Decision
from app.models.people import Identity, User

PLACE = {"table": "identity", "column": "number_sealed"}
FACTOR_PLACE = {"table": "user_account", "column": "totp_sealed"}


class IdentityTakenError(Refusal):
    """The same document belongs to another account; whose is not said."""

    def __init__(self) -> None:
        super().__init__(
            _("这个证件号已经在另一个账户里登记过。一个人只用一个账户，请找班主任核对。")
        )


class IdentityFixedError(Refusal):
    """A certification decision rests on the number."""


class ReasonMissingError(Refusal):
    """Reading a whole number needs a written reason."""

    status = 400


def _match_hash(kind: str, number: str) -> str:
    return secrecy.match_hash(f"{kind}:{number}")


def hashes(number: str) -> list[str]:
    """Return what a number is matched by as each kind of document: for finding whose it is."""
    return [_match_hash(kind, number) for kind in wording.IDENTITY_KINDS]


def is_in_use(user: User) -> bool:
    """Tell whether a certification decision, proposed or granted, rests on the number."""
    found = select(Decision.id).where(
        Decision.user_id == user.id, Decision.state.in_(("proposed", "granted"))
    )
    return db.session.scalar(found.limit(1)) is not None


def record(user: User, kind: str, typed: str, *, actor: User, now: datetime) -> Identity:
    """Keep a person's identity number, or correct it while no decision rests on it.

    Raises ConsentMissingError, IdentityNumberError, IdentityTakenError, IdentityFixedError.
    """
    consents.require(
        user,
        "identity_number",
        _("保存证件号码要先单独同意。请到“我的同意”里同意这一项，再来填写。"),
    )
    settings: Settings = current_app.config["PEIZHEN"]
    number = check(kind, typed, today=clock.shanghai_date(now), invented=settings.demo)
    known_as = _match_hash(kind, number)
    taken = select(Identity.id).where(Identity.match_hash == known_as, Identity.user_id != user.id)
    if db.session.scalar(taken):
        raise IdentityTakenError
    row = user.identity
    if row is not None and row.match_hash != known_as and is_in_use(user):
        raise IdentityFixedError(
            _("证件号已经用于发证，不能自己改。确实写错的，请找证书登记员更正。")
        )
    action = "identity.corrected" if row else "identity.recorded"
    if row is None:
        row = Identity(user_id=user.id)
        user.identity = row
    row.kind, row.match_hash, row.shown = kind, known_as, mask(number)
    row.number_sealed = secrecy.seal(number, row=row.id, **PLACE)
    row.recorded_at = now
    db.session.add(row)
    audit.record(action, row, actor=actor, now=now, kind=kind)
    return row


def erase(user: User, *, actor: User, now: datetime) -> bool:
    """Delete the number after its consent was withdrawn, unless a decision rests on it.

    Returns whether nothing is kept any more.
    """
    row = user.identity
    if row is None:
        return True
    if is_in_use(user):
        return False
    audit.record("identity.erased", row, actor=actor, now=now)
    db.session.delete(row)
    db.session.flush()
    db.session.expire(user, ["identity"])
    return True


def reveal(user: User, *, reason: str, actor: User, now: datetime) -> str:
    """Return the whole number, and note who read it and why.

    Raises ReasonMissingError, IdentityNumberError when there is none.
    """
    if len(reason.strip()) < 4:
        raise ReasonMissingError(_("请写明为什么要看完整证件号，至少 4 个字。会记入操作记录。"))
    row = user.identity
    if row is None:
        raise IdentityNumberError(_("这个人还没有登记证件号。"))
    audit.record("identity.revealed", row, actor=actor, now=now, reason=reason.strip()[:200])
    return secrecy.unseal(row.number_sealed, row=row.id, **PLACE)


def rehash_all(now: datetime) -> tuple[int, int]:
    """Seal every number and second-factor secret with today's keys, and hash numbers anew.

    For after a change of IDENTITY_KEY (the former one in OLD_IDENTITY_KEYS) or MATCH_KEY. Can be
    run again after an interruption. Returns how many numbers and how many secrets.
    Raises SecretDamagedError for a value that no configured key opens; then nothing is changed.
    """
    numbers = db.session.scalars(select(Identity).with_for_update()).all()
    for row in numbers:
        number = secrecy.unseal(row.number_sealed, row=row.id, **PLACE)
        row.number_sealed = secrecy.seal(number, row=row.id, **PLACE)
        row.match_hash = _match_hash(row.kind, number)
        audit.record("identity.rehashed", row, actor=None, now=now)
    people = db.session.scalars(
        select(User).where(User.totp_sealed.is_not(None)).with_for_update()
    ).all()
    for person in people:
        secret = secrecy.unseal(person.totp_sealed or "", row=person.id, **FACTOR_PLACE)
        person.totp_sealed = secrecy.seal(secret, row=person.id, **FACTOR_PLACE)
    return len(numbers), len(people)
