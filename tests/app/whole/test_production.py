"""Production starts whole or not at all, and a demonstration never with production secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import DEMO_MARK, SECRET_NAMES, ConfigurationError, Settings


def whole(folder: Path) -> dict[str, str]:
    """Return the environment of a complete production installation."""
    secrets = {name: f"{name.lower()}-" + "k" * 40 for name in SECRET_NAMES}
    return {
        **secrets,
        "PUBLIC_URL": "https://peizhen.example",
        "DATABASE_URL": "postgresql+psycopg://db/peizhen",
        "DATA_DIR": str(folder),
    }


def test_it_works(tmp_path: Path) -> None:
    """A complete environment gives settings with secure cookies."""
    settings = Settings.from_env(whole(tmp_path))
    assert not settings.demo
    assert settings.secure
    assert settings.flask()["SESSION_COOKIE_SECURE"] is True
    assert "peizhen.example" in settings.own_domains


def test_all_that_is_missing_is_named_at_once() -> None:
    """One start, one list."""
    with pytest.raises(ConfigurationError) as fault:
        Settings.from_env({})
    for name in (*SECRET_NAMES, "PUBLIC_URL", "DATABASE_URL", "DATA_DIR"):
        assert name in str(fault.value)


@pytest.mark.parametrize("name", [*SECRET_NAMES, "PUBLIC_URL", "DATABASE_URL", "DATA_DIR"])
def test_each_is_needed(tmp_path: Path, name: str) -> None:
    """Leaving one out names that one and no other."""
    given = whole(tmp_path)
    del given[name]
    with pytest.raises(ConfigurationError) as fault:
        Settings.from_env(given)
    lines = str(fault.value).splitlines()[1:]
    assert len(lines) == 1
    assert name in lines[0]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"MATCH_KEY": DEMO_MARK + "k" * 40}, "MATCH_KEY"),
        ({"SEAL_KEY": "identity_key-" + "k" * 40}, "differ"),
        ({"PUBLIC_URL": "http://peizhen.example"}, "https"),
        ({"TRUSTED_PROXIES": "one"}, "TRUSTED_PROXIES"),
        ({"SEAL_IMAGE": "/nowhere/seal.png"}, "SEAL_IMAGE"),
        ({"LIVE_POOL_DIR": "/nowhere/live"}, "LIVE_POOL_DIR"),
    ],
)
def test_refuses(tmp_path: Path, changes: dict[str, str], word: str) -> None:
    """Short keys, a demonstration's, one twice; no https; what is given but is not there."""
    with pytest.raises(ConfigurationError, match=word):
        Settings.from_env({**whole(tmp_path), **changes})


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_demonstration_takes_no_production_secret(tmp_path: Path, name: str) -> None:
    """Invented people must not be sealed with keys that count."""
    given = {"DEMO": "1", "DATA_DIR": str(tmp_path), name: "k" * 40}
    with pytest.raises(ConfigurationError, match=name):
        Settings.from_env(given)


def test_the_faults_do_not_repeat_the_secrets(tmp_path: Path) -> None:
    """What is wrong is said without the value."""
    with pytest.raises(ConfigurationError) as fault:
        Settings.from_env({**whole(tmp_path), "SECRET_KEY": "hunter2-hunter2"})
    assert "hunter2" not in str(fault.value)


def test_a_demonstration_makes_its_own(tmp_path: Path) -> None:
    """Once; the second start finds them; each is marked; the file is its owner's."""
    first = Settings.from_env({"DEMO": "1", "DATA_DIR": str(tmp_path)})
    second = Settings.from_env({"DEMO": "1", "DATA_DIR": str(tmp_path)})
    assert first.secret_key == second.secret_key
    keys = (first.secret_key, first.identity_key, first.match_key, first.seal_key)
    assert all(key.startswith(DEMO_MARK) for key in keys)
    assert len(set(keys)) == 4
    assert (tmp_path / "demo-secrets.json").stat().st_mode & 0o077 == 0
