"""Every table says how long its rows are kept."""

import app.models  # noqa: F401 — fills the registry
from app.models.base import RETENTION, Base
from app.proposals import PROPOSALS


def test_every_table_has_a_retention_class() -> None:
    """A kind of record without one would be kept for ever by accident."""
    mappers = list(Base.registry.mappers)
    assert mappers
    for mapper in mappers:
        kept = getattr(mapper.class_, "__retention__", None)
        assert kept in RETENTION, f"{mapper.class_.__name__}: {kept}"


def test_every_period_is_a_setting() -> None:
    """Classes that end after years have their years in the rule book."""
    for name in ("account", "training", "exam", "register", "audit"):
        assert name in RETENTION
        assert PROPOSALS[f"retention.{name}"].value > 0


def test_every_table_belongs_to_a_model() -> None:
    """No table comes from outside the models: an association table would have no class."""
    modelled = {mapper.local_table.name for mapper in Base.registry.mappers}
    assert set(Base.metadata.tables) == modelled
