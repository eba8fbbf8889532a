"""Settings from the environment. In production the application starts whole or not at all.

Two modes, never mixed: a *demonstration* makes its own secrets in its data folder (each begins
with `demo-`) and is loud on every page; *production* is given every secret from outside and
refuses those of a demonstration. Tests build `Settings` directly.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

DEMO_MARK = "demo-"
SECRET_NAMES = ("SECRET_KEY", "IDENTITY_KEY", "MATCH_KEY", "SEAL_KEY")


class ConfigurationError(Exception):
    """The environment does not describe a whole installation; the message lists all that is wrong."""


@dataclass(frozen=True)
class Gateway:
    """A gateway that takes messages over HTTP, each signed with a shared secret."""

    url: str = ""
    key_id: str = ""
    secret: str = ""


@dataclass(frozen=True)
class NoticeSettings:
    """Where messages leave by. What has no address is not there; without any, all go to a file."""

    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: str = "starttls"
    """`starttls`, `tls` from the first byte, or `none` (refused except to this machine)."""
    mail_from: str = ""
    sms: Gateway = Gateway()
    wechat: Gateway = Gateway()

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> NoticeSettings:
        """Read the environment; `_unusable` has looked at it before."""
        return cls(
            smtp_host=env.get("SMTP_HOST", ""),
            smtp_port=int(env.get("SMTP_PORT") or 587),
            smtp_user=env.get("SMTP_USER", ""),
            smtp_password=env.get("SMTP_PASSWORD", ""),
            smtp_tls=env.get("SMTP_TLS") or "starttls",
            mail_from=env.get("MAIL_FROM", ""),
            sms=_gateway(env, "SMS_GATEWAY"),
            wechat=_gateway(env, "WECHAT_GATEWAY"),
        )


def _gateway(env: Mapping[str, str], name: str) -> Gateway:
    parts = [env.get(f"{name}_{part}", "") for part in ("URL", "KEY_ID", "SECRET")]
    return Gateway(*parts)


@dataclass(frozen=True)
class Settings:
    """Everything the application is told from outside."""

    demo: bool
    database_url: str
    data_dir: Path
    public_url: str
    """Where people reach the site: printed in QR codes, so it must be right before issuing."""
    secret_key: str
    identity_key: str
    """Encrypts identity numbers and second-factor secrets. Keep it apart from backups."""
    match_key: str
    """Keyed hash by which the same identity number is found twice."""
    seal_key: str
    """Signs the heads of the audit chain (Ed25519, from this text)."""
    old_identity_keys: tuple[str, ...] = ()
    own_domains: tuple[str, ...] = ()
    """Domains that were ever printed; they stay listed as ours."""
    live_pool_dir: Path | None = None
    seal_image: Path | None = None
    signing_key_file: Path | None = None
    """PEM file with the key that signs certificates; a demonstration makes its own."""
    trusted_proxies: int = 0
    web_threads: int = 8
    """Of one process, as gunicorn.conf.py gives them; boards may hold a quarter for their streams."""
    notices: NoticeSettings = NoticeSettings()
    testing: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def secure(self) -> bool:
        """True where the public address is https: cookies are secure and HSTS is sent only then."""
        return self.public_url.startswith("https://")

    @property
    def blob_dir(self) -> Path:
        """Folder of stored files."""
        return self.data_dir / "blobs"

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the environment.

        Raises ConfigurationError naming everything that is missing or contradictory at once.
        """
        env = os.environ if environment is None else environment
        demo = env.get("DEMO", "") == "1"
        data_dir = Path(env.get("DATA_DIR", "var")).resolve()
        faults = _faults(env, demo)
        if faults:
            raise ConfigurationError("\n".join(["这个安装还不完整 / not configured:", *faults]))
        given = _demo_secrets(data_dir) if demo else {name: env[name] for name in SECRET_NAMES}
        public_url = env.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
        host = urlsplit(public_url).hostname or ""
        return cls(
            demo=demo,
            database_url=env.get("DATABASE_URL", f"sqlite:///{data_dir / 'peizhen.sqlite3'}"),
            data_dir=data_dir,
            public_url=public_url,
            secret_key=given["SECRET_KEY"],
            identity_key=given["IDENTITY_KEY"],
            match_key=given["MATCH_KEY"],
            seal_key=given["SEAL_KEY"],
            old_identity_keys=tuple(filter(None, env.get("OLD_IDENTITY_KEYS", "").split(","))),
            own_domains=tuple({host, *filter(None, env.get("OWN_DOMAINS", "").split(","))}),
            live_pool_dir=Path(env["LIVE_POOL_DIR"]) if env.get("LIVE_POOL_DIR") else None,
            seal_image=Path(env["SEAL_IMAGE"]) if env.get("SEAL_IMAGE") else None,
            signing_key_file=(
                Path(env["SIGNING_KEY_FILE"]) if env.get("SIGNING_KEY_FILE") else None
            ),
            trusted_proxies=int(env.get("TRUSTED_PROXIES", "0")),
            web_threads=int(env.get("WEB_THREADS") or 8),
            notices=NoticeSettings.from_env(env),
        )

    def flask(self) -> dict[str, object]:
        """Return Flask's own configuration."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SESSION_COOKIE_NAME": "peizhen",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.secure,
            "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: forms on a phone stay open
            "WTF_CSRF_SSL_STRICT": self.secure,
            "BOOTSTRAP_SERVE_LOCAL": True,  # nothing is fetched from elsewhere
            "BABEL_DEFAULT_LOCALE": "zh",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
            "TESTING": self.testing,
            "PEIZHEN": self,
            **self.extra,
        }


def _faults(env: Mapping[str, str], demo: bool) -> list[str]:
    """List every reason not to start."""
    given = {name: env.get(name, "") for name in SECRET_NAMES}
    if demo:
        return _unusable(env) + [
            f"- DEMO=1 与 {name} 同时给出：演示不用正式密钥 / a demonstration takes no production secret"
            for name, value in given.items()
            if value
        ]
    faults = _unusable(env)
    for name, value in given.items():
        if len(value) < 32:
            faults.append(f"- {name}: 缺少，或不足 32 个字符 / missing or under 32 characters")
        elif value.startswith(DEMO_MARK):
            faults.append(f"- {name}: 是演示用的密钥 / is a demonstration secret")
    if len({value for value in given.values() if value}) < len([v for v in given.values() if v]):
        faults.append("- 各密钥必须不同 / the keys must differ from each other")
    public_url = env.get("PUBLIC_URL", "")
    if not public_url:
        faults.append("- PUBLIC_URL: 缺少，二维码印的就是它 / missing, it is printed in QR codes")
    elif not public_url.startswith("https://"):
        faults.append("- PUBLIC_URL: 正式使用必须是 https / must be https in production")
    if not env.get("DATABASE_URL"):
        faults.append("- DATABASE_URL: 缺少 / missing")
    if not env.get("DATA_DIR"):
        faults.append("- DATA_DIR: 缺少 / missing")
    return faults


def _unusable(env: Mapping[str, str]) -> list[str]:
    """List what may be left out but, once given, must be right."""
    faults = []
    if not env.get("TRUSTED_PROXIES", "0").isdecimal():
        faults.append("- TRUSTED_PROXIES: 要填整数，例如 1 / must be a whole number such as 1")
    if env.get("SEAL_IMAGE") and not Path(env["SEAL_IMAGE"]).is_file():
        faults.append("- SEAL_IMAGE: 没有这个文件 / there is no such file")
    if env.get("SIGNING_KEY_FILE") and not Path(env["SIGNING_KEY_FILE"]).is_file():
        faults.append("- SIGNING_KEY_FILE: 没有这个文件 / there is no such file")
    if env.get("LIVE_POOL_DIR") and not Path(env["LIVE_POOL_DIR"]).is_dir():
        faults.append("- LIVE_POOL_DIR: 没有这个文件夹 / there is no such folder")
    return faults + _unusable_notices(env)


def _unusable_notices(env: Mapping[str, str]) -> list[str]:
    """List what is wrong with the ways messages leave by: a secret must not travel in clear."""
    faults = []
    if not (env.get("SMTP_PORT") or "587").isdecimal():
        faults.append("- SMTP_PORT: 要填整数，例如 587 / must be a whole number such as 587")
    if (env.get("SMTP_TLS") or "starttls") not in {"starttls", "tls", "none"}:
        faults.append("- SMTP_TLS: 只能是 starttls、tls 或 none / must be starttls, tls or none")
    if env.get("SMTP_TLS") == "none" and not _is_here(env.get("SMTP_HOST", "")):
        faults.append("- SMTP_TLS=none 只能用于本机 / is for this machine only")
    if env.get("SMTP_HOST") and "@" not in env.get("MAIL_FROM", ""):
        faults.append("- MAIL_FROM: 缺少发信地址 / the sender's address is missing")
    for name in ("SMS_GATEWAY", "WECHAT_GATEWAY"):
        parts = urlsplit(env.get(f"{name}_URL", ""))
        if not env.get(f"{name}_URL"):
            continue
        if parts.scheme != "https" and not _is_here(parts.hostname or ""):
            faults.append(f"- {name}_URL: 必须是 https / must be https")
        if len(env.get(f"{name}_SECRET", "")) < 16 or not env.get(f"{name}_KEY_ID"):
            faults.append(
                f"- {name}_KEY_ID、{name}_SECRET: 缺少，或密钥不足 16 个字符"
                " / missing, or a secret under 16 characters"
            )
    return faults


def _is_here(host: str) -> bool:
    return host in {"127.0.0.1", "::1", "localhost"}


def _demo_secrets(data_dir: Path) -> dict[str, str]:
    """Return the demonstration's secrets, made once and kept in its data folder."""
    path = data_dir / "demo-secrets.json"
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text("utf-8"))
        return kept
    data_dir.mkdir(parents=True, exist_ok=True)
    made = {name: DEMO_MARK + secrets.token_urlsafe(36) for name in SECRET_NAMES}
    # Written aside and renamed: an interrupted first start must not leave half a file.
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(made, indent=1), "utf-8")
    temporary.rename(path)
    return made
