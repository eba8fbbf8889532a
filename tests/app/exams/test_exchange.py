"""The short way of exchanges: for whoever asks, the same as the way of every page."""

from __future__ import annotations

from typing import Any

import pytest

from app import exchanges
from tests.app.exams.hall import Hall, Sat, change

pytestmark = pytest.mark.rows
OWN = {"X-Request-Id", "Content-Length"}


@pytest.mark.parametrize("asked", ["save", "state", "foreign", "unknown", "too much"])
def test_as_every_page(asked: str, hall: Hall, sat: Sat, monkeypatch: pytest.MonkeyPatch) -> None:
    """State and headers, of answers and of refusals."""

    def answered() -> tuple[int, dict[str, str], set[str]]:
        answer = sat.browser.open(f"/exams/attempts/{attempt}/{last}", method=method, **given)
        assert len(answer.headers["X-Request-Id"]) == 16
        assert answer.get_json()["request_id" if answer.status_code >= 400 else "state"]
        headers = {name: value for name, value in answer.headers.items() if name not in OWN}
        return answer.status_code, headers, set(answer.get_json())

    attempt = "unknown" if asked == "unknown" else sat.attempt_id
    last, method = ("state", "GET") if asked == "state" else ("answers", "POST")
    body = {"changes": [change(1, 1, "o2")] * (300 if asked == "too much" else 1)}
    given: dict[str, Any] = {} if asked == "state" else {"json": body}
    if asked == "foreign":
        given["headers"] = {"Origin": "https://example.com"}
    short = answered()
    monkeypatch.setitem(hall.app.config, "WTF_CSRF_ENABLED", False)  # they bring no form's token
    monkeypatch.setattr(exchanges, "asked_for", lambda _app: False)
    assert answered() == short


def test_other_methods(hall: Hall, sat: Sat) -> None:
    """Are nobody's exchange."""
    address = f"/exams/attempts/{sat.attempt_id}/state"
    assert sat.browser.open(address, method="OPTIONS").status_code == 200
    assert sat.browser.open(address, method="DELETE").status_code == 405
