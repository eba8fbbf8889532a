"""Finding a certificate by its number at the register's desk."""

from __future__ import annotations

import pytest

from app.models.people import Role, ScopeKind
from tests import factories
from tests.app.awards import rows
from tests.app.register import acts
from tests.client import PageClient

pytestmark = pytest.mark.rows
NOTHING = "登记里没有编号含"


def test_it_works(client: PageClient) -> None:
    """As it is printed, in small letters, or its last few characters: the certificate's page."""
    held = rows.certificate()
    browser, _person = acts.certifier(client)
    place = f"/awards/register/certificates/{held.id}"
    assert place not in browser.page("/awards/register")
    typed = [held.number, held.printed["number_grouped"], held.number.lower(), held.number[-5:]]
    for one in typed:
        assert place in browser.page(f"/awards/register?q={one}")


def test_what_names_nothing_says_so(client: PageClient) -> None:
    """Another number, too few characters, signs that no number has: a sentence, never every row."""
    held = rows.certificate()
    browser, _person = acts.certifier(client)
    assert NOTHING in browser.page("/awards/register?q=PZ2099999999")
    assert "至少写编号里的 4 位" in browser.page("/awards/register?q=PZ")
    for signs in ("%25%25%25%25", "____", "  "):
        assert held.printed["name"] not in browser.page(f"/awards/register?q={signs}")


def test_who_may(client: PageClient) -> None:
    """A registrar of another district finds nothing, as if there were no such number; a trainee is refused."""
    held = rows.certificate()
    registrar = factories.user(Role.REGISTRAR, scope=(ScopeKind.DISTRICT, "310115"))
    browser = PageClient(client.application).sign_in(registrar)
    page = browser.page(f"/awards/register?q={held.number}")
    assert NOTHING in page
    assert held.printed["name"] not in page
    trainee = PageClient(client.application).sign_in(factories.user(Role.TRAINEE))
    assert trainee.get(f"/awards/register?q={held.number}").status_code == 403
