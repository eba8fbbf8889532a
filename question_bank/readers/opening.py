"""Find out by content what a file is, and open it: format, encoding, text, or a refusal.

The name's ending is never believed, only used where the content says nothing. Everything that can
be refused is refused here, before a reader begins.
"""

import re
from dataclasses import dataclass

from question_bank.readers.encoding import UndecodableError, decode_text
from question_bank.readers.safe_xml import UnsafeXmlError, refuse_doctype, without_declaration
from question_bank.readers.safe_zip import Archive, UnsafeArchiveError, open_archive

MAX_TEXT_BYTES = 20_000_000
TEXT_FORMATS = ("yaml", "moodle_xml", "qti", "csv", "gift", "aiken", "text")
ARCHIVE_FORMATS = ("qti", "excel", "word", "archive")
FORMATS = ("yaml", "moodle_xml", "qti", "excel", "csv", "word", "gift", "aiken", "text", "archive")
BANK_MEMBER = "bank.yaml"  # of an archive of the whole bank

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STRANGERS = (
    (b"%PDF", "这是 PDF，读不出题目的结构。请用 Word 打开并另存为 .docx，或把文字复制过来粘贴。"),
    (b"{\\rtf", "这是 RTF 文档，请用 Word 打开并另存为 .docx 再上传。"),
    (b"Rar!", "这是 RAR 压缩包，请解压后把里面的题库文件分别上传。"),
    (b"7z\xbc\xaf\x27\x1c", "这是 7z 压缩包，请解压后把里面的题库文件分别上传。"),
    (b"\x1f\x8b", "这是 gzip 压缩文件，请解压后把里面的题库文件上传。"),
    (b"\x89PNG", "这是图片，不能当题库读。请把文字录入后再导入。"),
    (b"\xff\xd8\xff", "这是图片，不能当题库读。请把文字录入后再导入。"),
    (b"GIF8", "这是图片，不能当题库读。请把文字录入后再导入。"),
)
_ROOTS = {"quiz": "moodle_xml", "assessmentItem": "qti"}
_QTI_1 = "这是 QTI 1.2，本系统读 QTI 2.1。请从原系统导出 QTI 2.1 或 Moodle XML。"
_QTI_3 = "这是 QTI 3.0，本系统读 QTI 2.1。请从原系统导出 QTI 2.1 或 Moodle XML。"
_REFUSED_ROOTS = {
    "questestinterop": _QTI_1,
    "qti-assessment-item": _QTI_3,
    "qti-assessment-test": _QTI_3,
    "assessmentTest": "这是 QTI 的试卷文件，题目在别的文件里。请上传整个 QTI 压缩包。",
    "manifest": "这是 QTI 压缩包里的清单，题目在别的文件里。请上传整个压缩包。",
    "html": "这是网页，不是题库文件。请从原系统导出 Moodle XML、GIFT 或 Excel。",
    "HTML": "这是网页，不是题库文件。请从原系统导出 Moodle XML、GIFT 或 Excel。",
}
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?([\w.-]{1,60})")
_YAML = re.compile(r"^(?:format|\"format\"|'format')\s*:\s*[\"']?peizhen\.", re.M)
_BANK = re.compile(r"format: peizhen\.bank\n")
_CSV_WORDS = frozenset(
    [
        "题型",
        "题目类型",
        "题干",
        "题目",
        "试题",
        "答案",
        "正确答案",
        "正确选项",
        "解析",
        "kind",
        "stem",
        "key",
    ]
)
_GIFT_MARK = re.compile(r"^[ \t]{0,40}(?:::|\$CATEGORY:)", re.M)
_GIFT_ANSWER = re.compile(
    r"(?<!\\)\{[^{}]{0,2000}?(?:(?<!\\)[=~#]|(?:T|F|TRUE|FALSE)\s*[#}])|(?<!\\)\{\s*\}"
)
_AIKEN = re.compile(r"^ANSWER:[ \t]{0,9}[A-Za-z][ \t]{0,9}$", re.M | re.I)
_TEXT_ANSWER = re.compile(
    r"^[ \t　]{0,40}[【\[(（]?(?:正确|参考|标准)?答案[】\])）]?[ \t]{0,9}[:：]?", re.M
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose kind is known. Text formats have ``text``, packed ones ``archive`` or data."""

    format: str
    encoding: str
    text: str
    data: bytes
    archive: Archive | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not read at all, and why; ``format`` is what it was taken for."""

    message: str
    format: str = ""


def open_source(data: bytes, file: str = "", wanted: str = "") -> Opened | Refused:
    """Open a file or pasted text. ``wanted`` is the format somebody chose; content still rules.

    A chosen format is followed between the plain text formats, which can look alike, and refused
    where the bytes are something else.
    """
    if wanted and wanted not in FORMATS:
        return Refused(f"没有格式“{wanted}”，可用：{'、'.join(FORMATS)}。")
    opened = _open(data, file, wanted)
    if isinstance(opened, Opened) and wanted and opened.format != wanted:
        return Refused(
            f"选的格式是 {wanted}，文件内容却是 {opened.format}。请改选格式或换一个文件。",
            opened.format,
        )
    return opened


def _open(data: bytes, file: str, wanted: str) -> Opened | Refused:
    if not data.strip():
        return Refused("文件是空的，没有题目。请检查后再上传。")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _open_archive(data)
    if data.startswith(_OLE):
        return _open_ole(data)
    for magic, message in _STRANGERS:
        if data.startswith(magic):
            return Refused(message)
    if len(data) > MAX_TEXT_BYTES:
        size = f"{len(data) / 1e6:.0f} MB"
        return Refused(f"文件有 {size}，最大 {MAX_TEXT_BYTES // 1_000_000} MB，请拆成几份。")
    try:
        decoded = decode_text(data)
        found = wanted_text(decoded.text, file, wanted)
    except (UndecodableError, UnsafeXmlError) as error:
        return Refused(str(error))
    if isinstance(found, Refused):
        return found
    return Opened(found, decoded.encoding, decoded.text, data)


def wanted_text(text: str, file: str, wanted: str) -> str | Refused:
    """Name the format of a text, or refuse it."""
    if not text.strip():
        return Refused("文件是空的，没有题目。请检查后再上传。")
    if text.lstrip().startswith("<") and wanted not in ("gift", "aiken", "text", "csv"):
        return _xml_format(text)
    if _BANK.match(text):
        return "archive"
    if wanted in ("gift", "aiken", "text", "csv", "yaml"):
        return wanted
    if _YAML.search(text[:20_000]):
        return "yaml"
    return _plain_format(text, file)


def _xml_format(text: str) -> str | Refused:
    body = without_declaration(text)
    root = _ROOT.match(body, refuse_doctype(body))
    name = root[1] if root else ""
    if name in _ROOTS:
        return _ROOTS[name]
    if name in _REFUSED_ROOTS:
        return Refused(_REFUSED_ROOTS[name])
    seen = f"根元素是 {name[:40]}" if name else "找不到根元素"
    return Refused(f"这份 XML 不是认得的题库（{seen}）。请导出 Moodle XML 或 QTI 2.1。")


# An answer in brackets or behind the stem, where no line begins with 答案 or an option.
_ANSWERED = re.compile(
    r"[（(]\s*[A-H√×✓✗对错]{1,8}\s*[)）]|[ 　。.？?！!）)](?:[√×✓✗✔✘][ 　]{0,9}$|答案[:：])", re.M
)


def _plain_format(text: str, file: str) -> str | Refused:
    """Tell CSV, GIFT, Aiken and numbered text apart by what only they have, counting both sides."""
    for line in text[:20_000].split("\n")[:20]:
        cells = [cell.strip().strip('"\ufeff') for cell in re.split(r"[,\t;，]", line)]
        if len(_CSV_WORDS.intersection(cells)) >= 2:
            return "csv"
    answers = len(_TEXT_ANSWER.findall(text))
    aiken = len(_AIKEN.findall(text))
    gift = len(_GIFT_ANSWER.findall(text)) + 2 * len(_GIFT_MARK.findall(text))
    if gift and gift >= max(answers, aiken):
        return "gift"
    if aiken > answers:
        return "aiken"
    if answers or re.search(r"^[ \t　]{0,40}[A-Ha-hＡ-Ｈ][ \t]{0,9}[.．、)）:：]", text, re.M):
        return "text"
    ending = file.rpartition(".")[2].lower()
    if ending in ("gift", "csv"):
        return ending
    if _ANSWERED.search(text):
        return "text"
    return Refused(
        "看不出这是什么格式的题库：没有找到题目、选项和答案。"
        "请用我们的 Excel 模板，或按“1. 题干 / A. 选项 / 答案：A”的样子写。"
    )


def _open_archive(data: bytes) -> Opened | Refused:
    try:
        archive = open_archive(data)
        names = set(archive.names)
        if "h5p.json" in names:
            return Refused(
                "这是 H5P 课件，里面是互动程序，不能当题库导入。请导出 GIFT 或 Excel。", "h5p"
            )
        if "imsmanifest.xml" in names:
            return _open_package(data, archive)
        if BANK_MEMBER in names:
            return Opened("archive", "utf-8", "", data, archive)
    except UnsafeArchiveError as error:
        return Refused(str(error))
    if "[Content_Types].xml" in names:
        for folder, found in (("word/", "word"), ("xl/", "excel")):
            if any(name.startswith(folder) for name in names):
                if any(name.endswith("vbaProject.bin") for name in names):
                    return Refused(
                        "文件带有宏，出于安全不读。请另存为不带宏的 .docx 或 .xlsx。", found
                    )
                return Opened(found, "", "", data, archive)
    if any(name.lower().endswith((".zip", ".rar", ".7z")) for name in names):
        return Refused("压缩包里还有压缩包，请解开后把题库文件分别上传。")
    return Refused("压缩包里没有认得的题库（QTI 2.1、Word 或 Excel）。请解开后上传里面的文件。")


def _open_package(data: bytes, archive: Archive) -> Opened | Refused:
    manifest = archive.read("imsmanifest.xml")
    head = manifest.replace(b"\0", b"")[:200_000].lower()
    scorm = b"adlcp" in head or b"adl scorm" in head or b"scormtype" in head
    if scorm or any(name.endswith("adlcp_rootv1p2.xsd") for name in archive.names):
        return Refused("这是 SCORM 课件，里面是课程网页，不能当题库导入。请导出题库文件。", "scorm")
    if b"imsqti_xmlv1" in head:
        return Refused(_QTI_1, "qti")
    if b"xmlv3p0" in head or b"imsqtiasi_v3p0" in head:
        return Refused(_QTI_3, "qti")
    if b"imsqti" not in head:
        return Refused("这个 IMS 课件包里没有 QTI 2.1 题目。请从原系统导出 QTI 2.1 或 Moodle XML。")
    return Opened("qti", "", "", data, archive)


def _open_ole(data: bytes) -> Opened | Refused:
    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        return Refused("文件有密码，请在 Office 里去掉密码、另存后再上传。")
    if has("WordDocument"):
        return Refused("这是旧版 Word（.doc），请另存为 .docx 再上传。", "word")
    if has("Workbook") or has("Book"):
        return Opened("excel", "", "", data)
    return Refused("这是旧版 Office 文件，认不出里面是什么。请另存为 .xlsx 或 .docx 再上传。")
