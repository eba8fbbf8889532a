"""The few kinds of ASN.1 value that a signature is made of, in their one binary form (X.690 DER).

Deliberately writes only; reading is the business of `cryptography` and of those who check.
"""


def tlv(tag: int, *parts: bytes) -> bytes:
    """Wrap `parts` in a tag and a length."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + len(body).to_bytes(size, "big") + body


def sequence(*parts: bytes) -> bytes:
    """Write a SEQUENCE."""
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    """Write a SET OF, whose members stand in the order of their bytes."""
    return tlv(0x31, *sorted(parts))


def octets(value: bytes) -> bytes:
    """Write an OCTET STRING."""
    return tlv(0x04, value)


def whole(value: int) -> bytes:
    """Write a non-negative INTEGER."""
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def identifier(dotted: str) -> bytes:
    """Write an OBJECT IDENTIFIER."""
    first, second, *rest = map(int, dotted.split("."))
    body = bytearray((first * 40 + second,))
    for arc in rest:
        group = [arc & 0x7F]
        while arc := arc >> 7:
            group.append(0x80 | arc & 0x7F)
        body.extend(reversed(group))
    return tlv(0x06, bytes(body))
