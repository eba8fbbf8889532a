"""`flask content impact`: what a new edition of a standard touches, down to certificates."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from app.extensions import db
from app.handbook import impact
from app.handbook.material import Material, shipped
from app.models.training import TrainingClass
from tests.app.awards import rows

pytestmark = pytest.mark.rows


@pytest.fixture
def material() -> Material:
    return shipped()


def trace(material: Material, standard: str, **more: list[str]) -> impact.Impact:
    wanted = impact.wanted(material, standard, more.get("clauses", []), more.get("headings", []))
    return impact.trace(material, wanted)


def test_a_source_is_followed_to_lessons_and_questions(material: Material) -> None:
    found = trace(material, "pipl")
    assert {"1.3", "4.3"} <= {one.id for one in found.lessons}
    assert all("个人信息保护法" in why for one in found.retire for why in one.why)
    assert len(found.retire) >= 20
    assert not {one.id for one in found.retire} & {one.id for one in found.look_at}
    by_title = trace(material, "中华人民共和国个人信息保护法")
    assert by_title == found


def test_a_heading_leads_to_lessons_questions_and_stations(material: Material) -> None:
    found = trace(material, "accompaniment-service", headings=["safe-transfer"])
    assert "2.3" in {one.id for one in found.lessons}
    assert "S2-transfer" in {one.id for one in found.stations}
    assert all(one.why == ("标题 safe-transfer",) for one in found.retire)


def test_guides_are_followed_by_their_sources(material: Material) -> None:
    found = trace(material, "中国消化内镜诊疗镇静")
    assert [one.id for one in found.guides] == ["endoscopy"]
    assert [one.id for one in found.lessons] == ["3.4"]


def test_the_group_standards_touch_nothing_until_clauses_are_filled_in(
    app: Flask, material: Material
) -> None:
    assert trace(material, "practitioner-skills").nothing
    told = app.test_cli_runner().invoke(args=["content", "impact", "practitioner-skills"])
    assert told.exit_code == 0
    assert "没有课、题、考站或指南写明" in told.output


def test_holders_trained_on_a_touched_lesson_are_listed_by_number(
    app: Flask, material: Material
) -> None:
    held = rows.certificate()
    training_class = db.session.scalars(db.select(TrainingClass)).one()
    edition = training_class.edition
    edition.code = material.course.code
    edition.outline = {
        "modules": [
            {
                "code": "M1",
                "title": "",
                "title_en": "",
                "lessons": [
                    {"code": "1.3", "title": "", "title_en": "", "minutes": 45, "practical": False}
                ],
            }
        ]
    }
    db.session.commit()
    told = app.test_cli_runner().invoke(args=["content", "impact", "pipl", "--json"])
    assert told.exit_code == 0, told.output
    assert [one["number"] for one in json.loads(told.output)["holders"]] == [held.number]
    words = app.test_cli_runner().invoke(args=["content", "impact", "pipl"]).output
    assert held.number in words
    assert held.user.name not in words
    held.status = "withdrawn"
    db.session.commit()
    assert impact.holders(material, trace(material, "pipl")) == []
