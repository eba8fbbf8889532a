"""The verifiers of signed credentials that others wrote: node packages, exactly as their lock says.

Only the tests use them. The lock holds versions and hashes and no addresses; npm asks whatever
registry it is set up for. Deliberately runs no install script of any package.
"""

import fcntl
import hashlib
import os
import subprocess

from script.support import system
from script.support.terminal import ROOT, say

FOLDER = ROOT / "tests" / "certificates" / "verifiers"
_STAMP = FOLDER / "node_modules" / "installed.sha256"


def install() -> bool:
    """Tell whether the packages are there, after installing them; says what went wrong."""
    if not system.find_or_install_node():
        return False
    lock = FOLDER / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # a second run waits for the first
        if _STAMP.exists() and _STAMP.read_text("ascii") == wanted:
            return True
        say("==> Installing verifiers of credentials with npm 正在安装电子凭证的检查工具…")
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(
            command,
            cwd=FOLDER,
            env={**os.environ, "npm_config_update_notifier": "false"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if "npm error" in line]
            say(f"!!  npm ci failed: {lines[0] if lines else '(no output)'}")
            return False
        _STAMP.write_text(wanted, "ascii")
        return True
