"""What becomes of actions of cohort-extractor, the query tool before ehrQL: nobody runs them, and all say the same."""

from __future__ import annotations

from collections.abc import Mapping

from armslength.pipeline.kinds import ActionKind, kind_of
from armslength.pipeline.model import Action, Command

MIGRATION = "docs/how-to/migrate-from-cohortextractor.md"
_MEASURES = (
    "write each `Measure` anew with ehrQL's `create_measures` and run it with "
    "`ehrql:v1 generate-measures analysis/measures.py --output output/measures.csv`"
)
WAYS_ON: Mapping[str, str] = {
    "generate_cohort": "write the `study_definition.py` anew as an ehrQL dataset definition and run it with "
    "`ehrql:v1 generate-dataset analysis/dataset_definition.py --output output/input.csv.gz`",
    "generate_measures": _MEASURES,
    "measures": _MEASURES,
    "generate_codelist_report": "count the codes with ehrQL measures grouped by code, with "
    "`ehrql:v1 generate-measures` instead of `generate-dataset`",
}


def way_on(command: Command) -> str:
    """Say what to write instead of a command of cohort-extractor."""
    first = command.arguments[0] if command.arguments else ""
    return WAYS_ON.get(first, "write it anew for `ehrql:v1`, with `generate-dataset` or `generate-measures`")


def legacy_warnings(actions: Mapping[str, Action]) -> tuple[str, ...]:
    """Say of every such action that it is not run, and what to write instead. For versions that still allow them."""
    return tuple(
        f"project.yaml:{action.place.line}: action `{action.id}` is for `cohortextractor`, which is retired and not "
        f"run: {way_on(action.command)}; see {MIGRATION}"
        for action in actions.values()
        if kind_of(action.command) is ActionKind.COHORT_EXTRACTOR
    )
