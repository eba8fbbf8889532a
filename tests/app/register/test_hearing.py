"""The right to reply before a decision, and to appeal after it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.people import Role
from app.models.register import Appeal
from tests import factories
from tests.app.awards import rows
from tests.app.register import acts
from tests.app.register.acts import WITHDRAWING
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows
DO = {"decision": "do", "reason": "陈述没有说明原件在哪里"}


@pytest.fixture
def held(client: PageClient) -> Certificate:
    """A certificate."""
    return rows.certificate()


def _own(client: PageClient, held: Certificate) -> PageClient:
    return PageClient(client.application).sign_in(held.user)


def _appeal() -> Appeal:
    db.session.expire_all()
    return db.session.scalars(select(Appeal)).one()


def test_it_works(client: PageClient, held: Certificate) -> None:
    """Announced, replied, decided: the withdrawal stands only after the reply."""
    browser, _person = acts.certifier(client)
    acts.send(browser, held, "withdraw", WITHDRAWING)
    assert acts.statuses(held) == [("valid", "")]
    hearing = acts.hearing()
    assert "你可以在" in acts.told(held.user)[0]
    assert held.printed["name"] in browser.page("/awards/register")
    path = f"/awards/register/hearings/{hearing.id}"
    assert "持证人还没有陈述" in browser.page(path)
    browser.send(path, DO)
    assert acts.statuses(held) == [("valid", "")]
    own = _own(client, held)
    life = own.page(f"/my/certificates/{held.id}/life")
    assert WITHDRAWING["reason"] in life
    assert "提交陈述" in life
    for text in ("原件在派单机构", "再说一次"):
        own.send(f"/my/hearings/{hearing.id}/reply", {"text": text})
    assert "原件在派单机构" in browser.page(path)
    assert acts.hearing().reply == "原件在派单机构"
    browser.send(path, DO)
    assert acts.statuses(held) == [("valid", ""), ("withdrawn", "false_evidence")]
    assert "已撤销" in acts.public(client, held)
    assert "可以在 15 天内申诉" in acts.told(held.user)[1]


def test_without_a_reply_the_days_have_to_pass(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last day belongs to the holder; the day after, the decision is free."""
    browser, person = acts.certifier(client)
    acts.send(browser, held, "withdraw", WITHDRAWING)
    path = f"/awards/register/hearings/{acts.hearing().id}"
    acts.days_pass(monkeypatch, 7)
    browser.sign_in(person)
    browser.send(path, DO)
    assert acts.statuses(held) == [("valid", "")]
    acts.days_pass(monkeypatch, 1)
    browser.sign_in(person)
    late = _own(client, held)
    late.send(f"/my/hearings/{acts.hearing().id}/reply", {"text": "迟了"})
    assert acts.hearing().reply == ""
    browser.send(path, DO)
    assert acts.statuses(held)[-1] == ("withdrawn", "false_evidence")


def test_nothing_comes_of_it(client: PageClient, held: Certificate) -> None:
    """Dropped at any time, with a word to the holder; a second announcement is possible then."""
    browser, _person = acts.certifier(client)
    acts.send(browser, held, "withdraw", WITHDRAWING)
    acts.send(browser, held, "withdraw", WITHDRAWING)  # one at a time
    hearing = acts.hearing()
    form = {"decision": "drop", "reason": "原件找到了"}
    assert browser.send(f"/awards/register/hearings/{hearing.id}", form).status_code == 302
    assert acts.hearing().state == "dropped"
    assert acts.statuses(held) == [("valid", "")]
    assert "原件找到了" in acts.told(held.user)[-1]
    assert browser.get(f"/awards/register/hearings/{hearing.id}").status_code == 302
    browser.send(f"/awards/register/hearings/{hearing.id}", DO)
    assert acts.statuses(held) == [("valid", "")]


def test_after_a_suspension_at_once_the_holder_is_heard(
    client: PageClient, held: Certificate
) -> None:
    """The reply is kept with the line it answers."""
    browser, _person = acts.certifier(client)
    acts.send(browser, held, "suspend", acts.SAFETY)
    hearing = acts.hearing()
    assert (hearing.state, hearing.change_id is not None) == ("decided", True)
    own = _own(client, held)
    own.send(f"/my/hearings/{hearing.id}/reply", {"text": "当时有护士在场"})
    assert "当时有护士在场" in browser.page(f"/awards/register/certificates/{held.id}")


def test_appeal(client: PageClient, held: Certificate) -> None:
    """Decided by somebody else; upheld, the certificate is in force again, and all lines stay."""
    first, _person = acts.certifier(client)
    acts.send(first, held, "suspend", acts.SAFETY)
    change = db.session.scalars(select(StatusChange).where(StatusChange.number == 2)).one()
    own = _own(client, held)
    assert "提出申诉" in own.page(f"/my/certificates/{held.id}/life")
    for _click in range(2):
        own.send(f"/my/changes/{change.id}/appeal", {"text": "录像可以证明"})
    path = f"/awards/register/appeals/{_appeal().id}"
    form = {"decision": "upheld", "answer": "录像里护士在旁边"}
    assert "你参与了原来的决定" in first.page(path)
    first.send(path, form)
    assert _appeal().state == "open"
    second, _other = acts.certifier(client)
    assert "录像可以证明" in second.page(path)
    assert "申诉待决定" in second.page("/awards/register")
    second.send(path, form)
    assert _appeal().state == "upheld"
    assert acts.statuses(held)[-1] == ("valid", "appeal_upheld")
    assert "已暂停" not in acts.public(client, held)
    assert "申诉成立" in acts.told(held.user)[-1]
    assert "录像里护士在旁边" in own.page(f"/my/certificates/{held.id}/life")


def test_a_withdrawal_taken_back(client: PageClient, held: Certificate) -> None:
    """Only an appeal brings a withdrawn certificate back; a rejected one does not."""
    first, _person = acts.certifier(client)
    acts.send(first, held, "withdraw", WITHDRAWING)
    own, second = _own(client, held), acts.certifier(client)[0]
    own.send(f"/my/hearings/{acts.hearing().id}/reply", {"text": "不是我"})
    first.send(f"/awards/register/hearings/{acts.hearing().id}", DO)
    change = db.session.scalars(select(StatusChange).where(StatusChange.number == 2)).one()
    own.send(f"/my/changes/{change.id}/appeal", {"text": "认错人了"})
    second.send(
        f"/awards/register/appeals/{_appeal().id}", {"decision": "upheld", "answer": "确实认错了人"}
    )
    assert [one for one, _code in acts.statuses(held)] == ["valid", "withdrawn", "valid"]
    assert "已撤销" not in acts.public(client, held)


def test_rejected_and_late(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rejected appeal changes nothing; after its days none is taken."""
    first, _person = acts.certifier(client)
    acts.send(first, held, "suspend", acts.SAFETY)
    change = db.session.scalars(select(StatusChange).where(StatusChange.number == 2)).one()
    acts.days_pass(monkeypatch, 16)
    own = _own(client, held)
    own.send(f"/my/changes/{change.id}/appeal", {"text": "迟了"})
    assert "提出申诉" not in own.page(f"/my/certificates/{held.id}/life")
    assert db.session.scalars(select(Appeal)).all() == []


def test_rejected(client: PageClient, held: Certificate) -> None:
    """The holder reads why; a second decision is refused; a tied person decides nothing."""
    first, _person = acts.certifier(client)
    acts.send(first, held, "suspend", acts.SAFETY)
    change = db.session.scalars(select(StatusChange).where(StatusChange.number == 2)).one()
    own = _own(client, held)
    own.send(f"/my/changes/{change.id}/appeal", {"text": "不服"})
    path, form = (
        f"/awards/register/appeals/{_appeal().id}",
        {"decision": "rejected", "answer": "证据清楚"},
    )
    tied, teacher = acts.certifier(client)
    training.teach(rows.class_of(held.decision), teacher)
    tied.send(path, form)
    assert _appeal().state == "open"
    second, _other = acts.certifier(client)
    second.send(path, form)
    second.send(path, {"decision": "upheld", "answer": "改主意了"})
    assert _appeal().state == "rejected"
    assert acts.statuses(held)[-1] == ("suspended", "safety")
    assert "维持原决定" in acts.told(held.user)[-1]


def test_only_the_holder_writes(client: PageClient, held: Certificate) -> None:
    """Somebody else's hearing and line are not there."""
    browser, _person = acts.certifier(client)
    acts.send(browser, held, "suspend", acts.SAFETY)
    change = db.session.scalars(select(StatusChange).where(StatusChange.number == 2)).one()
    other = PageClient(client.application).sign_in(factories.user(Role.TRAINEE))
    for path in (f"/my/hearings/{acts.hearing().id}/reply", f"/my/changes/{change.id}/appeal"):
        assert other.send(path, {"text": "x"}).status_code == 404
        assert _own(client, held).send(path, {"text": " "}).status_code == 302
    assert acts.hearing().reply == ""
    assert db.session.scalars(select(Appeal)).all() == []
