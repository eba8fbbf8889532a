"""Passwords: parameters, comparison, and which are refused."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask

from app.accounts import passwords
from app.accounts.passwords import WeakPasswordError


def test_parameters_are_those_decided() -> None:
    """argon2id, 19 MiB, two passes, one lane; nothing of the password stands in the hash."""
    made = passwords.make_hash("liang-san-zhi-niao")
    found = extract_parameters(made)
    assert made.startswith("$argon2id$")
    assert (found.memory_cost, found.time_cost, found.parallelism) == (19 * 1024, 2, 1)


def test_compares() -> None:
    """The right one matches, also typed full-width; an empty hash matches nothing."""
    made = passwords.make_hash("liang-san-zhi-niao1")
    assert passwords.matches(made, "liang-san-zhi-niao1")
    assert passwords.matches(made, "ｌiang-san-zhi-niao１")
    assert not passwords.matches(made, "liang-san-zhi-niao2")
    assert not passwords.matches("", "")
    assert not passwords.matches("not a hash", "liang-san-zhi-niao1")


def test_notices_old_parameters() -> None:
    """A hash made otherwise is to be renewed."""
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("x" * 12)
    assert passwords.is_outdated(old)
    assert not passwords.is_outdated(passwords.make_hash("x" * 12))


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short9", "现在是 6 位"),
        ("1234567890", "很多人在用"),
        ("Qwerty12345", "很多人在用"),
        ("aaaaaaaaaaab", "很多人在用"),
        ("13900000001", "手机号"),
        ("my13900000001", "手机号"),
        ("linqiu20261234", "后面加数字"),
        ("x" * 100 + "abcd" * 30, "最长"),
    ],
)
@pytest.mark.rows
def test_refuses(app: Flask, password: str, words: str) -> None:
    """Each weak password is refused with the reason."""
    with app.test_request_context(), pytest.raises(WeakPasswordError, match=words):
        passwords.check(password, about=("林秋", "13900000001", "linqiu"))


@pytest.mark.rows
def test_takes_a_good_one(app: Flask) -> None:
    """Words joined together are taken, with or without special signs."""
    with app.test_request_context():
        passwords.check("liang san zhi niao", about=("林秋", "13900000001", None))
        passwords.check("两只小鸟飞过苏州河边", about=("林秋", None, None))


def test_given_passwords_differ_and_pass_the_rules() -> None:
    """What is handed out is long enough and never the same."""
    given = {passwords.make_given() for _ in range(50)}
    assert len(given) == 50
    assert all(len(word) == 14 for word in given)
