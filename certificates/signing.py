"""The association's signing key, and the signature it puts under a PDF (PAdES B-B, ECDSA P-256).

ETSI EN 319 142-1: a CMS signature (RFC 5652) whose signed attributes are the content type, the
digest and the hash of the signing certificate (RFC 5035); the time stands in the PDF. P-256,
because poppler takes no Ed25519. A key made here is vouched for by nobody but its owner: a reader
shows the signature as whole and the signer as unknown until somebody compares the fingerprint.
Deliberately asks no time-stamping service and keeps no key: files are the caller's.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from certificates import der
from certificates.sentences import CertificateError

_DATA = der.identifier("1.2.840.113549.1.7.1")
_SIGNED_DATA = der.identifier("1.2.840.113549.1.7.2")
_CONTENT_TYPE = der.identifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = der.identifier("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE = der.identifier("1.2.840.113549.1.9.16.2.47")
_SHA256 = der.sequence(der.identifier("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256 = der.sequence(der.identifier("1.2.840.10045.4.3.2"))
_LONGEST_ECDSA = 72  # bytes of DER for two numbers of 32 bytes
_YEARS = 10
_LONGEST_NAME = 64  # bytes of UTF-8


class SigningError(CertificateError):
    """The key or its certificate cannot sign certificates now."""


@dataclass(frozen=True)
class Signer:
    """A private key and its certificates, the key's own first."""

    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def name(self) -> str:
        """The name in the certificate."""
        found = self.chain[0].subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as people compare it."""
        return self.chain[0].fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def vouched_for_by_itself(self) -> bool:
        """Tell whether the certificate was issued by its own key, so that no authority stands behind it."""
        return self.chain[0].issuer == self.chain[0].subject

    def refuse_unless_valid(self, now: datetime) -> None:
        """Raise SigningError when the certificate is not valid at `now` (aware)."""
        own = self.chain[0]
        if now < own.not_valid_before_utc:
            raise SigningError(
                f"签名证书从 {own.not_valid_before_utc:%Y-%m-%d} 起才有效，现在不能签发。请检查服务器的时钟，或换用已生效的密钥。",
                f"The signing certificate is valid from {own.not_valid_before_utc:%Y-%m-%d} only. "
                "Check the server's clock or use a key that is in force.",
            )
        if now > own.not_valid_after_utc:
            raise SigningError(
                f"签名证书已于 {own.not_valid_after_utc:%Y-%m-%d} 到期，现在不能签发。请管理员换上新的密钥。",
                f"The signing certificate ended on {own.not_valid_after_utc:%Y-%m-%d}. "
                "Ask the administrator to put a new key in its place.",
            )

    @property
    def longest(self) -> int:
        """Most bytes that `sign` returns."""
        return len(self._wrap(bytes(32), bytes(_LONGEST_ECDSA)))

    def sign(self, digest: bytes) -> bytes:
        """Return the signature over a document whose SHA-256 is `digest`, as CMS in DER."""
        attributes = self._attributes(digest)
        signature = self.key.sign(der.tlv(0x31, attributes), ec.ECDSA(hashes.SHA256()))
        return self._wrap(digest, signature)

    def _attributes(self, digest: bytes) -> bytes:
        # In the order of their bytes, as DER wants a set; all three are of different length.
        parts = (
            der.sequence(_CONTENT_TYPE, der.set_of(_DATA)),
            der.sequence(_MESSAGE_DIGEST, der.set_of(der.octets(digest))),
            self._certificate_attribute,
        )
        return b"".join(sorted(parts))

    def _wrap(self, digest: bytes, signature: bytes) -> bytes:
        own_fields, certificates = self._fixed
        signer_info = der.sequence(
            der.whole(1),
            own_fields,
            _SHA256,
            der.tlv(0xA0, self._attributes(digest)),
            _ECDSA_SHA256,
            der.octets(signature),
        )
        signed_data = der.sequence(
            der.whole(1),
            der.set_of(_SHA256),
            der.sequence(_DATA),
            certificates,
            der.tlv(0x31, signer_info),
        )
        return der.sequence(_SIGNED_DATA, der.tlv(0xA0, signed_data))

    @cached_property
    def _certificate_attribute(self) -> bytes:
        own = self.chain[0].public_bytes(serialization.Encoding.DER)
        identified = der.sequence(der.octets(hashlib.sha256(own).digest()))
        return der.sequence(
            _SIGNING_CERTIFICATE, der.set_of(der.sequence(der.sequence(identified)))
        )

    @cached_property
    def _fixed(self) -> tuple[bytes, bytes]:
        """Issuer and serial of the own certificate, and all certificates: the same every time."""
        own = self.chain[0]
        named = der.sequence(own.issuer.public_bytes(), der.whole(own.serial_number))
        whole = (one.public_bytes(serialization.Encoding.DER) for one in self.chain)
        return named, der.tlv(0xA0, *sorted(whole))


def load_signer(pem: bytes) -> Signer:
    """Read a key and its certificates from one PEM text. Raises SigningError with what to do."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
        chain = x509.load_pem_x509_certificates(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm) as broken:
        raise _unusable("读不出来", "cannot be read") from broken
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _unusable("不是 P-256 椭圆曲线密钥", "is not an elliptic-curve key on P-256")
    public = key.public_key()
    own = [one for one in chain if one.public_key() == public]
    if not own:
        raise _unusable("和证书不配套", "does not belong to the certificate beside it")
    return Signer(key, (own[0], *(one for one in chain if one != own[0])))


def make_key(name: str, now: datetime, years: int = _YEARS) -> bytes:
    """Make a key and a certificate in which it names itself; return both as one PEM text.

    `name` is the issuer as readers will show it. Nobody else vouches for such a key: its
    fingerprint has to be published where people can compare it. Raises SigningError for a name
    that is too long.
    """
    if not 0 < len(name.encode()) <= _LONGEST_NAME:
        raise SigningError(
            f"名称“{name}”放不进签名证书：最多 {_LONGEST_NAME} 个字节，一个汉字占 3 个。请用简称。",
            f"The name “{name}” does not fit into a signing certificate: at most "
            f"{_LONGEST_NAME} bytes, three for a Chinese character. Use a short form.",
        )
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=round(365.25 * years)))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _unusable(zh: str, en: str) -> SigningError:
    return SigningError(
        f"签名密钥{zh}，证书没有签发。请管理员检查 SIGNING_KEY_FILE 指向的文件："
        "里面应当有一个 P-256 私钥和它的证书（PEM 格式）。",
        f"The signing key {en}; nothing was issued. Ask the administrator to check the file that "
        "SIGNING_KEY_FILE names: it holds a P-256 private key and its certificate as PEM.",
    )
