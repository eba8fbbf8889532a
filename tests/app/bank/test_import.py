"""Import questions over HTTP: read, looked through, taken whole or not at all."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from PIL import Image, PngImagePlugin
from sqlalchemy import func, select

from app import clock, jobs
from app.bank import import_jobs, import_taking, importing, writing
from app.extensions import db
from app.models.bank import (
    ImportedQuestion,
    MarkingKey,
    QuestionEntry,
    QuestionImport,
    QuestionLabel,
    QuestionSearch,
    QuestionVersion,
)
from app.models.journal import AuditLine, Blob, Job
from app.models.people import Role, User
from question_bank import write_as
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows

GIFT = """\
// [id:w1] [tag:夜班]
::拐杖::老人的拐杖落在出租车上，先做什么？{=打出租车公司的电话#有车牌就能找到。
~再买一根#旧的合手。 ~让老人自己走#会摔。 ~先去看病再说#回头就难找了。}

::轮椅::轮椅下坡，陪诊师应当怎样推？{=倒退着慢慢下 ~正着推下去 ~松手让它滑 ~请老人自己下}
"""
BROKEN = GIFT + "\n::坏的::没有答案的题？{~甲 ~乙}\n"
DEFAULTS = {"pool": "practice", "domain": "C", "lesson": "4.3", "level": "use", "wanted": ""}


@pytest.fixture
def writer(app: Flask) -> User:
    return factories.user(Role.ITEM_WRITER)


@pytest.fixture
def page(app: Flask, writer: User) -> PageClient:
    return PageClient(app).sign_in(writer)


def send(page: PageClient, data: bytes | None, name: str = "一月.gift", **fields: Any) -> str:
    """Upload a file with defaults; return the address of its preview."""
    file = {} if data is None else {"file": (io.BytesIO(data), name)}
    answer = page.send("/bank/import", {**DEFAULTS, **file, **fields})
    assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
    return answer.location


def only(model: Any) -> Any:
    return db.session.scalars(select(model)).one()


def entries() -> list[QuestionEntry]:
    db.session.expire_all()
    return list(db.session.scalars(select(QuestionEntry).order_by(QuestionEntry.stem)))


def work() -> None:
    """Let the worker do all that waits."""
    while jobs.run_next(clock.now()):
        pass
    db.session.expire_all()


def test_it_works(page: PageClient, writer: User) -> None:
    page.page("/bank/import")
    address = send(page, BROKEN.encode())
    assert "坏的" in page.page(address)
    html = page.page(address + "?tab=all")
    for words in (
        "老人的拐杖落在出租车上",
        "坏的",
        "会写入",
        "还没有改动",
        "写入 2 题，1 处先不要",
    ):
        assert words in html
    assert entries() == []
    assert "轮椅下坡" in page.page(address + "?tab=good")
    assert page.send(address + "/take").status_code == 302
    first, second = entries()
    assert (first.code, first.status, first.origin, first.pool) == (
        "w1",
        "draft",
        "import",
        "practice",
    ) or second.code == "w1"
    assert {one.author_id for one in (first, second)} == {writer.id}
    done = page.page(address)
    assert "写入 2 题" in done
    assert f"/bank/questions/{first.id}" in done
    actions = list(db.session.scalars(select(AuditLine.action).order_by(AuditLine.id)))
    assert actions.count("question.created") == 2
    assert actions[-1] == "import.taken"
    tags = set(db.session.scalars(select(QuestionLabel.value).where(QuestionLabel.kind == "tag")))
    assert "夜班" in tags
    assert any(tag.endswith("一月.gift") for tag in tags)


def test_what_is_derived_equals_what_saving_derives(page: PageClient) -> None:
    page.send(send(page, GIFT.encode()) + "/take")
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "w1")).one()
    version = rows.current(entry)
    other = writing.create(
        replace(rows.body(entry), id="by-hand"),
        actor=factories.user(Role.ITEM_WRITER),
        now=clock.now(),
    )
    db.session.commit()
    same = rows.current(other)
    assert version.content_hash == same.content_hash
    for name in ("stem", "kind", "domain", "level", "lesson_code", "flaws", "language", "status"):
        assert getattr(entry, name) == getattr(other, name)
    assert entry.search is not None
    assert other.search is not None
    for column in QuestionSearch.__table__.columns:
        if column.name not in ("entry_id", "names"):
            assert getattr(entry.search, column.name) == getattr(other.search, column.name)
    keys = db.session.scalars(
        select(MarkingKey.key).where(MarkingKey.version_id.in_([version.id, same.id]))
    ).all()
    assert keys[0] == keys[1]


def test_importing_again_does_not_double(page: PageClient) -> None:
    page.send(send(page, GIFT.encode()) + "/take")
    address = send(page, GIFT.encode())
    html = page.page(address)
    assert "已经有了" in html
    answer = page.send(address + "/take")
    assert answer.status_code == 409
    assert "没有选中要写入的题" in answer.get_data(as_text=True)
    assert len(entries()) == 2


def test_a_known_code_becomes_the_next_version(page: PageClient, writer: User) -> None:
    page.send(send(page, GIFT.encode()) + "/take")
    address = send(page, GIFT.replace("有车牌就能找到", "记得车牌就能找到").encode())
    assert "编号已在题库" in page.page(address)
    assert page.send(address + "/take").status_code == 302
    assert len(entries()) == 2
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "w1")).one()
    assert entry.current_number == 2
    assert "记得车牌" in rows.body(entry).options[0].why
    assert {one.number for one in entry.versions} == {1, 2}


def test_what_the_format_cannot_hold_is_kept_from_the_version_before(page: PageClient) -> None:
    text = rows.FILE.replace("pool: live", "pool: practice").replace(
        "    stem: 先做什么？",
        "    stem: 先做什么？\n    writer: {kind: ai_drafted, approved_by: null}\n"
        "    reviewers_needed: [法律]\n    review_by: 2027-05-01",
    )
    page.send(send(page, text.encode(), "a.yaml") + "/take")
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "t1")).one()
    question = rows.body(entry)
    again = write_as([question], "gift").decode()
    assert "已经有了" in page.page(send(page, again.encode()))
    assert page.send(send(page, again.replace("先做什么", "最先做什么").encode()) + "/take")
    db.session.expire_all()
    following = rows.body(entry)
    assert (entry.current_number, following.stem) == (2, "最先做什么？")
    assert following.reviewers_needed == question.reviewers_needed == ("法律",)
    assert following.review_by == question.review_by
    assert following.writer.kind == "ai_drafted"


def test_the_same_code_on_another_question_is_a_new_question(page: PageClient) -> None:
    page.send(send(page, GIFT.encode()) + "/take")
    other = (
        "// [id:w1]\n::夜里::夜里发烧，药房关门，陪诊师先联系谁？{=值班护士 ~邻居 ~司机 ~同乡}\n"
    )
    page.send(send(page, other.encode()) + "/take")
    codes = [one.code for one in entries()]
    assert len(codes) == 3
    assert codes.count("w1") == 1


def test_a_near_duplicate_is_left_until_decided(page: PageClient, writer: User) -> None:
    old = rows.entry("old", author=writer, pool="practice", stem="轮椅下坡，陪诊师应当怎样推才稳？")
    text = GIFT.replace("应当怎样推？", "应当怎样推才稳？").replace("[id:w1]", "")
    address = send(page, text.encode())
    item = db.session.scalars(
        select(ImportedQuestion).where(ImportedQuestion.standing == "alike")
    ).one_or_none()
    if item is None:  # the options make them differ enough: force what is to be tested
        pytest.fail("not seen as alike")
    assert item.decision == "skip"
    assert old.code in page.page(address)
    assert "题库里的" in page.page(f"{address}/questions/{item.number}")
    decide = {"number": str(item.number), "decision": "merge"}
    assert page.send(address + "/decide", decide).status_code == 302
    assert page.send(address + "/take").status_code == 302
    db.session.expire_all()
    assert rows.current(old).number == 2
    assert len(entries()) == 2


def test_a_near_duplicate_inside_the_file_is_shown_beside_the_earlier_one(
    page: PageClient,
) -> None:
    again = GIFT.replace("轮椅下坡", "轮椅下坡时").replace("[id:w1]", "").split("\n\n")[1]
    address = send(page, (GIFT + "\n" + again).encode())
    item = db.session.scalars(
        select(ImportedQuestion).where(ImportedQuestion.standing == "alike")
    ).one()
    html = page.page(f"{address}/questions/{item.number}")
    assert "本文件第 2 题" in html
    assert "轮椅下坡，陪诊师" in html


def test_a_merge_into_a_question_changed_meanwhile_writes_nothing(
    page: PageClient, writer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.send(send(page, GIFT.encode()) + "/take")
    more = GIFT.replace("有车牌", "记得车牌") + "\n::药::药盒空了，先问谁？{=药师 ~邻居 ~司机}\n"
    address = send(page, more.encode())
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "w1")).one()
    prepared = import_taking.prepare_merges

    def changed_in_between(*args: Any, **kwargs: Any) -> Any:
        made = prepared(*args, **kwargs)
        mine = db.session.get_one(QuestionEntry, entry.id)
        question = replace(rows.body(mine), stem="别人刚改的题干，先做什么才对？")
        writing.save(mine, question, base=1, actor=writer, now=clock.now())
        db.session.commit()
        return made

    monkeypatch.setattr(import_taking, "prepare_merges", changed_in_between)
    page.send(address + "/take")
    assert "刚才有人改了 w1" in page.page(address)
    assert len(entries()) == 2
    monkeypatch.undo()
    assert page.send(address + "/take").status_code == 302
    assert len(entries()) == 3
    assert db.session.get_one(QuestionEntry, entry.id).current_number == 3


def test_status_and_reviews_of_a_file_do_not_count(page: PageClient) -> None:
    text = rows.FILE.replace("pool: live", "pool: practice").replace(
        "    stem: 先做什么？",
        "    stem: 先做什么？\n    status: active\n"
        "    writer: {kind: ai_drafted, approved_by: 某人}\n"
        "    reviewed: [{by: 某人, at: 2026-01-01}]",
    )
    page.send(send(page, text.encode(), "a.yaml") + "/take")
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "t1")).one()
    question = rows.body(entry)
    assert (entry.status, entry.writer_kind) == ("draft", "ai_drafted")
    assert question.reviewed == ()
    assert question.writer.approved_by is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "请选一个文件，或把题目粘贴进来"),
        ({"file": (b"", "a.gift")}, "文件是空的"),
        ({"file": (b" \n ", "a.gift")}, "文件是空的"),
        ({"file": (b"%PDF-1.7", "a.pdf")}, "这是 PDF"),
        ({"file": (GIFT.encode(), "a.gift"), "wanted": "moodle"}, "没有格式“moodle”"),
        ({"file": (GIFT.encode(), "a.gift"), "wanted": "excel"}, "选的格式是 excel"),
        ({"file": (b"<!DOCTYPE x [<!ENTITY a 'b'>]><quiz/>", "a.xml")}, "DOCTYPE"),
        ({"text": "随便写的一段话"}, "看不出这是什么格式"),
        ({"text": GIFT, "file": (GIFT.encode(), "a.gift")}, "二选一"),
        ({"text": GIFT, "lesson": "第四课"}, "请写课的编号"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(
    page: PageClient, sent: dict[str, Any], said: str
) -> None:
    fields = {
        name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in sent.items()
    }
    answer = page.send("/bank/import", {**DEFAULTS, **fields})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert said in html
    assert f'value="{fields.get("lesson", "4.3")}"' in html
    if "text" in sent:
        assert sent["text"].splitlines()[0].split("<")[0] in html
    assert db.session.scalar(select(func.count()).select_from(QuestionImport)) == 0


def test_a_file_too_large_is_refused_with_a_sentence(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_BYTES", 1000)
    answer = page.send("/bank/import", {**DEFAULTS, "file": (io.BytesIO(b"x" * 1001), "a.gift")})
    assert "超过 64 MB" in answer.get_data(as_text=True)


def test_a_file_in_gb18030_is_read(page: PageClient) -> None:
    html = page.page(send(page, GIFT.encode("gb18030")))
    assert "老人的拐杖" in html
    assert "gb18030" in html


def test_a_question_without_lesson_is_a_problem_and_defaults_mend_it(page: PageClient) -> None:
    address = send(page, GIFT.encode(), domain="", lesson="")
    html = page.page(address)
    assert "没有写领域、课。" in html
    assert "2 题只差领域、课或层次" in html
    assert page.get(f"{address}/troubles.csv").get_data(as_text=True).count("没有写") == 2
    again = address.rsplit("/", 1)[-1]
    page.page(f"/bank/import?again={again}")
    answer = page.send(f"/bank/import?again={again}", DEFAULTS)
    assert "写入 2 题" in page.page(answer.location)


def test_pictures_are_drawn_anew_and_svg_is_a_problem(page: PageClient) -> None:
    address = send(page, moodle(("图.png", png()), ("坏.svg", b"<svg xmlns='x'/>")), "a.xml")
    html = page.page(address + "?tab=all")
    assert "坏.svg" in html
    assert "/bank/media/" in html
    assert page.send(address + "/take").status_code == 302
    (entry,) = entries()
    (medium,) = rows.body(entry).media
    stored = db.session.scalars(select(Blob).where(Blob.sha256 == medium.sha256)).one()
    assert stored.media_type == "image/png"
    shown = page.get(f"/bank/media/{medium.sha256}")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert b"secret" not in shown.data


def test_only_the_question_that_lost_its_picture_stays_out(page: PageClient) -> None:
    data = moodle(("图.png", png()), ("坏.png", b"no picture"), ("空.png", png()))
    one_line = b" ".join(data.splitlines()).replace(
        '空.png" alt="一个标志"'.encode(), '空.png" alt=""'.encode()
    )
    same_name = one_line.replace("图0".encode(), "图1".encode())
    html = page.page(send(page, same_name, "a.xml") + "?tab=all")
    assert db.session.scalar(select(func.count()).select_from(ImportedQuestion)) == 2
    assert "“坏.png”不是能用的图片" in html
    assert "“空.png”没有替代文字" in html
    assert "图1 · 图片" in html
    assert "media" not in html.replace("/bank/media/", "").partition("<tbody")[2]


def test_a_zip_bomb_is_refused(page: PageClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * 300_000_000)
        archive.writestr("xl/workbook.xml", b"")
    answer = page.send(
        "/bank/import", {**DEFAULTS, "file": (io.BytesIO(packed.getvalue()), "b.xlsx")}
    )
    assert answer.status_code == 200
    assert db.session.scalar(select(func.count()).select_from(QuestionImport)) == 0


def test_long_files_are_read_and_written_by_the_worker(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    monkeypatch.setattr(importing, "TAKEN_AT_ONCE", 1)
    monkeypatch.setattr(import_jobs, "CHUNK", 1)
    address = send(page, GIFT.encode())
    assert "正在读文件" in page.page(address)
    work()
    assert "会写入" in page.page(address)
    page.send(address + "/take")
    assert "正在写入题库" in page.page(address)
    again = page.send(address + "/take")
    assert again.status_code == 409
    work()
    assert "已写入题库" in page.page(address)
    assert {one.pool for one in entries()} == {"practice"}
    assert only(QuestionImport).job_id is None


def test_a_cancelled_writing_leaves_nothing(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "TAKEN_AT_ONCE", 1)
    monkeypatch.setattr(import_jobs, "CHUNK", 1)
    address = send(page, GIFT.encode())
    page.send(address + "/take")
    report = jobs.report_progress

    def cancelled_after_one(job: Job, done: int, total: int) -> None:
        report(job, done, total)
        page.send(address + "/drop")
        report(job, done, total)

    monkeypatch.setattr(jobs, "report_progress", cancelled_after_one)
    work()
    assert entries() == []
    assert only(QuestionImport).state == "ready"
    for model in (QuestionVersion, MarkingKey, QuestionLabel, QuestionSearch):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    monkeypatch.undo()
    assert page.send(address + "/take").status_code == 302
    assert len(entries()) == 2


def test_a_worker_that_dies_in_the_middle_is_followed_by_the_next(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "TAKEN_AT_ONCE", 1)
    monkeypatch.setattr(import_jobs, "CHUNK", 1)
    address = send(page, GIFT.encode())
    page.send(address + "/take")
    finish = import_taking.finish

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(import_taking, "finish", dies)
    jobs.run_next(clock.now())
    db.session.expire_all()
    assert {one.pool for one in entries()} == {"+practice"}
    assert "轮椅" not in page.page("/bank/questions")
    monkeypatch.setattr(import_taking, "finish", finish)
    jobs.run_next(clock.now() + importing.SECOND_CLICK)
    assert {one.pool for one in entries()} == {"practice"}
    assert len(entries()) == 2


def test_a_job_that_failed_for_good_is_put_back_by_the_duty(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "TAKEN_AT_ONCE", 1)
    address = send(page, GIFT.encode())
    page.send(address + "/take")

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(import_taking, "finish", dies)
    for turn in range(1, 4):
        jobs.run_next(clock.now() + turn * importing.SECOND_CLICK)
    later = clock.now() + 9 * importing.SECOND_CLICK
    jobs.do_duties(later, only="bank.imports_mended")
    assert entries() == []
    assert "没有成功" in page.page(address)


def test_dropping_leaves_nothing_and_the_sweep_takes_the_rest(page: PageClient) -> None:
    address = send(page, GIFT.encode())
    assert page.send(address + "/drop").status_code == 302
    assert "已经放弃" in page.page(address)
    assert page.send(address + "/take").status_code == 409
    assert db.session.scalar(select(func.count()).select_from(ImportedQuestion)) == 0
    jobs.do_duties(clock.now() + 2 * import_jobs.KEPT, only="bank.imports_swept")
    assert db.session.scalar(select(func.count()).select_from(QuestionImport)) == 0
    assert db.session.scalar(select(func.count()).select_from(Blob)) == 0


def test_a_second_click_finds_the_first(page: PageClient) -> None:
    assert send(page, GIFT.encode()) == send(page, GIFT.encode())


def test_pasted_text_can_be_mended_and_read_again(page: PageClient) -> None:
    address = send(page, None, text="1. 先做什么？\nA. 看\nB. 走\n答案：E\n")
    html = page.page(address)
    assert "E" in html
    assert "有问题" in html
    again = page.page("/bank/import?again=" + address.rsplit("/", 1)[-1])
    assert "答案：E" in again


def test_the_list_of_problems_holds_no_formula(page: PageClient) -> None:
    address = send(page, (GIFT + "\n=cmd()::坏::坏题？{~甲 ~乙}\n").encode())
    table = page.get(address + "/troubles.csv")
    assert table.data.decode("utf-8-sig").startswith("类别,位置")
    assert not any(
        cell.startswith(("=", "+", "@"))
        for line in table.data.decode("utf-8-sig").splitlines()
        for cell in line.replace('"', "").split(",")
    )


def test_a_preview_costs_the_same_number_of_queries(page: PageClient) -> None:
    counts = []
    for many in (1, 40):
        text = "\n\n".join(
            f"::t{n}::第 {n} 位老人走散了，陪诊师先去哪里找{'很久' * n}？{{=服务台 ~食堂 ~车库}}"
            for n in range(many)
        )
        address = send(page, text.encode())
        with rows.counted() as queries:
            page.page(address + "?tab=all")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_live_questions_need_the_wall(page: PageClient, writer: User) -> None:
    text = rows.FILE.encode()
    rows.teach(writer)
    html = page.page(send(page, text, "a.yaml"))
    assert "你现在不能打开考试题" in html
    answer = page.send("/bank/import", {**DEFAULTS, "pool": "live", "text": GIFT})
    assert answer.status_code in (200, 403)
    assert entries() == []


def test_another_persons_import_is_not_there(app: Flask, page: PageClient) -> None:
    address = send(page, GIFT.encode())
    other = PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))
    other.page(address, status=404)
    for act in ("take", "drop", "decide"):
        assert other.send(f"{address}/{act}").status_code == 404
    other.page(f"{address}/questions/1", status=404)
    assert other.get(f"{address}/troubles.csv").status_code == 404


def test_who_may(app: Flask) -> None:
    for role in Role:
        status = 200 if role is Role.ITEM_WRITER else 403
        PageClient(app).sign_in(factories.user(role)).page("/bank/import", status=status)


def png() -> bytes:
    out, note = io.BytesIO(), PngImagePlugin.PngInfo()
    note.add_text("Comment", "secret")
    Image.new("RGB", (40, 30), "#cfe0e6").save(out, "PNG", pnginfo=note)
    return out.getvalue()


def moodle(*files: tuple[str, bytes]) -> bytes:
    """Return Moodle XML with one question for each picture."""
    asked = "".join(
        f"""<question type="multichoice"><name><text>图{n}</text></name>
        <questiontext format="html"><text><![CDATA[<p>第{n}张图里是什么标志？<img src="@@PLUGINFILE@@/{name}" alt="一个标志"></p>]]></text>
        <file name="{name}" path="/" encoding="base64">{b64encode(data).decode()}</file></questiontext>
        <single>true</single><answer fraction="100"><text>导医台{n}</text></answer>
        <answer fraction="0"><text>药房{n * 7}</text></answer></question>"""
        for n, (name, data) in enumerate(files)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><quiz>{asked}</quiz>'.encode()
