"""Each page without parameters, as each role and as a stranger: answered according to its door."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule
from werkzeug.routing.converters import NumberConverter

from app.models.people import Role
from app.permissions import PERMISSIONS
from tests import factories
from tests.app.whole.test_doors import STATIC
from tests.client import PageClient, check_page

pytestmark = pytest.mark.rows
ANSWERED = {200, 302, 404}
ENDS_THE_SESSION = {"accounts.sign_out"}


def pages(app: Flask) -> list[tuple[str, str]]:
    """Return address and door of each page that can be asked for without knowing an id."""
    return [
        (rule.rule, app.view_functions[rule.endpoint].door)
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and rule.endpoint not in STATIC
    ]


def _look(client: PageClient, address: str) -> int:
    answer = client.get(address)
    if answer.mimetype == "text/html" and answer.status_code != 302:
        check_page(answer.get_data(as_text=True), address)
    return answer.status_code


def test_strangers(app: Flask, client: PageClient) -> None:
    """Public pages answer; all others lead to sign-in and show nothing."""
    assert len(pages(app)) > 15
    for address, door in pages(app):
        answer = client.get(address)
        if door == "public":
            assert _look(client, address) in ANSWERED, address
        else:
            assert answer.status_code == 302, address
            assert answer.location.startswith("/sign-in"), address


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_roles(app: Flask, client: PageClient, role: Role) -> None:
    """A page opens for the roles of its permission and says 403 to all others."""
    client.sign_in(factories.user(role))
    for address, door in pages(app):
        status = _look(client, address)
        if door in PERMISSIONS and role not in PERMISSIONS[door][1]:
            assert status == 403, f"{address} as {role}: {status}"
        else:
            assert status in ANSWERED, f"{address} as {role}: {status}"


def test_no_role(app: Flask, client: PageClient) -> None:
    """Somebody without any role sees what everyone signed in sees, and nothing more."""
    client.sign_in(factories.user())
    for address, door in pages(app):
        status = _look(client, address)
        assert status == 403 if door in PERMISSIONS else status in ANSWERED, address


def _address(app: Flask, rule: Rule) -> str:
    """Return an address of a route, with ids that nobody gave out."""
    values: dict[str, object] = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            values[name] = sorted(converter.items)[0]
        else:
            values[name] = 7 if isinstance(converter, NumberConverter) else "z" * 16
    with app.test_request_context():
        return str(app.url_for(rule.endpoint, **values))


def _rules(app: Flask, method: str) -> list[tuple[Rule, str]]:
    return [
        (rule, app.view_functions[rule.endpoint].door)
        for rule in app.url_map.iter_rules()
        if method in rule.methods and rule.endpoint not in STATIC
    ]


def test_random_ids(app: Flask, client: PageClient) -> None:
    """Any page with an id answers 404 to an id that nobody gave out, never with a failure."""
    client.sign_in(factories.user(*Role))
    for rule, _door in _rules(app, "GET"):
        if rule.arguments:
            status = _look(client, _address(app, rule))
            assert status in {302, 403, 404, 410}, f"{rule.rule}: {status}"


def test_acts_need_the_token_of_their_form(app: Flask, client: PageClient) -> None:
    """A form posted from another site changes nothing, whoever is signed in."""
    for person in (None, factories.user(*Role)):
        if person is not None:
            client.sign_in(person)
        for rule, door in _rules(app, "POST"):
            if door != "device":  # these carry the attempt's token and look at the origin
                # A public act looks at no session; it asks for an address, a receipt or a key.
                nothing_there = {401, 404} if door == "public" else set()
                answer = client.post(_address(app, rule))
                assert answer.status_code in {400} | nothing_there, rule.rule


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_acts(app: Flask, client: PageClient, role: Role | None) -> None:
    """An act on an id that nobody gave out: to sign-in, 403, or a clear answer; never a failure."""
    if role is not None:
        client.sign_in(factories.user(role))
    for rule, door in _rules(app, "POST"):
        if rule.endpoint in ENDS_THE_SESSION:
            continue
        answer = client.post(_address(app, rule), data={"csrf_token": client.token()})
        if door in PERMISSIONS and role is not None and role not in PERMISSIONS[door][1]:
            assert answer.status_code == 403, f"{rule.rule} as {role}: {answer.status_code}"
        elif door not in {"public", "device"} and role is None:
            assert answer.location.startswith("/sign-in"), rule.rule
        else:
            assert answer.status_code < 500, f"{rule.rule} as {role}: {answer.status_code}"
            if rule.arguments and door in PERMISSIONS:
                assert answer.status_code in {403, 404}, f"{rule.rule} as {role}"
