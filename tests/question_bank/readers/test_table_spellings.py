"""What teachers write into cells beside the bare question and answer: read as meant, or named."""

import pytest

from question_bank.readers.excel import read_csv
from question_bank.readers.report import ImportReport

HEAD = "题型,题干,选项A,选项B,选项C,选项D,答案"


def _read(*rows: str, head: str = HEAD) -> ImportReport:
    return read_csv("\n".join([head, *rows]).encode(), "a.csv")


@pytest.mark.parametrize(
    ("answer", "value", "unit"),
    [("36.5℃", "36.5", "℃"), ("80 次/分", "80", "次/分"), ("22.5kg/m2", "22.5", "kg/m2"), ("90%", "90", "%"),
     ("4.5×10^9/L", "4.5", "×10^9/L"), ("120mmHg", "120", "mmHg"), ("5.", "5", ""), ("1 000", "1000", ""),
     ('"12,500 元"', "12500", "元"), ("60/min", "60", "/min"), ("3个月", "3", "个月"), ("2千克", "2", "千克")],
)  # fmt: skip
def test_a_number_and_its_unit(answer: str, value: str, unit: str) -> None:
    report = _read(f"数值题,是多少？,,,,,{answer}")
    assert report.problems == ()
    assert (str(report.questions[0].answers[0].value), report.questions[0].unit) == (value, unit)


@pytest.mark.parametrize(
    "answer",
    ["1/2", "120/80", "10^3", "2×10^3", '"1,5"', "8:30", "1½", "5；6", "3或4", "5以上", "36.5℃；37℃",
     "3（左右）", "约5个以内", "5左右"],
)  # fmt: skip
def test_what_is_no_unit_is_named(answer: str) -> None:
    report = _read(f"数值题,是多少？,,,,,{answer}", "计算题,是多少？,,,,,7")
    assert [str(one.answers[0].value) for one in report.questions] == ["7"]
    assert [one.place for one in report.problems] == ["第 2 行 G 列"]


def test_spellings_of_one_blank() -> None:
    report = _read(
        "填空题,先到____取号,,,,,挂号处/挂号窗口",
        "填空题,脉搏的单位是____,,,,,次/分",
        "填空题,先到____取号,,,,,挂号处或挂号窗口",
        "填空题,先____再____,,,,,挂号/取号；候诊",
    )
    accepted = [[blank.accept for blank in one.blanks] for one in report.questions]
    assert accepted == [
        [("挂号处", "挂号窗口")],
        [("次/分",)],
        [("挂号处或挂号窗口",)],
        [("挂号", "取号"), ("候诊",)],
    ]
    assert report.problems == ()
    assert [note.place for note in report.notes] == [f"第 {row} 行 G 列" for row in (2, 4, 5)]


def test_an_answer_in_the_stem_is_not_shown() -> None:
    report = _read(
        "单选题,挂号去哪里（A）？,窗口,病房,,,A",
        "单选题,挂号去哪里（ B ）,窗口,病房,,,",
        "判断题,可以代签字（×）。,,,,,错",
        "单选题,维生素（C）的作用是什么？,甲,乙,丙,丁,B",
    )
    assert [one.stem for one in report.questions] == [
        "挂号去哪里（　）？",
        "挂号去哪里（　）",
        "可以代签字（　）。",
        "维生素（C）的作用是什么？",
    ]
    assert [one.key for one in report.questions] == [("o1",), ("o2",), ("false",), ("o2",)]
    assert report.problems == ()
    assert len(report.notes) == 4


def test_an_answer_in_the_stem_that_differs_is_named() -> None:
    report = _read("单选题,问三（B）,甲,乙,,,A", "判断题,问四（√）,,,,,×")
    assert not report.questions
    assert all("答案一栏却是" in one.message for one in report.problems)
    assert [one.place for one in report.problems] == ["第 2 行 G 列", "第 3 行 G 列"]


def test_numbers_that_count_the_questions_go() -> None:
    report = _read(
        "单选题,1、问一,甲,乙,,,A",
        "单选题,2.问二,甲,乙,,,A",
        "单选题,3、4 楼之间怎么走？,甲,乙,,,A",
        "单选题,2024年起要带什么？,甲,乙,,,A",
        "单选题,3.问六,甲,乙,,,A",
    )
    stems = ["问一", "问二", "3、4 楼之间怎么走？", "2024年起要带什么？", "3.问六"]
    assert [one.stem for one in report.questions] == stems


@pytest.mark.parametrize(
    "cell", ["A一号B二号C三号", "(A)一号(B)二号(C)三号", '"1.一号\n2.二号\n3.三号"']
)
def test_options_in_one_cell(cell: str) -> None:
    report = _read(f"单选题,几号窗口？,{cell},C", head="题型,题干,选项,答案")
    assert report.problems == ()
    assert [one.text for one in report.questions[0].options] == ["一号", "二号", "三号"]
    assert report.questions[0].key == ("o3",)


def test_letters_with_their_words() -> None:
    report = _read(
        "单选题,哪种颜色？,红,蓝,,,B.蓝",
        "判断题,要核对身份,,,,,A.正确",
        "排序题,排好,甲,乙,丙,,甲、丙、乙",
    )
    assert report.problems == ()
    assert [one.key for one in report.questions] == [("o2",), ("true",), ("i1", "i3", "i2")]


def test_a_row_between_two_of_one_material_belongs_to_it() -> None:
    head = "材料,题型,题干,选项A,选项B,答案"
    rows = [
        "李阿姨头晕。,单选题,问一,甲,乙,A",
        ",单选题,问二,甲,乙,B",
        "李阿姨头晕。,单选题,问三,甲,乙,A",
    ]
    report = _read(*rows, ",单选题,问四,甲,乙,B", head=head)
    assert report.problems == ()
    case, alone = report.questions
    assert [part.stem for part in case.parts] == ["问一", "问二", "问三"]
    assert alone.stem == "问四"


def test_options_in_the_stem_are_called_so() -> None:
    report = _read("去哪里？ A.窗口 B.病房,A", head="题干,答案")
    assert "选项写在题干的格子里" in report.problems[0].message
