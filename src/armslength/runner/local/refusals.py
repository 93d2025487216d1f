"""Actions that cannot run on this machine, by their kind, and the way on for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from armslength.kernel.errors import Mistake
from armslength.pipeline.kinds import ActionKind, kind_of
from armslength.pipeline.model import Action
from armslength.pipeline.reading import FILE_NAME


def why_not_here(action: Action) -> Mistake | None:
    """Return why an action of this kind is not run, or None. Whether its environment exists is asked elsewhere."""
    refuse = REFUSED.get(kind_of(action.command))
    return refuse(action) if refuse else None


def _where(action: Action) -> str:
    return f"{FILE_NAME}:{action.place.line}, action `{action.id}`"


def _cohort_extractor(action: Action) -> Mistake:
    command = action.command.arguments[0] if action.command.arguments else ""
    way = {
        "generate_cohort": "write the `study_definition.py` anew as an ehrQL dataset definition and run it with "
        "`ehrql:v1 generate-dataset analysis/dataset_definition.py --output output/input.csv.gz`",
        "generate_measures": "write each `Measure` anew with ehrQL's `create_measures` and run it with "
        "`ehrql:v1 generate-measures analysis/measures.py --output output/measures.csv`",
        "measures": "write each `Measure` anew with ehrQL's `create_measures` and run it with "
        "`ehrql:v1 generate-measures analysis/measures.py --output output/measures.csv`",
        "generate_codelist_report": "count the codes with ehrQL measures grouped by code",
    }.get(command, "replace the command by one of `ehrql:v1`")
    hint = (
        f"{way}; keep the name of the action and its outputs, then set `version: '5.0'`, and nothing after it has "
        "to change"
    )
    what = f"`{action.command.environment}` reads `study_definition.py`, which is retired and not run here"
    return Mistake("R053", what, where=_where(action), hint=hint)


def _raw_sql(action: Action) -> Mistake:
    what = f"`{action.command.environment}` sends SQL to the real database, so there is nothing to run it on here"
    hint = "run the other actions by name; this one runs in the data centre alone"
    return Mistake("R054", what, where=_where(action), hint=hint)


# The kinds that nobody runs here. Whoever teaches this machine to run one takes it out of this table.
REFUSED: Mapping[ActionKind, Callable[[Action], Mistake]] = {
    ActionKind.COHORT_EXTRACTOR: _cohort_extractor,
    ActionKind.RAW_SQL: _raw_sql,
}
