"""Header words, spellings of answers and kinds in CSV; every fault has row, column and sentence."""

from collections.abc import Iterable

import pytest

from question_bank.readers.collecting import Defaults
from question_bank.readers.excel import read_csv
from question_bank.readers.report import ImportReport
from question_bank.readers.sheets import clean, column_of, escape, letters, unescape

HEAD = "题型,题干,选项A,选项B,选项C,选项D,答案"


def _read(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> ImportReport:
    return read_csv("\n".join([head, *rows]).encode(encoding), "a.csv")


def _sentences(report: ImportReport) -> Iterable[tuple[str, str]]:
    return [(problem.place, problem.message) for problem in report.problems]


@pytest.mark.parametrize(
    "answer",
    ["ABD", "abd", '"A,B,D"', "A、B、D", "ＡＢＤ", "A B D", "A;B;D", "DBA", "（ABD）", "答案：ABD",
     '"1,2,4"', "甲、乙、丁", '"甲\n乙\n丁"', "A|B|D", "A和B和D"],
)  # fmt: skip
def test_spellings_of_several_right_options(answer: str) -> None:
    report = _read(f"多选题,选哪些？,甲,乙,丙,丁,{answer}")
    assert report.problems == ()
    assert report.questions[0].key == ("o1", "o2", "o4")


@pytest.mark.parametrize("answer", ["B", "b", "Ｂ", "乙", "2", "2.0", "(B)", "B.", "选B", "B项"])
def test_spellings_of_one_right_option(answer: str) -> None:
    assert _read(f"单选题,选哪个？,甲,乙,丙,丁,{answer}").questions[0].key == ("o2",)


@pytest.mark.parametrize(
    "answer", ["对", "正确", "√", "T", "true", "TRUE", "是", "1", "1.0", "Ｔ", "✔️"]
)
def test_spellings_of_true(answer: str) -> None:
    assert _read(f"判断题,要核对身份,,,,,{answer}").questions[0].key == ("true",)


@pytest.mark.parametrize("answer", ["错", "错误", "×", "F", "False", "否", "0", "0.0", "x", "✗"])
def test_spellings_of_false(answer: str) -> None:
    assert _read(f"判断题,可以代签字,,,,,{answer}").questions[0].key == ("false",)


def test_a_letter_for_true_or_false_needs_its_option() -> None:
    report = _read("判断题,要核对身份,错误,正确,,,A", "判断题,可以代签字,,,,,A")
    assert [question.key for question in report.questions] == [("false",)]
    assert _sentences(report)[0][0] == "第 3 行 G 列"


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("单选题,选哪个？,甲,乙,丙,丁,E", "G", "只有 4 个选项"),
        ("单选题,选哪个？,甲,乙,丙,丁,AB", "G", "请只留一个"),
        ("单选题,选哪个？,甲,乙,丙,丁,", "G", "没有答案"),
        ("单选题,选哪个？,甲,乙,丙,丁,不知道", "G", "既不是选项字母"),
        ("单选题,什么血型？,B,A,AB,O,B", "G", "看不出指哪一个"),
        ("单选题,,甲,乙,丙,丁,A", "B", "没有题干"),
        ("单选题,选哪个？,甲,,丙,丁,A", "D", "选项B 是空的"),
        ("单选题,选哪个？,甲,乙,乙,丁,A", "E", "相同"),
        ("单选题,选哪个？,,,,,A", "C", "没有选项"),
        ("多选题,选哪些？,甲,乙,丙,丁,A", "G", "至少有两个"),
        ("判断题,要核对身份,,,,,也许", "G", "看不出是对还是错"),
        ("怪题,选哪个？,甲,乙,丙,丁,A", "A", "没有题型“怪题”"),
        (",选哪个？,甲,乙,丙,丁,", "A", "看不出是什么题型"),
        ("填空题,急救打 ____,,,,,", "G", "没有答案"),
        ("填空题,急救打 ____ 到 ____,,,,,120", "G", "2 个空"),
        ("填空题,急救电话,,,,,120", "B", "没有空"),
        ("数值题,体温,,,,,很高", "G", "不是数"),
        ("排序题,排好,甲,乙,丙,,AB", "G", "每项写一次"),
        ("配对题,配好,甲乙,丙=丁,,,", "C", "左边 = 右边"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_comes_in(row: str, column: str, words: str) -> None:
    report = _read(row, "单选题,选哪个？,甲,乙,丙,丁,A")
    assert len(report.questions) == 1
    place, message = _sentences(report)[0]
    assert place == f"第 2 行 {column} 列"
    assert words in message
    assert message.endswith("。")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    report = _read("判断题,要核对身份证件和医保卡,,,,,对", encoding=encoding)
    assert report.questions[0].stem == "要核对身份证件和医保卡"


@pytest.mark.parametrize(
    "head",
    [
        "题目类型,试题,A,B,C,D,正确答案",
        "*题型(必填),题目,选项 A,选项 B,选项 C,选项 D,正确选项",
        "试题类型,题目内容,备选答案A,备选答案B,备选答案C,备选答案D,标准答案",
        "题型,题干,选项1,选项2,选项3,选项4,参考答案",
        "题型,题干,选项Ａ,选项Ｂ,选项Ｃ,选项Ｄ,答案",
    ],
)
def test_header_words_in_use(head: str) -> None:
    report = _read("单选题,选哪个？,甲,乙,丙,丁,C", head=head)
    assert report.problems == ()
    assert report.questions[0].key == ("o3",)


@pytest.mark.parametrize(
    "cell",
    ['"A.甲\nB.乙\nC.丙"', "A、甲 B、乙 C、丙", "Ａ．甲；Ｂ．乙；Ｃ．丙", "甲|乙|丙", '"甲\n乙\n丙"', "甲；乙；丙", "(A)甲 (B)乙 (C)丙"],
)  # fmt: skip
def test_all_options_in_one_cell(cell: str) -> None:
    report = _read(f"单选题,选哪个？,{cell},B", head="题型,题干,选项,答案")
    (question,) = report.questions
    assert [option.text for option in question.options] == ["甲", "乙", "丙"]
    assert question.key == ("o2",)


def test_kinds_are_inferred_only_where_the_answer_leaves_no_doubt() -> None:
    report = _read(
        "选哪个？,甲,乙,丙,A", "选哪些？,甲,乙,丙,AB", "要核对身份,,,,对", "打 ____,,,,120", "写一写,,,,",
        head="题干,选项A,选项B,选项C,答案",
    )  # fmt: skip
    kinds = ["single_choice", "multiple_choice", "true_false", "fill_in"]
    assert [question.kind for question in report.questions] == kinds
    assert len(report.problems) == 1


def test_kinds_we_do_not_have_are_skipped_by_name() -> None:
    report = _read("作图题,画一画,,,,,见图", "判断题,要核对身份,,,,,对")
    assert [(one.kind, one.line) for one in report.skipped] == [("作图题", 2)]
    assert len(report.questions) == 1


def test_fill_in_and_numeric_answers() -> None:
    report = _read(
        "填空题,打 ____，到（  ）分诊,,,,,120|一二〇；分诊台", "数值题,体温,,,,,36~37 ℃", "数值题,脉搏,,,,,75±5"
    )  # fmt: skip
    blanks, heat, pulse = report.questions
    assert blanks.stem == "打 {{b1}}，到{{b2}}分诊"
    assert [blank.accept for blank in blanks.blanks] == [("120", "一二〇"), ("分诊台",)]
    assert (str(heat.answers[0].value), str(heat.answers[0].tolerance), heat.unit) == (
        "36.5",
        "0.5",
        "℃",
    )
    assert (str(pulse.answers[0].value), str(pulse.answers[0].tolerance)) == ("75", "5")


def test_rows_that_share_a_material_are_one_case() -> None:
    report = _read(
        "判断题,老人早上没有吃饭。,先问是否空腹,对",
        "判断题,老人早上没有吃饭。,可以直接抽血,错",
        "判断题,,要核对身份,对",
        head="题型,材料,题干,答案",
    )
    assert [question.kind for question in report.questions] == ["case_set", "true_false"]
    assert [part.key for part in report.questions[0].parts] == [("true",), ("false",)]


def test_difficulty_in_words_and_as_a_share() -> None:
    head = "题型,题干,答案,难易度"
    report = _read("判断题,甲,对,容易", "判断题,乙,对,0.6", "判断题,丙,对,七星", head=head)
    told = [one.difficulty and (one.difficulty.band, one.difficulty.p) for one in report.questions]
    assert told == [("easy", None), ("medium", 0.6), None]
    assert "七星" in report.problems[0].message


def test_invisible_characters_are_taken_out_and_named() -> None:
    report = _read("判断题,要\u200b核对\u202e身份,,,,,对")
    assert report.questions[0].stem == "要核对身份"
    assert "U+200B、U+202E" in report.problems[0].message
    assert report.problems[0].place == "第 2 行 B 列"


def test_running_numbers_are_no_ids() -> None:
    report = _read("1,判断题,甲,对", "Q-7,判断题,乙,对", head="编号,题型,题干,答案")
    assert report.questions[0].id.startswith("im-")
    assert report.questions[1].id == "Q-7"


def test_reading_again_gives_the_same_ids() -> None:
    rows = ["判断题,甲,,,,,对", "单选题,选哪个？,甲,乙,丙,丁,A"]
    ids = [question.id for question in _read(*rows).questions]
    assert [question.id for question in _read(*reversed(rows)).questions] == ids[::-1]


def test_formulas_in_csv_stay_text_and_the_apostrophe_goes() -> None:
    report = _read("判断题,=1+1,,,,,对", "判断题,'=1+1,,,,,错", "判断题,'引号',,,,,对")
    assert [question.stem for question in report.questions] == ["=1+1", "=1+1", "'引号'"]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "'=1", "''=1", "'x", "'", "", "＝1", "\t=1", "x=1"]
)
def test_escaping_can_be_undone(text: str) -> None:
    assert unescape(escape(text)) == text
    assert not escape(text).startswith(("=", "+", "-", "@", "\t", "＝"))


def test_an_open_quotation_mark_costs_one_row() -> None:
    rows = ['判断题,"要核对身份,,,,,对', "判断题,可以代签字,,,,,错", '判断题,要"问"清,,,,,对']
    report = _read(*rows)
    assert [question.stem for question in report.questions][-2:] == ["可以代签字", '要"问"清']
    assert report.problems[0].line == 2
    assert "双引号" in report.problems[0].message


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_separators(separator: str) -> None:
    rows = ["题型,题干,答案", "判断题,要核对身份，不能替签,对", "判断题,乙,错"]
    text = "\n".join(rows).replace(",", separator)
    assert len(read_csv(text.encode(), "a.csv").questions) == 2


def test_a_table_without_a_header_is_unreadable_with_a_sentence() -> None:
    report = read_csv("甲,乙\n丙,丁\n".encode(), "a.csv")
    assert report.unreadable
    assert "表头" in report.problems[0].message


def test_columns_nobody_knows_are_named_once() -> None:
    report = _read("判断题,甲,对,x", head="题型,题干,答案,神秘列")
    assert report.problems == ()
    assert [note.line for note in report.notes] == [1]
    assert "神秘列" in report.notes[0].message


def test_defaults_fill_what_the_table_does_not_say() -> None:
    defaults = Defaults(pool="live", domain="E", lesson="4.3", level="recall")
    text = "题型,题干,答案,层次,课\n判断题,甲,对,应用,\n判断题,乙,对,,4.1\n"
    first, second = read_csv(text.encode(), "a.csv", defaults).questions
    assert (first.pool, first.domain, first.lesson, first.level) == ("live", "E", "4.3", "use")
    assert (second.lesson, second.level) == ("4.1", "recall")


def test_columns_are_named_as_in_a_spreadsheet() -> None:
    assert [letters(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert [column_of(text) for text in ("A1", "Z9", "AA10", "ZZ1", "AAA")] == [0, 25, 26, 701, 702]
    assert clean(" \ufeff一\r\n二\u200b ") == "一\n二"
