"""Load the application once and fork it: to prepare, to serve, to work.

Started by script/server inside .venv. Loading is most of the time of a start; three processes
that each load it took more than twice as long. This process itself opens no database, for a
connection must not be shared by a fork.
"""

import argparse
import http.client
import os
import ssl
import sys
import time
from pathlib import Path

from flask.cli import FlaskGroup
from gunicorn.app import wsgiapp  # type: ignore[import-untyped]

import wsgi
from script.support.addresses import EVERYWHERE, address, arguments, bind, lan_address
from script.support.children import Children
from script.support.terminal import SetupError, run_script, say

START_SECONDS = 60.0


def main() -> int:
    """Prepare, serve, announce, and stay until Ctrl-C."""
    wanted = arguments()
    data = Path(os.environ["DATA_DIR"])
    children = Children()
    try:
        if children.run(_flask, ["prepare"]) != 0:
            raise SetupError(
                "The data could not be prepared; the lines above say why. 数据准备失败。"
            )
        children.start("gunicorn", _gunicorn, _web_arguments(wanted, data))
        children.start("the job worker", _flask, ["work"])
        _wait_until_it_answers(children, wanted)
        if not children.told_to_stop:
            _announce(wanted, data)
            if children.run(_flask, ["demo", "accounts"]) != 0:
                say("    (flask demo accounts failed, see above)")
            say("\n    Ctrl-C stops. 按 Ctrl-C 停止。")
        children.wait()
        say("\n==> Stopping 正在停止…")
    finally:
        children.stop()
    return 0


def _flask(command: list[str]) -> None:
    FlaskGroup(create_app=lambda: wsgi.app).main(command, prog_name="flask --app wsgi")


def _gunicorn(command: list[str]) -> None:
    sys.argv = ["gunicorn", *command, "wsgi:app"]
    wsgiapp.run()


def _web_arguments(wanted: argparse.Namespace, data: Path) -> list[str]:
    listening = ["--bind", bind(wanted.host, wanted.port)]
    if not wanted.tls:
        return listening
    tls = data / "tls"
    return [*listening, "--certfile", str(tls / "server.crt"), "--keyfile", str(tls / "server.key")]


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


def _announce(wanted: argparse.Namespace, data: Path) -> None:
    say(f"\n==> Ready. Open 请打开: {address(wanted, 'localhost')}")
    lan = lan_address() if wanted.host in EVERYWHERE else None
    if lan:
        say(f"    On a phone in the same network 同一网络的手机: {address(wanted, lan)}")
        say(
            "    Everyone in this network can sign in with the accounts below. 演示账号对局域网公开。"
        )
    elif wanted.host in ("127.0.0.1", "localhost", "::1"):
        say("    For a phone in the same network, start with --host 0.0.0.0 (手机访问请加此参数)")
    if wanted.tls:
        authority = data / "tls" / "ca.crt"
        say(f"    Install this on the phone as a trusted authority 请在手机上信任: {authority}")
    say("\n==> Demonstration accounts 演示账号")


if __name__ == "__main__":
    run_script(main)
