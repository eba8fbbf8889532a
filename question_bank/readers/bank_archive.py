"""Read an archive of a whole bank as a file of questions: the current version of each, and no more.

History, reviews and figures are for `flask bank restore`; through an import they are worth nothing.
"""

from question_bank.archive import ArchiveRefusedError, read_archive
from question_bank.body import check
from question_bank.readers.collecting import MAX_QUESTIONS, Defaults, Tick
from question_bank.readers.opening import Opened
from question_bank.readers.report import ImportReport, Origin, Problem

_NOTE = (
    "这是题库存档，这里只读每题现行的一版；以前的版本、审核、意见和统计不会导入。"
    "要整库恢复，请管理员用 flask bank restore。"
)


def read_bank(
    opened: Opened, file: str, defaults: Defaults, tick: Tick | None = None
) -> ImportReport:
    """Read an archive that ``open_source`` opened; never raises for what is in it."""
    try:
        archive = read_archive(opened.data, file)
    except ArchiveRefusedError as error:
        problem = Problem(file, 1, "", "", str(error))
        return ImportReport(problems=(problem,), unreadable=True, format="archive")
    problems = list(archive.problems)
    questions, origins = [], []
    entries = archive.entries[:MAX_QUESTIONS]
    if len(archive.entries) > MAX_QUESTIONS:
        problems.append(
            Problem(file, 1, "", "", f"一次最多导入 {MAX_QUESTIONS} 道题，其余没有读。")
        )
    for done, entry in enumerate(entries, start=1):
        question = next(one.question for one in entry.versions if one.number == entry.current)
        if tick is not None:
            tick(done, len(entries))
        if faults := check(question):
            problems += [
                Problem(file, 1, entry.code, fault.place, fault.message) for fault in faults
            ]
            continue
        questions.append(question)
        origins.append(Origin(file, 1, entry.code, question.kind))
    return ImportReport(
        questions=tuple(questions),
        problems=tuple(problems),
        notes=(Problem(file, 1, "", "", _NOTE),),
        origins=tuple(origins),
        format="archive",
        encoding="utf-8",
        attachments=archive.media,
    )
