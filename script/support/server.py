"""script/server: set up what is missing, then run the product with demonstration data.

For trying the product out. It deliberately is not how to run it for real people: that is
docs/deploy.md. Everything here needs the standard library only; launch.py goes on from here.
"""

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

from script.support import environment, system, translations_files
from script.support.addresses import address, arguments, public_host
from script.support.terminal import ROOT, SetupError, run_script, say


def main() -> int:
    """Set up, then become the process that runs the product."""
    wanted = arguments()
    _require_free_port(wanted.host, wanted.port)
    environment.install("requirements.lock")
    system.require_certificates_can_be_drawn()
    translations_files.compile_if_older()
    settings = _settings(wanted)
    if wanted.tls:
        _make_certificate(wanted, Path(settings["DATA_DIR"]))
    say("==> Preparing database, content and demonstration data 正在准备数据…")
    command = [environment.PYTHON, "-m", "script.support.launch", *sys.argv[1:]]
    os.execve(environment.PYTHON, command, settings)  # noqa: S606


def _require_free_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
    except socket.gaierror:
        raise SetupError(f"{host} is no address of this machine; try --host 0.0.0.0") from None
    with socket.socket(family, kind, protocol) as probe:
        # As gunicorn does it: a port that has just been closed counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError:
            raise SetupError(
                f"Port {port} needs root; try --port 8000. 端口需要管理员权限。"
            ) from None
        except OSError as error:
            if "in use" not in str(error):
                raise SetupError(
                    f"{host} is no address of this machine; try --host 0.0.0.0"
                ) from None
            raise SetupError(
                f"Port {port} is taken; try script/server --port {min(port + 1, 65535)}. 端口已被占用。"
            ) from None


def _settings(wanted: argparse.Namespace) -> dict[str, str]:
    """Give the environment of a demonstration; what the caller has set himself stays."""
    data = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
    data.mkdir(parents=True, exist_ok=True)
    defaults = {
        "DEMO": "1",
        "DATA_DIR": str(data),
        "PUBLIC_URL": address(wanted, public_host(wanted.host)),
        "PYTHONUNBUFFERED": "1",
    }
    settings = {**defaults, **os.environ, "DATA_DIR": str(data), **system.library_path()}
    # Compiling everything anew at each start would double the time to the first page.
    settings.pop("PYTHONDONTWRITEBYTECODE", None)
    return settings


def _make_certificate(wanted: argparse.Namespace, data: Path) -> None:
    names = ["localhost", "127.0.0.1", "::1"]
    if (public := public_host(wanted.host)) not in names:
        names.append(public)
    command = [environment.PYTHON, "-m", "script.support.tls", str(data / "tls"), *names]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise SetupError("No certificate could be made; start again without --tls.")


if __name__ == "__main__":
    run_script(main)
