"""Aiken and pasted Chinese text: what people type, and what is wrong with it."""

import pytest

from question_bank.question import Question
from question_bank.readers.aiken import read_aiken
from question_bank.readers.anything import read_any
from question_bank.readers.report import ImportReport
from question_bank.readers.text import read_text

PAPER = """\
陪诊师练习（一）

一、单选题（每题 1 分）
1. 老人忘带证件，先做什么？
A. 回家取
B．问分诊台
C、先排队  D) 离开
答案：B
解析：分诊台能告诉
怎么补办。
难度：易
知识点：证件；分诊

2、到达后最先（ c ）。
A. 吃饭 B. 拍照 C. 核对预约

二、多选题
3. 哪些要带？
(A) 证件
(B) 病历
(C) 水果
【答案】ＡＢ
【解析】水果不必带。

三、判断题
4. 可以代签字。（ × ）
5. 要核对姓名。
答案：√

四、填空题
6. 急救电话是____，报警电话是____。
答案：120；110

五、简答题
7. 说说交接要点。
参考答案：人、药、单、嘱。

8. 【多选题】哪些可以做？
A. 陪同
B. 记录
C. 开药
正确答案：A、B
"""


def text(source: str) -> ImportReport:
    return read_text(source, "a.txt")


def keys(questions: tuple[Question, ...]) -> list[tuple[str, ...]]:
    return [question.key for question in questions]


def test_a_pasted_paper_comes_in_whole() -> None:
    report = read_any(PAPER.encode("gb18030"), "卷.txt")
    assert [str(problem) for problem in report.problems] == []
    assert (report.format, report.encoding) == ("text", "gb18030")
    assert [one.kind for one in report.questions] == [
        "single_choice", "single_choice", "multiple_choice", "true_false", "true_false",
        "fill_in", "short_answer", "multiple_choice",
    ]  # fmt: skip
    first = report.questions[0]
    assert [option.text for option in first.options] == ["回家取", "问分诊台", "先排队", "离开"]
    assert (first.key, first.explanation) == (("o2",), "分诊台能告诉\n怎么补办。")
    assert first.headings == ("证件", "分诊")
    assert keys(report.questions[1:5]) == [("o3",), ("o1", "o2"), ("false",), ("true",)]
    assert [blank.accept for blank in report.questions[5].blanks] == [("120",), ("110",)]
    assert report.questions[6].model_answer == "人、药、单、嘱。"
    assert str(report.origins[0]) == "a.txt:4，第 1 题".replace("a.txt", "卷.txt").replace(
        "，", " "
    )


def test_answers_at_the_end_of_the_paper_find_their_questions() -> None:
    report = text(
        "一、单选题\n1. 甲？\nA. 一\nB. 二\n2. 乙？\nA. 三\nB. 四\n3. 丙？\nA. 五\nB. 六\n\n"
        "参考答案\n1-2 AB\n3. A\n"
    )
    assert [str(problem) for problem in report.problems] == []
    assert keys(report.questions) == [("o1",), ("o2",), ("o1",)]


@pytest.mark.parametrize(
    ("broken", "line", "words"),
    [
        ("2. 问？\nA. 甲\nB. 乙\nC. 丙", 6, "没有答案"),
        ("2. 问？\nA. 甲\nB. 乙\n答案：D", 9, "只有 2 个选项"),
        ("2. 问？\nA. 甲\nB. 乙\n答案：丁戊", 9, "既不是选项字母"),
        ("2. 【单选题】问？\nA. 甲\nB. 乙\n答案：AB", 9, "单选题"),
        ("2. 【判断题】问。\n答案：也许", 7, "对还是错"),
        ("2. 【填空题】甲____乙____。\n答案：一", 7, "2 个空"),
        ("2. 随便说说。\n答案：好", 7, "题型"),
        ("2. 问？\nA. 甲\nB. 乙\n答案：A\n难度：神秘", 10, "神秘"),
    ],
)
def test_a_fault_names_its_line_and_the_rest_comes_in(broken: str, line: int, words: str) -> None:
    report = text(f"1. 先？\nA. 甲\nB. 乙\n答案：A\n\n{broken}\n\n3. 后。\n答案：对\n")
    assert report.questions[0].stem == "先？"
    assert report.questions[-1].stem == "后。"
    assert [(one.line, words in one.message) for one in report.problems] == [(line, True)]


def test_strange_kinds_and_cases_are_skipped_by_name() -> None:
    report = text(
        "1. 【作文题】写一写。\n答案：略\n\n六、案例题\n2. 某老人跌倒，家属不在。\n答案：A\n"
    )
    assert [skipped.kind for skipped in report.skipped] == ["作文题", "case_set"]
    assert report.questions == ()


def test_aiken_is_read_line_by_line() -> None:
    report = read_aiken(
        "What first?\nA. Ask\nB) Run\nANSWER: A\n\nBad\nA. x\nC. y\nANSWER: A\n\n"
        "No answer\nA. x\nB. y\n\nTwo?\nA. a\nB. b\nANSWER: A, B\n\nLast?\nA. a\nB. b\nanswer: B\n",
        "a.txt",
    )
    assert [question.stem for question in report.questions] == ["What first?", "Last?"]
    assert keys(report.questions) == [("o1",), ("o2",)]
    assert [problem.line for problem in report.problems] == [6, 15, 15]


def test_an_aiken_file_without_its_last_answer_says_so() -> None:
    report = read_aiken("Q?\nA. a\nB. b\n", "a.txt")
    assert [(problem.line, "ANSWER" in problem.message) for problem in report.problems] == [
        (1, True)
    ]


def test_a_case_set_is_a_scene_and_questions_that_name_it() -> None:
    report = text(
        "1. 【案例题】老人跌倒，家属不在。\n编号：c1\n"
        "2. 先做什么？\nA. 呼救\nB. 等\n答案：A\n所属案例：c1\n"
        "3. 可以搬动老人。（×）\n所属案例：c1\n"
    )
    assert [str(problem) for problem in report.problems] == []
    (case,) = report.questions
    assert (case.scene, [part.kind for part in case.parts]) == (
        "老人跌倒，家属不在。",
        ["single_choice", "true_false"],
    )


def test_options_that_look_like_yes_and_no_stay_a_choice() -> None:
    report = text("1. 甲？\nA. x\nB. y\n答案：A\n2. 乙？\nA. 1\nB. 0\n答案：B\n")
    assert [one.kind for one in report.questions] == ["single_choice"] * 2
    assert [[option.text for option in one.options] for one in report.questions] == [
        ["x", "y"],
        ["1", "0"],
    ]


@pytest.mark.parametrize("line", ["答案 B", "答案(B)", "正确答案（Ｂ）。", "答：B"])
def test_the_colon_after_answer_may_be_missing(line: str) -> None:
    report = text(f"1. 甲？\nA. 一\nB. 二\n{line}\n")
    assert keys(report.questions) == [("o2",)]


@pytest.mark.parametrize(
    ("options", "answer", "key"),
    [
        (("甲", "乙", "丙"), "②", ("o2",)),
        (("甲", "乙", "丙"), "①③", ("o1", "o3")),
        (("甲", "乙", "丙"), "（③）", ("o3",)),
        (("甲", "乙", "丙"), "²", None),
        (("甲", "乙", "丙"), "④", None),
        (("②③", "①②", "①③"), "①②", ("o2",)),  # the option's own text
        (("②③", "①②", "①③"), "③", None),  # a statement of the stem, no option
        (("①甲", "②乙"), "②", ("o2",)),
    ],
)
def test_circled_numbers_name_options_and_raised_ones_are_refused(
    options: tuple[str, ...], answer: str, key: tuple[str, ...] | None
) -> None:
    lines = "\n".join(f"{letter}. {one}" for letter, one in zip("ABC", options, strict=False))
    report = text(f"1. 先？\nA. 甲\nB. 乙\n答案：A\n2. 问？\n{lines}\n答案：{answer}\n")
    assert keys(report.questions) == [("o1",), *([key] if key else [])]
    assert len(report.problems) == (not key)


def test_circled_numbers_give_an_order() -> None:
    report = text("1. 【排序题】排。\nA. 甲\nB. 乙\nC. 丙\n答案：②①③\n")
    assert keys(report.questions) == [("i2", "i1", "i3")]


@pytest.mark.parametrize("points", ["1/0", "²", "9" * 5000])
def test_a_rubric_whose_points_are_no_number_is_named(points: str) -> None:
    report = text(f"1. 【简答题】说。\n答案：好\n评分标准：要点（{points}分）\n")
    assert ["没有分数" in one.message for one in report.problems] == [True]


def stems(report: ImportReport) -> list[str]:
    return [question.stem for question in report.questions]


CHOICE = "A. 甲\nB. 乙\n答案：A\n"


def test_numbered_points_of_an_answer_stay_in_it() -> None:
    report = text(
        "一、简答题\n1. 简述流程。\n答案：\n1. 接患者\n2. 挂号\n3. 就诊\n解析：略\n"
        "2. 简述沟通。\n答：（1）倾听；\n（2）共情。\n二、单选题\n1. 问？\n" + CHOICE
    )
    assert (report.problems, report.notes) == ((), ())
    assert stems(report) == ["简述流程。", "简述沟通。", "问？"]
    assert [one.model_answer for one in report.questions[:2]] == [
        "1. 接患者\n2. 挂号\n3. 就诊",
        "（1）倾听；\n（2）共情。",
    ]


@pytest.mark.parametrize("marks", ["（1） （2） （3）", "1. 2. 3.", "① ② ③", "1) 2) 3)"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_numbered_statements_stay_in_the_stem(marks: str, number: int) -> None:
    before = "".join(f"{at}. 先{at}？\n{CHOICE}" for at in range(1, number))
    first, second, third = marks.split()
    stem = f"下列说法：\n{first}高龄\n{second}镇静药\n{third}湿滑\n正确的是"
    report = text(f"{before}{number}. {stem}\n{CHOICE}{number + 1}. 后？\n{CHOICE}")
    assert (report.problems, report.notes) == ((), ())
    assert stems(report)[number - 1 :] == [stem, "后？"]


@pytest.mark.parametrize("number", [1, 2])
def test_numbered_reasons_stay_in_the_explanation(number: int) -> None:
    before = "".join(f"{at}. 先{at}？\n{CHOICE}" for at in range(1, number))
    report = text(
        f"{before}{number}. 问？\n{CHOICE}解析：理由如下：\n1. 第一点\n2. 第二点\n3. 第三点\n"
        f"{number + 1}. 后？\n{CHOICE}解析：见书。\n（1）书一\n"
    )
    assert (report.problems, report.notes) == ((), ())
    assert [one.explanation for one in report.questions[number - 1 :]] == [
        "理由如下：\n1. 第一点\n2. 第二点\n3. 第三点",
        "见书。\n（1）书一",
    ]


def test_a_point_that_may_be_a_question_is_named() -> None:
    report = text(f"1. 问？\n{CHOICE}解析：见书。\n1. 先\n2. 后\n")
    assert report.questions[0].explanation == "见书。\n1. 先\n2. 后"
    assert [(one.line, "第 1 题的解析" in one.message) for one in report.notes] == [
        (6, True),
        (7, True),
    ]


@pytest.mark.parametrize(
    "second", ["2.2024年起备案（ A ）\nA. 是的\nB. 不是\n", "2.5毫升？\n" + CHOICE]
)
def test_a_question_may_begin_with_a_digit_right_after_its_number(second: str) -> None:
    report = text(f"1. 问？\n{CHOICE}解析：见书。\n{second}3. 后？\n{CHOICE}")
    assert report.problems == ()
    assert [len(one.options) for one in report.questions] == [2, 2, 2]


def test_a_decimal_number_is_no_question() -> None:
    report = text(f"1. 问？\n{CHOICE}解析：安全距离是\n2.5米以上。\n2. 后？\n{CHOICE}")
    assert report.problems == ()
    assert report.questions[0].explanation == "安全距离是\n2.5米以上。"


def test_counts_that_begin_anew_or_leave_gaps() -> None:
    report = text("".join(f"{at}. 问{n}？\n{CHOICE}" for n, at in enumerate([1, 2, 1, 2, 5, 9, 3])))
    assert (report.problems, report.notes) == ((), ())
    assert stems(report) == [f"问{n}？" for n in range(7)]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("A. 甲\nB. 乙\nD. 丁\nE. 戊", "B 后面是 D"),
        ("A. 甲 B. 乙 D. 丁", "B 后面是 D"),
        ("A. 甲\nA. 乙\nC. 丙", "A 后面是 A"),
    ],
)
def test_a_gap_in_the_letters_is_named(options: str, words: str) -> None:
    report = text(f"1. 问？\n{options}\n答案：A\n2. 后？\n{CHOICE}")
    assert stems(report) == ["后？"]
    assert [words in one.message for one in report.problems] == [True]


def test_two_answers_of_one_question_are_named() -> None:
    report = text(f"1. 问？\n{CHOICE}没有题号的题？\n{CHOICE}")
    assert report.questions == ()
    assert ["两处答案" in one.message for one in report.problems] == [True]


def test_an_answer_below_its_label_is_no_answer_list() -> None:
    report = text(
        "一、简答题\n1. 说说甲。\n2. 说说乙。\n参考答案：\n1、倾听\n2、共情\n"
        "二、单选题\n1. 问？\n" + CHOICE
    )
    assert [one.model_answer for one in report.questions] == ["", "1、倾听\n2、共情", ""]
    assert stems(report)[-1] == "问？"


def test_words_under_a_heading_belong_to_no_question() -> None:
    report = text("一、简答题\n1. 说说。\n答案：好\n二、单选题\n每题一分。\n1. 问？\n" + CHOICE)
    assert [one.model_answer for one in report.questions] == ["好", ""]
    assert [one.line for one in report.notes] == [5]


def test_a_case_that_no_question_holds_is_a_problem() -> None:
    report = text(f"一、案例分析题\n某老人，78 岁。\n1. 先做什么？\n{CHOICE}")
    assert [(one.line, "某老人" in one.message) for one in report.problems] == [(2, True)]


def test_options_under_a_heading_for_written_answers_make_a_choice() -> None:
    report = text(f"一、案例分析题\n1. 问？\n{CHOICE}2. 【填空题】甲____？\n{CHOICE}")
    assert [one.kind for one in report.questions] == ["single_choice"]
    assert ["不用选项" in one.message for one in report.problems] == [True]


@pytest.mark.parametrize(
    "line",
    [
        "答案：B 解析：见书",
        "【答案】B【解析】见书",
        "答案：B；解析：见书",
        "答案：B（见书）",
        "答案：B. 乙\n解析：见书",
        "答案：B 项\n解析：见书",
        "正确答案是B\n解析：见书",
    ],
)
def test_everyday_answers(line: str) -> None:
    report = text(f"1. 问？\nA. 甲\nB. 乙\n{line}\n")
    assert report.problems == ()
    assert [(one.key, one.explanation) for one in report.questions] == [(("o2",), "见书")]


@pytest.mark.parametrize("answer", ["B. 甲", "B（也可A）", "B或A"])
def test_answers_that_may_mean_two_options_are_refused(answer: str) -> None:
    report = text(f"1. 问？\nA. 甲\nB. 乙\n答案：{answer}\n")
    assert (report.questions, len(report.problems)) == ((), 1)


@pytest.mark.parametrize(
    "question",
    [
        "１．问？\nA. 甲\nB. 乙\n答案：B",
        "①问？\nA. 甲\nB. 乙\n答案：B",
        "1. 问？ A. 甲 B. 乙\n答案：B",
        "1. 问？ A. 甲 B. 乙 答案：B",
        "1. 问？（A）甲（B）乙\n答案：B",
        "1. 问？ A. 甲\nB. 乙\n答案：B",
    ],
)
def test_everyday_questions(question: str) -> None:
    report = read_any(question.encode(), "a.txt")
    assert report.problems == ()
    assert [(one.stem, one.key) for one in report.questions] == [("问？", ("o2",))]
    assert [option.text for option in report.questions[0].options] == ["甲", "乙"]


def test_a_mark_behind_a_statement_is_its_answer() -> None:
    report = read_any("1. 能开药 ×\n2. 要守时。√\n3. 大小是 3×4\n".encode(), "a.txt")
    assert [(one.stem, one.key) for one in report.questions] == [
        ("能开药", ("false",)),
        ("要守时。", ("true",)),
    ]
    assert [one.line for one in report.problems] == [3]


def test_answers_listed_behind_one_label() -> None:
    report = text("1. 甲？\nA. 一\nB. 二\n2. 乙？\nA. 三\nB. 四\n答案：1.A 2.B\n")
    assert (report.problems, keys(report.questions)) == ((), [("o1",), ("o2",)])
