"""Opening one's own account with a class code."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.views.registering import WRONG_MOST
from app.extensions import db
from app.models.people import Role, User
from tests.app.accounts.people import actions, browser, is_signed_in, person
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
PASSWORD = "su-zhou-he-bian-2"
FORM = {"name": "林 秋", "phone": "138 0000 0001", "password": PASSWORD, "service": "y"}


def _people() -> int:
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def test_it_works(client: PageClient) -> None:
    """A code, four fields: a trainee who is signed in and sent on to join the class."""
    code = rows.training_class().join_code
    client.page(f"/register?code={code}")
    answer = client.send(f"/register?code={code.lower()}", FORM)
    assert answer.location == f"/join?code={code.lower()}"
    user = db.session.scalars(select(User).where(User.phone == "13800000001")).one()
    assert user.name == "林 秋"
    assert [grant.role for grant in user.grants] == [Role.TRAINEE]
    assert is_signed_in(client)
    assert {"account.opened", "role.granted", "consent.given"} <= set(actions())


def test_asks_for_the_code_first(client: PageClient) -> None:
    """Without a code, or with a wrong one, there is only the field for it."""
    assert "班级码" in client.page("/register")
    assert "没有找到这个班级码" in client.page("/register?code=NOPE", status=404)
    before = _people()
    client.send("/register?code=NOPE", FORM)
    assert _people() == before


def test_a_closed_class_takes_nobody(client: PageClient) -> None:
    """Its code opens nothing."""
    found = rows.training_class(open=False)
    client.page(f"/register?code={found.join_code}", status=404)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"phone": "1380000000"}, "11 位"),
        ({"name": "   "}, "请填写姓名"),
        ({"name": "林" * 61}, "最长 60"),
        ({"password": "13800000001"}, "不能是姓名"),
        ({"password": "short"}, "至少要 10 位"),
        ({"service": ""}, "不同意保存记录"),
    ],
)
def test_bad_input(client: PageClient, values: dict[str, str], words: str) -> None:
    """Each is named beside its field; no account is made."""
    code = rows.training_class().join_code
    before = _people()
    html = client.send(f"/register?code={code}", {**FORM, **values}).get_data(as_text=True)
    assert words in html
    assert PASSWORD not in html
    assert _people() == before


def test_a_number_in_use(client: PageClient) -> None:
    """Says to sign in, with the way on to the class kept."""
    code, taken = rows.training_class().join_code, person()
    html = client.send(f"/register?code={code}", {**FORM, "phone": taken.phone}).get_data(
        as_text=True
    )
    assert "已有账户，请直接登录" in html
    assert f"/sign-in?next=/join?code%3D{code}" in html


@pytest.mark.usefixtures("mid_window")
def test_codes_cannot_be_guessed(app: Flask) -> None:
    """After a classroom's worth of wrong codes an address waits."""
    for _ in range(WRONG_MOST):
        assert browser(app).get("/register?code=NOPE").status_code == 404
    assert browser(app).get("/register?code=NOPE").status_code == 429


def test_who_is_signed_in_goes_on(client: PageClient) -> None:
    """Nobody gets a second account this way."""
    code = rows.training_class().join_code
    client.sign_in(person(Role.TRAINEE))
    assert client.get(f"/register?code={code}").location == f"/join?code={code}"
