"""Kinds of actions: what a `run` line stands for, told from its image and its first argument."""

from __future__ import annotations

from enum import StrEnum

from armslength.pipeline.model import Command


class ActionKind(StrEnum):
    """What an action is. Who runs actions decides by kind what it can run; this is the only list."""

    QUERY = "query"  # an ehrQL dataset or measures: reads the database, or makes data up
    QUERY_TOOL = "query tool"  # another command of ehrQL, without the database
    RAW_SQL = "raw SQL"
    COHORT_EXTRACTOR = "cohort extractor"  # the query tool before ehrQL, with `study_definition.py`
    ANALYSIS = "analysis"  # a program in one of the platform's environments
    REUSABLE = "reusable action"  # a program of another repository, by name and version


ANALYSIS_IMAGES = frozenset({"python", "r", "stata-mp", "stata", "jupyter", "rstudio"})
_QUERY_IMAGES = frozenset({"ehrql", "databuilder"})


def kind_of(command: Command) -> ActionKind:
    """Return the kind of an action.

    >>> kind_of(Command("ehrql", "v1", ("generate-measures", "m.py"))).value
    'query'
    >>> kind_of(Command("cohortextractor", "latest", ("measures",))).value
    'cohort extractor'
    >>> kind_of(Command("deciles-charts", "v0.0.33", ())).value
    'reusable action'
    """
    if command.image == "cohortextractor":
        return ActionKind.COHORT_EXTRACTOR
    if command.image == "sqlrunner":
        return ActionKind.RAW_SQL
    if command.image in _QUERY_IMAGES:
        return ActionKind.QUERY if command.reads_database else ActionKind.QUERY_TOOL
    return ActionKind.ANALYSIS if command.image in ANALYSIS_IMAGES else ActionKind.REUSABLE


def is_raw_sql(environment: str) -> bool:
    """Say whether an environment is the one for raw SQL, which is judged for a project.

    >>> is_raw_sql("sqlrunner:v1"), is_raw_sql("ehrql:v1")
    (True, False)
    """
    return _kind_of_environment(environment) is ActionKind.RAW_SQL


def reads_definitions(environment: str) -> bool:
    """Say whether an environment reads ehrQL definitions, around each of which it builds a jail.

    >>> reads_definitions("ehrql:v1"), reads_definitions("databuilder:latest"), reads_definitions("python:v2")
    (True, True, False)
    """
    return _kind_of_environment(environment) in (ActionKind.QUERY, ActionKind.QUERY_TOOL)


def _kind_of_environment(environment: str) -> ActionKind:
    image, _, version = environment.partition(":")
    return kind_of(Command(image, version, ()))
