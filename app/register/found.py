"""What the state checker finds: one record that cannot be, with what would mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from app.models.awards import Certificate


@dataclass(frozen=True)
class Finding:
    """One impossible record. `repair` is empty where no machine can mend it; then `advice` says who."""

    code: str
    object_id: str
    certificate_id: str | None
    number: str
    what: str
    repair: str = ""
    advice: str = ""


def of(row: Certificate, code: str, what: str, repair: str = "", advice: str = "") -> Finding:
    """Make a finding about one certificate."""
    return Finding(code, row.id, row.id, row.printed["number_grouped"], what, repair, advice)


def as_json(finding: Finding) -> dict[str, str | None]:
    """Return a finding for a job's result and for `--json`."""
    return asdict(finding)
