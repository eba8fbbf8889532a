"""A certificate authority of our own, for trying camera and offline pages on a phone.

Phones allow the camera and offline pages only over https. The authority may sign for this
machine and private networks only (and for the public address it was made on), so that a phone which trusts it risks little if the key is
lost. It deliberately is no way to run in production.
"""

import ipaddress
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PRIVATE_NETWORKS = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

CA_VALID = timedelta(days=3650)
SERVER_VALID = timedelta(days=397)  # phones refuse longer ones
RENEW_BEFORE = timedelta(days=30)

_USAGE = {
    "digital_signature": False,
    "content_commitment": False,
    "key_encipherment": False,
    "data_encipherment": False,
    "key_agreement": False,
    "key_cert_sign": False,
    "crl_sign": False,
    "encipher_only": False,
    "decipher_only": False,
}


def ensure_certificate(folder: Path, names: list[str], now: datetime) -> None:
    """Have server.crt and server.key for these names in the folder, signed by its ca.crt.

    What is there and still good is kept, so that a phone trusts the authority once.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    addresses = [address for name in names if (address := _as_address(name))]
    if not (
        _is_good(folder / "ca.crt", folder / "ca.key", set(), now)
        and all(_permits(folder / "ca.crt", address) for address in addresses)
    ):
        _make_authority(folder, addresses, now)
        (folder / "server.crt").unlink(missing_ok=True)
    if not _is_good(folder / "server.crt", folder / "server.key", set(names), now):
        _make_server(folder, names, now)


def _is_good(certificate: Path, key: Path, names: set[str], now: datetime) -> bool:
    if not (certificate.exists() and key.exists()):
        return False
    parsed = x509.load_pem_x509_certificate(certificate.read_bytes())
    if parsed.not_valid_after_utc - RENEW_BEFORE < now:
        return False
    # Interrupted between its two files, a renewal leaves a new key beside an old certificate.
    if (
        serialization.load_pem_private_key(key.read_bytes(), None).public_key()
        != parsed.public_key()
    ):
        return False
    if not names:
        return True
    alternative = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    there = set(alternative.get_values_for_type(x509.DNSName))
    there |= {str(address) for address in alternative.get_values_for_type(x509.IPAddress)}
    return names <= there


def _permits(authority: Path, address: Address) -> bool:
    """Tell whether the authority may sign for this address."""
    parsed = x509.load_pem_x509_certificate(authority.read_bytes())
    constraints = parsed.extensions.get_extension_for_class(x509.NameConstraints).value
    values = [name.value for name in constraints.permitted_subtrees or []]
    networks = [v for v in values if isinstance(v, ipaddress.IPv4Network | ipaddress.IPv6Network)]
    return any(address in network for network in networks)


def _make_authority(folder: Path, addresses: list[Address], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Peizhen demonstration CA {now:%Y-%m-%d}")
    networks = [ipaddress.ip_network(network) for network in PRIVATE_NETWORKS]
    networks += [
        ipaddress.ip_network(address)
        for address in addresses
        if not any(address in network for network in networks)
    ]
    permitted: list[x509.GeneralName] = [x509.IPAddress(network) for network in networks]
    permitted += [x509.DNSName("localhost"), x509.DNSName("local")]
    certificate = (
        _builder(name, name, key.public_key(), now, CA_VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(**{**_USAGE, "key_cert_sign": True, "crl_sign": True}), critical=True
        )
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder, "ca", key, certificate)


def _make_server(folder: Path, names: list[str], now: datetime) -> None:
    authority = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    signer = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{folder / 'ca.key'} was not made by this script; remove {folder}.")
    key = ec.generate_private_key(ec.SECP256R1())
    alternative: list[x509.GeneralName] = []
    for name in names:
        address = _as_address(name)
        alternative.append(x509.IPAddress(address) if address else x509.DNSName(name))
    signer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    certificate = (
        _builder(_name(names[0]), authority.subject, key.public_key(), now, SERVER_VALID)
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{**_USAGE, "digital_signature": True}), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(signer_key, critical=False)
        .sign(signer, hashes.SHA256())
    )
    _write(folder, "server", key, certificate)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    valid: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a phone's clock may be behind
        .not_valid_after(now + valid)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _as_address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _write(
    folder: Path, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
) -> None:
    """Write key, then certificate, each whole or not at all: the certificate's presence counts."""
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for suffix, content in (("key", secret), ("crt", certificate.public_bytes(pem))):
        unfinished = folder / f"{name}.{suffix}.new"
        unfinished.unlink(missing_ok=True)
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        unfinished.replace(folder / f"{name}.{suffix}")


if __name__ == "__main__":
    try:
        ensure_certificate(Path(sys.argv[1]), sys.argv[2:], datetime.now(UTC))
    except ValueError as refusal:
        sys.exit(f"✗ {refusal}")
