"""Each page, download and act about an object: as each role that may, elsewhere, and without right.

For every route that names an object of the demonstration: people whose role reaches it are
answered; people whose role lies in another district, people without the role, strangers and ids
that nobody gave out are refused by the right word, and a refused act leaves every table as it was.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.demo.accounts import ACCOUNTS, person
from app.extensions import db
from app.models.people import Role, ScopeKind, User
from app.permissions import PERMISSIONS
from tests import factories
from tests.app.whole.objects import PLACED, address, objects
from tests.app.whole.test_doors import STATIC
from tests.client import PageClient, check_page

pytestmark = pytest.mark.rows
FAR = (ScopeKind.DISTRICT, "310115")
OPENED = {200, 302}
# Named for the room, untied from the person, or whoever asked for the export: the role and the
# district alone are not enough.
MORE_THAN_A_ROLE = {
    *("exams.room", "exams.room_rows", "exams.room_stream", "exams.act", "exams.door_list"),
    "exams.door_person",
    *("exams.seat", "exams.seat_photo", "exams.seat_password", "exams.void"),
    *("exams.incidents_of", "exams.room_documents", "exams.room_document"),
    *("exams.open_case", "exams.case"),
    *("awards.decide", "bank.export_job", "bank.export_file"),
    *("training.imported_people", "training.take_people", "training.drop_people"),
    "renewal.send_back",  # whose turn it is: the registrar's while checking, else the certifier's
}
# What belongs to one person: shown to the holder, and to nobody who merely signed in.
OWN = {
    "awards.download",
    "checking.card",
    "checking.card_photo",
    "exams.handed_in",
    "exams.result",
    "exams.waiting_room",
}
# An address nobody gave out leads to the same form without it.
LEADS_ON = {"complain.about"}
NOT_THIS_DEVICE = {400, 401, 403, 404, 409}
PASSING = {"user_session", "throttle_count", "audit_line", "seal", "signed_head"}


def rules(app: Flask, method: str) -> list[tuple[Rule, str]]:
    """Return each route that names an object, with its door."""
    found = [
        (rule, app.view_functions[rule.endpoint].door)
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.arguments and rule.endpoint not in STATIC
    ]
    assert len(found) > 20
    return found


def browser(app: Flask, user: User | None) -> PageClient:
    """Return a person's browser, or a stranger's."""
    client = PageClient(app)
    return client.sign_in(user) if user else client


def ask(client: PageClient, method: str, where: str) -> Any:
    """Send a request as a page of ours would, check a page that answers, return the answer."""
    db.session.rollback()
    if method == "GET":
        answer = client.get(where)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            check_page(answer.get_data(as_text=True), where)
        return answer
    return client.post(where, data={"csrf_token": client.token()})


def state() -> dict[str, str]:
    """Return a fingerprint of each table but those that note the visit itself, as the rows are stored."""
    prints = {}
    connection = db.session.connection()
    for table in db.metadata.sorted_tables:
        if table.name not in PASSING:
            stored = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')  # noqa: S608
            rows = sorted(repr(tuple(row)) for row in stored)
            prints[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    db.session.rollback()
    return prints


def is_placed(rule: Rule) -> bool:
    """Tell whether the object lies in a district, so that a grant elsewhere does not reach it."""
    return bool(PLACED & rule.arguments)


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.login)
def test_in_scope(shown: Flask, account: Any) -> None:
    """Whoever has the role for everything sees every object; whoever has not is told so."""
    client, values = browser(shown, person(account.login)), objects()
    for rule, door in rules(shown, "GET"):
        if door not in PERMISSIONS:
            continue
        where = address(shown, rule, values)
        status = ask(client, "GET", where).status_code
        if account.role not in PERMISSIONS[door][1]:
            assert status == 403, f"{where} as {account.login}: {status}"
        elif rule.endpoint in MORE_THAN_A_ROLE:
            assert status in OPENED | {403, 404}, f"{where} as {account.login}: {status}"
        else:
            assert status in OPENED, f"{where} as {account.login}: {status}"


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_out_of_scope(shown: Flask, role: Role) -> None:
    """A role in another district: what lies in this one is not there, to see or to act on."""
    factories.district(FAR[1])
    client, values = browser(shown, factories.user(role, scope=FAR)), objects()
    before = state()
    for method in ("GET", "POST"):
        for rule, door in rules(shown, method):
            if door not in PERMISSIONS:
                continue
            where = address(shown, rule, values)
            if role not in PERMISSIONS[door][1]:
                assert ask(client, method, where).status_code == 403, f"{method} {where}"
            elif is_placed(rule):
                assert ask(client, method, where).status_code == 404, f"{method} {where}"
            elif method == "GET":
                status = ask(client, method, where).status_code
                assert status in OPENED | {403, 404}, f"{where}: {status}"
    assert state() == before


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_ids_nobody_gave_out(shown: Flask, role: Role | None) -> None:
    """An id that nobody gave out answers as an object out of scope does."""
    client = browser(shown, factories.user(role) if role else None)
    values = objects()
    before = state()
    for method in ("GET", "POST"):
        for rule, door in rules(shown, method):
            where = address(shown, rule, values, nobodys=True)
            if where == address(shown, rule, values) or (role and door == "public"):
                continue  # names no id; or guesses at certificates, which are throttled
            if role and door in PERMISSIONS and role not in PERMISSIONS[door][1]:
                continue  # refused before any id is looked at: see above
            answer = ask(client, method, where)
            if role and answer.status_code == 302:  # a page that first gives itself a seed
                answer = ask(client, method, answer.location)
            told = f"{method} {where} as {role}: {answer.status_code}"
            if role is None and door not in {"public", "device"}:
                assert answer.status_code == 302, told
                assert answer.location.startswith("/sign-in"), told
            elif door == "device":
                assert answer.status_code in NOT_THIS_DEVICE, told
            else:
                led = {302} if rule.endpoint in LEADS_ON else set()
                assert answer.status_code in {403, 404} | led, told
    assert state() == before


def test_strangers(shown: Flask) -> None:
    """Real ids are worth nothing without signing in, and the answer shows nothing of them."""
    client, values, before = browser(shown, None), objects(), state()
    for method in ("GET", "POST"):
        for rule, door in rules(shown, method):
            if door in {"public", "device"}:
                continue
            answer = ask(client, method, address(shown, rule, values))
            assert answer.status_code == 302, rule.rule
            assert answer.location.startswith("/sign-in"), rule.rule
    assert state() == before


def test_what_is_ones_own(shown: Flask) -> None:
    """A record opens for its holder and for no other trainee, whatever they post to it."""
    values = objects()
    holder, other = browser(shown, person("holder")), browser(shown, person("trainee"))
    for rule, _door in rules(shown, "GET"):
        if rule.endpoint in OWN:
            where = address(shown, rule, values)
            assert ask(holder, "GET", where).status_code in OPENED, where
    before = state()
    for method in ("GET", "POST"):
        for rule, door in rules(shown, method):
            if door != "device" and not (door == "signed_in" and PLACED & rule.arguments):
                continue
            where = address(shown, rule, values)
            status = ask(other, method, where).status_code
            # Without the device's token a page of the attempt leads to where one asks for it.
            elsewhere = {302} if rule.endpoint == "exams.paper" else set()
            # Whoever is in the class too may evaluate it; what was posted here is no evaluation.
            shared = {"exams.other_device", "evaluation.evaluate"}
            harmless = {200} if rule.endpoint in shared else set()
            assert status in NOT_THIS_DEVICE | elsewhere | harmless, f"{method} {where}"
    assert state() == before
