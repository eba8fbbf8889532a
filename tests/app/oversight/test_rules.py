"""规则设置: what counts, from when, by what source, and who may change it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from app import clock, rulebook
from app.extensions import db
from app.models.people import Role, ScopeKind, UserSession
from app.models.scheme import DatedSetting
from app.oversight.rule_values import BadValueError, must_have_new_version, parts, put_together
from app.proposals import PROPOSALS
from tests import factories
from tests.client import PageClient
from tests.days import today

pytestmark = pytest.mark.rows
PASS = "/rules/exam.pass_percent/change"


def form(**changes: str) -> dict[str, str]:
    return {"value_0": "70", "from_date": today().isoformat(), "source": "某文件", **changes}


@pytest.fixture
def admin(client: PageClient) -> PageClient:
    return client.sign_in(factories.user(Role.ADMINISTRATOR))


def rows() -> list[DatedSetting]:
    return list(db.session.scalars(select(DatedSetting)))


def test_it_works(admin: PageClient) -> None:
    page = admin.page("/rules")
    for proposal in PROPOSALS.values():
        assert proposal.zh in page
    answer = admin.send(PASS, form(official="y"))
    assert answer.status_code == 302
    assert rulebook.value("exam.pass_percent", today()) == 70
    page = admin.page("/rules/exam.pass_percent")
    assert "某文件" in page
    assert "正式" in page
    assert "提议" in page  # the shipped value stays in the history


@pytest.mark.parametrize("name", sorted(PROPOSALS))
def test_every_rule_can_be_shown_and_set_as_it_is(admin: PageClient, name: str) -> None:
    if name == "scheme.pilot_districts":
        for code in PROPOSALS[name].value:
            factories.district(code)
    admin.page(f"/rules/{name}")
    admin.page(f"/rules/{name}/change")
    value = PROPOSALS[name].value
    fields = {f"value_{n}": part.text for n, part in enumerate(parts(value))}
    assert admin.send(f"/rules/{name}/change", form() | fields).status_code == 302
    assert rulebook.value(name, today()) == value


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("exam.pass_percent", {"value_0": "101"}, "请填 1 到 100 的整数"),
        ("exam.pass_percent", {"value_0": "六十"}, "请填 1 到 100 的整数"),
        ("exam.pass_percent", {"value_0": ""}, "请填 1 到 100 的整数"),
        ("exam.pass_percent", {"value_0": "٧٠"}, "请填 1 到 100 的整数"),
        ("exam.pass_percent", {"source": " "}, "请写明来源"),
        ("exam.pass_percent", {"from_date": "明天"}, "生效日期要写成"),
        (
            "exam.pass_percent",
            {"from_date": (today() - timedelta(days=1)).isoformat()},
            "生效日期已经过去",
        ),
        ("scheme.pilot_districts", {"value_0": "310101\n999999"}, "没有这个区代码：310101、999999"),
        ("certificate.number_format", {"value_0": "陪诊", "value_1": "5"}, "大写字母"),
        ("exam.multiple_choice_rule", {"value_0": "generous"}, "从列出的几项里选一项"),
        ("staff.second_factor", {"value_0": "maybe"}, "请选“是”或“否”"),
        ("certificate.issuer", {"value_0": "某协会", "value_1": ""}, "这一项不能空着"),
    ],
)
def test_a_value_that_cannot_be_taken_is_said(
    admin: PageClient, name: str, changes: dict[str, str], said: str
) -> None:
    answer = admin.send(f"/rules/{name}/change", form(**changes))
    assert answer.status_code == 200
    assert said in answer.get_data(as_text=True)
    assert rows() == []


def test_a_later_value_waits_for_its_day(admin: PageClient) -> None:
    later = today() + timedelta(days=30)
    admin.send(PASS, form(from_date=later.isoformat()))
    assert rulebook.value("exam.pass_percent", today()) == 60
    assert rulebook.value("exam.pass_percent", later) == 70
    assert "起换成新的值" in admin.page("/rules/exam.pass_percent")


def test_the_same_again_is_refused(admin: PageClient) -> None:
    admin.send(PASS, form())
    answer = admin.send(PASS, form())
    assert "不用再设" in answer.get_data(as_text=True)
    assert len(rows()) == 1


def test_a_changed_consent_text_needs_a_new_version() -> None:
    old = PROPOSALS["consent.texts"].value
    new: dict[str, Any] = {**old, "service": {**old["service"], "zh": "别的话"}}
    with pytest.raises(BadValueError) as caught:
        must_have_new_version(old, new)
    assert caught.value.part == "service.version"
    new["service"]["version"] = "2"
    must_have_new_version(old, new)


def test_values_survive_being_taken_apart(app: Flask) -> None:
    for name, proposal in PROPOSALS.items():
        texts = {part.key: part.text for part in parts(proposal.value)}
        assert put_together(name, proposal.value, texts, proposal.value) == proposal.value


def test_the_password_is_asked_for_again(client: PageClient) -> None:
    person = factories.user(Role.ADMINISTRATOR)
    client.sign_in(person)
    from_long_ago = clock.now() - timedelta(hours=2)
    for row in db.session.scalars(select(UserSession)):
        row.confirmed_at = from_long_ago
    db.session.commit()
    assert client.get(PASS).status_code == 302
    assert client.send(PASS, form()).status_code == 403
    assert rows() == []


def test_the_list_costs_the_same_for_any_history(admin: PageClient) -> None:
    def queries() -> int:
        count = 0

        def note(*_: object) -> None:
            nonlocal count
            count += 1

        event.listen(db.engine, "before_cursor_execute", note)
        admin.page("/rules")
        event.remove(db.engine, "before_cursor_execute", note)
        return count

    queries()  # the first view also notes that the person was here
    before = queries()
    for day in range(20):
        admin.send(PASS, form(value_0=str(40 + day)))
    assert queries() == before


@pytest.mark.parametrize("role", list(Role))
def test_who_may(client: PageClient, role: Role) -> None:
    client.sign_in(factories.user(role))
    readers = {Role.ADMINISTRATOR, Role.EXAM_MANAGER, Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR}
    reads = 200 if role in readers else 403
    assert client.get("/rules").status_code == reads
    assert client.get("/rules/exam.minutes").status_code == reads
    writes = 200 if role == Role.ADMINISTRATOR else 403
    assert client.get(PASS).status_code == writes


def test_a_grant_of_one_district_does_not_change_the_rules_of_all(client: PageClient) -> None:
    scope = (ScopeKind.DISTRICT, factories.district().code)
    client.sign_in(factories.user(Role.ADMINISTRATOR, scope=scope))
    assert client.send(PASS, form()).status_code == 404
    assert rows() == []


def test_a_rule_nobody_knows(admin: PageClient) -> None:
    admin.page("/rules/exam.nothing", status=404)
    admin.page("/rules/exam.nothing/change", status=404)
