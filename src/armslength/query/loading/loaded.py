"""What is known of a definition once it is loaded: its query, as model nodes, and what its author asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from armslength.kernel.errors import Mistake
from armslength.query.model.measures import Measures
from armslength.query.model.nodes import Dataset, Node, Series

DEFINITION_STATUS = 10


@dataclass(frozen=True, kw_only=True)
class LoadedDefinition:
    """One definition file after loading.

    `problems` says in words why `dataset` or `measures` is None, so that a file whose dataset is broken can
    still be used for its measures. `dummy_data` has what each of `dataset` and `measures` says of invented data.
    `names` are the author's, for parts of the population. `isolated` tells whether the file ran in a jail.
    """

    path: Path
    dataset: Dataset | None = None
    measures: Measures | None = None
    claimed_permissions: tuple[str, ...] = ()
    dummy_data: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    isolated: bool = True
    test_data: Mapping[Any, Any] | None = None
    names: tuple[tuple[str, Series], ...] = ()

    def dummy_data_of(self, variable: str) -> Mapping[str, Any]:
        """Return what `dataset` or `measures` says of invented data; a stranger wrote it, so believe no type."""
        said = self.dummy_data.get(variable)
        return said if isinstance(said, dict) else {}

    @property
    def names_of_parts(self) -> dict[Node, str]:
        """What the author calls parts of the population, in words."""
        return {node: name.replace("_", " ") for name, node in self.names}

    def require_dataset(self) -> Dataset:
        """Return the dataset, or raise Mistake Q004 saying why there is none."""
        if self.dataset is None:
            raise self._missing("dataset")
        return self.dataset

    def require_measures(self) -> Measures:
        """Return the measures, or raise Mistake Q004 saying why there are none."""
        if self.measures is None:
            raise self._missing("measures")
        return self.measures

    def require_test_data(self) -> Mapping[Any, Any]:
        """Return the assurance tests, or raise Mistake Q004 saying why there are none."""
        if self.test_data is None:
            raise self._missing("test_data")
        return self.test_data

    def _missing(self, name: str) -> Mistake:
        hints = {
            "dataset": "make one with `dataset = create_dataset()` and `dataset.define_population(…)`",
            "measures": "make them with `measures = create_measures()` and `measures.define_measure(…)`",
            "test_data": 'write `test_data = {1: {"patients": {…}, "expected_columns": {…}}}`, '
            "with rows of plain values for every table the dataset reads",
        }
        what = self.problems.get(name, f"the definition has no variable called `{name}`")
        return Mistake("Q004", what, where=str(self.path), hint=hints[name], exit_status=DEFINITION_STATUS)
