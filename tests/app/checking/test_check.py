"""The public check: the verdict by address and by number, and what it keeps to itself."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import app
from app import clock, rulebook
from app.checking import limits
from app.extensions import db
from app.formatting import mask_name
from app.models.awards import Certificate
from app.models.hospitals import EarlierCertificate, EarlierImport
from app.models.people import Consent, Role
from certificates import numbers
from tests import factories
from tests.app.awards import rows
from tests.app.training import rows as training
from tests.client import PageClient
from tests.queries import counted

pytestmark = pytest.mark.rows
UNKNOWN = "/c/aaaaaaaaaaaaaaaa"


@pytest.fixture
def held(client: PageClient) -> Certificate:
    """A certificate whose holder agreed to everything."""
    enrolment = rows.ready()
    rows.give_photo(enrolment.user)
    rows.agree(enrolment.user, "photo_on_certificate", "photo_public")
    return rows.certificate(rows.proposal(enrolment))


def _path(row: Certificate) -> str:
    return f"/c/{row.token}"


def _timeless(page: str) -> list[str]:
    return [line for line in page.splitlines() if "查验时间" not in line]


def _ask(client: PageClient, number: str, surname: str, **arguments: object):  # type: ignore[no-untyped-def]
    return client.post("/check", data={"number": number, "surname": surname}, **arguments)


def test_it_works(client: PageClient, held: Certificate) -> None:
    """By address: the verdict, every printed field, the photo; no identity number, not even masked."""
    page = client.page(_path(held))
    assert "有效</h1>" in page
    shown = (
        "林知秋",
        "LIN Zhiqiu",
        held.printed["number_grouped"],
        held.printed["class_name"],
        "36",
        "成绩合格",
        "查验时间",
        "陪同挂号、候诊、检查、取药",
        "替老人看病、替老人签字",
        held.printed["official_domain"],
        f"{_path(held)}/photo",
    )
    for text in shown:
        assert text in page, text
    for secret in (
        held.printed["masked_identity"],
        "E12",
        "678",
        str(held.user.phone),
        held.user_id,
    ):
        assert secret not in page
    photo = client.get(f"{_path(held)}/photo")
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    assert len(photo.data) <= 15_000


def test_in_english(client: PageClient, held: Certificate) -> None:
    """The address alone chooses the language."""
    page = client.page(f"{_path(held)}?lang=en")
    assert 'lang="en"' in page
    assert "Go along to register, wait and collect" in page
    assert held.printed["title_en"] in page
    assert 'href="?lang=zh"' in page


@pytest.mark.parametrize("path", ["address", "photo", "form", "number", "unknown"])
def test_leaves_no_trace(client: PageClient, held: Certificate, path: str) -> None:
    """No cookie is set or read, and nothing is indexed, stored or passed on as a referrer."""
    client.sign_in(held.user)
    client.send("/display", {"lang": "en"})
    if path == "number":
        answer = _ask(client, held.number, "林")
    else:
        known = {"address": _path(held), "photo": f"{_path(held)}/photo", "form": "/check"}
        answer = client.get(known.get(path, UNKNOWN))
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    if answer.mimetype == "text/html":
        assert 'lang="zh-CN"' in answer.text
        assert "<script" not in answer.text
        assert "bootstrap" not in answer.text  # 230 kB that a family would wait for
        assert str(held.user.phone) not in answer.text


@pytest.mark.parametrize(
    ("status", "word", "photo"),
    [
        ("suspended", "已暂停", True),
        ("withdrawn", "已撤销", False),
        ("cancelled", "已注销", False),
        ("replaced", "已更换", False),
    ],
)
def test_ended(client: PageClient, held: Certificate, status: str, word: str, photo: bool) -> None:
    """Each standing has its word at the next request; who is out for good shows no face."""
    rows.change(held, status, factories.user(Role.CERTIFIER))
    page = client.page(_path(held))
    assert f"{word}</h1>" in page
    assert "核实后收回" not in page
    assert (f"{_path(held)}/photo" in page) is photo
    assert client.get(f"{_path(held)}/photo").status_code == (200 if photo else 404)


@pytest.mark.parametrize(
    ("days", "word"), [(0, "有效"), (1, "待续期"), (180, "待续期"), (181, "已过期")]
)
def test_runs_out(client: PageClient, days: int, word: str) -> None:
    """The last day still counts; after the grace it has expired."""
    row = rows.certificate()
    row.valid_until = training.today() - timedelta(days=days)
    row.valid_from = row.valid_until - timedelta(days=1000)
    db.session.commit()
    assert f"{word}</h1>" in client.page(_path(row))


def test_grace_is_a_rule(client: PageClient) -> None:
    """A shorter grace, set as a dated rule, counts at the next request."""
    row = rows.certificate()
    row.valid_until = training.today() - timedelta(days=30)
    row.valid_from = row.valid_until - timedelta(days=1000)
    now = clock.now()
    rulebook.set_value(
        "certificate.grace_days",
        10,
        from_date=training.today(),
        source="test",
        official=False,
        actor=None,
        now=now,
    )
    db.session.commit()
    assert "已过期</h1>" in client.page(_path(row))


def test_a_clock_that_stepped_back(client: PageClient, held: Certificate) -> None:
    """A withdrawal dated before the issue by a clock that was set back still counts."""
    line = rows.change(held, "withdrawn", factories.user(Role.CERTIFIER))
    line.at -= timedelta(hours=1)
    db.session.commit()
    assert "已撤销</h1>" in client.page(_path(held))


def test_photo_needs_consent_now(client: PageClient, held: Certificate) -> None:
    """Withdrawing the consent hides the photo at the next request."""
    row = db.session.scalars(select(Consent).where(Consent.kind == "photo_public")).one()
    row.withdrawn_at = clock.now()
    db.session.commit()
    assert "/photo" not in client.page(_path(held))
    assert client.get(f"{_path(held)}/photo").status_code == 404


@pytest.mark.parametrize(
    ("word", "slip"),
    [
        ("aaaaaaaaaaaaaaaa", ""),
        ("abcdefgh", "现在只有 8 个"),
        ("a" * 17, "现在有 17 个"),
        ("abcdefgh1jklmn0p", "没有数字 0、1、8、9"),
        ("abcdefghijklmnоp", "只有英文字母和数字 2 到 7"),  # a Cyrillic o
        ("林知秋", "只有英文字母"),
        ("..%2f", ""),
        ("A" * 300, "现在有 300 个"),
        ("%00", ""),
    ],
)
def test_not_found(client: PageClient, held: Certificate, word: str, slip: str) -> None:
    """Unknown and impossible addresses get the same page, status and work; a slip is explained."""
    with counted() as seen:
        page = client.page(f"/c/{word}", status=404)
    with counted() as of_unknown:
        unknown = client.page(UNKNOWN, status=404)
    assert len(seen) == len(of_unknown)
    assert "查不到</h1>" in page
    assert slip in page
    if word == "aaaaaaaaaaaaaaaa":
        assert _timeless(unknown) == _timeless(page)


@pytest.mark.parametrize("copied", ["{}。", "{} ", "（{}）", "{}.", "{}\u200b"])
def test_as_people_copy(client: PageClient, held: Certificate, copied: str) -> None:
    """What programs and people add around an address does no harm, nor do capitals."""
    assert "有效</h1>" in client.page("/c/" + copied.format(held.token))
    assert "有效</h1>" in client.page("/C/" + copied.format(held.token.upper()))


def test_one_query(client: PageClient, held: Certificate) -> None:
    """The whole page asks the database once; its photo is another request."""
    client.page(_path(held))
    with counted() as statements:
        client.page(_path(held))
    assert len(statements) == 1, statements


def test_light(client: PageClient, held: Certificate) -> None:
    """One style sheet of its own, a small photo, no script: 40 KB with everything."""
    page = client.page(_path(held))
    links = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert len(links) == 1
    with client.get(links[0]) as answer:
        sheet = answer.data
    photo = client.get(f"{_path(held)}/photo").data
    assert len(sheet) <= 6_000
    assert len(photo) <= 15_000
    assert len(page.encode()) + len(sheet) + len(photo) <= 40_000
    assert not re.findall(r'(?:src|href)="(?!data:|#|\?|/)', page)


def test_style_sheet_has_the_tokens_values() -> None:
    """Its own copy of the tokens, so that one file is enough, says what tokens.css says."""
    folder = Path(app.__file__).parent / "static" / "css"
    found = {}
    for name in ("tokens.css", "check.css"):
        first = (folder / name).read_text("utf-8").partition(":root {")[2].partition("}")[0]
        pairs = re.findall(r"(--pz-[a-z0-9-]+):\s*([^;}]+?)\s*(?:;|$)", first)
        found[name] = {key: value.replace("#ffffff", "#fff") for key, value in pairs}
    assert found["check.css"]
    assert found["check.css"].items() <= found["tokens.css"].items()


def test_by_number(client: PageClient, held: Certificate) -> None:
    """Number and surname: the name with one character hidden, no photo, no way to the address."""
    for number in (held.number, held.printed["number_grouped"], held.number.lower()):
        page = _ask(client, number, "林").text
        assert "有效</h1>" in page
        assert "林＊秋" in page
        assert "林知秋" not in page
        assert "LIN Zhiqiu" not in page
        assert held.token not in page
        assert "/photo" not in page
    assert "林＊秋" in _ask(client, held.number, "林知秋").text
    assert "林＊秋" in _ask(client, held.number, "lin").text


def test_wrong_number_or_name(client: PageClient, held: Certificate) -> None:
    """A number that is not there and a name that is not its holder's look the same."""
    other = numbers.compose(2026, factories.DISTRICT, 77)
    answers = [_ask(client, held.number, "王"), _ask(client, str(other), "林")]
    assert [answer.status_code for answer in answers] == [404, 404]
    first, second = (
        _timeless(answer.text.replace(str(other), held.number).replace("王", "林"))
        for answer in answers
    )
    assert first == second
    assert "查不到</h1>" in answers[0].text


def test_a_slip_in_the_number(client: PageClient, held: Certificate) -> None:
    """A mistyped number is named as such; an empty form asks."""
    wrong = held.number[:-1] + ("A" if held.number[-1] != "A" else "B")
    answer = _ask(client, wrong, "林")
    assert answer.status_code == 404
    assert "编号有一位抄错了" in answer.text
    answer = _ask(client, "", "")
    assert answer.status_code == 400
    assert "请填证书编号" in answer.text
    assert "请填持证人的姓" in answer.text
    markup = _ask(client, "<script>alert(1)</script>", '"><b>').text
    assert "<script" not in markup


def test_markup_in_names(client: PageClient) -> None:
    """Whatever stands in a name is text."""
    row = rows.certificate(rows.proposal(rows.ready(name="<i>林</i>秋", name_latin="<b>L</b>")))
    page = client.page(_path(row))
    assert "<i>" not in page
    assert "<b>L" not in page
    assert "&lt;i&gt;林" in page


def test_old_formats_are_read(client: PageClient, held: Certificate) -> None:
    """A number given under an earlier format is found after the format changed."""
    rulebook.set_value(
        "certificate.number_format",
        {"prefix": "SH", "serial_digits": 6},
        from_date=training.today(),
        source="test",
        official=False,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    assert "有效</h1>" in _ask(client, held.number, "林").text
    assert "SH 开头，一共 19 位" in client.page("/check")


def _earlier() -> EarlierCertificate:
    """Bring in a certificate from before, with a number of its own kind."""
    day = training.today() - timedelta(days=400)
    sheet = factories.save(
        EarlierImport(
            file_name="2024.xlsx",
            sha256="0" * 64,
            rows=1,
            source="协会纸质名册",
            brought_by_id=factories.user(Role.REGISTRAR).id,
            brought_at=clock.now(),
        )
    )
    row: EarlierCertificate = factories.save(
        EarlierCertificate(
            import_id=sheet.id,
            number="SHPZ2024007",
            name="周示例",
            title="陪诊员培训证书",
            issuer="示例协会",
            issued_on=day,
            valid_until=day + timedelta(days=1000),
        )
    )
    return row


def test_issued_before(client: PageClient, held: Certificate) -> None:
    """A certificate from before this system is answered on the same page, and marked as such."""
    number = _earlier().number
    page = _ask(client, "shpz-2024 007", "周").text
    for text in ("有效</h1>", "启用本系统以前发的", "周＊例", "陪诊员培训证书", "示例协会"):
        assert text in page
    assert "周示例" not in page
    with counted() as wrong:
        assert _ask(client, number, "王").status_code == 404
    with counted() as missing:
        assert _ask(client, "SHPZ2024008", "王").status_code == 404
    assert wrong == missing


def test_failures_ask_alike(client: PageClient, held: Certificate) -> None:
    """A number that is not there costs the database what a wrong name costs, word for word."""
    other, number = str(numbers.compose(2026, factories.DISTRICT, 78)), held.number
    _ask(client, other, "王")
    with counted() as missing:
        _ask(client, other, "林")
    with counted() as wrong:
        _ask(client, number, "王")
    assert missing == wrong


@pytest.mark.usefixtures("mid_window")
def test_guessing_is_slowed(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the allowed misses a guesser waits; scanning what is valid goes on."""
    monkeypatch.setattr(limits, "BY_ADDRESS", limits.Limit("check.address", 5, limits.QUARTER))
    for _turn in range(5):
        assert client.get(UNKNOWN).status_code == 404
    answer = client.get(UNKNOWN)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "秒再查" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert client.get(_path(held)).status_code == 200
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    assert client.get(UNKNOWN, environ_base=elsewhere).status_code == 404
    assert client.get(f"{_path(held)}/photo").status_code == 200


def test_walking_numbers_is_stopped(client: PageClient, held: Certificate) -> None:
    """Who counts up numbers gets no further with surnames; a desk behind the same address does."""
    for serial in range(limits.NETWORK_MISSES):
        number = numbers.compose(2026, factories.DISTRICT, 500 + serial)
        assert _ask(client, str(number), "林").status_code == 404
    refused = _ask(client, held.number, "林")
    assert refused.status_code == 404
    assert "请填持证人的全名" in refused.text
    assert "请填持证人的全名" in _ask(client, str(number), "林").text
    assert "林＊秋" in _ask(client, held.number, "林知秋").text
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    assert _ask(client, held.number, "林", environ_base=elsewhere).status_code == 200
    assert client.get(_path(held)).status_code == 200


def test_guessing_one_surname_from_many_places(client: PageClient, held: Certificate) -> None:
    """The misses of one number count from everywhere, whether it exists or not."""
    for number in (held.number, str(numbers.compose(2026, factories.DISTRICT, 79))):
        for turn in range(limits.NUMBER_MISSES):
            place = {"REMOTE_ADDR": f"192.0.2.{turn}"}
            _ask(client, number, "王", environ_base=place)
        place = {"REMOTE_ADDR": "192.0.2.200"}
        assert "请填持证人的全名" in _ask(client, number, "王", environ_base=place).text
    assert _ask(client, held.number, "林知秋").status_code == 200


@pytest.mark.usefixtures("mid_window")
def test_far_too_many(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond all measure a place waits on this route; scanning goes on."""
    monkeypatch.setattr(limits, "BY_NUMBER", limits.Limit("check.number", 3, limits.QUARTER))
    for _turn in range(3):
        _ask(client, held.number, "王")
    assert _ask(client, held.number, "林知秋").status_code == 429
    assert client.get(_path(held)).status_code == 200


def test_record(client: PageClient, held: Certificate) -> None:
    """The record to print says when, where and what was found, and leaves room for who looked."""
    page = client.page(f"{_path(held)}/record")
    for text in ("查验结果：有效", "林知秋", held.printed["number_grouped"], "查验人", _path(held)):
        assert text in page
    assert "/photo" not in page
    client.page("/c/aaaaaaaaaaaaaaaa/record", status=404)


def test_not_in_force_yet(client: PageClient) -> None:
    """Before its first day it is not published."""
    row = rows.certificate(valid_from=training.today() + timedelta(days=1))
    client.page(_path(row), status=404)
    client.page("/check")


@pytest.mark.parametrize(
    ("name", "hidden"),
    [("林秋", "林＊"), ("林知秋", "林＊秋"), ("欧阳知秋", "欧阳＊秋"), ("Ana Lin", "A＊ L＊")],
)
def test_one_hidden(name: str, hidden: str) -> None:
    """One character of a Chinese name is hidden; of a Latin name the initials stay."""
    assert mask_name(name) == hidden


def test_who_may(client: PageClient, held: Certificate) -> None:
    """Everyone, signed in or not, sees the same page."""
    plain = _timeless(client.page(_path(held)))
    for role in Role:
        browser = PageClient(client.application).sign_in(factories.user(role))
        assert _timeless(browser.page(_path(held))) == plain
