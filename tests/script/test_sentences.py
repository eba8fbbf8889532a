"""The sentences of the pure package are found in its source, and its data is left alone."""

from __future__ import annotations

from script.support.sentences import collect, listed, sentences


def found(source: str) -> list[str]:
    return [message for _line, message in sentences(source)]


def test_a_sentence_is_its_own_message() -> None:
    assert found('raise Fault("没有答案，请补上。")') == ["没有答案，请补上。"]


def test_an_expression_becomes_a_placeholder_named_after_it() -> None:
    said = found('say(f"有 {len(options)} 个选项，“{one.text[:40]}”重复，最多 {MOST} 个。")')
    assert said == ["有 %(options)s 个选项，“%(text)s”重复，最多 %(most)s 个。"]


def test_two_expressions_of_one_name_are_told_apart_and_one_said_twice_is_one() -> None:
    said = found('say(f"{a.id} 和 {b.id} 重复，请改 {a.id}。")')
    assert said == ["%(id)s 和 %(id2)s 重复，请改 %(id)s。"]


def test_a_text_to_be_formatted_later_is_a_message_too() -> None:
    assert found('RULE = "现在 {0} 个字，得 100% 的。"') == ["现在 %(0)s 个字，得 100%% 的。"]


def test_data_is_no_sentence() -> None:
    source = '''
"""说明文字。"""
WORDS = frozenset({"对", "错"})
PATTERN = re.compile("答案[:：](.*)")
LABELS = ("题干", "答案")
COLUMNS = {"题干": 1}
if text == "正确" or text.startswith("选项"):
    pass
'''
    assert found(source) == []


def test_the_values_of_a_mapping_are_pieces_of_sentences() -> None:
    assert found('LABELS = {"key": "答案"}') == ["答案"]


def test_lists_of_messages_are_taken_as_they_are() -> None:
    assert [one for _line, one in listed('MESSAGES = ("第 %(n)s 行", "100%%。")')] == [
        "第 %(n)s 行",
        "100%%。",
    ]


def test_the_package_and_what_the_application_adds_are_collected() -> None:
    told = {str(one.id) for one in collect() if one.id}
    assert "没有正确答案，请在 key 里写上正确选项的编号。" in told  # the package
    assert "没有正确答案，请勾选正确的选项。" in told  # as a page says it
    assert "%(field)s写不进 %(name)s，导出后就没有了，或会改变。" in told
    assert not {"试题ID", "不定项选择题"} & told  # column names and kinds that readers know
