"""The project's own Python environment: .venv, filled exactly from a lock file.

An interrupted installation leaves a mark, and the next run starts that environment afresh; a
finished one leaves a stamp with the lock's hash, so that the next start costs nothing. It
deliberately does not resolve versions: the lock files say what is installed, hash by hash.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from script.support import system
from script.support.terminal import ROOT, SetupError, no_space, run_script, say

VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
UNFINISHED = VENV / "installation-unfinished"
SPACE_NEEDED = 1_000_000_000  # bytes; the environment takes about half, pip's cache the rest

# What pip says when it cannot reach its index. "No matching distribution" is in the list because
# that is all it says when the index answers nothing.
_NO_NETWORK = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "Network is unreachable",
    "No matching distribution found",
)


def main() -> int:
    """Install the lock file named on the command line."""
    install(sys.argv[1])
    return 0


def install(lock_name: str) -> None:
    """Bring .venv to what the lock file says; return at once when it is there already.

    Raises SetupError with one sentence when the environment cannot be made.
    """
    lock = ROOT / lock_name
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    with _one_at_a_time(lock) as held:
        version = _environment_version()
        if version and _stamp(lock_name, version) == wanted:
            return
        if shutil.disk_usage(ROOT).free < SPACE_NEEDED:
            raise SetupError(no_space())
        if version is None:
            _create()
        say(f"==> Installing Python packages from {lock_name} (first time: minutes) 正在安装依赖…")
        UNFINISHED.touch()
        _pip_install(lock, held)
        version = _environment_version(ignore_mark=True)
        if version is None:
            raise SetupError(f"{PYTHON} does not run; remove {VENV} and run this again.")
        _write_stamp(lock_name, version, wanted)
        UNFINISHED.unlink()


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[int]:
    """Hold back a second script that would install into the same environment meanwhile.

    Gives the descriptor that holds it, for pip to inherit: where only we are killed, the next
    run waits until that pip has ended.
    """
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("==> Waiting for another installation into .venv 等待另一个安装完成…")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _environment_version(*, ignore_mark: bool = False) -> str | None:
    """Give the environment's Python as "3.11", or None where there is no usable one."""
    # Half-installed packages can look installed, so a marked environment is not mended but made
    # anew; pip's cache makes that quick.
    if UNFINISHED.exists() and not ignore_mark:
        return None
    probe = (
        "import pip, sys; assert sys.version_info >= (3, 11); print('%d.%d' % sys.version_info[:2])"
    )
    try:
        done = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _create() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        # Debian and Ubuntu ship Python without these two modules.
        system.require_venv_module()
    say("==> Making the Python environment .venv 正在创建虚拟环境…")
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    UNFINISHED.touch()
    done = subprocess.run(
        [sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SetupError(_last_line(done.stdout + done.stderr, "python -m venv"))


def _pip_install(lock: Path, held: int) -> None:
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-input"]
    command += ["--only-binary=:all:", "--retries=2", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, "-r", lock],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        pass_fds=[held],
        env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"},
    )
    if done.returncode == 0:
        return
    if "No space left on device" in done.stderr:
        raise SetupError(no_space())
    if any(sign in done.stderr for sign in _NO_NETWORK):
        raise SetupError(
            "pip could not fetch the packages: check the network (or set PIP_INDEX_URL to a "
            "mirror you can reach), then run this again. 无法下载依赖，请检查网络或设置镜像。"
        )
    raise SetupError(_last_line(done.stderr, "pip install"))


def _last_line(output: str, command: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines or ["(no output)"]
    return f"{command} failed: {errors[-1]}"


def _stamp_file(lock_name: str) -> Path:
    return VENV / f"installed-{lock_name}.sha256"


def _stamp(lock_name: str, version: str) -> str | None:
    try:
        stamped_version, _, stamped = _stamp_file(lock_name).read_text().strip().partition(" ")
    except FileNotFoundError:
        return None
    # A new Python minor version looks for its packages in another folder of the same .venv.
    return stamped if stamped_version == version else None


def _write_stamp(lock_name: str, version: str, digest: str) -> None:
    unfinished = _stamp_file(lock_name).with_suffix(".new")
    unfinished.write_text(f"{version} {digest}\n")
    unfinished.replace(_stamp_file(lock_name))


if __name__ == "__main__":
    run_script(main)
