"""Make a signing key: `python -m certificates.new_key FILE NAME`.

The key vouches for itself: readers show its signatures as whole and its owner as unknown until
somebody compares the fingerprint, which is printed here to be published. A key with a certificate
of a recognised authority goes into the same kind of file. Deliberately never writes over a file.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from certificates.signing import SigningError, load_signer, make_key


def main(arguments: list[str] | None = None) -> int:
    """Make the file and print its fingerprint."""
    parser = argparse.ArgumentParser(prog="python -m certificates.new_key", description=__doc__)
    parser.add_argument("file", type=Path, help="where the key and its certificate go, as PEM")
    parser.add_argument("name", help="the issuer's name as readers of the PDF will show it")
    parser.add_argument("--years", type=int, default=10, help="how long it is valid (10)")
    given = parser.parse_args(arguments)
    try:
        pem = make_key(given.name, datetime.now(UTC), given.years)
    except SigningError as refusal:
        sys.stderr.write(f"{refusal.zh}\n{refusal.en}\n")
        return 1
    try:
        given.file.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        sys.stderr.write(f"没有写成 / not written: {given.file}: {error.strerror}\n")
        return 1
    given.file.write_bytes(pem)
    signer = load_signer(pem)
    sys.stdout.write(f"{given.file}\nSHA-256 {signer.fingerprint}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
