"""Datasets: who is in the study, and what is asked about each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from armslength.query.language.dummy_data import DummyDataConfig, configured
from armslength.query.language.errors import Error
from armslength.query.language.names import NAME_RULE, is_valid_name
from armslength.query.language.operands import build, is_series, refuse_unsuitable, trailing_comma
from armslength.query.language.series.base import BaseSeries, EventSeries, PatientSeries
from armslength.query.language.series.booleans import BoolPatientSeries, BoolSeries
from armslength.query.model import nodes as n
from armslength.query.model.errors import ModelError
from armslength.query.model.measures import parameters_of
from armslength.query.model.reference import true_for_nobody_in_particular

RESERVED = frozenset({"patient_id", "population", "dummy_data_config"})


class Dataset:
    """One row per patient of the population, one column per variable: `dataset.age = …`."""

    def __init__(self) -> None:
        self.__dict__["_population"] = None
        self.__dict__["_variables"] = {}
        self.__dict__["_events"] = {}
        self.__dict__["_dummy_data"] = DummyDataConfig()

    def define_population(self, population: BoolSeries) -> None:
        """Say which patients are in the dataset: those for whom the condition is true. Once."""
        if self._population is not None:
            raise AttributeError(
                "the population is already defined: `define_population()` can be called once only"
            )
        self.__dict__["_population"] = _valid_population(population)

    def add_column(self, column_name: str, series: BaseSeries) -> None:
        """Add a variable by name; the same as `dataset.<name> = series`."""
        self._check_name(column_name)
        self._variables[column_name] = _valid_variable(column_name, series)

    def configure_dummy_data(
        self,
        *,
        population_size: int = 10,
        legacy: bool = False,
        timeout: float = 60,
        additional_population_constraint: Any = None,
    ) -> None:
        """Say how invented data should be made; real data are not touched by this."""
        self.__dict__["_dummy_data"] = configured(
            self._dummy_data,
            population_size=population_size,
            legacy=legacy,
            timeout=timeout,
            additional_population_constraint=additional_population_constraint,
        )

    def __setattr__(self, name: str, value: Any) -> None:
        self.add_column(name, value)

    def __getattr__(self, name: str) -> Any:
        if name == "add_event_table":  # offered, but not by auto-completion: it needs its own permission
            return self._add_event_table
        if name == "population":
            raise AttributeError("the population is not defined yet: call `define_population()`")
        if name.startswith("_"):  # Python asking, for example while copying
            raise AttributeError(name)
        for found in (self._variables, self._events):
            if name in found:
                return found[name]
        raise AttributeError(f"nothing called `{name}` has been added to this dataset")

    def __repr__(self) -> str:
        return f"<Dataset of {', '.join(self._variables) or 'no variables yet'}>"

    if TYPE_CHECKING:
        _population: n.Series | None
        _variables: dict[str, PatientSeries]
        _events: dict[str, EventTable]
        _dummy_data: DummyDataConfig

    def _add_event_table(self, name: str, **columns: BaseSeries) -> None:
        """Add an output table with a row per event; needs the permission `event_level_data`."""
        self._check_name(name)
        if name == "dataset":
            raise AttributeError("an event table cannot be called `dataset`: the main output has that name")
        self._events[name] = EventTable(self, name, columns)

    def _check_name(self, name: str) -> None:
        if name == "population":
            raise AttributeError("`population` cannot be assigned: call `define_population()`")
        if name in self._variables or name in self._events:
            raise AttributeError(f"`{name}` is already defined and cannot be given another value")
        if name in RESERVED:
            raise AttributeError(f"`{name}` is not allowed as a name: it has a meaning of its own")
        if not is_valid_name(name):
            raise AttributeError(f"{NAME_RULE}; `{name}` does not")


class EventTable:
    """An output table of event rows, made with `dataset.add_event_table(…)`."""

    def __init__(self, dataset: Dataset, name: str, columns: dict[str, Any]) -> None:
        self.__dict__.update({"_dataset": dataset, "_name": name, "_columns": {}})
        if not columns:
            raise ValueError(f"event table `{name}` needs at least one column")
        for column, series in columns.items():
            self.add_column(column, series)

    def add_column(self, column_name: str, series: BaseSeries) -> None:
        """Add a column; the same as `dataset.<table>.<name> = series`."""
        if column_name in self._columns:
            raise AttributeError(f"`{column_name}` is already a column of `{self._name}`")
        if column_name == "patient_id":
            raise AttributeError("`patient_id` is always a column and cannot be defined")
        if not is_valid_name(column_name):
            raise AttributeError(f"{NAME_RULE}; `{column_name}` does not")
        _check_series(column_name, series, "a series")
        candidate = {**self._columns, column_name: series}
        if not any(isinstance(each, EventSeries) for each in candidate.values()):
            raise TypeError(
                f"event table `{self._name}` needs an event series before it can have series with one value per "
                f"patient; those can be variables: `dataset.{column_name} = …`"
            )
        _collection(candidate)
        self._columns[column_name] = series

    def __setattr__(self, name: str, value: Any) -> None:
        self.add_column(name, value)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name in self._columns:
            return self._columns[name]
        raise AttributeError(f"the event table has no column `{name}`")

    def __repr__(self) -> str:
        return f"<event table {self._name} of {', '.join(self._columns)}>"

    if TYPE_CHECKING:
        _dataset: Dataset
        _name: str
        _columns: dict[str, BaseSeries]


def create_dataset() -> Dataset:
    """Start a dataset."""
    return Dataset()


def query_of(dataset: Dataset) -> n.Dataset:
    """Return what a dataset asks, as a query. Raises Error when it has no population."""
    if dataset._population is None:
        raise Error("the dataset has no population: call `dataset.define_population(…)`")
    query = n.Dataset(
        population=dataset._population,
        variables=tuple((name, series._node) for name, series in dataset._variables.items()),
        events=tuple((name, _collection(table._columns)) for name, table in dataset._events.items()),
    )
    if parameters_of(query):
        raise Error("`INTERVAL` has no dates in a dataset: it can only be used in measures")
    return query


def _valid_population(population: Any) -> n.Series:
    refuse_unsuitable(population)
    if not isinstance(population, BoolPatientSeries):
        what = (
            "a series with many values per patient"
            if isinstance(population, EventSeries)
            else _kind(population)
        )
        raise TypeError(f"the population must be a bool series with one value per patient, not {what}")
    node = population._node
    if parameters_of(node):
        raise Error("a population cannot depend on `INTERVAL`, which only has dates in measures")
    if true_for_nobody_in_particular(node):
        raise Error(
            "the population must not evaluate as true for a patient about whom nothing is recorded, because it would "
            "then include patients of whom no table knows.\n\nStart from something a patient must have, for example "
            "`patients.exists_for_patient() & …`."
        )
    return node


def _valid_variable(name: str, series: Any) -> PatientSeries:
    _check_series(name, series, "a series with one value per patient")
    if not isinstance(series, PatientSeries):
        raise TypeError(
            f"invalid variable `{name}`: it has many values per patient, but a dataset needs one; aggregate it, or "
            "pick a row with `.sort_by(…).first_for_patient()`"
        )
    return series


def _check_series(name: str, series: Any, expected: str) -> None:
    try:
        refuse_unsuitable(series)
    except TypeError as error:
        raise TypeError(f"invalid variable `{name}`: {error}") from None
    if not is_series(series):
        raise TypeError(f"invalid variable `{name}`: expected {expected}, but got {_kind(series)}")


def _collection(columns: dict[str, BaseSeries]) -> n.SeriesCollectionFrame:
    members = tuple((name, series._node) for name, series in columns.items())
    try:
        frame: n.SeriesCollectionFrame = build(
            n.SeriesCollectionFrame,
            members,
            hint="Columns of other rows can go into another event table of their own.",
        )
    except ModelError as error:
        raise TypeError(str(error)) from None
    return frame


def _kind(value: Any) -> str:
    if is_series(value):
        return type(value).__name__
    return f"{type(value).__name__}: {value!r}{trailing_comma((value,))}"
