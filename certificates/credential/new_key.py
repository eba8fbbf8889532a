"""Make a key for credentials: `python -m certificates.credential.new_key FOLDER [--from DATE]`.

The folder is `credential-keys` beside the file that SIGNING_KEY_FILE names. Put the first key there
before the first certificate; a later one some days ahead (`--from`), so that whoever keeps a copy of
our did document has it when it begins to sign. Deliberately takes no key away: what it signed would
no longer be believed.
"""

import argparse
import sys
from datetime import date, datetime
from pathlib import Path

from certificates.credential import keys
from certificates.credential.encoding import to_multikey
from certificates.verdict import SHANGHAI


def main(arguments: list[str] | None = None) -> int:
    """Make the file and print its name and public key."""
    parser = argparse.ArgumentParser(
        prog="python -m certificates.credential.new_key", description=__doc__
    )
    parser.add_argument("folder", type=Path, help="credential-keys, beside the signing key")
    parser.add_argument(
        "--from",
        dest="signs_from",
        type=date.fromisoformat,
        help="the first day on which it signs, as 2026-12-01 (today)",
    )
    given = parser.parse_args(arguments)
    try:
        path = keys.write(given.folder, given.signs_from or datetime.now(SHANGHAI).date())
    except OSError as error:
        sys.stderr.write(f"没有写成 / not written: {given.folder}: {error.strerror}\n")
        return 1
    made = next(key for key in keys.load(given.folder) if key.name == path.stem)
    sys.stdout.write(f"{path}\n{to_multikey(made.public)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
