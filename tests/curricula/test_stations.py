"""Station files: what ships is sound, and every kind of damage is told with its file."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from curricula import LoadReport, Station, course_folders, load_course
from curricula.problems import ProblemList
from curricula.stations import read_station

(SHIPPED,) = course_folders()
LOW_SUGAR = "S4-low-sugar"


@pytest.fixture(scope="module")
def report() -> LoadReport:
    return load_course(SHIPPED)


@pytest.fixture
def damaged(tmp_path: Path) -> Callable[[str, str], set[str]]:
    """Return the codes of the problems after some words of a station were replaced."""

    def damage(old: str, new: str) -> set[str]:
        path = tmp_path / f"{LOW_SUGAR}.yaml"
        shutil.copy(SHIPPED / "stations" / path.name, path)
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        problems = ProblemList(path.name)
        read_station(path, problems)
        return {problem.code for problem in problems.found}

    return damage


def test_the_five_stations_ship_with_every_draw_of_the_fourth(report: LoadReport) -> None:
    by_station: dict[str, list[Station]] = {}
    for station in report.stations:
        by_station.setdefault(station.station, []).append(station)
    assert {name: len(draws) for name, draws in by_station.items()} == {
        "S1": 1,
        "S2": 1,
        "S3": 1,
        "S4": 5,
        "S5": 1,
    }
    assert sum(draws[0].points for draws in by_station.values()) == 100
    assert {name for name, draws in by_station.items() if draws[0].marking.two_markers} == {
        "S3",
        "S4",
    }
    assert all(station.critical_errors and station.reviewed == () for station in report.stations)


def test_the_choking_station_holds_both_texts_and_the_day_of_the_choice(report: LoadReport) -> None:
    (choking,) = (one for one in report.stations if one.draw == "choking")
    protocol = choking.protocol
    assert protocol is not None
    assert [text.id for text in protocol.texts] == ["A", "B"]
    assert protocol.chosen == "A"
    assert protocol.since is not None
    assert all(text.steps for text in protocol.texts)


def test_an_undamaged_copy_has_no_fault(damaged: Callable[[str, str], set[str]]) -> None:
    assert damaged("points: 25", "points: 25") == set()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("points: 25", "points: 24", "points-differ"),
        ("  - head: 呼叫\n    points: 4", "  - head: 呼叫\n    points: 5", "points-differ"),
        ("        none: 没问就动手", "        x_none: 没问就动手", "missing-field"),
        ("{id: K2, act:", "{id: K1, act:", "duplicate-id"),
        ("combine: mean", "combine: single", "bad-setting"),
        ("warn_s: 420", "warn_s: 480", "bad-cue"),
        ("id: S4-low-sugar", "id: S4-sugar", "differs-from-file"),
        ("review_by: 2027-11-30", "review_by: next year", "wrong-kind"),
        ("status: draft", "status: active", "not-approved"),
        ("draw: low_sugar", "drawn: low_sugar", "unknown-field"),
        ('format_version: "1.0"', 'format_version: "2.0"', "wrong-format"),
        ("headings: [", "headings: []\nx_old: [", "empty-list"),
    ],
)
def test_damage_is_told(
    damaged: Callable[[str, str], set[str]], old: str, new: str, code: str
) -> None:
    assert code in damaged(old, new)


def test_a_cue_that_comes_before_the_one_above_it_is_told(
    damaged: Callable[[str, str], set[str]],
) -> None:
    assert damaged("at_s: 390", "at_s: 30") == {"bad-cue"}


def test_two_anchors_with_the_same_words_are_told(
    damaged: Callable[[str, str], set[str]],
) -> None:
    half = "让他坐着，但人离他一步以外，或先去办别的再回来"
    assert damaged("让他站起、走动，或没有理会坐姿", half) == {"same-anchors"}


def test_a_heading_that_the_course_lacks_and_a_draw_of_another_weight_are_told(
    tmp_path: Path,
) -> None:
    folder = tmp_path / SHIPPED.name
    shutil.copytree(SHIPPED, folder)
    fall = folder / "stations" / "S4-fall.yaml"
    text = fall.read_text(encoding="utf-8")
    fall.write_text(
        text.replace("perform_s: 480", "perform_s: 460").replace(
            "headings: [", "headings: [no-such, "
        ),
        encoding="utf-8",
    )
    found = {(problem.file, problem.code) for problem in load_course(folder).problems}
    assert found == {
        ("stations/S4-fall.yaml", "draws-differ"),
        ("stations/S4-fall.yaml", "unknown-heading"),
    }
