"""The order of actions: what is needed first, what is needed at all, and whether it goes in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from armslength.kernel.errors import Mistake, Mistakes
from armslength.pipeline.model import RUN_ALL, Action, Pipeline
from armslength.pipeline.problems import did_you_mean, shown


def find_cycles(needs: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Yield circles as paths that end where they start; one for each place where a walk comes back.

    >>> list(find_cycles({"a": ["b"], "b": ["a"], "c": []}))
    [('a', 'b', 'a')]
    """
    finished: set[str] = set()
    for start in needs:
        path: dict[str, Iterator[str]] = {}
        if start not in finished:
            path[start] = iter(needs[start])
        while path:
            here = next(reversed(path))
            onward = next(path[here], None)
            if onward is None:
                del path[here]
                finished.add(here)
            elif onward in path:
                walked = list(path)
                yield (*walked[walked.index(onward) :], onward)
            elif onward in needs and onward not in finished:
                path[onward] = iter(needs[onward])


def with_needs(pipeline: Pipeline, requested: Iterable[str]) -> tuple[Action, ...]:
    """Return the requested actions and everything they need, each after what it needs.

    `run_all` stands for every action. Raises Mistakes that name every unknown action.
    """
    wanted = requested_actions(pipeline, requested)
    ordered: dict[str, Action] = {}
    for start in wanted:
        path: dict[str, Iterator[str]] = (
            {} if start in ordered else {start: iter(pipeline.actions[start].needs)}
        )
        while path:
            here = next(reversed(path))
            onward = next(path[here], None)
            if onward is None:
                del path[here]
                ordered[here] = pipeline.actions[here]
            elif onward not in ordered:
                path[onward] = iter(pipeline.actions[onward].needs)
    return tuple(ordered.values())


def requested_actions(pipeline: Pipeline, requested: Iterable[str]) -> tuple[str, ...]:
    """Return the ids a request names, each once; `run_all` anywhere means every action in file order."""
    names = tuple(dict.fromkeys(requested))
    if RUN_ALL in names:
        return tuple(pipeline.actions)
    unknown = [name for name in names if name not in pipeline.actions]
    if unknown:
        known = "actions are " + ", ".join(list(pipeline.actions)[:20])
        raise Mistakes(
            [
                Mistake(
                    "P030",
                    f"there is no action {shown(name)} in this pipeline",
                    where="project.yaml",
                    hint=did_you_mean(name, pipeline.actions, otherwise=known),
                )
                for name in unknown[:20]
            ]
        )
    return names


def dependants(pipeline: Pipeline, action: str) -> tuple[str, ...]:
    """Return the actions that need this one directly, in file order."""
    return tuple(other.id for other in pipeline.actions.values() if action in other.needs)
