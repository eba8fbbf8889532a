"""Every failure has a page of its own, in both languages, with what to do next and an id.

The id on the page is the id in the header and in the log, and the log says nothing else about
whoever was there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from lxml import html
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.demo.accounts import person
from app.extensions import db
from tests.client import PageClient, check_page

pytestmark = pytest.mark.rows
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SECRET = "13812345678"
HUGE = 100 * 1024 * 1024


def _stale(client: PageClient, language: str) -> TestResponse:
    return client.post(f"/sign-in?lang={language}", data={"login": SECRET, "csrf_token": "forged"})


def _forbidden(client: PageClient, language: str) -> TestResponse:
    return client.sign_in(person("new")).get(f"/people?lang={language}")


def _missing(client: PageClient, language: str) -> TestResponse:
    return client.get(f"/nothing/{SECRET}?lang={language}")


def _too_large(client: PageClient, language: str) -> TestResponse:
    # Says how large it is and is refused before a byte of it is read.
    return client.sign_in(person("new")).post(
        f"/account/photo/change?lang={language}",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(HUGE)},
    )


def _too_often(client: PageClient, language: str) -> TestResponse:
    for _guess in range(200):
        answer = client.get(f"/c/{'2' * 16}?lang={language}")
        if answer.status_code == 429:
            return answer
    raise AssertionError("guessing was never slowed down")


def _broken(client: PageClient, language: str) -> TestResponse:
    def fail() -> None:
        raise RuntimeError(SECRET)

    return _in_place_of_health(client, language, fail)


def _no_database(client: PageClient, language: str) -> TestResponse:
    def fail() -> None:
        raise OperationalError(f"SELECT {SECRET}", {}, Exception("database is locked"))

    return _in_place_of_health(client, language, fail)


def _in_place_of_health(
    client: PageClient, language: str, fail: Callable[[], None]
) -> TestResponse:
    views = client.application.view_functions
    kept, views["home.health"] = views["home.health"], fail
    try:
        return client.get(f"/health?lang={language}")
    finally:
        views["home.health"] = kept


FAILURES: list[tuple[int, Callable[[PageClient, str], TestResponse]]] = [
    (400, _stale),
    (403, _forbidden),
    (404, _missing),
    (413, _too_large),
    (429, _too_often),
    (500, _broken),
    (500, _no_database),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("status", "fail"), FAILURES)
def test_page(
    shown: Flask,
    capsys: pytest.CaptureFixture[str],
    status: int,
    fail: Callable[[PageClient, str], TestResponse],
    language: str,
) -> None:
    """The right words in the right language, a way on, the id; nothing of what failed."""
    client = PageClient(shown)
    db.session.rollback()
    answer = fail(client, language)
    assert answer.status_code == status
    page = answer.get_data(as_text=True)
    check_page(page, f"{status} {language}")
    main = html.fromstring(page).get_element_by_id("main")
    words = " ".join(main.text_content().split())
    assert bool(CHINESE.search(words)) is (language == "zh"), words
    assert main.xpath(".//a[@href] | .//button"), "no way on"
    number = answer.headers["X-Request-Id"]
    assert number in words
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line[:1] == "{"]
    (line,) = [one for one in logged if one["request_id"] == number and one["event"] == "request"]
    assert line["status"] == status
    assert SECRET not in page
    assert SECRET not in json.dumps(logged)
    assert "Traceback" not in page
    assert "RuntimeError" not in page


def test_what_is_no_page_is_answered_in_its_own_form(shown: Flask) -> None:
    """A script of ours gets the sentence and the id as JSON."""
    answer = PageClient(shown).get("/nothing", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]


def test_an_address_that_only_takes_forms(client: PageClient) -> None:
    """Opened by hand it has no page, which is what the answer says; no form has expired."""
    assert "这里没有东西" in client.page("/display", 405)
