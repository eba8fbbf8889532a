"""The check of the English catalogue finds what a reader of English would miss."""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog

from script.support.translations import (
    catalogue_faults,
    read,
    render,
    syntax_faults,
    template_faults,
    updated,
)


def sentences(*identifiers: str) -> Catalog:
    catalogue = Catalog(fuzzy=False, creation_date=datetime(2030, 1, 1, tzinfo=UTC))
    for identifier in identifiers:
        catalogue.add(identifier, locations=[("app/page.html", 7)])
    return catalogue


def english(**strings: str) -> Catalog:
    catalogue = Catalog(locale="en", fuzzy=False)
    for identifier, string in strings.items():
        catalogue.add(identifier, string)
    return catalogue


def test_a_complete_catalogue_has_no_fault() -> None:
    assert list(catalogue_faults(english(交卷="Hand in"), sentences("交卷"))) == []


def test_missing_and_empty_translations_are_named_with_their_place() -> None:
    faults = list(catalogue_faults(english(交卷=""), sentences("交卷", "考试")))
    assert len(faults) == 2
    assert all(fault.startswith("app/page.html:7: ") for fault in faults)
    assert "no English translation: '交卷'" in faults[0]
    assert "not in the catalogue" in faults[1]


def test_a_lost_placeholder_is_a_fault() -> None:
    catalogue = english()
    catalogue.add("还剩 %(n)s 题", "Some questions left", flags=["python-format"])
    [fault] = catalogue_faults(catalogue, sentences("还剩 %(n)s 题"))
    assert "placeholders differ" in fault


def test_update_keeps_the_translation_of_a_sentence_that_goes_and_comes_back(
    tmp_path: Path,
) -> None:
    path = tmp_path / "messages.po"
    path.write_bytes(render(updated(english(交卷="Hand in"), sentences("考试"))))
    assert "交卷" not in read(path)
    back = updated(read(path), sentences("交卷", "考试"))
    assert back["交卷"].string == "Hand in"


def test_updating_without_a_new_sentence_changes_no_byte(tmp_path: Path) -> None:
    path = tmp_path / "messages.po"
    path.write_bytes(render(updated(read(path), sentences("交卷", "考试"))))
    once = path.read_bytes()
    assert render(updated(read(path), sentences("交卷", "考试"))) == once


def test_chinese_between_tags_is_found_unless_it_is_translated_or_marked(tmp_path: Path) -> None:
    folder = tmp_path / "app" / "templates"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(
        "{# 注释 #}<p>{{ _('交卷') }}</p>\n"
        '{% trans %}考试{% endtrans %}<a lang="zh-CN">中文</a>\n'
        "<p>没有翻译</p>\n",
        encoding="utf-8",
    )
    assert list(template_faults(folder)) == [
        "app/templates/page.html:3: Chinese outside of _(): '没有翻译'"
    ]


def test_a_broken_template_is_named_by_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "app" / "templates"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text("<p>\n{% if x %}", encoding="utf-8")
    [fault] = syntax_faults(folder)
    assert fault.startswith("app/templates/page.html:2: ")
