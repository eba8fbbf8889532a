"""What the page says: faults at their places, flaws while typing, near-duplicates, uploads, conflicts."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import media, writing
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.journal import AuditLine, Blob
from app.models.people import Role
from question_bank import Medium
from tests import factories
from tests.app.bank import rows
from tests.app.bank.test_media import animated, picture, wav
from tests.app.bank.typed import typed
from tests.app.bank.written import TYPED, case_of, only, writer, written
from tests.client import PageClient

pytestmark = pytest.mark.rows
NEW = "/bank/questions/new?kind="


def sent(client: PageClient, kind: str, **more: Any) -> str:
    """Send a new question of a kind and return the page that answers."""
    form = typed(client.page(NEW + kind)) | {"stem": "第一步做什么？", "lesson": "4.3"}
    answer = client.send(NEW + kind, form | TYPED[kind] | more)
    assert answer.status_code == 200
    assert rows.codes() == []
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("kind", "changes", "place", "words"),
    [
        ("single_choice", {"options-1-right": "y"}, "options", "单选题只能有一个正确答案"),
        ("single_choice", {"options-0-right": []}, "options", "没有正确答案，请勾选正确的选项。"),
        ("single_choice", {"options-1-text": "核对姓名"}, "options-1-text", "和前面的选项相同"),
        (
            "single_choice",
            {"options-2-why": "只有解析。"},
            "options-2-text",
            "这里还空着，请写上，或删去这一行。",
        ),
        ("single_choice", {"stem": "字" * 4001}, "stem", "题干最多 4000 个字，请缩短。"),
        ("single_choice", {"options-0-text": "字" * 501}, "options-0-text", "最多 500 个字"),
        ("single_choice", {"enemies": "q-none"}, "enemies", "没有编号 q-none 的题"),
        ("single_choice", {"tags": "长" * 41}, "tags", "每个最多 40 个字"),
        ("multiple_choice", {"rule": ""}, "rule", "选项写了权重"),
        ("multiple_choice", {"options-0-weight": "一半"}, "options-0-weight", "不是数"),
        ("true_false", {"options-0-right": "y"}, "options", "请勾选“正确”或“错误”中的一个。"),
        ("ordering", {"sequence-2-text": ""}, "sequence", "有 2 个项目，应当有 3 到 10 个"),
        ("ordering", {"shuffle": []}, "sequence", "请勾选“可以打乱次序”"),
        ("matching", {"matches-1-right": ""}, "matches-1-right", "请在同一行写上右边"),
        ("matching", {"matches-1-left": ""}, "matches-1-left", "这里还空着"),
        ("fill_in", {"stem": "核对{{b1}}。"}, "blanks-1-blank_id", "正好一次"),
        ("fill_in", {"blanks-0-accept": ""}, "blanks-0-accept", "没有算对的答案，请写上。"),
        ("fill_in", {"blanks-1-partly": "费用"}, "blanks-1-partly", "没有写得几分之几"),
        ("numeric", {"answers-0-value": "十二"}, "answers-0-value", "不是数"),
        ("numeric", {"answers-1-tolerance": "1"}, "answers-1-value", "写了范围，就不再写误差"),
        ("numeric", {"unit": ""}, "unit", "请补上单位"),
        ("numeric", {"units": "kPa"}, "units", "请写成 kPa = 7.5"),
        ("short_answer", {"rubric-0-anchors": "1 = 一点"}, "rubric-0-anchors", "最高一档"),
        ("short_answer", {"rubric-0-points": ""}, "rubric-0-points", "应当大于 0"),
        ("upload", {"accepts": []}, "accepts", "请勾选可以交什么。"),
        ("description", {"stem": ""}, "stem", "请写题干。"),
    ],
)
def test_each_fault_stands_at_its_field(
    app: Flask, kind: str, changes: dict[str, Any], place: str, words: str
) -> None:
    html = sent(writer(app), kind, **changes)
    told = html.partition(f'id="said-{place}"')[2].partition("</div>")[0]
    assert "said__one--fault" in told, html.partition('role="alert"')[2][:600]
    assert words in told
    assert f'href="#{place}"' in html
    assert f'id="{place}"' in html


def test_a_very_long_stem_is_refused_whole(app: Flask) -> None:
    client = writer(app)
    form = typed(client.page(f"{NEW}single_choice")) | {"stem": "字" * 700_000}
    part = '--x\r\nContent-Disposition: form-data; name="stem"\r\n\r\n' + form["stem"]
    answer = client.post(
        f"{NEW}single_choice",
        data=f"{part}\r\n--x--\r\n".encode(),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "题干最多 4000 个字" in answer.get_data(as_text=True)
    long = form | {"stem": "字" * 90_000}
    assert "题干最多 4000 个字" in client.send(f"{NEW}single_choice", long).get_data(as_text=True)
    assert rows.codes() == []


def checked(client: PageClient, path: str, form: dict[str, Any]) -> list[dict[str, str]]:
    """Ask as the page's script does."""
    answer = client.send(path, form, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    notes: list[dict[str, str]] = answer.get_json()["notes"]
    return notes


def test_while_typing(app: Flask) -> None:
    client = writer(app)
    form = typed(client.page(f"{NEW}single_choice")) | TYPED["single_choice"]
    form |= {"stem": "下列说法不正确的是？", "options-2-text": "以上都对", "options-3-text": "等"}
    told = checked(client, "/bank/questions/check?kind=single_choice", form)
    by_code = {note["code"]: note for note in told}
    assert by_code["all_of_above"]["place"] == "options-2-text"
    assert "删去“以上都对”" in by_code["all_of_above"]["mend"]
    assert by_code["negative_stem"]["place"] == "stem"
    assert [note["place"] for note in told if note["kind"] == "fault"] == ["lesson"]
    page = client.send(f"{NEW}single_choice", form | {"do": "check"}).get_data(as_text=True)
    assert "删去“以上都对”" in page
    answer = client.send(f"{NEW}single_choice", form | {"lesson": "4.3"}, follow_redirects=True)
    assert "写题提示" in answer.get_data(as_text=True)
    assert len(rows.codes()) == 1


def test_the_preview_is_what_a_trainee_sees(app: Flask) -> None:
    client = writer(app)
    form = typed(client.page(f"{NEW}fill_in")) | TYPED["fill_in"]
    answer = client.send("/bank/questions/check?kind=fill_in", form)
    preview = answer.get_json()["preview"]
    assert "核对" in preview
    assert "就诊时段" not in preview


def test_near_duplicates_are_named_to_who_may_open_them(app: Flask) -> None:
    stem = "陪诊师陪赵伯伯候诊，赵伯伯忽然说话含糊，右手拿不住水杯。陪诊师首先应当做什么？"
    rows.entry("live1", stem=stem)
    rows.entry("practice1", stem=stem, pool="practice")
    path = "/bank/questions/check?kind=single_choice"
    client = writer(app)
    form = typed(client.page(f"{NEW}single_choice")) | TYPED["single_choice"] | {"stem": stem}
    found = [n for n in checked(client, path, form) if n["kind"] == "alike"]
    assert {one["code"] for one in found} == {"live1", "practice1"}
    page = client.send(f"{NEW}single_choice", form | {"do": "enemy:practice1"})
    assert typed(page.get_data(as_text=True))["enemies"] == "practice1"
    teacher = factories.user(Role.ITEM_WRITER)
    rows.teach(teacher)
    other = PageClient(app).sign_in(teacher)
    found = [n for n in checked(other, path, form) if n["kind"] == "alike"]
    assert [one["code"] for one in found] == ["practice1"]


def test_checking_asks_for_the_permission_and_the_wall(app: Flask) -> None:
    live = rows.entry("live1")
    path = f"/bank/questions/check?entry={live.id}"
    reviewer = PageClient(app).sign_in(factories.user(Role.ITEM_REVIEWER))
    assert reviewer.send(path, {}).status_code == 403
    teacher = factories.user(Role.ITEM_WRITER)
    rows.teach(teacher)
    assert PageClient(app).sign_in(teacher).send(path, {}).status_code == 403
    client = writer(app)
    assert client.post(path, data={}).status_code == 400
    assert client.send("/bank/questions/check?kind=riddle", {}).status_code == 404


def with_picture(client: PageClient, kind: str, data: bytes, name: str) -> dict[str, Any]:
    """Add a medium row, send a file with it, and return the form that comes back."""
    form = typed(client.page(NEW + kind)) | TYPED[kind] | {"stem": "看图答题。", "lesson": "4.3"}
    page = client.send(NEW + kind, form | {"do": "add:media:picture"}).get_data(as_text=True)
    upload = typed(page) | {"do": "show", "media-0-file": (io.BytesIO(data), name)}
    answer = client.send(NEW + kind, upload, content_type="multipart/form-data")
    return typed(answer.get_data(as_text=True)) | {"page": answer.get_data(as_text=True)}


def test_a_picture_on_an_option(app: Flask) -> None:
    client = writer(app)
    form = with_picture(client, "single_choice", picture("JPEG"), "x.jpg")
    assert 'src="/bank/media/' in form.pop("page")
    html = client.send(f"{NEW}single_choice", form).get_data(as_text=True)
    assert "没有替代文字" in html
    form |= {"media-0-alt": "一张门诊平面图", "options-1-media_name": "m1"}
    assert client.send(f"{NEW}single_choice", form).status_code == 302
    question = rows.body(only())
    kept = db.session.scalars(select(Blob)).one()
    assert question.media == (Medium("m1", "picture", "一张门诊平面图", kept.sha256, "image/jpeg"),)
    assert question.options[1].media == ("m1",)


def test_a_sound_and_a_table(app: Flask) -> None:
    client = writer(app)
    form = with_picture(client, "description", wav(), "x.wav")
    assert "<audio" in form.pop("page")
    page = client.send(f"{NEW}description", form | {"do": "add:media:table"})
    told = typed(page.get_data(as_text=True)) | {"media-0-alt": "叫号的录音"}
    told |= {"media-1-alt": "两行的表", "media-1-rows": "时间 | 事项\n8:00\t取号"}
    assert client.send(f"{NEW}description", told).status_code == 302
    first, second = rows.body(only()).media
    assert (first.kind, first.media_type) == ("sound", "audio/wav")
    assert second.rows == (("时间", "事项"), ("8:00", "取号"))


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"<svg/>", "SVG"), (b"MZ" * 99, "不是能用的图片"), (animated(), "会动的图片")],
)
def test_a_bad_upload_is_refused_and_nothing_is_lost(app: Flask, data: bytes, words: str) -> None:
    form = with_picture(writer(app), "single_choice", data, "x.png")
    assert words in form["page"]
    assert form["options-0-text"] == "核对姓名"
    assert db.session.scalars(select(Blob)).all() == []


def test_a_picture_of_a_question_behind_the_wall_cannot_be_borrowed(app: Flask) -> None:
    kept = media.keep_picture(picture(), now=clock.now())
    shown = Medium("p", alt="图", sha256=kept.sha256)
    rows.entry("live1", media=(shown,))
    teacher = factories.user(Role.ITEM_WRITER)
    rows.teach(teacher)
    client = PageClient(app).sign_in(teacher)
    form = typed(client.page(f"{NEW}description")) | {"stem": "看图。", "lesson": "4.3"}
    form |= {"media-0-name": "m1", "media-0-medium_kind": "picture"}
    form |= {"media-0-sha256": kept.sha256, "media-0-alt": "图", "media-0-rows": ""}
    assert "没有这个文件" in client.send(f"{NEW}description", form).get_data(as_text=True)


@pytest.mark.parametrize("stem", ["\ufeff\x01", "\u200b", "**", "{{b1}}"])
def test_a_stem_that_shows_nothing_is_refused(app: Flask, stem: str) -> None:
    html = sent(writer(app), "single_choice", stem=stem)
    told = html.partition('id="said-stem"')[2].partition("</div>")[0]
    assert "said__one--fault" in told


def test_marks_that_nobody_sees_are_removed_and_named(app: Flask) -> None:
    client = writer(app)
    marked = {"stem": "先\u202e做\u200b什么？", "options-0-text": "核对\u2066姓名"}
    entry = written(client, "single_choice", **marked)
    question = rows.body(entry)
    assert (question.stem, question.options[0].text) == ("先做什么？", "核对姓名")
    html = client.page(f"/bank/questions/{entry.id}")
    assert "题干：有看不见的或改变文字方向的字符 U+202E、U+200B，已经删去。 请核对文字。" in html
    assert "选项 A：有看不见的或改变文字方向的字符 U+2066，已经删去。" in html
    form = typed(client.page(f"/bank/questions/{entry.id}/edit")) | marked
    notes = client.send(f"/bank/questions/check?entry={entry.id}", form).get_json()["notes"]
    found = {one["place"]: one["kind"] for one in notes if one["code"] == "invisible"}
    assert found == {"stem": "flaw", "options-0-text": "flaw"}


def both(app: Flask) -> tuple[PageClient, str, dict[str, Any], QuestionEntry]:
    """Let two people begin from one version and the first of them save."""
    of = rows.entry(explanation="原来的解析。")
    path = f"/bank/questions/{of.id}/edit"
    mine, theirs = writer(app), writer(app)
    form = typed(mine.page(path)) | {"stem": "乙改的？", "options-0-text": "看两看"}
    other = typed(theirs.page(path)) | {"stem": "甲改的？", "explanation": "甲的解析。"}
    assert theirs.send(path, other).status_code == 302
    return mine, path, form, of


def test_the_second_sees_both_versions(app: Flask) -> None:
    mine, path, form, _of = both(app)
    answer = mine.send(path, form)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    for words in ("两人都改了", "只有你改了", "只有对方改了", "<mark>乙</mark>", "<mark>甲</mark>"):
        assert words in html
    assert 'name="stem" value="乙改的？"' in html
    assert 'name="options-0-text" value="看两看"' in html
    assert only().current_number == 2
    opened = select(AuditLine).where(AuditLine.action == "question.opened")
    assert len(db.session.scalars(opened).all()) >= 3


def test_taking_over_field_by_field(app: Flask) -> None:
    mine, path, form, of = both(app)
    chosen = {"take-stem": "mine", "take-answer": "mine", "take-explanation": "theirs"}
    told = form | chosen | {"against": "2", "do": "save_merged"}
    assert mine.send(path, told).status_code == 302
    question = rows.body(only())
    assert question.stem == "乙改的？"
    assert question.options[0].text == "看两看"
    assert question.explanation == "甲的解析。"
    assert only().current_number == 3
    assert of.code == question.id


def test_going_on_from_the_newer_one(app: Flask) -> None:
    mine, path, form, _of = both(app)
    told = form | {"take-stem": "theirs", "take-explanation": "theirs", "against": "2"}
    page = typed(mine.send(path, told | {"do": "merge"}).get_data(as_text=True))
    assert (page["base"], page["stem"]) == ("2", "甲改的？")
    assert (page["options-0-text"], page["explanation"]) == ("看两看", "甲的解析。")
    assert mine.send(path, page).status_code == 302
    assert only().current_number == 3


def test_parts_of_a_case_are_taken_over_one_by_one(app: Flask) -> None:
    mine, theirs = writer(app), writer(app)
    of = case_of(mine)
    path = f"/bank/questions/{of.id}/edit"
    form = typed(mine.page(path)) | {"parts-0-stem": "乙的第一问？", "parts-1-stem": "乙的第二问。"}
    other = typed(theirs.page(path)) | {"parts-0-stem": "甲的第一问？"}
    assert theirs.send(path, other).status_code == 302
    assert "小题 1" in mine.send(path, form).get_data(as_text=True)
    told = form | {f"take-part:{of.code}.1": "theirs", "against": "2", "do": "save_merged"}
    assert mine.send(path, told).status_code == 302
    assert [part.stem for part in rows.body(only()).parts] == ["甲的第一问？", "乙的第二问。"]


def test_a_double_click_on_saving_is_no_conflict(app: Flask) -> None:
    of = rows.entry()
    client = writer(app)
    path = f"/bank/questions/{of.id}/edit"
    form = typed(client.page(path)) | {"stem": "改了？"}
    assert client.send(path, form).status_code == 302
    assert client.send(path, form).status_code == 302
    assert only().current_number == 2


def test_an_old_token_keeps_what_was_typed(app: Flask) -> None:
    client = writer(app)
    form = typed(client.page(f"{NEW}ordering")) | TYPED["ordering"] | {"stem": "排一排。"}
    answer = client.post(f"{NEW}ordering", data=form | {"csrf_token": "old"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "你写的都在下面" in html
    assert typed(html)["sequence-1-text"] == "取号"
    assert client.send(f"{NEW}ordering", typed(html) | {"lesson": "4.3"}).status_code == 302


def test_signing_out_meanwhile_keeps_what_was_typed(app: Flask) -> None:
    client = writer(app)
    form = typed(client.page(f"{NEW}ordering")) | TYPED["ordering"] | {"stem": "排一排。"}
    stranger = PageClient(app)
    answer = stranger.send(f"{NEW}ordering", form)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "登录已经结束，还没有保存" in html
    assert 'name="sequence-1-text" value="取号"' in html
    assert rows.codes() == []


def test_a_stranger_who_typed_nothing_signs_in_first(app: Flask) -> None:
    of = rows.entry()
    stranger = PageClient(app)
    for path in (f"{NEW}ordering", f"/bank/questions/{of.id}/edit"):
        answer = stranger.send(path, {})
        assert (answer.status_code, answer.location[:8]) == (302, "/sign-in")
        assert stranger.post(path, data={}).status_code == 400
    known = writer(app)
    assert known.post("/bank/questions/nobodys/edit", data={"stem": "有字"}).status_code == 400


def test_who_is_affected_is_said_before(app: Flask) -> None:
    of = rows.activate(rows.entry())
    version = rows.current(of)
    room = rows.sitting(version)
    rows.paper(version, room)
    html = writer(app).page(f"/bank/questions/{of.id}/edit")
    assert "用过它的考试" in html
    assert "春季理论考试 · 一号教室" in html
    assert "还没有结束的考试会抽到第 1 版" in html


def test_a_new_question_as_text(app: Flask) -> None:
    client = writer(app)
    path = "/bank/questions/new/file?kind=numeric"
    form = typed_text(client.page(path))
    answer = client.send(path, form)
    assert "题目:" in answer.get_data(as_text=True)
    text = form["text"].replace("answers: []", "answers:\n  - {value: 12}")
    text = text.replace("kind: numeric", "kind: numeric\n  stem: 多少？", 1)
    answer = client.send(path, {"pool": "practice", "text": text})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert rows.body(only()).kind == "numeric"
    assert only().code.startswith("w43-")


def typed_text(markup: str) -> dict[str, str]:
    """Return the form of the expert's page."""
    text = markup.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    return {"pool": "practice", "text": text.replace("&#39;", "'").strip("\r\n")}


def test_versions_name_their_person(app: Flask) -> None:
    person = factories.user(Role.ITEM_WRITER)
    assert writing.name_of(person.id) == person.name
    assert writing.name_of(None) == ""


def test_it_is_written_only_once_for_all_kinds(app: Flask) -> None:
    client = writer(app)
    of = written(client, "matching")
    lines = db.session.scalars(select(AuditLine.action).where(AuditLine.object_id == of.id)).all()
    assert "question.created" in lines
