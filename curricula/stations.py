"""Read the station files of a course and check what makes a station markable.

Points must add up, every item needs three worded anchors, cues come in order of time, every error
that fails the exam says what does not count as it. Whether the wording is good is for examiners to
find out; what a chosen setting means for a sitting is the scheme's business.
"""

from fractions import Fraction
from pathlib import Path

from curricula.course import DOMAINS, LESSON_STATUSES
from curricula.fields import Fields
from curricula.front_matter import check_approval, check_format, read_review, read_writer
from curricula.marked_yaml import UnreadableYamlError, read_yaml
from curricula.problems import ProblemList
from curricula.station import (
    COMBINING,
    CUE_GIVERS,
    RATINGS,
    Actor,
    Answer,
    Candidate,
    CriticalError,
    Cue,
    Guidance,
    Head,
    Item,
    Kit,
    KitItem,
    Marking,
    Protocol,
    ProtocolText,
    Rating,
    Station,
    StationSource,
    Timing,
)
from curricula.station_checks import check_station
from curricula.text_file import read_text

FORMAT = "peizhen.station"
FOLDER = "stations"
MAX_STATION_BYTES = 100_000


def read_stations(folder: Path, problems: ProblemList) -> tuple[Station, ...]:
    """Read the stations of a course folder, by file name; faults go into `problems`."""
    found = []
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        own = ProblemList(path.relative_to(folder).as_posix())
        station = read_station(path, own)
        problems.extend(own.found)
        if station is not None:
            found.append(station)
    return tuple(found)


def read_station(path: Path, problems: ProblemList) -> Station | None:
    """Read one file; None where it cannot be read at all."""
    text = read_text(path, problems, MAX_STATION_BYTES)
    if text is None:
        return None
    try:
        fields = Fields(read_yaml(text), problems)
    except UnreadableYamlError as error:
        problems.error(error.line, error.code, error.zh, error.en)
        return None
    if not check_format(fields, FORMAT):
        return None
    station = _station(fields, problems.file)
    fields.finish()
    check_approval(fields, station.writer, station.status)
    check_station(station, path.stem, fields)
    return station


def _station(fields: Fields, file: str) -> Station:
    settings = _inner(fields, "settings")
    names = [name for name in settings.names() if name not in ("marks", "choking_protocol")]
    station = Station(
        id=fields.text("id"),
        station=fields.text("station"),
        draw=fields.text("draw"),
        version=fields.whole("version"),
        title=fields.words("title"),
        domain=fields.choice("domain", DOMAINS),
        lessons=fields.texts("lessons"),
        headings=fields.texts("headings"),
        clauses=fields.texts("clauses", required=False),
        points=fields.whole("points"),
        status=fields.choice("status", LESSON_STATUSES),
        writer=read_writer(fields),
        reviewers_needed=fields.texts("reviewers_needed"),
        reviewed=tuple(read_review(item) for item in fields.mappings("reviewed", required=False)),
        review_by=fields.day("review_by"),
        sources=tuple(_source(item) for item in fields.mappings("sources")),
        marking=_marking(_inner(settings, "marks")),
        protocol=_protocol(settings),
        settings=tuple((name, settings.plain(name)) for name in names),
        timing=_timing(_inner(fields, "timing")),
        candidate=_candidate(_inner(fields, "candidate")),
        actors=tuple(_actors(fields)),
        kit=_kit(_inner(fields, "kit")),
        checklist=tuple(_head(item) for item in fields.mappings("checklist")),
        critical_errors=tuple(_critical(item) for item in fields.mappings("critical_errors")),
        ratings=_ratings(_inner(fields, "global_rating")),
        guidance=_guidance(_inner(fields, "examiner")),
        file=file,
    )
    fields.choice("language", ("zh-CN",))
    settings.finish()
    return station


def _inner(fields: Fields, name: str) -> Fields:
    """Return the fields inside a field; where it is missing, that is noted and nothing is inside."""
    return fields.mapping(name) or Fields.empty(fields.problems)


def _source(item: Fields) -> StationSource:
    source = StationSource(
        id=item.text("id"),
        title=item.text("title"),
        issuer=item.text("issuer"),
        date=item.loose_day("date"),
        used_for=item.text("used_for"),
        check=item.text("check", required=False),
    )
    item.finish()
    return source


def _marking(fields: Fields) -> Marking:
    share = fields.share("chief_decides_above")
    marking = Marking(
        fields.flag("two_markers"),
        fields.choice("combine", COMBINING),
        Fraction(share) if share else None,
    )
    fields.finish()
    return marking


def _protocol(settings: Fields) -> Protocol | None:
    fields = settings.mapping("choking_protocol", required=False)
    if fields is None:
        return None
    texts = _inner(fields, "texts")
    protocol = Protocol(
        setting=fields.text("setting"),
        chosen=fields.text("chosen"),
        since=fields.day("since"),
        decided_by=fields.text("decided_by"),
        rule=fields.text("rule"),
        texts=tuple(_protocol_text(name, _inner(texts, name)) for name in texts.names()),
    )
    texts.finish()
    fields.finish()
    return protocol


def _protocol_text(name: str, fields: Fields) -> ProtocolText:
    text = ProtocolText(name, fields.text("name"), fields.text("source"), fields.texts("steps"))
    fields.finish()
    return text


def _timing(fields: Fields) -> Timing:
    timing = Timing(
        change_s=fields.whole("change_s"),
        reading_s=fields.whole("reading_s"),
        perform_s=fields.whole("perform_s"),
        warn_s=fields.whole("warn_s"),
        stop=fields.text("stop"),
        cues=tuple(_cue(item) for item in fields.mappings("cues")),
    )
    fields.finish()
    return timing


def _cue(item: Fields) -> Cue:
    cue = Cue(
        id=item.text("id"),
        by=item.choice("by", CUE_GIVERS),
        at_s=item.whole("at_s", least=0) if item.has("at_s") else None,
        trigger=item.text("trigger", required=False),
        only_on_trigger=item.flag("only_on_trigger"),
        say=item.text("say", required=False),
        do=item.text("do", required=False),
    )
    item.finish()
    return cue


def _candidate(fields: Fields) -> Candidate:
    candidate = Candidate(
        fields.text("place"), fields.text("task"), fields.texts("card"), fields.text("needs")
    )
    fields.finish()
    return candidate


def _actors(fields: Fields) -> list[Actor]:
    found = []
    for name in ("actor", "actor_2"):
        inner = fields.mapping(name, required=name == "actor")
        if inner is None:
            continue
        actor = Actor(
            who=inner.text("who"),
            opening=inner.text("opening"),
            answers=tuple(_answer(item) for item in inner.mappings("answers")),
            rules=inner.texts("rules"),
            comfort=inner.text("comfort", required=name == "actor"),
        )
        inner.finish()
        found.append(actor)
    return found


def _answer(item: Fields) -> Answer:
    answer = Answer(
        item.text("ask"), item.text("say", required=False), item.text("do", required=False)
    )
    item.finish()
    return answer


def _kit(fields: Fields) -> Kit:
    kit = Kit(
        per_circuit=tuple(_kit_item(item) for item in fields.mappings("per_circuit")),
        per_candidate=tuple(_kit_item(item) for item in fields.mappings("per_candidate")),
        before_each=fields.text("before_each"),
    )
    fields.finish()
    return kit


def _kit_item(item: Fields) -> KitItem:
    found = KitItem(item.text("item"), item.whole("n"), item.text("role", required=False))
    item.finish()
    return found


def _head(item: Fields) -> Head:
    head = Head(
        item.text("head"),
        item.whole("points"),
        tuple(_item(inner) for inner in item.mappings("items")),
    )
    item.finish()
    return head


def _item(item: Fields) -> Item:
    found = Item(
        id=item.text("id"),
        text=item.text("text"),
        points=item.whole("points"),
        full=item.text("full"),
        half=item.text("half"),
        none=item.text("none"),
        note=item.text("note", required=False),
    )
    item.finish()
    return found


def _critical(item: Fields) -> CriticalError:
    error = CriticalError(item.text("id"), item.text("act"), item.text("not"))
    item.finish()
    return error


def _ratings(fields: Fields) -> tuple[Rating, ...]:
    found = []
    for value in RATINGS:
        inner = _inner(fields, str(value))
        found.append(Rating(value, inner.text("label"), inner.text("anchor")))
        inner.finish()
    fields.finish()
    return tuple(found)


def _guidance(fields: Fields) -> Guidance:
    rulings = fields.mappings("common_disagreements", required=False)
    guidance = Guidance(
        before=fields.texts("before"),
        during=fields.texts("during"),
        after=fields.texts("after"),
        fairness=fields.texts("fairness"),
        rulings=tuple((item.text("case"), item.text("ruling")) for item in rulings),
    )
    for item in rulings:
        item.finish()
    fields.finish()
    return guidance
