"""Sounds of questions: told by their bytes, walked to the end, and kept without what does not sound.

MP3 keeps its frames only, WAV is written anew; in M4A and Ogg each box or page must follow the one
before up to the last byte, so that nothing can hide behind them. Nothing is decoded here.
"""

from __future__ import annotations

import io
import wave

MPEG_RATES = {  # (version 1?, layer III): kbit/s by index
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
MPEG_SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
LEAST_FRAMES = 3
OGG_HEAD = 27  # bytes of a page before its table of lengths
M4A_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"uuid", b"moof", b"sidx", b"wide"}
M4A_BRANDS = (b"M4A ", b"mp42", b"mp41", b"isom", b"iso2", b"iso5", b"iso6", b"dash", b"3gp4")


class NoSound(ValueError):  # noqa: N818 — a finding about bytes, not a failure of the program
    """The bytes are no whole sound of a kind we keep."""


def clean_sound(data: bytes) -> tuple[bytes, str]:
    """Return the bytes to keep and their media type. Raises NoSound."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _wav(data), "audio/wav"
    if data[:4] == b"OggS":
        return _ogg(data), "audio/ogg"
    if data[4:8] == b"ftyp" and data[8:12] in M4A_BRANDS:
        return _m4a(data), "audio/mp4"
    return _mp3(data), "audio/mpeg"


def _wav(data: bytes) -> bytes:
    try:
        with wave.open(io.BytesIO(data)) as read:
            settings, frames = read.getparams(), read.readframes(read.getnframes())
    except (wave.Error, EOFError, RuntimeError, ZeroDivisionError) as error:
        raise NoSound("no plain WAV") from error
    if not frames:
        raise NoSound("an empty WAV")
    out = io.BytesIO()
    with wave.open(out, "wb") as write:
        write.setnchannels(settings.nchannels)
        write.setsampwidth(settings.sampwidth)
        write.setframerate(settings.framerate)
        write.writeframes(frames)
    return out.getvalue()


def _mp3(data: bytes) -> bytes:
    at = 0
    if data[:3] == b"ID3" and len(data) > 10:
        # A tag's length has seven bits a byte; it may hold pictures and links and is left out.
        at = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True)
        )
    start, frames = at, 0
    while at + 4 <= len(data) and (length := _frame(data[at : at + 4])):
        if at + length > len(data):
            break  # the last frame was cut off
        at += length
        frames += 1
    if frames < LEAST_FRAMES:
        raise NoSound("no MP3 frames")
    return data[start:at]


def _frame(head: bytes) -> int:
    """Return the length of an MPEG layer III frame in bytes, 0 for what is none."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, sampling = head[2] >> 4, head[2] >> 2 & 3
    if head[0] != 0xFF or head[1] >> 5 != 7 or version == 1 or layer != 1:
        return 0
    if rate in (0, 15) or sampling == 3:
        return 0
    bits = MPEG_RATES[version == 3][rate] * 1000
    per_frame = 144 if version == 3 else 72
    return per_frame * bits // MPEG_SAMPLES[version][sampling] + (head[2] >> 1 & 1)


def _ogg(data: bytes) -> bytes:
    at = 0
    while at < len(data):
        lengths = (
            data[at + OGG_HEAD : at + OGG_HEAD + data[at + 26]] if at + 26 < len(data) else b""
        )
        if data[at : at + 4] != b"OggS" or not lengths:
            raise NoSound("not Ogg to the end")
        at += OGG_HEAD + len(lengths) + sum(lengths)
    if at != len(data):
        raise NoSound("cut off")
    return data


def _m4a(data: bytes) -> bytes:
    at, seen = 0, set()
    while at < len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if name not in M4A_BOXES or size < 8 or at + size > len(data):
            raise NoSound("not MP4 to the end")
        seen.add(name)
        at += size
    if b"vide" in data[: 1 << 16] or not {b"moov", b"mdat"} <= seen:
        raise NoSound("no plain sound in it")
    return data
