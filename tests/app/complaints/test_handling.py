"""A case from its receipt to its outcome; the public page changes the same minute."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.complaints import filing
from app.extensions import db
from app.models.awards import Certificate
from app.models.complaints import Complaint
from app.models.people import Role, ScopeKind, User
from tests import factories
from tests.app.awards import rows
from tests.app.complaints import filed
from tests.app.register import acts
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def held(client: PageClient) -> Certificate:
    """A certificate."""
    return rows.certificate()


def _step(browser: PageClient, case: Complaint, act: str, text: str = "") -> int:
    return browser.send(f"/complaints/{case.id}/steps/{act}", {"text": text}).status_code


def _kinds() -> list[str]:
    return [event.kind for event in filed.only_case().events]


def test_it_works(client: PageClient, held: Certificate) -> None:
    """Taken up, suspended, answered, closed; the complainant reads it with the receipt."""
    number, code = filed.receipt(filed.send(client.application, held))
    case = filed.only_case()
    browser, person = acts.certifier(client)
    assert filing.shown_number(case) in browser.page("/complaints")
    page = browser.page(f"/complaints/{case.id}")
    assert filed.TOLD["text"] in page
    assert filed.TOLD["contact"] not in page
    _step(browser, case, "accept")
    browser.page(f"/complaints/{case.id}/standing/suspend")
    browser.send(f"/complaints/{case.id}/standing/suspend", acts.SAFETY)
    assert acts.statuses(held)[-1] == ("suspended", "safety")
    assert "已暂停" in acts.public(client, held)
    assert acts.SAFETY["reason"] in browser.page(f"/complaints/{case.id}")
    _step(browser, case, "note", "和派单机构通过电话")
    _step(browser, case, "answer", "已核实，证书已暂停")
    closing = {"outcome": "upheld", "text": "录像属实"}
    browser.send(f"/complaints/{case.id}/close", closing)
    case = filed.only_case()
    assert (case.state, case.outcome, case.handler_id) == ("closed", "upheld", person.id)
    assert _kinds() == ["filed", "accepted", "standing", "noted", "answered", "closed"]
    stranger = PageClient(client.application)
    seen = stranger.post("/complain/state", data={"number": number, "code": code}).text
    assert "已核实，证书已暂停" in seen
    assert "属实" in seen
    assert "和派单机构通过电话" not in seen
    assert person.name not in seen
    assert filing.shown_number(case) in browser.page("/complaints?state=closed")
    _step(browser, case, "note", "迟了")
    assert _kinds()[-1] == "closed"
    more = {"number": number, "code": code, "text": "还有"}
    assert "已经办结" in stranger.post("/complain/add", data=more).text


def test_an_announced_withdrawal_stands_on_the_case(client: PageClient, held: Certificate) -> None:
    """What the rules want announced is announced, from the case as from anywhere."""
    case = filed.file(client.application, held)
    browser, _person = acts.certifier(client)
    browser.send(f"/complaints/{case.id}/standing/withdraw", acts.WITHDRAWING)
    assert acts.statuses(held) == [("valid", "")]
    assert filed.only_case().events[-1].hearing_id == acts.hearing().id


def test_held_days_do_not_count(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day of the answer moves on by the days held."""
    case = filed.file(client.application, held)
    due = case.answer_by
    browser, person = acts.certifier(client)
    _step(browser, case, "hold", "等公安")  # not taken up yet
    _step(browser, case, "accept")
    _step(browser, case, "hold", "等公安的结论")
    assert filed.only_case().state == "held"
    acts.days_pass(monkeypatch, 40)
    browser.sign_in(person)
    assert "超期" not in browser.page("/complaints")
    _step(browser, case, "resume")
    assert filed.only_case().answer_by == due + timedelta(days=40)
    acts.days_pass(monkeypatch, 31)
    browser.sign_in(person)
    assert "超期" in browser.page("/complaints")


@pytest.mark.parametrize(
    ("act", "text"), [("answer", "先答复"), ("resume", ""), ("note", " "), ("answer", " ")]
)
def test_steps_out_of_turn(client: PageClient, held: Certificate, act: str, text: str) -> None:
    """A step that makes no sense yet, or without words, changes nothing."""
    case = filed.file(client.application, held)
    browser, _person = acts.certifier(client)
    assert _step(browser, case, act, text) == 302
    browser.send(f"/complaints/{case.id}/close", {"outcome": "upheld"})
    assert _kinds() == ["filed"]
    assert _step(browser, case, "burn") == 404


def test_looking_at_the_contact_is_noted(client: PageClient, held: Certificate) -> None:
    """Shown on demand, once each time, to those who handle cases."""
    case = filed.file(client.application, held)
    browser, _person = acts.certifier(client)
    assert filed.TOLD["contact"] in browser.send(f"/complaints/{case.id}/contact").text
    assert _kinds() == ["filed", "contact_seen"]


def test_the_contact_is_deleted_later(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a year after the case was closed nobody knows any more who complained."""
    case = filed.file(client.application, held)
    browser, _person = acts.certifier(client)
    _step(browser, case, "accept")
    _step(browser, case, "answer", "已核实")
    browser.send(f"/complaints/{case.id}/close", {"outcome": "unfounded"})
    for days, kept in ((170, True), (11, False)):
        jobs.do_duties(acts.days_pass(monkeypatch, days), only="complaints.forget")
        assert bool(filed.only_case().contact_sealed) is kept


def test_who_taught_the_holder_handles_nothing(client: PageClient, held: Certificate) -> None:
    """Impartiality holds for complaints, too."""
    case = filed.file(client.application, held)
    browser, teacher = acts.certifier(client)
    training.teach(rows.class_of(held.decision), teacher)
    assert "教过这位学员" in browser.page(f"/complaints/{case.id}")
    _step(browser, case, "accept")
    browser.send(f"/complaints/{case.id}/contact")
    browser.send(f"/complaints/{case.id}/standing/suspend", acts.SAFETY)
    assert _kinds() == ["filed"]
    assert acts.statuses(held) == [("valid", "")]


def _officer(code: str) -> User:
    factories.district(code)
    return factories.user(Role.DISTRICT_OFFICER, scope=(ScopeKind.DISTRICT, code))


def test_who_may(client: PageClient, held: Certificate) -> None:
    """Readers read; certifiers and registrars handle; a district sees its own and touches nothing."""
    filed.send(client.application, held, photos=[])
    case = filed.only_case()
    path = f"/complaints/{case.id}"
    readers = {Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR, Role.DISTRICT_OFFICER}
    handlers = {Role.CERTIFIER, Role.REGISTRAR}
    for role in Role:
        browser = PageClient(client.application).sign_in(factories.user(role))
        assert browser.get(path).status_code == (200 if role in readers else 403), role
        if role not in handlers:
            assert _step(browser, case, "note", "x") == 403, role
            assert browser.send(f"{path}/contact").status_code == 403, role
    own = PageClient(client.application).sign_in(_officer("310110"))
    other = PageClient(client.application).sign_in(_officer("310101"))
    assert filing.shown_number(case) in own.page("/complaints")
    assert filing.shown_number(case) not in other.page("/complaints")
    assert own.get(path).status_code == 200
    assert other.get(path).status_code == 404
    assert other.get(f"{path}/photos/1").status_code == 404
    assert own.get("/complaints/x").status_code == 404
    assert _kinds() == ["filed"]
    registrar = PageClient(client.application).sign_in(factories.user(Role.REGISTRAR))
    assert registrar.get(f"{path}/standing/suspend").status_code == 403
    assert registrar.get(f"{path}/photos/1").status_code == 404


def test_a_case_without_a_certificate(client: PageClient, held: Certificate) -> None:
    """Only a name: it can be handled, but there is nothing to suspend; a district does not see it."""
    filed.send(client.application, None, about="某某")
    case = filed.only_case()
    browser, _person = acts.certifier(client)
    assert "登记里没有对上证书" in browser.page(f"/complaints/{case.id}")
    assert browser.get(f"/complaints/{case.id}/standing/suspend").status_code == 404
    own = PageClient(client.application).sign_in(_officer("310110"))
    assert own.get(f"/complaints/{case.id}").status_code == 404
    assert clock.now() >= case.filed_at
    assert db.session.scalars(select(Complaint.handler_id)).all() == [None]


def test_a_step_sent_twice_is_taken_once(client: PageClient, held: Certificate) -> None:
    """Looking, noting, suspending and answering leave one line each."""
    filed.send(client.application, held)
    case = filed.only_case()
    browser, _person = acts.certifier(client)
    _step(browser, case, "accept")
    for _time in range(2):
        assert filed.TOLD["contact"] in browser.send(f"/complaints/{case.id}/contact").text
    for act, text in (("note", "通过电话"), ("note", "又通过电话"), ("answer", "已核实")):
        _step(browser, case, act, text)
        _step(browser, case, act, text)
    for _time in range(2):
        browser.send(f"/complaints/{case.id}/standing/suspend", acts.SAFETY)
    kinds = ["filed", "accepted", "contact_seen", "noted", "noted", "answered", "standing"]
    assert _kinds() == kinds
