"""Texts that break programs: our own list, pushed through every field, format and form.

Each has a name, so that a failing test says which it was.
"""

from __future__ import annotations

NAUGHTY: dict[str, str] = {
    "right_to_left": "العربية و עברית ab",
    "bidi_override": "先\u202e码号\u202c后",
    "bidi_isolate": "先\u2066码\u2069后",
    "zero_width": "陪\u200b诊\ufeff师\u2060员",
    "joiner_emoji": "家庭 👨\u200d👩\u200d👧 和 🏳\ufe0f\u200d🌈",
    "flag_emoji": "🇨🇳 与 👍🏽",
    "combining": "Z̵̖͖̈a̷l̸g̶o̴ e\u0301",
    "beyond_the_plane": "𠮷𡈽 𝓐𝓑 \U000e0041",
    "no_break_spaces": "甲\u00a0乙\u3000丙\u2003丁",
    "line_separators": "甲\u2028乙\u2029丙\u0085丁",
    "carriage_returns": "甲\r\n乙\r丙\n丁",
    "tabs": "甲\t乙\t\t丙",
    "nul": "甲\x00乙",
    "bell_and_escape": "甲\x07\x1b[31m乙",
    "delete_sign": "甲\x7f乙",
    "c1_control": "甲\x9b31m乙",
    "half_a_pair": "甲\ud83d乙",
    "noncharacters": "甲\ufffe\uffff\ufdd0乙",
    "replacement": "甲\ufffd乙",
    "byte_order_mark": "\ufeff甲乙",
    "sql": "Robert'); DROP TABLE question_entry;-- 1' OR '1'='1",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\"><svg/onload=alert(1)> ' onclick=alert(1) x='",
    "comment": "<!-- --> ]]> <![CDATA[ x ]]> <?php 1 ?> </textarea></script>",
    "entities": "&lt;b&gt; &amp;amp; &#x41; &nbsp; &notanentity; <",
    "template": "{{ 7*7 }} {% raw %} ${7*7} #{7*7} <%= 7 %> {{config}}",
    "format_strings": "%s %d %n %(name)s {0} {name} {} %",
    "shell": "$(id) `id` ; rm -rf / | cat && echo",
    "path": "../../etc/passwd C:\\con\\nul",
    "formula_equals": "=1+1",
    "formula_plus": "+86 10 1234",
    "formula_minus": "-5 ℃",
    "formula_at": "@SUM(1+1)",
    "formula_command": "=cmd|' /C calc'!A0",
    "formula_wide": '＝HYPERLINK("http://x.example")',
    "apostrophe_first": "'=1+1",
    "yaml_specials": "- a: [b, {c: *d}] # e | > ! & % @ `",
    "yaml_words": "no",
    "yaml_tag": "!!python/object:x",
    "yaml_document": "---\nformat: x\n...",
    "number_words": "1e309 NaN Infinity 0x10 00012 1_000",
    "wide_digits": "１２３ ४५६ ١٢٣ Ⅷ ½ ²",
    "homoglyphs": "раураl АВС ΑΒΓ",
    "gift_signs": "~a =b #c {d} :e \\f %50%g -> //h ::i:: $CATEGORY: j",
    "moodle_cloze": "{1:SHORTANSWER:=x~%50%y#z} {#1} [[1]]",
    "placeholder": "{{b1}} {{b9}} {{ }}",
    "option_marks": "A. 甲 B. 乙 答案：C 解析：丁",
    "answer_line": "答案：A",
    "numbered": "1. 甲\n2. 乙",
    "aiken_lines": "A. x\nANSWER: B",
    "separators": "甲|乙；丙;丁、戊,己，庚",
    "our_tags": "domain:E rule:exact case:c1#1 kind:case_set [id:x] [tag:y]",
    "quotes": '“甲”‘乙’「丙？」"丁" \'x\' """',
    "question_then_quote": "她问「要不要去？」",
    "only_spaces_inside": "甲      乙",
    "long_word": "长" * 5_000,
    "long_latin": "w" * 3_000,
    "cjk_compatibility": "㈱ ﷽ ｶﾞ ﬁ ①",
    "mixed_scripts": "Ünïcödé ßtraße İıŞ ǅ",
}
"""Name and text; none begins or ends with a space, which no form keeps."""

UNSTORABLE = frozenset({"nul", "bell_and_escape", "delete_sign", "half_a_pair"})
"""Refused everywhere with a sentence: no database or page can hold them."""
TOO_LONG = "长" * 700_000
"""Two megabytes of stem."""
