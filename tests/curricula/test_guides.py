"""Pathways and specimens: what ships is sound, and damage is told with its file and line."""

from curricula import course_folders, load_course, render_body

GUIDE = """\
---
format: peizhen.guide
format_version: "1.0"
title: {zh: 到院, en: Arriving}
lesson: "1.1"
see_also: ["1.2"]
sources: [{title: 归纳, issuer: 本课程, date: 2026-11-22, used_for: 全单}]
reviewers_needed: [服务流程]
review_by: 2027-11-30
status: draft
writer: {kind: ai_drafted, approved_by: null}
---

# 到院路线单

**出门前**：带证件。
"""


def test_twelve_pathways_and_seven_specimens_ship() -> None:
    (folder,) = course_folders()
    guides = load_course(folder).guides
    kinds = [guide.kind for guide in guides]
    assert (kinds.count("pathway"), kinds.count("template")) == (12, 7)
    assert {guide.lesson for guide in guides if guide.kind == "pathway"} == {"3.7"}
    assert all(guide.title.en and guide.waiting_for for guide in guides)
    for word in ("出门前", "当天", "要问的", "危险信号", "回家后"):
        assert all(f"**{word}**" in one.body for one in guides if one.kind == "pathway"), word


def test_a_sound_guide_is_read(small, found) -> None:
    small.write("pathways/arrival.md", GUIDE)
    assert found() == set()
    (guide,) = small.load().guides
    assert (guide.id, guide.kind, guide.lessons) == ("arrival", "pathway", ("1.1", "1.2"))
    assert guide.waiting_for == ("服务流程",)


def test_damage_is_told(small, found) -> None:
    name = "pathways/arrival.md"
    small.write(name, GUIDE)
    small.change(name, '"1.2"', '"7.7"')
    small.change(name, "# 到院路线单", "# 另一张")
    small.change(name, "带证件", "带[证件](https://example.org) **和钱")
    assert found() == {
        (name, 1, "unknown-lesson"),
        (name, 14, "differs-from-title"),
        (name, 16, "bad-link"),
        (name, 16, "not-plain"),
    }


def test_no_sources_and_too_many_words_are_told(small, found) -> None:
    name = "pathways/arrival.md"
    small.write(
        name,
        GUIDE.replace("[{title: 归纳, issuer: 本课程, date: 2026-11-22, used_for: 全单}]", "[]"),
    )
    small.change(name, "带证件", "带证件" * 300)
    assert {code for _file, _line, code in found()} == {"empty-list", "body-length"}
    small.write(name, "no front matter")
    assert (name, 1, "no-front-matter") in found()


def test_a_heading_without_an_id_gets_none() -> None:
    html = render_body("# 单\n\n## 1 谁做\n\n字。\n", {}, prefix="g").html
    assert "<h2>1 谁做</h2>" in html
    assert 'id=""' not in html
