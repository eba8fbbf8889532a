"""Word documents: automatic numbers, tables, blanks drawn by underlining, and hostile parts."""

from io import BytesIO

from docx import Document
from docx.document import Document as DocumentType
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from question_bank.body import load
from question_bank.readers.docx_numbers import _FORMATS
from question_bank.readers.word import read_word
from question_bank.writers.word import write_word
from tests.question_bank.readers.workbooks import with_part
from tests.question_bank.strategies import single

W = nsdecls("w")


def _bytes(document: DocumentType) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _document(*lines: str) -> DocumentType:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    return document


QUESTION = (
    "1. 先做什么？",
    "A. 去窗口",
    "B. 问分诊台",
    "C. 坐着等",
    "答案：B",
    "解析：分诊台会指路。",
)


def test_numbered_questions() -> None:
    report = read_word(_bytes(_document("陪诊师试题", *QUESTION)), "a.docx")
    (question,) = report.questions
    assert (question.stem, question.key) == ("先做什么？", ("o2",))
    assert question.explanation == "分诊台会指路。"
    assert (report.format, report.origins[0].line) == ("word", 2)


def test_automatic_numbers_of_questions_and_options() -> None:
    document = Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{shape}"/>'
        f'<w:lvlText w:val="%{level + 1}."/></w:lvl>'
        for level, shape in enumerate(("decimal", "upperLetter"))
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="77">{levels}</w:abstractNum>')
    )
    numbering.append(parse_xml(f'<w:num {W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for stem in ("先做什么？", "再做什么？"):
        for level, text in [(0, stem), (1, "去窗口"), (1, "问分诊台"), (1, "坐着等")]:
            paragraph = document.add_paragraph(text)
            numbers = f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(numbers))
        document.add_paragraph("答案：B")
    report = read_word(_bytes(document), "a.docx")
    assert report.problems == ()
    assert [len(question.options) for question in report.questions] == [3, 3]
    assert [question.stem for question in report.questions] == ["先做什么？", "再做什么？"]


def test_underlined_spaces_are_a_blank_and_tracked_deletions_are_gone() -> None:
    document = Document()
    paragraph = document.add_paragraph("1. 【填空题】急救打")
    paragraph.add_run("      ").underline = True
    paragraph.add_run("。")
    deleted = f'<w:del {W} w:id="1" w:author="a"><w:r><w:delText>旧字</w:delText></w:r></w:del>'
    paragraph._p.append(parse_xml(deleted))
    document.add_paragraph("答案：120")
    (question,) = read_word(_bytes(document), "a.docx").questions
    assert (question.kind, question.stem) == ("fill_in", "急救打{{b1}}。")


def test_a_table_with_a_header_is_read_row_by_row() -> None:
    document = _document("题库")
    rows = [
        ["题型", "题干", "答案"],
        ["判断题", "要核对身份", "对"],
        ["判断题", "可以代签字", "？"],
    ]
    table = document.add_table(rows=3, cols=3)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "判断题"
    report = read_word(_bytes(document), "a.docx")
    assert [question.stem for question in report.questions] == ["要核对身份"]
    assert report.problems[0].place == "表格“1”第 3 行 C 列"


def test_options_laid_out_in_a_table() -> None:
    document = _document("1. 先做什么？")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["A. 甲", "B. 乙", "C. 丙", "D. 丁"], strict=True):
        cell.text = text
    document.add_paragraph("答案：D")
    (question,) = read_word(_bytes(document), "a.docx").questions
    assert [option.text for option in question.options] == ["甲", "乙", "丙", "丁"]


def test_faults_name_the_paragraph_and_the_rest_comes_in() -> None:
    bad = ("1. 再做什么？", "A. 甲", "B. 乙", "答案：E")
    report = read_word(_bytes(_document(*bad, *QUESTION)), "a.docx")
    assert len(report.questions) == 1
    assert report.problems[0].line == 4
    assert report.problems[0].place.startswith("第 4 段")


def test_hostile_parts_are_refused_with_a_sentence() -> None:
    data = _bytes(_document(*QUESTION))
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for part in ("word/document.xml", "word/numbering.xml"):
        report = read_word(with_part(data, part, bomb), "a.docx")
        assert report.unreadable
        assert "DOCTYPE" in report.problems[0].message
    broken = read_word(with_part(data, "word/document.xml", b"<w:document"), "a.docx")
    assert broken.unreadable
    assert read_word(b"not a document", "a.docx").unreadable


def test_what_is_written_reads_back() -> None:
    questions = [
        load(single(explanation="分诊台会指路。")),
        load(single(id="q2", stem="再做什么？")),
    ]
    report = read_word(write_word(questions), "a.docx")
    assert report.problems == ()
    assert list(report.questions) == questions


def test_numbers_are_shown_as_word_shows_them() -> None:
    shown = {name: [_FORMATS[name](number) for number in (1, 4, 10, 27)] for name in (
        "upperLetter", "lowerRoman", "chineseCounting", "decimalEnclosedCircle")}  # fmt: skip
    assert shown["upperLetter"] == ["A", "D", "J", "AA"]
    assert shown["lowerRoman"] == ["i", "iv", "x", "xxvii"]
    assert shown["chineseCounting"] == ["一", "四", "十", "二十七"]
    assert shown["decimalEnclosedCircle"] == ["①", "④", "⑩", "27"]
