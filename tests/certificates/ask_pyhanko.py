"""Ask pyHanko about the signature in a PDF: `ask_pyhanko.py FILE CERTIFICATE`.

A program of its own, because pyHanko's warnings are not ours to answer for.
"""

import sys
from pathlib import Path

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

with Path(sys.argv[1]).open("rb") as file:
    (signature,) = PdfFileReader(file, strict=True).embedded_signatures
    trusted = ValidationContext(trust_roots=[load_cert_from_pemder(sys.argv[2])])
    status = validate_pdf_signature(signature, signer_validation_context=trusted)
    said = (
        "intact" if status.intact else "changed",
        "valid" if status.valid else "invalid",
        "trusted" if status.trusted else "untrusted",
        status.coverage.name,
    )
    sys.stdout.write(" ".join(said))
