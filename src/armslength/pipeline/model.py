"""What a pipeline is: actions, their commands, what they need and what they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class PrivacyLevel(StrEnum):
    """How sensitive a declared output is. This is the only list; the order is from most to least."""

    HIGHLY_SENSITIVE = "highly_sensitive"  # patient level: nobody looks at it
    MODERATELY_SENSITIVE = "moderately_sensitive"  # aggregate: approved people look at it, inside
    MINIMALLY_SENSITIVE = "minimally_sensitive"  # accepted for old projects; treated as nobody looks

    @property
    def rank(self) -> int:
        """The place in the order: 0 is the most sensitive."""
        return list(PrivacyLevel).index(self)


# What a reviewer can be shown, so what may be moderately sensitive. Compared exactly: `.CSV` is not in it.
LEVEL_4_FILE_TYPES = frozenset(
    {".csv", ".jpg", ".jpeg", ".png", ".svg", ".svgz", ".html", ".txt", ".log", ".json", ".md"}
)

RUN_ALL = "run_all"

# Which actions read the database: image and first argument, on the split command. None: any argument.
DATABASE_COMMANDS: Mapping[str, frozenset[str] | None] = {
    "ehrql": frozenset({"generate-dataset", "generate_dataset", "generate-measures", "generate_measures"}),
    "databuilder": frozenset({"generate-dataset", "generate_dataset"}),
    "sqlrunner": None,
    "cohortextractor": frozenset({"generate_cohort", "generate_codelist_report"}),
}
DATASET_IMAGES = frozenset({"ehrql", "databuilder"})
DATASET_COMMANDS = frozenset({"generate-dataset", "generate_dataset"})


@dataclass(frozen=True)
class Place:
    """Where something is written in the pipeline file; both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Command:
    """One `run` line, split: `python:v2 analysis/a.py --n 3`."""

    image: str
    version: str
    arguments: tuple[str, ...]

    @property
    def environment(self) -> str:
        """The image with its version, as the catalogue of environments names it."""
        return f"{self.image}:{self.version}"

    @property
    def reads_database(self) -> bool:
        """True when this command is one of those that may be given the database.

        >>> Command("ehrql", "v1", ("generate-measures", "m.py")).reads_database
        True
        >>> Command("ehrql", "v1", ("--x", "generate-dataset")).reads_database
        False
        """
        if self.image not in DATABASE_COMMANDS:
            return False
        first = DATABASE_COMMANDS[self.image]
        return first is None or (bool(self.arguments) and self.arguments[0] in first)

    @property
    def makes_dataset(self) -> bool:
        """True when the result is one row per patient, so nothing but highly sensitive."""
        return self.image in DATASET_IMAGES and bool(self.arguments) and self.arguments[0] in DATASET_COMMANDS


@dataclass(frozen=True)
class Output:
    """One declared output: a path, in which `*` stands for anything but a slash."""

    level: PrivacyLevel
    label: str
    pattern: str
    place: Place


@dataclass(frozen=True)
class Action:
    """One step of a pipeline."""

    id: str
    command: Command
    needs: tuple[str, ...]
    outputs: tuple[Output, ...]
    place: Place
    dummy_data_file: str | None = None
    run: str = ""  # as it is written

    @property
    def reads_database(self) -> bool:
        """True when the action is given the database."""
        return self.command.reads_database


@dataclass(frozen=True)
class Pipeline:
    """A checked `project.yaml`: ids are safe and unique, needs exist and have no circle."""

    version: int
    actions: Mapping[str, Action]  # in the order of the file
    warnings: tuple[str, ...] = ()
