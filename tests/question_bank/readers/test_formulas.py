"""Formulas, raised and lowered figures of Word, Excel, HTML and QTI: 10⁹ must not become 109."""

from collections.abc import Iterator
from io import BytesIO

import pytest
import xlsxwriter
from docx import Document
from docx.oxml import parse_xml
from lxml import etree

from question_bank.readers.anything import read_any
from question_bank.readers.formulas import formula_text
from question_bank.readers.html_text import read_html
from question_bank.readers.word import read_word

M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def _mathml(inner: str) -> tuple[str, bool]:
    return formula_text(etree.fromstring(f"<math>{inner}</math>"))


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("<mn>1</mn><mfrac><mn>1</mn><mn>2</mn></mfrac>", "1 1/2"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>", "(a+b)/c"),
        (
            "<mfrac><mn>1</mn><mrow><mn>2</mn><mi>x</mi><mo>−</mo><mn>1</mn></mrow></mfrac>",
            "1/(2x−1)",
        ),
        ("<mn>6</mn><mo>÷</mo><mfrac><mn>1</mn><mn>2</mn></mfrac>", "6÷(1/2)"),
        ("<msup><mn>10</mn><mn>9</mn></msup>", "10⁹"),
        ("<msup><mn>10</mn><mrow><mo>−</mo><mn>3</mn></mrow></msup>", "10⁻³"),
        ("<msup><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>x</mi></msup>", "(a+b)^x"),
        ("<msup><mn>-5</mn><mn>2</mn></msup>", "(-5)²"),
        ("<msub><mi>H</mi><mn>2</mn></msub><mi>O</mi>", "H₂O"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x₁²"),
        ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x+1)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "³√x"),
        ("<mfenced><mi>x</mi><mi>y</mi></mfenced>", "(x,y)"),
        ("<munderover><mo>∑</mo><mn>1</mn><mi>n</mi></munderover><mi>x</mi>", "∑₁ⁿ x"),
        ("<semantics><mi>x</mi><annotation>y</annotation></semantics>", "x"),
    ],
)
def test_what_a_line_can_say(inner: str, text: str) -> None:
    assert _mathml(inner) == (text, True)


@pytest.mark.parametrize(
    "inner",
    [
        "<mtable><mtr><mtd><mn>1</mn></mtd></mtr></mtable>",
        "<mover><mi>x</mi><mo>¯</mo></mover>",
        '<mfrac linethickness="0"><mi>n</mi><mi>k</mi></mfrac>',
        "<mfrac><mn>1</mn></mfrac>",
        "<mstrange><mn>1</mn></mstrange>",
        "<msup>" * 5_0 + "<mn>1</mn>" + "</msup>" * 5_0,
        "<mrow>" * 200 + "<mn>1</mn>" + "</mrow>" * 200,
    ],
)
def test_what_a_line_cannot_say_is_told(inner: str) -> None:
    assert _mathml(inner)[1] is False


def _run(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


OMML = [
    (f"<m:f><m:num>{_run('1')}</m:num><m:den>{_run('2')}</m:den></m:f>", "1/2"),
    (f"<m:sSup><m:e>{_run('10')}</m:e><m:sup>{_run('9')}</m:sup></m:sSup>", "10⁹"),
    (f"<m:sSub><m:e>{_run('H')}</m:e><m:sub>{_run('2')}</m:sub></m:sSub>{_run('O')}", "H₂O"),
    (f"<m:rad><m:deg/><m:e>{_run('2')}</m:e></m:rad>", "√2"),
    (
        f"<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e>{_run('x')}</m:e></m:d>",
        "[x]",
    ),
]


def _word(paragraphs: Iterator[str]) -> bytes:
    document = Document()
    for text in paragraphs:
        before, _, formula = text.partition("$")
        paragraph = document.add_paragraph()
        for at, piece in enumerate(before.split("^")):
            run = paragraph.add_run(piece)
            run.font.superscript = at % 2 == 1 or None
        if formula:
            paragraph._p.append(parse_xml(f"<m:oMath {M}>{formula}</m:oMath>"))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def test_word_keeps_raised_figures_and_formulas() -> None:
    lines = ["1. 白细胞 4×10^9^/L？", *(f"{'ABCDE'[at]}. ${one[0]}" for at, one in enumerate(OMML))]
    report = read_word(_word(iter([*lines, "答案：A"])), "a.docx")
    assert report.problems == ()
    (question,) = report.questions
    assert question.stem == "白细胞 4×10⁹/L？"
    assert [option.text for option in question.options] == [text for _, text in OMML]


def test_word_names_a_formula_it_cannot_write_and_keeps_mixed_numbers() -> None:
    half = OMML[0][0]
    mean = f"<m:acc><m:e>{_run('x')}</m:e></m:acc>"
    lines = ["1. 服几片？", f"A. 1${half}", f"B. ${mean}", "答案：A"]
    report = read_word(_word(iter(lines)), "a.docx")
    assert [(one.line, "公式" in one.message) for one in report.problems] == [(3, True)]
    assert report.questions[0].options[0].text == "1 1/2"


def test_excel_keeps_raised_and_lowered_figures() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["题型", "题干", "选项A", "选项B", "答案"])
        sheet.write_row(1, 0, ["单选题", "", "是的", "不是", "A"])
        up, down = (book.add_format({"font_script": script}) for script in (1, 2))
        sheet.write_rich_string(1, 1, "4×10", up, "9", "/L，H", down, "2", "O？")
    report = read_any(out.getvalue(), "a.xlsx")
    assert [one.stem for one in report.questions] == ["4×10⁹/L，H₂O？"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("10<sup><b>3</b></sup>/L", "10³/L"),
        ("服 1<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> 片", "服 1 1/2 片"),
        ("<ol><li>甲</li><li>乙</li></ol>", "1. 甲\n2. 乙"),
        ('<ol start="3"><li>甲</li><li value="7">乙</li><li>丙</li></ol>', "3. 甲\n7. 乙\n8. 丙"),
        ('<ol type="A"><li>甲</li><li>乙</li></ol>', "A. 甲\nB. 乙"),
        ("<ul><li>甲</li></ul>", "• 甲"),
        ("<table><tr><td>半天</td><td>200</td></tr></table>", "半天　200"),
    ],
)
def test_html_keeps_what_changes_the_meaning(source: str, text: str) -> None:
    assert read_html(source).text == text


def test_cells_of_an_html_table_keep_raised_figures() -> None:
    found = read_html(
        "<table><tr><td>a</td><td>10<sup>9</sup></td></tr><tr><td>b</td><td>c</td></tr></table>"
    )
    assert found.tables == [(("a", "10⁹"), ("b", "c"))]


def test_moodle_and_gift_name_a_formula_they_cannot_write() -> None:
    stem = "均数 &lt;math&gt;&lt;mover&gt;&lt;mi&gt;x&lt;/mi&gt;&lt;mo&gt;¯&lt;/mo&gt;&lt;/mover&gt;&lt;/math&gt; 对吗"
    moodle = (
        '<quiz><question type="truefalse"><name><text>n</text></name><questiontext format="html">'
        f'<text>{stem}</text></questiontext><answer fraction="100"><text>true</text></answer>'
        '<answer fraction="0"><text>false</text></answer></question></quiz>'
    )
    gift = "[html]均数 <math><mover><mi>x</mi><mo>¯</mo></mover></math> 对吗{T}"
    for source, name in ((moodle, "a.xml"), (gift, "a.gift")):
        report = read_any(source.encode(), name)
        assert ["公式" in one.message for one in report.problems] == [True]
