"""EXAMPLE DATA: five small tables of people who do not exist, made by our own sample generator (20 people, seed 7)."""

from importlib.resources import files
from importlib.resources.abc import Traversable

TABLES = ("patients", "practice_registrations", "clinical_events", "medications", "ons_deaths")


def example_files() -> dict[str, Traversable]:
    """Return the file of each table."""
    return {table: files(__name__) / f"{table}.csv" for table in TABLES}
