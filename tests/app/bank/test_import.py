"""Import questions over HTTP: read, looked through, taken whole or not at all."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.bank import (
    ImportedQuestion,
    QuestionLabel,
)
from app.models.journal import AuditLine, Blob
from app.models.people import User
from tests.app.bank import rows
from tests.app.bank.imports import BROKEN, DEFAULTS, GIFT, entries, moodle, png, send
from tests.client import PageClient

pytestmark = pytest.mark.rows


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


WRONG_KEY = """\
::轮椅::轮椅下坡，陪诊师应当怎样推？{~倒退着慢慢下 =正着推下去 ~松手让它滑 ~请老人自己下}
"""


def test_another_key_for_the_same_text_is_said_with_both_answers(
    page: PageClient, writer: User
) -> None:
    assert page.send(send(page, GIFT.encode()) + "/take").status_code == 302
    html = page.page(send(page, WRONG_KEY.encode(), "二月.gift"))
    told = html.partition("答案不同")[2].partition("</td>")[0]
    assert "正着推下去" in told
    assert "倒退着慢慢下" in told
    item = db.session.scalars(
        select(ImportedQuestion).where(ImportedQuestion.standing == "alike")
    ).one()
    beside = page.page(f"/bank/imports/{item.import_id}/questions/{item.number}")
    assert "倒退着慢慢下" in beside.partition('id="theirs"')[2].partition("</b>")[2][:80]
    shuffled = WRONG_KEY.replace("{~倒退着慢慢下 =正着推下去", "{~正着推下去 =倒退着慢慢下")
    assert "答案不同" not in page.page(send(page, shuffled.encode(), "三月.gift"))


def test_what_was_not_read_is_called_the_text_of_the_file(page: PageClient) -> None:
    html = page.page(send(page, BROKEN.encode()))
    cell = html.partition('data-label="文件里的原文"')[2].partition("</td>")[0]
    assert "文件里的原文" in cell
    assert "没有答案的题" in cell
