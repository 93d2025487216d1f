"""Actions that cannot run on this machine, by their kind, and the way on for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from armslength.kernel.errors import Mistake
from armslength.pipeline.kinds import ActionKind, kind_of
from armslength.pipeline.legacy import MIGRATION, way_on
from armslength.pipeline.model import Action
from armslength.pipeline.reading import FILE_NAME


def why_not_here(action: Action, *, judged: bool) -> Mistake | None:
    """Return why an action of this kind is not run, or None. Whether its environment exists is asked elsewhere.

    `judged` says that raw SQL would touch no database, or is judged by a policy.
    """
    kind = kind_of(action.command)
    if kind is ActionKind.RAW_SQL and judged:
        return None
    refuse = REFUSED.get(kind)
    return refuse(action) if refuse else None


def _where(action: Action) -> str:
    return f"{FILE_NAME}:{action.place.line}, action `{action.id}`"


def _cohort_extractor(action: Action) -> Mistake:
    hint = (
        f"{way_on(action.command)}; keep the name of the action and its outputs, then set `version: '5.0'`, and "
        f"nothing after it has to change; see {MIGRATION}"
    )
    what = f"`{action.command.environment}` reads `study_definition.py`, which is retired and not run here"
    return Mistake("R053", what, where=_where(action), hint=hint)


def _raw_sql(action: Action) -> Mistake:
    what = f"`{action.command.environment}` sends raw SQL to this store, and nobody said for which project it is judged"
    hint = "give --policy FILE and --project NAME, or leave --store out: it is judged then, and writes made-up rows"
    return Mistake("R054", what, where=_where(action), hint=hint)


# The kinds that nobody runs here. Whoever teaches this machine to run one takes it out of this table.
REFUSED: Mapping[ActionKind, Callable[[Action], Mistake]] = {
    ActionKind.COHORT_EXTRACTOR: _cohort_extractor,
    ActionKind.RAW_SQL: _raw_sql,
}
