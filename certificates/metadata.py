"""What a document says of itself, twice over: the dictionary of old and XMP, which PDF/A reads.

The claim of PDF/A-3u (ISO 19005-3, level U: every character has its Unicode) stands here. What of it
was checked, and with what, is told in docs/layouts.md. Deliberately says nothing of the holder but
the title that the caller gives.
"""

from xml.sax.saxutils import escape

from certificates.increment import text

PRODUCER = "WeasyPrint, Peizhen"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<pdf:Producer>{producer}</pdf:Producer>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def info(title: str, author: str) -> bytes:
    """Return the dictionary of a document's information."""
    return f"<</Title {text(title)} /Author {text(author)} /Producer {text(PRODUCER)}>>".encode()


def xmp(title: str, author: str) -> bytes:
    """Return the same as XMP: a stream, uncompressed so that any program can read it."""
    said = {"title": escape(title), "author": escape(author), "producer": escape(PRODUCER)}
    body = _XMP.format_map(said).encode()
    head = f"<</Type /Metadata /Subtype /XML /Length {len(body)}>>\nstream\n"
    return head.encode() + body + b"\nendstream"
