"""script/server: set up what is missing, then run the product with demonstration data.

For trying the product out. It deliberately is not how to run it for real people: that is
docs/deploy.md.
"""

import argparse
import http.client
import ipaddress
import os
import socket
import ssl
import subprocess
import time
from pathlib import Path

from script.support import environment, system, translations_files
from script.support.children import Children
from script.support.terminal import ROOT, SetupError, run_script, say

START_SECONDS = 60.0
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
FLASK = [environment.PYTHON, "-m", "flask", "--app", "wsgi"]


def main() -> int:
    """Set up, prepare, start, and stay until Ctrl-C."""
    wanted = _arguments()
    _require_free_port(wanted.host, wanted.port)
    environment.install("requirements.lock")
    system.require_certificates_can_be_drawn()
    translations_files.compile_if_older()
    settings = _settings(wanted)
    tls = _certificate(wanted, Path(settings["DATA_DIR"])) if wanted.tls else []
    say("==> Preparing database, content and demonstration data 正在准备数据…")
    if subprocess.run([*FLASK, "prepare"], cwd=ROOT, env=settings, check=False).returncode != 0:
        raise SetupError(
            "The database could not be prepared; the lines above say why. 数据准备失败。"
        )
    children = Children()
    try:
        web = [environment.PYTHON, "-m", "gunicorn", "--bind", _bind(wanted.host, wanted.port)]
        children.start("gunicorn", [*web, *tls, "wsgi:app"], settings)
        accounts = _accounts(settings)
        _wait_until_it_answers(children, wanted)
        # Last, because loading three at once on two cores delays the first page.
        children.start("the job worker", [*FLASK, "work"], settings)
        if not children.told_to_stop:
            _announce(wanted, settings, accounts)
        children.wait()
        say("\n==> Stopping 正在停止…")
    finally:
        children.stop()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/server",
        description="Set up everything needed and start the product with demonstration data.",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on; 0.0.0.0 lets phones in the same network in (default: %(default)s)",
    )
    parser.add_argument("--port", type=_port, default=8000, help="port (default: %(default)s)")
    parser.add_argument(
        "--tls",
        action="store_true",
        help="serve https with a certificate authority of its own, for camera and offline pages on phones",
    )
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port; give a number from 1 to 65535")
    return int(text)


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
        "PUBLIC_URL": _address(wanted, _public_host(wanted.host)),
        "PYTHONUNBUFFERED": "1",
    }
    settings = {**defaults, **os.environ, "DATA_DIR": str(data), **system.library_path()}
    # Compiling everything anew at each start would double the time to the first page.
    settings.pop("PYTHONDONTWRITEBYTECODE", None)
    return settings


def _public_host(host: str) -> str:
    """Give the name under which others reach us: it goes into the QR codes."""
    if host in EVERYWHERE:
        return _lan_address() or "localhost"
    try:
        return "localhost" if ipaddress.ip_address(host).is_loopback else host
    except ValueError:
        return host


def _lan_address() -> str | None:
    """Give this machine's address in its own network. Connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documentation
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if ipaddress.ip_address(address).is_loopback else address


def _address(wanted: argparse.Namespace, host: str) -> str:
    return f"{'https' if wanted.tls else 'http'}://{_bind(host, wanted.port)}"


def _bind(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _certificate(wanted: argparse.Namespace, data: Path) -> list[str]:
    """Make the local authority and certificate; give gunicorn's arguments for them."""
    folder = data / "tls"
    names = ["localhost", "127.0.0.1", "::1"]
    if (public := _public_host(wanted.host)) not in names:
        names.append(public)
    command = [environment.PYTHON, "-m", "script.support.tls", str(folder), *names]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise SetupError("No certificate could be made; start again without --tls.")
    return ["--certfile", str(folder / "server.crt"), "--keyfile", str(folder / "server.key")]


def _accounts(settings: dict[str, str]) -> str:
    done = subprocess.run(
        [*FLASK, "demo", "accounts"],
        cwd=ROOT,
        env=settings,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.stdout if done.returncode == 0 else "(flask demo accounts failed, see above)\n"


def _wait_until_it_answers(children: Children, wanted: argparse.Namespace) -> None:
    """Return once a page comes back. Raises SetupError when a process ends or a minute has passed."""
    deadline = time.monotonic() + START_SECONDS
    while not children.told_to_stop:
        children.raise_if_one_ended()
        if _answers(wanted):
            return
        if time.monotonic() > deadline:
            raise SetupError(f"No answer on port {wanted.port} within a minute. 服务启动超时。")
        time.sleep(0.1)


def _answers(wanted: argparse.Namespace) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(wanted.host, wanted.host)  # noqa: S104
    connection: http.client.HTTPConnection
    if wanted.tls:
        # Only whether it answers is asked here; browsers check the certificate.
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, wanted.port, timeout=10, context=trust)
    else:
        connection = http.client.HTTPConnection(host, wanted.port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _announce(wanted: argparse.Namespace, settings: dict[str, str], accounts: str) -> None:
    say(f"\n==> Ready. Open 请打开: {_address(wanted, 'localhost')}")
    lan = _lan_address() if wanted.host in EVERYWHERE else None
    if lan:
        say(f"    On a phone in the same network 同一网络的手机: {_address(wanted, lan)}")
        say(
            "    Everyone in this network can sign in with the accounts below. 演示账号对局域网公开。"
        )
    elif wanted.host in ("127.0.0.1", "localhost", "::1"):
        say("    For a phone in the same network, start with --host 0.0.0.0 (手机访问请加此参数)")
    if wanted.tls:
        authority = Path(settings["DATA_DIR"]) / "tls" / "ca.crt"
        say(f"    Install this on the phone as a trusted authority 请在手机上信任: {authority}")
    say("\n==> Demonstration accounts 演示账号")
    say(accounts.rstrip("\n"))
    say("\n    Ctrl-C stops. 按 Ctrl-C 停止。")


if __name__ == "__main__":
    run_script(main)
