"""The ways out from the environment: whole and safe, or the installation does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import ConfigurationError, Settings

GOOD = {
    "SMTP_HOST": "mail.example.com",
    "MAIL_FROM": "notices@example.com",
    "SMTP_USER": "peizhen",
    "SMTP_PASSWORD": "something long",
    "SMS_GATEWAY_URL": "https://sms.example.com/send",
    "SMS_GATEWAY_KEY_ID": "peizhen",
    "SMS_GATEWAY_SECRET": "sixteen signs or more",
}


def read(folder: Path, **changes: str) -> Settings:
    return Settings.from_env({"DEMO": "1", "DATA_DIR": str(folder), **GOOD, **changes})


def test_it_works(tmp_path: Path) -> None:
    notices = read(tmp_path).notices
    assert (notices.smtp_port, notices.smtp_tls) == (587, "starttls")
    assert notices.sms.secret == "sixteen signs or more"
    assert notices.wechat.url == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_PORT", "mail"),
        ("SMTP_TLS", "maybe"),
        ("SMTP_TLS", "none"),
        ("MAIL_FROM", ""),
        ("SMS_GATEWAY_URL", "http://sms.example.com/send"),
        ("SMS_GATEWAY_SECRET", "short"),
        ("SMS_GATEWAY_KEY_ID", ""),
    ],
)
def test_unsafe_or_half(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read(tmp_path, **{name: value})
