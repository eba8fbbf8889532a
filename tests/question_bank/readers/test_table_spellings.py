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
     "3（左右）", "约5个以内", "5左右", "3比1", "3元2角", "10多天", "3个半小时", "3分之1", "5到", "5x2"],
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


@pytest.mark.parametrize(
    ("answer", "accept", "asked"),
    [("甲 / 乙", "甲 / 乙", True), ("CT/核磁", "CT/核磁", True), ("男或女", "男或女", True), ("120/80", "120/80", True),
     ("mg/kg", "mg/kg", False), ("1,200", "1,200", False), ("甲|乙", "甲|乙", False)],
)  # fmt: skip
def test_what_may_be_several_spellings_is_asked_about(
    answer: str, accept: str, asked: bool
) -> None:
    report = _read(f'填空题,先____再____,,,,,"{answer}；丙"')
    assert "|".join(report.questions[0].blanks[0].accept) == accept
    assert ["第 2 行 G 列"] * asked == [note.place for note in report.notes]


def test_counted_answers_of_several_blanks() -> None:
    report = _read("填空题,先____后____,,,,,(1)挂号(2)候诊", "填空题,先____,,,,,挂号；候诊")
    assert [blank.accept for blank in report.questions[0].blanks] == [("挂号",), ("候诊",)]
    assert len(report.questions) == 1
    assert "1 个空，答案却有 2 段" in report.problems[0].message


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


def test_each_kind_may_be_counted_from_one() -> None:
    head = "题号,题型,题干,选项A,选项B,答案"
    report = _read(
        "7,单选题,7、问一,甲,乙,A",
        "8,单选题,8、问二,甲,乙,A",
        "1,判断题,1、问三,,,对",
        ",判断题,2、问四,,,对",
        ",单选题,1、挂号 2、候诊 谁在先？,甲,乙,A",
        head=head,
    )
    stems = ["问一", "问二", "问三", "问四", "1、挂号 2、候诊 谁在先？"]
    assert [one.stem for one in report.questions] == stems


@pytest.mark.parametrize(
    "cell",
    ["A一号B二号C三号", "(A)一号(B)二号(C)三号", '"1.一号\n2.二号\n3.三号"', "①一号②二号③三号"],
)
def test_options_in_one_cell(cell: str) -> None:
    report = _read(f"单选题,几号窗口？,{cell},C", head="题型,题干,选项,答案")
    assert report.problems == ()
    assert [one.text for one in report.questions[0].options] == ["一号", "二号", "三号"]
    assert report.questions[0].key == ("o3",)


def test_options_that_cannot_be_told_apart_are_called_so() -> None:
    report = _read("单选题,几号窗口？,一号 二号 三号,B", head="题型,题干,选项,答案")
    assert [one.place for one in report.problems] == ["第 2 行 C 列"]
    assert "看不出有几个选项" in report.problems[0].message


def test_letters_with_their_words() -> None:
    report = _read(
        "单选题,哪种颜色？,红,蓝,,,B.蓝",
        "判断题,要核对身份,,,,,A.正确",
        "排序题,排好,甲,乙,丙,,甲、丙、乙",
        "多选题,哪些颜色？,红,蓝,黄,白,A-C",
        "多选题,哪些颜色好？,红,蓝,黄,白,Ａ至Ｃ",
    )
    assert report.problems == ()
    assert [one.key for one in report.questions] == [
        ("o2",),
        ("true",),
        ("i1", "i3", "i2"),
        ("o1", "o2", "o3"),
        ("o1", "o2", "o3"),
    ]


def test_every_option_may_be_right() -> None:
    report = _read("多选题,哪些可以？,红,蓝,黄,白,ABCD", "多选题,哪些都可以？,红,蓝,黄,白,全选")
    assert report.problems == ()
    assert [one.key for one in report.questions] == [("o1", "o2", "o3", "o4")] * 2


def test_any_number_of_right_options_may_not_be_one() -> None:
    report = _read("不定项选择题,哪些可以？,红,蓝,黄,白,A", "不定项,哪些不行？,红,蓝,黄,白,AB")
    assert [one.key for one in report.questions] == [("o1", "o2")]
    assert [one.place for one in report.problems] == ["第 2 行 G 列"]
    assert "改成单选题" in report.problems[0].message


@pytest.mark.parametrize("answer", ["A-E", "C-A", "A-B-C-F", "A-"])
def test_letters_that_are_no_range(answer: str) -> None:
    report = _read(f"多选题,哪些颜色？,红,蓝,黄,白,{answer}")
    assert not report.questions
    assert [one.place for one in report.problems] == ["第 2 行 G 列"]


@pytest.mark.parametrize(
    ("row", "key", "remark"),
    [("单选题,几号窗口？,一号,二号,,,B（见教材第3页）", "o2", "见教材第3页"), ("判断题,要核对身份,,,,,对（见教材）", "true", "见教材"),
     ("判断题,可以代签字,,,,,×（应由本人签）", "false", "应由本人签"), ("判断题,可以代签字,,,,,F，见书", "false", "见书")],
)  # fmt: skip
def test_a_remark_behind_the_answer_explains(row: str, key: str, remark: str) -> None:
    report = _read(row)
    assert report.problems == ()
    assert (report.questions[0].key, report.questions[0].explanation) == ((key,), remark)


@pytest.mark.parametrize(
    "row",
    [
        "单选题,几号窗口？,一号,二号,,,B（或A）",
        "判断题,可以代签字,,,,,对（错）",
        "判断题,可以代签字,,,,,对，错",
    ],
)
def test_a_remark_that_may_be_another_answer_is_named(row: str) -> None:
    report = _read(row)
    assert not report.questions
    assert [one.place for one in report.problems] == ["第 2 行 G 列"]


def test_a_number_that_names_another_option_by_its_words_is_named() -> None:
    report = _read(
        "单选题,等几小时？,2小时,4小时,6小时,8小时,2",
        "单选题,几号窗口？,1号,2号,3号,4号,2",
        "单选题,几度？,36℃,37℃,38℃,39℃,37",
        "单选题,第几次？,003,001,002,,1",
    )
    assert [one.key for one in report.questions] == [("o2",), ("o2",)]
    assert [one.place for one in report.problems] == ["第 2 行 G 列", "第 5 行 G 列"]
    assert all("看不出指哪一个" in one.message for one in report.problems)


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


def _bands(head: str, *difficulties: str) -> tuple[list[str], ImportReport]:
    rows = [f"判断题,第{at}句,对,{one}" for at, one in enumerate(difficulties)]
    report = _read(*rows, head=f"题型,题干,答案,{head}")
    return [one.difficulty.band if one.difficulty else "" for one in report.questions], report


@pytest.mark.parametrize(
    ("head", "difficulties"),
    [("难度", "12345"), ("难度", ["★", "★★", "★★★", "★★★★", "★★★★★"]), ("难度（1-5）", "12344"),
     ("难度", ["★☆☆☆☆", "★★☆☆☆", "★★★☆☆", "★★★★☆", "★★★★☆"]), ("难易度", ["1星", "2星", "3星", "4星", "5星"])],
)  # fmt: skip
def test_difficulty_from_one_to_five(head: str, difficulties: list[str]) -> None:
    bands, report = _bands(head, *difficulties)
    assert bands == ["easy", "easy", "medium", "hard", "hard"]
    assert report.problems == ()
    assert [note.place for note in report.notes] == ["第 2 行 D 列"]


@pytest.mark.parametrize(
    ("head", "difficulties"),
    [("难度", "123"), ("难度", ["★", "★★★"]), ("难度", ["5", "中"]), ("难度（1最难，5最易）", "15"), ("难度", ["0.8", "5"])],
)  # fmt: skip
def test_a_scale_that_is_not_clear_is_named(head: str, difficulties: list[str]) -> None:
    bands, report = _bands(head, *difficulties)
    ranked = [at for at, one in enumerate(difficulties) if one not in ("中", "0.8")]
    assert [bands[at] for at in ranked] == [""] * len(ranked)
    assert [one.place for one in report.problems] == [f"第 {at + 2} 行 D 列" for at in ranked]


def test_difficulty_from_one_to_three_where_the_header_says_so() -> None:
    assert _bands("难度(1-3)", "1", "2", "3")[0] == ["easy", "medium", "hard"]
