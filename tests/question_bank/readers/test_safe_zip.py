"""Archives of strangers: what is plain opens, everything forged is refused with a sentence."""

import stat
import time
import zipfile

import pytest

from question_bank.readers.safe_zip import MAX_ENTRIES, UnsafeArchiveError, open_archive
from tests.question_bank.readers.zips import one_member, overlapping, packed, set_flag, set_size


def test_a_plain_archive_gives_its_files() -> None:
    archive = open_archive(packed({"a.txt": "甲".encode(), "folder/b.txt": b""}))
    assert archive.names == ["a.txt", "folder/b.txt"]
    assert archive.read("a.txt").decode() == "甲"
    assert "folder/b.txt" in archive


def test_names_written_in_gbk_are_read_as_they_were_meant() -> None:
    raw = "题库.txt".encode("gb18030")
    info = zipfile.ZipInfo("x" * len(raw))
    data = one_member(info).replace(b"x" * len(raw), raw)
    assert open_archive(data).names == ["题库.txt"]


def _link() -> bytes:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return one_member(info, b"/etc/passwd")


HOSTILE = {
    "outside": packed({"../../evil.txt": b"x"}),
    "absolute": packed({"/etc/evil.txt": b"x"}),
    "drive": packed({"C:/evil.txt": b"x"}),
    "backslash": set_flag(packed({"..\\evil.txt": b"x"}), 0),
    "link": _link(),
    "encrypted": set_flag(packed({"a": b"x"}), 1),
    "bomb": packed({"a": b"\0" * 5_000_000}),
    "many": packed({f"{number}": b"" for number in range(MAX_ENTRIES + 1)}),
    "deep": packed({"a/" * 30 + "b": b"x"}),
    "overlap": overlapping(),
    "forged in the directory only": set_size(packed({"a": b"x" * 99}), 5, local=False),
    "twice": packed({"A.txt": b"1", "a.txt": b"2"}),
    "cut": packed({"a": b"x" * 500})[:-9],
    "prefixed": b"MZ program" + packed({"a": b"x"}),
    "huge": set_size(packed({"a": b"x"}), 4_000_000_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_quickly(name: str) -> None:
    before = time.process_time()
    with pytest.raises(UnsafeArchiveError) as refused:
        open_archive(HOSTILE[name])
    assert str(refused.value).endswith(("。", "开。"))
    assert time.process_time() - before < 1


def test_a_size_forged_in_both_headers_is_found_on_reading() -> None:
    archive = open_archive(set_size(packed({"a": b"x" * 99}), 5))
    with pytest.raises(UnsafeArchiveError, match="谎报"):
        archive.read("a")
