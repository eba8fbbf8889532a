"""Enrolling a group from a sheet: dry run with every fault, all good ones or none, own links."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, secrecy
from app.config import Settings
from app.extensions import db
from app.models.classes import ClassInvitation, PeopleImport
from app.models.journal import AuditLine, OutboxMessage
from app.models.people import Affiliation, Consent, Identity, Organisation, Role, ScopeKind, User
from app.models.training import Enrolment, TrainingClass
from app.training import invitations
from tests import factories
from tests.app.training import people_sheets as sheets
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
PASSWORD = "hao-ji-de-mima-2026"


@pytest.fixture(autouse=True)
def invented_numbers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take numbers that no place has, as the demonstration does."""
    held: Settings = app.config["PEIZHEN"]
    monkeypatch.setitem(app.config, "PEIZHEN", replace(held, demo=True))


def _manager(found: TrainingClass) -> User:
    return factories.user(
        Role.TRAINING_MANAGER, scope=(ScopeKind.ORGANISATION, found.organisation_id)
    )


def _upload(client: PageClient, found: TrainingClass, data: bytes, **form: str) -> str:
    """Send a sheet and return the address of its preview."""
    sent = {"file": (io.BytesIO(data), "名单.xlsx"), "category": "independent", **form}
    answer = client.send(f"/enrol-group/{found.id}", sent, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.location)


def _take(client: PageClient, preview: str, **form: object) -> str:
    assert client.send(f"{preview}/take", form).status_code == 302
    return client.page(preview)


def _links(client: PageClient, found: TrainingClass) -> list[str]:
    text = client.get(f"/enrol-group/{found.id}/links.csv").get_data().decode("utf-8-sig")
    return re.findall(r"/enrol/\w+", text)


def _invitations() -> list[ClassInvitation]:
    return list(db.session.scalars(select(ClassInvitation).order_by(ClassInvitation.name)))


def test_it_works(client: PageClient) -> None:
    """A class of 130 from a messy sheet: looked through, taken, and each has a link of their own."""
    found = rows.training_class(capacity=130)
    client.sign_in(_manager(found))
    assert "/enrol-group/" + found.id in client.page("/enrol-group")
    client.page(f"/enrol-group/{found.id}")
    preview = _upload(client, found, sheets.messy(sheets.people(130)))
    html = client.page(preview)
    assert "可以报名的人" in html
    assert sheets.person(1)[2] not in html
    assert sheets.person(1)[1] not in html
    assert not _invitations()
    assert "报名 130 人" in _take(client, preview, register_units="yes")
    assert len(_invitations()) == 130
    assert len(_links(client, found)) == 130
    units = db.session.scalars(select(Organisation).where(Organisation.kind == "institution"))
    assert len(units.all()) == 67
    assert db.session.scalars(select(PeopleImport)).one().sealed == ""
    assert "处理过了" in _take(client, preview)
    assert len(_invitations()) == 130
    actions = set(db.session.scalars(select(AuditLine.action)))
    assert {"people_import.read", "people_import.taken", "class_invitation.listed"} <= actions


def test_nothing_in_clear(client: PageClient) -> None:
    """Neither the kept sheet nor the trail holds a name or a number that can be read."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    preview = _upload(client, found, sheets.plain(sheets.people(2)))
    batch = db.session.scalars(select(PeopleImport)).one()
    _name, identity, phone, *_rest = sheets.person(1)
    for told in (identity, phone):
        assert told not in batch.sealed
    _take(client, preview)
    for row in _invitations():
        assert phone not in row.phone_sealed + row.phone_hash
        assert identity not in row.identity_sealed
    trail = "".join(str(line.details) for line in db.session.scalars(select(AuditLine)))
    assert phone not in trail
    assert identity not in trail


def test_every_fault_with_its_place(client: PageClient) -> None:
    """Check digits, phones, categories, names: each named by row and column; the good ones go."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    good = sheets.person(1)
    wrong = [
        ["", *sheets.person(2)[1:]],
        [sheets.person(3)[0], sheets.number(3)[:-1] + "Y", *sheets.person(3)[2:]],
        [
            sheets.person(4)[0],
            sheets.number(4)[:-2] + "9" + sheets.number(4)[-1],
            *sheets.person(4)[2:],
        ],
        [*sheets.person(5)[:2], "1390", *sheets.person(5)[3:]],
        [*sheets.person(6)[:4], "国王", "示例街道"],
        [sheets.person(7)[0], "3.10101E+17", *sheets.person(7)[2:]],
        ["赵7号", *sheets.person(8)[1:]],
    ]
    preview = _upload(client, found, sheets.plain([good, *wrong]))
    html = client.page(preview)
    for sentence in (
        "第 3 行 A 列：没有姓名",
        "第 4 行 B 列：前 17 位应是数字",
        "第 5 行 B 列：校验位对不上",
        "第 6 行 C 列：手机号应是 11 位",
        "第 7 行 E 列：类别“国王”认不出",
        "第 8 行 B 列：这一格被 Excel 当成数字",
        "第 9 行 A 列：“赵7号”不像姓名",
    ):
        assert sentence in html, sentence
    _take(client, preview)
    assert [row.name for row in _invitations()] == [good[0]]


def test_doubles_inside(client: PageClient) -> None:
    """One person twice is one; one phone for two people, or one number for two names, is a fault."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    first, second = sheets.person(1), sheets.person(2)
    list_of = [
        [first[0], "", first[2], "", "平台", ""],
        first,
        [second[0], second[1], first[2], *second[3:]],
        second,
        [sheets.person(3)[0], second[1], *sheets.person(3)[2:]],
    ]
    html = client.page(preview := _upload(client, found, sheets.plain(list_of)))
    assert "第 3 行：和第 2 行是同一个人" in html
    assert "第 4 行：手机号和第 2 行相同" in html
    assert "第 6 行：身份证号和第 5 行相同" in html
    _take(client, preview)
    made = _invitations()
    assert sorted(row.name for row in made) == sorted([first[0], second[0]])
    merged = next(row for row in made if row.name == first[0])
    assert (merged.employer, bool(merged.identity_sealed)) == (first[3], True)


def test_known_people_are_offered(client: PageClient) -> None:
    """An account with the same name is proposed, another name only offered; neither is named."""
    found, home = rows.training_class(), factories.organisation("institution", name="示例护理院2")
    first, second, third = (sheets.person(n) for n in (1, 2, 3))
    same = factories.user(Role.TRAINEE, name=first[0], phone=first[2])
    other = factories.user(Role.TRAINEE, name="欧阳别人", phone=second[2])
    inside = rows.enrol(found, factories.user(Role.TRAINEE, name=third[0], phone=third[2]))
    client.sign_in(_manager(found))
    html = client.page(preview := _upload(client, found, sheets.plain([first, second, third])))
    assert "已有账户，姓名一致" in html
    assert "姓名不同" in html
    assert "已经在班里" in html
    assert other.name not in html
    assert re.findall(r'value="(\d)" checked', html) == ["1"]
    _take(client, preview, merge=["1"])
    enrolled = db.session.scalars(select(Enrolment).where(Enrolment.user_id == same.id)).one()
    assert (enrolled.via, enrolled.subdistrict) == ("body", first[5])
    assert db.session.scalars(select(Affiliation)).one().organisation_id == home.id
    assert db.session.scalars(select(OutboxMessage)).one().user_id == same.id
    assert not db.session.scalars(select(Enrolment).where(Enrolment.user_id == other.id)).all()
    assert not _invitations()
    db.session.refresh(inside)


def test_all_or_none(client: PageClient) -> None:
    """More people than places: nobody, and it says how many; invited ones hold their place."""
    found = rows.training_class(capacity=3)
    client.sign_in(_manager(found))
    _take(client, _upload(client, found, sheets.plain(sheets.people(2))))
    preview = _upload(client, found, sheets.plain(sheets.people(4)))
    html = client.page(preview)
    assert "已经邀请过" in html
    html = _take(client, preview)
    assert "2 人可以报名" in html
    assert "还有 1 个名额" in html
    assert len(_invitations()) == 2
    _take(client, _upload(client, found, sheets.plain(sheets.people(3))))
    assert len(_invitations()) == 3


def test_drop(client: PageClient) -> None:
    """A dropped sheet keeps no number and can no longer be taken."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    preview = _upload(client, found, sheets.plain(sheets.people(2)))
    client.send(f"{preview}/drop")
    row = db.session.scalars(select(PeopleImport)).one()
    assert (row.state, row.sealed) == ("dropped", "")
    _take(client, preview)
    assert not _invitations()
    client.page(preview)


def test_own_link(client: PageClient) -> None:
    """The person opens the link, states the number of the list, consents, and is in the class."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    _take(client, _upload(client, found, sheets.plain([sheets.person(1)])))
    (link,) = _links(client, found)
    phone = PageClient(client.application)
    html = phone.page(link)
    assert sheets.person(1)[0] in html
    assert sheets.person(1)[2] not in html
    data = {"phone": "13999999999", "password": PASSWORD, "service": "y"}
    wrong = phone.send(link, data)
    assert "名单上的不一样" in wrong.get_data(as_text=True)
    right = {**data, "phone": sheets.person(1)[2]}
    assert "没有这项同意" in phone.send(link, {**right, "service": ""}).get_data(as_text=True)
    assert phone.send(link, {**right, "identity": "y"}).status_code == 302
    user = db.session.scalars(select(User).where(User.phone == sheets.person(1)[2])).one()
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert (enrolment.user_id, enrolment.category, enrolment.via) == (
        user.id,
        "care_institution",
        "body",
    )
    kept = db.session.scalars(select(Identity)).one()
    number = secrecy.unseal(
        kept.number_sealed, table="identity", column="number_sealed", row=kept.id
    )
    assert number == sheets.person(1)[1]
    assert {one.kind for one in db.session.scalars(select(Consent))} == {
        "service",
        "identity_number",
    }
    row = _invitations()[0]
    assert (row.phone_sealed, row.identity_sealed) == ("", "")
    assert "已经用过" in PageClient(client.application).get(link).get_data(as_text=True)


def test_without_identity_consent(client: PageClient) -> None:
    """Who does not consent to keep the number is in all the same, and it is forgotten."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    _take(client, _upload(client, found, sheets.plain([sheets.person(1)])))
    (link,) = _links(client, found)
    data = {"phone": sheets.person(1)[2], "password": PASSWORD, "service": "y"}
    assert PageClient(client.application).send(link, data).status_code == 302
    assert db.session.scalars(select(Enrolment)).one()
    assert not db.session.scalars(select(Identity)).all()
    assert _invitations()[0].identity_sealed == ""


def test_guessing_the_phone(client: PageClient) -> None:
    """After five wrong numbers even the right one waits."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    _take(client, _upload(client, found, sheets.plain([sheets.person(1)])))
    (link,) = _links(client, found)
    stranger = PageClient(client.application)
    data = {"password": PASSWORD, "service": "y"}
    for n in range(5):
        stranger.send(link, {**data, "phone": f"1399999000{n}"})
    late = stranger.send(link, {**data, "phone": sheets.person(1)[2]})
    assert "太多次" in late.get_data(as_text=True)
    assert not db.session.scalars(select(Enrolment)).all()


def test_forged_link(client: PageClient) -> None:
    """An id without its proof opens nothing; a revoked link says so and frees the place."""
    found = rows.training_class(capacity=1)
    client.sign_in(_manager(found))
    _take(client, _upload(client, found, sheets.plain([sheets.person(1)])))
    (link,) = _links(client, found)
    assert client.get(link[:-1] + "0").status_code == 404
    assert client.get("/enrol/x").status_code == 404
    row = _invitations()[0]
    client.send(f"/enrol-group/{found.id}/links/{row.id}/revoke")
    assert "已经收回" in PageClient(client.application).get(link).get_data(as_text=True)
    _take(client, _upload(client, found, sheets.plain([sheets.person(2)])))
    assert len(_invitations()) == 2


def test_a_kept_place_is_not_given_away(client: PageClient) -> None:
    """Who joins by code waits behind the links not opened; a link taken back is theirs."""
    found = rows.training_class(capacity=2)
    manager = _manager(found)
    client.sign_in(manager)
    _take(client, _upload(client, found, sheets.plain(sheets.people(2))))
    assert "另有 2 个名额" in client.page(f"/classes/{found.id}")
    early, late = factories.user(Role.TRAINEE), factories.user(Role.TRAINEE)
    for person in (early, late):
        browser = PageClient(client.application).sign_in(person)
        data = {"code": found.join_code, "category": "volunteer", "consent": "y"}
        browser.send("/join", data)
    assert "第 1 位" in PageClient(client.application).sign_in(early).page("/my-class")
    kept, given_up = _invitations()
    invited = factories.user(Role.TRAINEE)
    joined = invitations.accept(kept, invited, keep_identity=False, now=clock.now())
    db.session.commit()
    assert joined.enrolment is not None
    client.send(f"/enrol-group/{found.id}/links/{given_up.id}/revoke")
    assert "第 1 位" in PageClient(client.application).sign_in(late).page("/my-class")
    enrolled = select(Enrolment.user_id).where(Enrolment.state == "enrolled")
    assert set(db.session.scalars(enrolled)) == {invited.id, early.id}


def test_a_link_that_ran_out_frees_its_place(client: PageClient) -> None:
    """The hour's sweep gives it to whoever waits."""
    found = rows.training_class(capacity=1, ends_on=rows.today() + timedelta(days=60))
    client.sign_in(_manager(found))
    _take(client, _upload(client, found, sheets.plain(sheets.people(1))))
    waits = factories.user(Role.TRAINEE)
    data = {"code": found.join_code, "category": "volunteer", "consent": "y"}
    PageClient(client.application).sign_in(waits).send("/join", data)
    invitations.wipe_old(clock.now() + timedelta(days=31))
    assert db.session.scalars(select(Enrolment.user_id)).all() == [waits.id]


def test_with_an_account(client: PageClient) -> None:
    """Somebody signed in takes the place with their account, if its number is the list's."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    _take(client, _upload(client, found, sheets.plain([sheets.person(1)])))
    (link,) = _links(client, found)
    stranger = PageClient(client.application).sign_in(factories.user(Role.TRAINEE))
    stranger.page(link)
    assert "名单上的不一样" in stranger.send(link, {"service": "y"}).get_data(as_text=True)
    person = factories.user(Role.TRAINEE, phone=sheets.person(1)[2])
    own = PageClient(client.application).sign_in(person)
    assert own.send(link, {"service": "y"}).status_code == 302
    assert db.session.scalars(select(Enrolment)).one().user_id == person.id


def test_employer(client: PageClient) -> None:
    """An employer enrols its own people into an open class, and hands out those links only."""
    found = rows.training_class()
    home = factories.organisation("institution")
    boss = factories.user(Role.INSTITUTION_MANAGER, scope=(ScopeKind.ORGANISATION, home.id))
    manager = PageClient(client.application).sign_in(_manager(found))
    _take(manager, _upload(manager, found, sheets.plain([sheets.person(9)])))
    client.sign_in(boss)
    assert home.name in client.page(f"/enrol-group/{found.id}")
    _take(client, _upload(client, found, sheets.plain([sheets.person(1)])))
    assert len(_links(client, found)) == 1
    assert len(_links(manager, found)) == 2
    row = db.session.scalars(
        select(ClassInvitation).where(ClassInvitation.invited_by_id == boss.id)
    ).one()
    assert (row.organisation_id, row.employer, row.via) == (home.id, home.name, "employer")
    (link,) = _links(client, found)
    data = {"phone": sheets.person(1)[2], "password": PASSWORD, "service": "y"}
    PageClient(client.application).send(link, data)
    assert db.session.scalars(select(Affiliation)).one().organisation_id == home.id
    assert db.session.scalars(select(Enrolment)).one().via == "employer"


def test_closed_class(client: PageClient) -> None:
    """A class that takes nobody takes no list either."""
    found = rows.training_class(open=False)
    client.sign_in(_manager(found))
    preview = _upload(client, found, sheets.plain(sheets.people(1)))
    assert "不再收学员" in _take(client, preview)
    assert not _invitations()


def test_no_sheet(client: PageClient) -> None:
    """No file, a picture, an empty list: a sentence beside the field, and nothing is kept."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    for data in (b"", b"\x89PNG...", sheets.plain([])):
        sent = {"file": (io.BytesIO(data), "a.xlsx"), "category": "independent"}
        answer = client.send(f"/enrol-group/{found.id}", sent, content_type="multipart/form-data")
        assert answer.status_code == 400
    assert not db.session.scalars(select(PeopleImport)).all()


def test_what_is_wrong_with_the_file(client: PageClient) -> None:
    """A renamed text, a workbook cut short, one with a password: each is told what to do."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    book = sheets.messy(sheets.people(3))
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    for data, name, sentence in (
        ("今天天气好".encode(), "名单.xlsx", "另存为 .xlsx 再传"),
        (book[:900], "名单.xlsx", "另存为 .xlsx 再传"),
        (book[:-40], "名单.xlsx", "另存为 .xlsx 再传"),
        (locked, "名单.xlsx", "去掉密码"),
        (locked[:8] + b"\0" * 600, "名单.xls", "另存为 .xlsx"),
        ("今天天气好".encode(), "名单.csv", "没有找到学员"),
    ):
        sent = {"file": (io.BytesIO(data), name), "category": "independent"}
        answer = client.send(f"/enrol-group/{found.id}", sent, content_type="multipart/form-data")
        assert answer.status_code == 400
        assert sentence in answer.get_data(as_text=True)
    assert not db.session.scalars(select(PeopleImport)).all()


def test_who_may(client: PageClient) -> None:
    """The body, the district and employers; another body or district finds nothing."""
    found, other = rows.training_class(), rows.training_class()
    far = factories.district("310115").code
    preview = _upload(client.sign_in(_manager(found)), found, sheets.plain(sheets.people(1)))
    home = factories.organisation("institution")
    expected = [
        (_manager(found), 200),
        (
            factories.user(Role.DISTRICT_OFFICER, scope=(ScopeKind.DISTRICT, found.district_code)),
            200,
        ),
        (factories.user(Role.INSTITUTION_MANAGER, scope=(ScopeKind.ORGANISATION, home.id)), 200),
        (factories.user(Role.DISTRICT_OFFICER, scope=(ScopeKind.DISTRICT, far)), 404),
        (_manager(other), 404),
        (factories.user(Role.INSTRUCTOR), 403),
        (factories.user(Role.TRAINEE), 403),
    ]
    for person, status in expected:
        browser = PageClient(client.application).sign_in(person)
        assert browser.get(f"/enrol-group/{found.id}").status_code == status, person.name
        assert browser.get(preview).status_code == (403 if status == 403 else 404)
    assert client.get("/enrol-group/template.xlsx").data.startswith(b"PK")
