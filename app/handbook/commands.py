"""`flask content check` and `flask content impact`: is the content whole, and what would change.

What `--json` prints is stable: other programs may rely on the names.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from app.bank.content import SHIPPED
from app.handbook import impact
from app.handbook.coverage import Coverage, cover, percent
from app.handbook.material import Material, NoCourseError, read_material
from curricula import CONTENT

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--courses", type=_FOLDER, default=CONTENT, help="The folder of courses.")
@click.option("--bank", type=_FOLDER, default=SHIPPED, help="The folder of questions.")
def check_content(as_json: bool, courses: Path, bank: Path) -> None:
    """Say whether the content is complete; reads files only, needs no database.

    Prints the matrix of headings, lessons, stations, questions and blueprint cells, characters per
    lesson, how many times over each cell is filled, flaws against the writing rules, questions that
    are too alike, and the agreement of the blind solve. Exits with 1 when a lesson lacks a source,
    a reviewer role, a review-by date or questions, or a file has a fault.
    """
    report = cover(_read(courses, bank))
    if as_json:
        click.echo(json.dumps(summary(report), ensure_ascii=False, indent=1))
    else:
        for sentence in _told(report):
            click.echo(sentence)
    for fault in report.faults:
        click.echo(fault, err=True)
    if report.faults:
        click.echo(f"内容有 {len(report.faults)} 处不完整。/ incomplete.", err=True)
        raise click.exceptions.Exit(1)


def _read(courses: Path, bank: Path) -> Material:
    try:
        return read_material(courses, bank)
    except NoCourseError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        raise click.ClickException(str(error)) from error


def summary(report: Coverage) -> dict[str, Any]:
    """Return the report as the JSON object that `check --json` prints."""
    agreement = report.agreement
    return {
        "faults": list(report.faults),
        "thin": list(report.thin),
        "lessons": [
            {
                "id": line.lesson.id,
                "title": line.lesson.title.zh,
                "characters": line.characters,
                "live": line.live,
                "practice": line.practice,
                "sources": len(line.lesson.sources),
                "reviewers_needed": list(line.lesson.reviewers_needed),
                "review_by": line.lesson.review_by.isoformat() if line.lesson.review_by else None,
            }
            for line in report.lessons
        ],
        "headings": [
            {
                "id": line.id,
                "label": line.label,
                "domain": line.domain,
                "lessons": list(line.lessons),
                "stations": list(line.stations),
                "live": line.live,
                "practice": line.practice,
                "cells": dict(line.cells),
            }
            for line in report.headings
        ],
        "cells": [
            {"cell": c.name, "needs": c.needs, "have": c.have, "times": round(float(c.times), 2)}
            for c in report.cells
        ],
        "flaws": list(report.flaws),
        "near": [list(pair) for pair in report.near],
        "blind_solve": {
            "compared": agreement.compared,
            "agreement": percent(agreement.share),
            "disagreeing": [solve.question for solve in agreement.disagreeing],
            "unsure": [solve.question for solve in agreement.unsure],
            "mended_since": list(agreement.mended),
            "unsolved": list(agreement.unsolved),
        },
    }


def _told(report: Coverage) -> list[str]:
    agreement = report.agreement
    told = ["标题 × 课 × 考站 × 题 × 细目表的格 / headings, lessons, stations, questions, cells"]
    for line in report.headings:
        cells = " ".join(f"{name}:{count}" for name, count in line.cells)
        told.append(
            f"{line.domain} {line.id}（{line.label}）课 {_list(line.lessons)}；考站"
            f" {_list(line.stations)}；考试题 {line.live}，练习题 {line.practice}；{cells or '—'}"
        )
    told += ["", "每课字数和题数 / characters and questions per lesson"]
    told += [
        f"{line.lesson.id} {line.lesson.title.zh}：{line.characters} 字，考试题 {line.live}，"
        f"练习题 {line.practice}，复审期限 {line.lesson.review_by or '—'}"
        for line in report.lessons
    ]
    told += ["", "细目表每格的倍数 / times over"]
    told += [f"{c.name}：要 {c.needs}，有 {c.have}，{float(c.times):.1f} 倍" for c in report.cells]
    told += ["", f"违反命题规则 {len(report.flaws)} 处 / flaws", *report.flaws]
    told += [f"太像的题 {len(report.near)} 对 / near duplicates"]
    told += [f"{one} — {other}" for one, other in report.near]
    told += [
        f"盲答：比对 {agreement.compared} 题，相符 {percent(agreement.share)}，不相符"
        f" {len(agreement.disagreeing)}；改过待再答 {len(agreement.mended)}，没答过"
        f" {len(agreement.unsolved)} / blind solve",
        *(f"不相符 {solve.question}：{solve.answer}" for solve in agreement.disagreeing),
    ]
    total = sum(line.characters for line in report.lessons)
    live = sum(line.live for line in report.lessons)
    practice = sum(line.practice for line in report.lessons)
    told += [
        "",
        f"共 {len(report.lessons)} 课 {total} 字，考试题 {live}，练习题 {practice} / in all",
        *(f"单薄：{thin}" for thin in report.thin),
    ]
    return told


def _list(ids: tuple[str, ...]) -> str:
    return "、".join(ids) or "—"


@click.command("impact")
@click.argument("standard")
@click.option("--clause", "clauses", multiple=True, help="A clause that changed; may be repeated.")
@click.option("--heading", "headings", multiple=True, help="A heading of ours that it governs.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def impact_of(
    standard: str, clauses: tuple[str, ...], headings: tuple[str, ...], as_json: bool
) -> None:
    """List what a new edition of STANDARD touches; changes nothing.

    STANDARD is the id of a standard or source in course.yaml, or words of a title. Three lists:
    lessons to rewrite, questions to retire (and those to look at), and certificates whose holders
    were trained on such lessons and need a bridging course.
    """
    material = _read(CONTENT, SHIPPED)
    wanted = impact.wanted(material, standard, clauses, headings)
    found = impact.trace(material, wanted)
    people = impact.holders(material, found)
    if as_json:
        click.echo(json.dumps(_impact_json(found, people), ensure_ascii=False, indent=1))
        return
    if found.nothing:
        click.echo(
            f"没有课、题、考站或指南写明“{wanted.title}”。条款还没有人填；"
            "可以用 --heading 指出它管哪些标题。/ nothing names it."
        )
        return
    for name, touched in (
        ("要改的课 / lessons to rewrite", found.lessons),
        ("要停用重审的题 / questions to retire", found.retire),
        ("同课的题，要看一遍 / questions to look at", found.look_at),
        ("要改的考站 / stations", found.stations),
        ("要改的路线单、样张 / guides", found.guides),
    ):
        click.echo(f"{name}：{len(touched)}")
        for one in touched:
            click.echo(f"  {one.id} {one.name}（{'；'.join(one.why)}）")
    click.echo(f"要补课的持证人（证书号）/ holders to retrain：{len(people)}")
    for holder in people:
        click.echo(f"  {holder.number} 版本 {holder.edition}，有效到 {holder.valid_until or '—'}")


def _impact_json(found: impact.Impact, people: list[impact.Holder]) -> dict[str, Any]:
    def listed(touched: tuple[impact.Touched, ...]) -> list[dict[str, Any]]:
        return [{"id": one.id, "name": one.name, "why": list(one.why)} for one in touched]

    return {
        "lessons": listed(found.lessons),
        "retire": listed(found.retire),
        "look_at": listed(found.look_at),
        "stations": listed(found.stations),
        "guides": listed(found.guides),
        "holders": [
            {"number": one.number, "edition": one.edition, "valid_until": one.valid_until}
            for one in people
        ],
    }
