"""People: found, given roles, helped with passwords, switched off."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import event

from app.extensions import db
from app.models.people import Role, ScopeKind
from tests import factories
from tests.app.accounts.people import (
    PASSWORD,
    actions,
    browser,
    fresh,
    is_signed_in,
    person,
    try_sign_in,
)
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def admin(client: PageClient) -> PageClient:
    """An administrator's browser."""
    return client.sign_in(person(Role.ADMINISTRATOR, name="管理员甲"))


def test_lists_and_finds(admin: PageClient) -> None:
    """By part of a name, whole phone number or user name; no phone number in full on the page."""
    wanted, other = person(name="林秋"), person(name="陈夏", login_name="chenxia")
    html = admin.page("/people")
    assert "林秋" in html
    assert wanted.phone not in html
    for words, yes, no in (("林", "林秋", "陈夏"), ("chenxia", "陈夏", "林秋")):
        found = admin.send("/people/search", {"words": words}).get_data(as_text=True)
        assert yes in found
        assert no not in found
    by_phone = admin.send("/people/search", {"words": other.phone}).get_data(as_text=True)
    assert "陈夏" in by_phone
    none = admin.send("/people/search", {"words": "%"}).get_data(as_text=True)
    assert "没有找到" in none


def _queries(admin: PageClient, path: str) -> int:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    admin.page(path)
    event.remove(db.engine, "before_cursor_execute", note)
    return len([text for text in seen if text.startswith("SELECT")])


def test_the_list_costs_the_same_for_many(admin: PageClient) -> None:
    """One row or twenty: the same number of questions to the database."""
    person(Role.TRAINEE)
    few = _queries(admin, "/people")
    for _ in range(20):
        person(Role.TRAINEE, Role.INSTRUCTOR)
    assert _queries(admin, "/people") == few


def test_grants_and_revokes(admin: PageClient) -> None:
    """A role in a district, and away again; both in the trail."""
    user, district = person(), factories.district()
    path = f"/people/{user.id}/roles"
    admin.page(path)
    form = {"role": "district_officer", "scope": f"district:{district.code}"}
    assert admin.send(path, form).status_code == 302
    grant = fresh(user).grants[0]
    assert (grant.scope_kind, grant.scope_id) == (ScopeKind.DISTRICT, district.code)
    assert "已经有这个角色" in admin.send(path, form).get_data(as_text=True)
    assert admin.send(f"{path}/{grant.id}/revoke").status_code == 302
    assert fresh(user).grants[0].revoked_at is not None
    assert admin.send(f"{path}/{grant.id}/revoke").status_code == 409
    assert {"role.granted", "role.revoked"} <= set(actions())
    assert admin.send(path, form).status_code == 302  # and given again


def test_a_foreign_grant_is_not_found(admin: PageClient) -> None:
    """A grant is reached only by its own person's address."""
    one, other = person(Role.AUDITOR), person()
    path = f"/people/{other.id}/roles/{one.grants[0].id}/revoke"
    assert admin.send(path).status_code == 404


def test_the_last_administrator_stays(admin: PageClient) -> None:
    """Neither by taking the role nor by closing the account."""
    second = person(Role.ADMINISTRATOR)
    first_grant = second.grants[0].id
    admin.send(f"/people/{second.id}/roles/{first_grant}/revoke")
    html = admin.page("/people")
    found = re.search(r'href="(/people/[a-z0-9]{16})">管理员甲', html)
    assert found
    own = admin.page(found[1] + "/roles")
    revoke = re.search(r'action="([^"]+/revoke)"', own)
    assert revoke
    assert "最后一位管理员" in admin.send(revoke[1]).get_data(as_text=True)
    assert "你自己的账户" in admin.send(found[1] + "/switch-off", {"reason": "试一试"}).get_data(
        as_text=True
    )


def test_gives_a_password(admin: PageClient, app: Flask) -> None:
    """Shown once, works once, must be changed; devices are out."""
    user = person(Role.TRAINEE)
    theirs = browser(app).sign_in(user)
    path = f"/people/{user.id}/password"
    assert 'id="given"' not in admin.page(path)
    html = admin.send(path).get_data(as_text=True)
    given = re.search(r'id="given">([a-z0-9-]{14})<', html)
    assert given
    assert not is_signed_in(theirs)
    assert given[1] not in admin.page(path)
    assert try_sign_in(theirs, user.phone, PASSWORD).status_code == 200
    assert try_sign_in(theirs, user.phone, given[1]).status_code == 302
    assert theirs.get("/account").location == "/account/password"


@pytest.mark.usefixtures("mid_window")
def test_a_given_password_ends_the_wait(admin: PageClient, app: Flask) -> None:
    """Somebody locked out by an attacker is let in with the new password."""
    user = person()
    for _ in range(6):
        locked = try_sign_in(browser(app), user.phone, "guess")
    assert locked.status_code == 429
    html = admin.send(f"/people/{user.id}/password").get_data(as_text=True)
    given = re.search(r'id="given">([a-z0-9-]{14})<', html)
    assert given
    assert try_sign_in(browser(app), user.phone, given[1]).status_code == 302


def test_switches_off_and_on(admin: PageClient, app: Flask) -> None:
    """With a reason; out at once; and back."""
    user = person(Role.INSTRUCTOR)
    theirs = browser(app).sign_in(user)
    path = f"/people/{user.id}/switch-off"
    admin.page(path)
    assert "请写明原因" in admin.send(path).get_data(as_text=True)
    assert admin.send(path, {"reason": "离职"}).status_code == 302
    assert not is_signed_in(theirs)
    assert "已停用" in admin.page(f"/people/{user.id}")
    assert admin.send(f"/people/{user.id}/switch-on").status_code == 302
    assert try_sign_in(theirs, user.phone, PASSWORD).status_code == 302


def test_who_may(app: Flask) -> None:
    """Others see no person's page; a random id is a missing page for administrators too."""
    user = person()
    pages = ("", "/roles", "/password", "/switch-off", "/second-factor")
    for role in set(Role) - {Role.ADMINISTRATOR}:
        other = browser(app).sign_in(person(role))
        for page in pages:
            assert other.get(f"/people/{user.id}{page}").status_code == 403, (role, page)
    admin = browser(app).sign_in(person(Role.ADMINISTRATOR))
    for page in pages:
        assert admin.get(f"/people/aaaaaaaaaaaaaaaa{page}").status_code == 404
        admin.page(f"/people/{user.id}{page}")
    # A scoped administrator cannot be made, but an old row must not reach everybody.
    narrow = person(Role.ADMINISTRATOR, scope=(ScopeKind.DISTRICT, factories.district().code))
    assert browser(app).sign_in(narrow).get(f"/people/{user.id}").status_code == 404
