"""The whole chain in a browser: join, learn, sit with a broken line, be certified, be scanned."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock
from app.clock import SHANGHAI
from app.demo.reviewing import SAMPLES
from app.extensions import db
from app.learning import progress, reading
from app.models.people import User
from question_bank import key_of, read_folder
from tests.journeys.conftest import Visitor, follow
from tests.journeys.ending import withdraw

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
NAME, PASSWORD = "江小满", "wo-de-mima-2026"
# An invented number: no area begins with 99, the check character is right.
IDENTITY = "990000196805121018"


def today(days: int = 0) -> str:
    """Return a day in Shanghai as a date field wants it."""
    return f"{datetime.now(SHANGHAI) + timedelta(days=days):%Y-%m-%d}"


def open_class(visit: Visit) -> str:
    """The training manager opens a class that began last week; returns its join code."""
    manager = visit(desk=True)
    manager.sign_in("training")
    page = manager.open("/classes/new")
    page.fill("[name=title]", "旅程班")
    page.select_option("[name=organisation]", label="江畔示例培训中心")
    page.select_option("[name=district]", label="杨浦区")
    page.fill("[name=starts_on]", today(-8))
    page.fill("[name=ends_on]", today(1))
    page.fill("[name=capacity]", "30")
    follow(page, "main button.btn--first")
    follow(page, "text=按课程排好时间表")
    page.select_option("[name=person]", label="任教")
    follow(page, "text=列为任课教师")
    return page.inner_text("#join-code").strip()


def register(trainee: Visitor, code: str) -> None:
    """A stranger makes an account with the class code and joins."""
    page = trainee.open("/register")
    page.fill("[name=code]", code)
    follow(page, "main button.btn--first")
    page.fill("[name=name]", NAME)
    page.fill("[name=phone]", "19988887777")
    page.fill("[name=password]", PASSWORD)
    page.check("[name=service]")
    follow(page, "main button.btn--first")
    page.check("[name=category][value=independent]")
    follow(page, "main button.btn--first")
    assert "旅程班" in trainee.open("/my-class").inner_text("main")


def give_identity_and_photo(trainee: Visitor) -> None:
    """Consent to each purpose separately, then give number and photo."""
    page = trainee.open("/account/consents")
    for kind in ("identity_number", "photo_on_certificate", "photo_public"):
        follow(page, f"form[action$='/consents/{kind}/give'] button")
    trainee.open("/account/identity")
    page.select_option("[name=kind]", "resident_id")
    page.fill("[name=number]", IDENTITY)
    follow(page, "main button.btn--first")
    assert "990***********1018" in trainee.open("/account").inner_text("main")
    trainee.open("/account/photo/change")
    picture = io.BytesIO()
    Image.new("RGB", (450, 600), "#a0b8c0").save(picture, "JPEG")
    page.set_input_files(
        "input[type=file]",
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()},
    )
    follow(page, "main button:has-text('用这张照片')")


def study_the_rest(inside: Flask) -> None:
    """Open and finish every other lesson by the reading code itself: 33 pages would say no more."""
    now = clock.now()
    with inside.app_context():
        user = db.session.scalars(select(User).where(User.name == NAME)).one()
        (enrolment,) = progress.enrolments(user)
        for lesson in progress.in_class(user, enrolment.training_class).course.lessons:
            at = progress.in_class(user, enrolment.training_class)
            if lesson.id in at.completed:
                continue
            version = reading.find_version(at.edition, lesson.id)
            assert version is not None
            reading.open_lesson(user, version, now=now)
            db.session.flush()
            reading.complete_lesson(user, at, version, (), now=now)
        db.session.commit()
        db.engine.dispose()


def read_lessons(trainee: Visitor) -> None:
    """Read three lessons in their order on the phone; a later one is locked before."""
    page = trainee.open("/learn")
    for code in ("4.1", "4.2", "4.3"):
        trainee.open("/learn")
        follow(page, f"a[href$='/{code}']")
        follow(page, "button:has-text('学完了')")


def record_class(visit: Visit) -> None:
    """Teacher and examiners record attendance, practice and the assessment by hand."""
    teacher = visit(desk=True)
    page = teacher.sign_in("teacher")
    teacher.open("/classes")
    follow(page, "text=旅程班")
    address = urlsplit(page.url).path
    meetings = page.eval_on_selector_all(
        "a[href*='/meetings/']",
        "links => [...new Set(links.map(link => link.getAttribute('href')))]",
    )
    assert len(meetings) == 9
    for meeting in meetings:
        teacher.open(meeting)
        follow(page, "main button:has-text('登记出勤')")
    teacher.open(f"{address}/practice")
    for box in page.locator("input[name=sign]").all():
        box.check()
    follow(page, "main button:has-text('签字')")
    examiner = visit(desk=True)
    page = examiner.sign_in("examiner1")
    examiner.open(address)
    follow(page, "a[href*='/assess/']")
    page.select_option("[name=second]", label="石平")
    page.fill("[name=held_on]", today())
    page.fill("[name=mark]", "82")
    page.check("[name=critical_error][value=no]")
    follow(page, "main button:has-text('登记考核')")


def plan_sitting(visit: Visit) -> None:
    """The exam manager plans a sitting that is open now and books the class."""
    manager = visit(desk=True)
    page = manager.sign_in("exams")
    manager.open("/exams/")
    follow(page, "main a:has-text('理论考试')")
    follow(page, "a[href*='/sittings/new']")
    now = datetime.now(SHANGHAI)
    page.select_option("[name=district]", label="杨浦区")
    page.fill("[name=place]", "旅程考场")
    page.fill("[name=opens_at]", f"{now:%Y-%m-%dT%H:%M}")
    page.fill("[name=late_minutes]", "60")
    page.fill("[name=closes_at]", f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    follow(page, "main button.btn--first")
    page.select_option("[name=invigilator]", label="简考")
    follow(page, "form[action$='/invigilators'] button")
    page.select_option("[name=training_class]", label="旅程班")
    follow(page, "form[action$='/roster'] button")
    assert NAME in page.inner_text("main")
    follow(page, "form[action$='/papers'] button")


def unlock(visit: Visit) -> str:
    """The invigilator reads out the room's code."""
    invigilator = visit()
    page = invigilator.sign_in("invigilator")
    invigilator.open("/exams/duties")
    follow(page, "main a:has-text('旅程考场')")
    return page.inner_text(".room-code b").strip()


def sit(trainee: Visitor, code: str) -> str:
    """Sit the exam with a line that drops and a page that reloads; returns the receipt code."""
    page = trainee.open("/exams/mine")
    follow(page, "text=进入候考页")
    page.fill("[name=code]", "错的")
    page.check("[name=rules]")
    follow(page, "text=开始答题")
    assert "口令" in trainee.text()
    page.fill("[name=code]", code)
    page.check("[name=rules]")
    follow(page, "text=开始答题")
    page.wait_for_selector("body[data-ready=yes]")
    total = int(page.inner_text("#position").split("/")[1])
    assert total == 30
    for number in range(1, total + 1):
        if number == 5:
            trainee.context.set_offline(True)
        if number == 9:
            page.wait_for_selector("#offline:not([hidden])")
            assert "题的答案在手机里" in page.inner_text("[data-signs]")
            trainee.context.set_offline(False)
            page.reload()
            page.wait_for_selector("body[data-ready=yes]")
            expect(page.locator("[data-signs]")).not_to_contain_text("手机里", timeout=20_000)
        expect(page.locator("#position")).to_have_text(f"{number} / {total}")
        answer(page, number)
        if number < total:
            page.click("#next")
    expect(page.locator("[data-signs]")).to_contain_text("已保存")
    page.click("#next")
    page.wait_for_selector("#hand-in[open]")
    page.check("#hand-in-form input[type=checkbox]")
    page.click("#hand-in-send")
    page.wait_for_url("**/receipt")
    return page.inner_text("#receipt-code").strip()


def answer(page: Page, number: int) -> None:
    """Answer a question as somebody who knows the course does (the key comes from the files)."""
    stem = page.inner_text("#stem").strip()
    wanted = RIGHT[stem.replace("**", "")]
    for text in wanted:
        page.locator("#choices label", has_text=text).first.click()
    assert number > 0


def right_answers() -> dict[str, list[str]]:
    """Return stem -> texts of the right options: the shipped specimens, the demonstration's own."""
    root = Path(__file__).parents[2] / "question_bank" / "content"
    found = {sample.stem: [sample.options[0][0]] for sample in SAMPLES}
    for folder in sorted(root.glob("module-*")):
        for question in read_folder(folder).questions:
            for part in question.marked_questions():
                # The demonstration's paper asks only kinds with options to choose.
                keys = key_of(part).get("right", [])
                found[part.stem.replace("**", "")] = [part.choice(one).text for one in keys]
    return found


RIGHT = right_answers()


def release_propose_decide(visit: Visit) -> None:
    """Results are released, a certificate is proposed by one person and decided by another."""
    certifier = visit(desk=True)
    page = certifier.sign_in("certifier")
    certifier.open("/exams/results")
    certifier.confirm_password()
    certifier.follow("main a:has-text('旅程考场')")
    certifier.until_marked()
    page.check("[name=acknowledged]")
    certifier.follow("main button:has-text('人的成绩')")
    assert "已公布" in page.inner_text("body")
    registrar = visit(desk=True)
    registrar.sign_in("registrar")
    registrar.open("/awards")
    registrar.follow(f"a:has-text('{NAME}')")
    registrar.follow("main button:has-text('提出给')")
    certifier.open("/awards")
    page = certifier.page
    certifier.follow(f"a:has-text('{NAME}')")
    certifier.follow("text=作决定")
    certifier.confirm_password()
    page.check("[name=decision][value=grant]")
    certifier.follow("main button:has-text('记下这个决定')")


def download(trainee: Visitor) -> bytes:
    """Download the certificate on the phone."""
    page = trainee.open("/my/certificates")
    with page.expect_download() as started:
        page.click("text=下载证书")
    return Path(started.value.path()).read_bytes()


def scan(pdf: bytes) -> str:
    """Rasterise the page and decode the QR from the picture."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil()
    found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1
    return found[0].text


def test_from_course_to_scanned_certificate(visit: Visit, inside: Flask) -> None:
    """Every link of the chain holds, with the line dropped in the middle of the exam."""
    code = open_class(visit)
    trainee = visit()
    register(trainee, code)
    give_identity_and_photo(trainee)
    assert "还差" in trainee.open("/").inner_text("main")
    read_lessons(trainee)
    record_class(visit)
    study_the_rest(inside)
    assert "还差" not in trainee.open("/").inner_text("main")
    plan_sitting(visit)
    receipt = sit(trainee, unlock(visit))
    assert len(receipt) == 9
    release_propose_decide(visit)
    assert "合格" in trainee.open("/exams/mine").inner_text("main")
    address = scan(download(trainee))
    family = visit()
    family.page.goto(address)
    assert family.page.inner_text("h1").strip() == "有效"
    assert NAME in family.page.inner_text("body")
    assert IDENTITY[-4:] not in family.page.content()
    assert family.context.cookies() == []
    withdraw_it(visit, trainee)
    family.page.reload()
    assert "有效" not in family.page.inner_text("h1")


def withdraw_it(visit: Visit, trainee: Visitor) -> None:
    """The certificate is withdrawn with a reason, once its holder has been heard."""
    certifier = visit(desk=True)
    certifier.sign_in("certifier")
    certifier.open("/awards")
    certifier.follow(f"a:has-text('{NAME}')")
    certifier.follow("text=看证书")
    withdraw(certifier, trainee)
