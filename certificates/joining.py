"""Several PDFs as one, page after page, for what is too long to be drawn at once.

The renderer keeps every page of a document in memory until it is written, some 1.5 MB each; parts
that are joined afterwards need only the memory of one part. Deliberately for printing alone: the
joined file has no tags for reading aloud.
"""

import io
from collections.abc import Sequence

import pypdfium2

from certificates.showing import pdfium


def joined(parts: Sequence[bytes]) -> bytes:
    """Return the pages of all parts, in order, as one PDF; a single part stays as it is."""
    if len(parts) == 1:
        return parts[0]
    out = io.BytesIO()
    with pdfium:
        whole = pypdfium2.PdfDocument.new()
        for part in parts:
            document = pypdfium2.PdfDocument(part)
            whole.import_pages(document)
            document.close()
        whole.save(out)
        whole.close()
    return out.getvalue()
