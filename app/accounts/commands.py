"""`flask identity …`: care of the keys that identity numbers are kept under."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError

from app import clock
from app.accounts import identity
from app.extensions import db
from app.secrecy import SecretDamagedError

identity_commands = AppGroup("identity", help="Care of encrypted identity numbers.")


@identity_commands.command("rehash")
def rehash() -> None:
    """Seal all identity numbers anew after a key was changed.

    Set IDENTITY_KEY or MATCH_KEY to the new key, put the former IDENTITY_KEY into
    OLD_IDENTITY_KEYS, restart, and run this once. It also seals the second-factor secrets anew.
    All or nothing; safe to run again. Afterwards the old key can be taken out.
    """
    try:
        numbers, secrets = identity.rehash_all(clock.now())
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        raise click.ClickException(
            "没有改动：换 MATCH_KEY 之后，有同一个证件号登记到了两个账户。请先核对并合并。\n"
            "Nothing changed: since MATCH_KEY was changed, two accounts recorded the same number."
        ) from None
    except SecretDamagedError as error:
        db.session.rollback()
        raise click.ClickException(
            f"没有改动：有一个值用现有的密钥都打不开（{error}）。"
            "请把原来的密钥放进 OLD_IDENTITY_KEYS。\n"
            f"Nothing changed: one value opens with none of the keys ({error}). "
            "Put the former key into OLD_IDENTITY_KEYS."
        ) from None
    click.echo(f"证件号 {numbers} 个，二次验证密钥 {secrets} 个，已用现在的密钥重新加密。")
    click.echo(f"Sealed anew: {numbers} identity numbers, {secrets} second-factor secrets.")
