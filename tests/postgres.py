"""A PostgreSQL cluster of our own for tests: made in a temporary folder, gone afterwards.

Standard library only, because script/test uses it before any package is installed. It
deliberately knows nothing of the application: it gives an address, and databases are made there
by whoever needs one.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # the PostgreSQL project's own packages for Fedora and its kin
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
SUPERUSER = "tests"
START_SECONDS = 60.0
STOP_SECONDS = 20.0

# Without these a commit waits for the disk, which a test that never pulls the plug need not pay.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ClusterError(Exception):
    """The cluster could not be made or started; the text ends with what PostgreSQL said."""


def find_programs() -> Path | None:
    """Give the folder that holds initdb and postgres, the newest version first; None without."""
    folders = [folder for pattern in PROGRAM_FOLDERS for folder in Path("/").glob(pattern[1:])]
    found = [folder for folder in folders if (folder / "initdb").exists()]
    if found:
        return max(found, key=_version)
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@dataclass
class Cluster:
    """A running cluster: its address, and the process that can be made to die."""

    url: str
    """postgresql+psycopg://user:password@127.0.0.1:port/postgres, as a superuser."""
    server: subprocess.Popen[bytes]
    _again: list[str | Path]
    _folder: Path
    _account: pwd.struct_passwd | None

    def break_off(self) -> None:
        """Stop as `pg_ctl stop -m immediate`: nothing is finished, the next start recovers."""
        _stop(self.server)

    def start_again(self) -> None:
        """Start on the same port, without waiting until it is ready."""
        (self._folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        self.server = _popen(self._again, self._folder, self._account)

    def is_ready(self) -> bool:
        """Tell whether it takes connections."""
        return _is_ready(self.server, self._folder, seconds=0.0)


@contextmanager
def temporary_cluster(durable: bool = False) -> Iterator[str]:
    """Run a cluster on a free loopback port and give its address as a superuser.

    The address has the form postgresql+psycopg://user:password@127.0.0.1:port/postgres. With
    `durable` a commit is on the disk before it is acknowledged, as in production; that is for
    tests that kill processes. Raises ClusterError.
    """
    with breakable_cluster(durable) as cluster:
        yield cluster.url


@contextmanager
def breakable_cluster(durable: bool = True) -> Iterator[Cluster]:
    """Run a cluster as above that can be broken off and started again. Raises ClusterError."""
    programs = find_programs()
    if programs is None:
        raise ClusterError("PostgreSQL's initdb was not found (Debian: apt install postgresql).")
    # Not the shell's TMPDIR of whoever runs the tests: it may be closed to the user below.
    folder = Path(tempfile.mkdtemp(prefix="peizhen-postgres-", dir="/tmp"))
    account = _unprivileged_account()
    password = secrets.token_hex(16)
    cluster: Cluster | None = None
    try:
        _initialise(programs, folder, password, account)
        server, port, command = _start(programs, folder, durable, account)
        url = f"postgresql+psycopg://{SUPERUSER}:{password}@127.0.0.1:{port}/postgres"
        cluster = Cluster(url, server, command, folder, account)
        yield cluster
    finally:
        if cluster is not None:
            _stop(cluster.server)
        shutil.rmtree(folder, ignore_errors=True)


def _version(folder: Path) -> float:
    digits = "".join(c for c in folder.parent.name if c.isdigit() or c == ".")
    return float(digits.strip(".") or 0)


def _unprivileged_account() -> pwd.struct_passwd | None:
    """Name the account PostgreSQL runs under when we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ClusterError("PostgreSQL refuses to run as root, and there is no user `postgres`.")


def _popen(
    arguments: list[str | Path], folder: Path, account: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    log = folder / "log"
    with log.open("ab") as output:
        if account is None:
            # An own session, so that Ctrl-C in the terminal reaches the tests first.
            return subprocess.Popen(
                arguments, stdout=output, stderr=output, cwd=folder, start_new_session=True
            )
        return subprocess.Popen(
            arguments,
            stdout=output,
            stderr=output,
            cwd=folder,
            start_new_session=True,
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
        )


def _initialise(
    programs: Path, folder: Path, password: str, account: pwd.struct_passwd | None
) -> None:
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
        os.chown(secret, account.pw_uid, account.pw_gid)
    command: list[str | Path] = [programs / "initdb", "--pgdata", folder / "data", "--no-sync"]
    command += ["--username", SUPERUSER, "--pwfile", secret, "--auth", "scram-sha-256"]
    command += ["--encoding", "UTF8", "--locale", "C.UTF-8"]
    if _popen(command, folder, account).wait() != 0:
        raise ClusterError(f"initdb failed: {_last_words(folder)}")


def _start(
    programs: Path, folder: Path, durable: bool, account: pwd.struct_passwd | None
) -> tuple[subprocess.Popen[bytes], int, list[str | Path]]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "timezone": "UTC",
        "max_connections": "200",
        **({} if durable else NOT_DURABLE),
    }
    # Somebody else may take the free port before PostgreSQL does.
    for _attempt in range(3):
        port = _free_port()
        command: list[str | Path] = [programs / "postgres", "-D", folder / "data", "-p", str(port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        if setpriv := shutil.which("setpriv"):
            # Even a killed test run leaves no server behind (Linux).
            command = [setpriv, "--pdeathsig", "INT", *command]
        server = _popen(command, folder, account)
        if _is_ready(server, folder):
            return server, port, command
        _stop(server)
    raise ClusterError(f"PostgreSQL did not start: {_last_words(folder)}")


def _is_ready(
    server: subprocess.Popen[bytes], folder: Path, seconds: float = START_SECONDS
) -> bool:
    status = folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + seconds
    while server.poll() is None:
        try:
            # PostgreSQL's own protocol with pg_ctl: the eighth line says how far it is.
            lines = status.read_text().splitlines()
        except FileNotFoundError:
            lines = []
        if len(lines) >= 8 and lines[7].strip() == "ready" and lines[0] == str(server.pid):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    """SetupError it and its children; immediate, for nothing in it is wanted any more."""
    if server.poll() is not None:
        return
    server.send_signal(3)  # SIGQUIT: PostgreSQL's immediate shutdown
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _last_words(folder: Path) -> str:
    lines = (folder / "log").read_text(errors="replace").strip().splitlines()
    return " / ".join(lines[-3:]) or "(no output)"
