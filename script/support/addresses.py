"""What script/server was asked for, and under which addresses the product is then reached.

It deliberately opens nothing: it only puts addresses into words.
"""

import argparse
import ipaddress
import socket

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104


def arguments() -> argparse.Namespace:
    """Read the command line of script/server; end with its help where it makes no sense."""
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


def public_host(host: str) -> str:
    """Give the name under which others reach us: it goes into the QR codes."""
    if host in EVERYWHERE:
        return lan_address() or "localhost"
    try:
        return "localhost" if ipaddress.ip_address(host).is_loopback else host
    except ValueError:
        return host


def lan_address() -> str | None:
    """Give this machine's address in its own network. Connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documentation
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if ipaddress.ip_address(address).is_loopback else address


def address(wanted: argparse.Namespace, host: str) -> str:
    """Give the address a browser opens."""
    return f"{'https' if wanted.tls else 'http'}://{bind(host, wanted.port)}"


def bind(host: str, port: int) -> str:
    """Put host and port together as addresses want it, IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
