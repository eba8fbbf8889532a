"""A page of a PDF as a picture, for a preview on a screen that shows no PDF.

PDFium may be entered by one thread at a time, so everything here stands behind one lock.
Deliberately used for previews only: what is issued is the PDF.
"""

import io
import threading

import pypdfium2

pdfium = threading.Lock()


def first_page(pdf: bytes, width: int) -> bytes:
    """Return the first page as a PNG of `width` pixels."""
    with pdfium:
        document = pypdfium2.PdfDocument(pdf)
        page = document[0]
        drawn = page.render(scale=width / page.get_width())
        picture = drawn.to_pil()
        picture.load()
        kept = picture.convert("P", palette=1, colors=128)
        for one in (drawn, page, document):
            one.close()
    out = io.BytesIO()
    kept.save(out, "PNG", optimize=True)
    return out.getvalue()
