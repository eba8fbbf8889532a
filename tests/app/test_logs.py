"""Logs: one object a line, with references only."""

from __future__ import annotations

import errno
import io
import json
import logging
import sys

import pytest
import structlog
from flask import Flask

from app import logs
from tests.client import PageClient

pytestmark = pytest.mark.rows


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_one_line_without_its_path(
    client: PageClient, at_info: None, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/health?name=张三&phone=13800138000", headers={"User-Agent": "Phone"})
    (line,) = [one for one in said(capsys) if one["event"] == "request"]
    assert set(line) == {
        "event",
        "level",
        "timestamp",
        "request_id",
        "method",
        "endpoint",
        "status",
        "milliseconds",
    }
    assert (line["method"], line["endpoint"], line["status"]) == ("GET", "home.health", 200)
    assert line["request_id"] == answer.headers["X-Request-Id"]


def test_an_address_nobody_has_is_not_repeated(
    client: PageClient, at_info: None, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/verify/secret-token-of-somebody")
    err = capsys.readouterr().err
    assert "secret-token" not in err
    assert '"status": 404' in err


def test_an_exception_leaves_its_kind_and_places_but_not_its_text(
    app: Flask, at_info: None, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        raise ValueError("张三 11010519491231002X")
    except ValueError:
        structlog.get_logger().exception("went wrong", job="abc")
    (line,) = said(capsys)
    assert line["error"] == "ValueError"
    assert line["job"] == "abc"
    assert str(line["at"]).startswith("['test_logs.py:")
    assert "张三" not in str(line)
    assert "11010519491231002X" not in str(line)


def test_libraries_log_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    record = logging.LogRecord("lib", logging.WARNING, "f", 1, "took %s", ("long",), None)
    shown = json.loads(logs.library_formatter().format(record))
    assert (shown["event"], shown["level"]) == ("took long", "warning")


def test_a_full_disk_loses_the_line_and_nothing_else(
    at_info: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    structlog.get_logger().error("nobody can read this")
