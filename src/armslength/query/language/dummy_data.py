"""What an author may say about invented data: how many patients, how long to try, what else must hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from armslength.query.language.operands import refuse_unsuitable
from armslength.query.language.series.booleans import BoolPatientSeries
from armslength.query.model import nodes as n


@dataclass(frozen=True, slots=True, kw_only=True)
class DummyDataConfig:
    """Wishes for invented data. `population_size` None: as many as the query seems to need. `timeout` in seconds."""

    population_size: int | None = 10
    legacy: bool = False
    timeout: float = 60
    additional_population_constraint: n.Series | None = None


def configured(
    previous: DummyDataConfig,
    *,
    population_size: int,
    legacy: bool,
    timeout: float,
    additional_population_constraint: Any,
) -> DummyDataConfig:
    """Return the configuration after another `configure_dummy_data` call. An earlier constraint stays."""
    constraint = previous.additional_population_constraint
    if additional_population_constraint is not None:
        refuse_unsuitable(additional_population_constraint)
        if not isinstance(additional_population_constraint, BoolPatientSeries):
            raise TypeError(
                "`additional_population_constraint` must be a bool series with one value per patient"
            )
        constraint = additional_population_constraint._node
    if legacy and constraint is not None:
        raise ValueError("`additional_population_constraint` cannot be combined with `legacy=True`")
    return DummyDataConfig(
        population_size=population_size,
        legacy=legacy,
        timeout=timeout,
        additional_population_constraint=constraint,
    )
