"""Read a zip archive that a stranger made. Everything is judged before one byte is unpacked.

Refused: too many or too large entries, ratios of a bomb, sizes that lie, entries that overlap or
point outside, encryption, symbolic links, paths that leave the archive, two entries of one name.
Nothing is ever written to disk, and an archive inside the archive is not opened.
"""

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO

MAX_ARCHIVE = 50_000_000  # bytes as uploaded
MAX_UNPACKED = 200_000_000  # bytes of all entries together
MAX_ENTRY = 50_000_000
MAX_ENTRIES = 5_000
MAX_DIRECTORY = 2_000_000  # bytes of the central directory
MAX_RATIO = 200  # of an entry; XML packs about 1:20
RATIO_FROM = 1_000_000  # bytes; a small file of spaces is no bomb
MAX_PATH_DEPTH = 20

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_UTF8_FLAG, _ENCRYPTED_FLAGS, _DESCRIPTOR_FLAG = 0x800, 0x1 | 0x40 | 0x2000, 0x8


class UnsafeArchiveError(ValueError):
    """The archive is refused as a whole; the message says why and what to do."""


@dataclass(slots=True)
class Archive:
    """A judged archive. ``names`` are its files (no folders), decoded, with forward slashes."""

    data: bytes
    _entries: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    _starts: dict[str, int] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Give the names in the order of the archive."""
        return list(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def read(self, name: str) -> bytes:
        """Unpack one file, never more than it declares; KeyError when there is none."""
        entry = self._entries[name]
        start = self._starts[name]
        packed = self.data[start : start + entry.compress_size]
        content = packed if entry.compress_type == zipfile.ZIP_STORED else _inflate(packed, entry)
        if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
            raise UnsafeArchiveError(f"压缩包里的 {name} 损坏或谎报了大小，请重新打包。")
        return content


def _inflate(packed: bytes, entry: zipfile.ZipInfo) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return inflater.decompress(packed, entry.file_size + 1)
    except zlib.error as error:
        message = f"压缩包里的 {entry.filename} 解不开，请重新打包。"
        raise UnsafeArchiveError(message) from error


def open_archive(data: bytes) -> Archive:
    """Judge an archive and give it; UnsafeArchiveError when anything about it is not plain."""
    directory_start = _check_end(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as opened:
            entries = opened.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise UnsafeArchiveError("压缩包已损坏，打不开。请重新打包。") from error
    if len(entries) > MAX_ENTRIES:
        raise UnsafeArchiveError(f"压缩包里有 {len(entries)} 个文件，最多 {MAX_ENTRIES} 个。")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        message = f"压缩包解开后超过 {MAX_UNPACKED // 1_000_000} MB，请拆成几份。"
        raise UnsafeArchiveError(message)
    archive = Archive(data)
    end_of_last = 0
    seen: set[str] = set()
    for entry in sorted(entries, key=lambda one: one.header_offset):
        name = _name_of(entry)
        _check_entry(entry, name)
        start = _content_start(data, entry, name, end_of_last)
        end_of_last = start + entry.compress_size
        if end_of_last > directory_start:
            raise UnsafeArchiveError(f"压缩包里的 {name} 伸到了目录里，是伪造的。请重新打包。")
        if name.casefold() in seen:
            raise UnsafeArchiveError(f"压缩包里有两个 {name}，请删去一个再打包。")
        seen.add(name.casefold())
        if not name.endswith("/"):
            archive._entries[name] = entry
            archive._starts[name] = start
    return archive


def _check_end(data: bytes) -> int:
    """Judge the end record before anybody walks the directory; give where the directory begins."""
    if len(data) > MAX_ARCHIVE:
        size = f"{len(data) / 1e6:.0f} MB"
        raise UnsafeArchiveError(f"压缩包有 {size}，最大 {MAX_ARCHIVE // 1_000_000} MB，请拆开。")
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or at + _END.size > len(data):
        raise UnsafeArchiveError("压缩包不完整，可能没有传完。请重新打包上传。")
    _, disk, directory_disk, _, count, size, offset, _ = _END.unpack_from(data, at)
    if 0xFFFF in (disk, directory_disk, count) or 0xFFFFFFFF in (size, offset) or disk:
        raise UnsafeArchiveError("不接受 ZIP64 或分卷的压缩包，请用普通 ZIP 重新打包。")
    if count > MAX_ENTRIES or size > MAX_DIRECTORY:
        raise UnsafeArchiveError(f"压缩包里的文件太多，最多 {MAX_ENTRIES} 个，请拆开。")
    if offset + size != at:
        raise UnsafeArchiveError("压缩包的目录位置不对，可能是拼接或伪造的。请重新打包。")
    return int(offset)


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Decode a member's name: UTF-8 where flagged, else what it turns out to be.

    zipfile reads unflagged names as cp437; Chinese tools write GBK or UTF-8 without the flag.
    """
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8_FLAG:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    return name


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    parts = name.rstrip("/").split("/")
    if "\0" in name or "\\" in name or name.startswith("/") or ":" in parts[0] or ".." in parts:
        raise UnsafeArchiveError(f"压缩包里的路径 {name!r} 指到外面，拒绝打开。请重新打包。")
    if len(parts) > MAX_PATH_DEPTH:
        raise UnsafeArchiveError(f"压缩包里的文件夹超过 {MAX_PATH_DEPTH} 层，请重新打包。")
    if entry.flag_bits & _ENCRYPTED_FLAGS:
        raise UnsafeArchiveError(f"压缩包里的 {name} 有密码，请去掉密码再上传。")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnsafeArchiveError(f"压缩包里的 {name} 是符号链接，请换成文件本身再打包。")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnsafeArchiveError(f"压缩包里的 {name} 用了少见的压缩方法，请用普通 ZIP 打包。")
    too_large = entry.file_size > MAX_ENTRY
    ratio = entry.file_size / max(entry.compress_size, 1)
    if too_large or (entry.file_size > RATIO_FROM and ratio > MAX_RATIO):
        raise UnsafeArchiveError(f"压缩包里的 {name} 解开后大得不正常，拒绝打开。请检查文件。")


def _content_start(data: bytes, entry: zipfile.ZipInfo, name: str, least: int) -> int:
    """Compare the local header with the directory; give where the packed bytes begin."""
    at = entry.header_offset
    if at < least:
        raise UnsafeArchiveError(f"压缩包里的 {name} 和别的文件重叠，是伪造的。请重新打包。")
    if at + _LOCAL.size > len(data) or data[at : at + 4] != b"PK\x03\x04":
        raise UnsafeArchiveError(f"压缩包里的 {name} 找不到，请重新打包。")
    header = _LOCAL.unpack_from(data, at)
    flags, packed, unpacked, name_length, extra_length = (header[at] for at in (2, 7, 8, 9, 10))
    raw = entry.orig_filename.encode(
        "utf-8" if entry.flag_bits & _UTF8_FLAG else "cp437", "replace"
    )
    same_name = data[at + _LOCAL.size : at + _LOCAL.size + name_length] == raw
    streamed = flags & _DESCRIPTOR_FLAG and (packed, unpacked) == (0, 0)
    same_size = streamed or (packed, unpacked) == (entry.compress_size, entry.file_size)
    if not (same_name and same_size):
        raise UnsafeArchiveError(f"压缩包里的 {name} 和目录说的不一样，是伪造的。请重新打包。")
    return at + _LOCAL.size + int(name_length) + int(extra_length)
