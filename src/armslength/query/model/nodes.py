"""The narrow waist: every operation a query can be made of. Languages build these; engines read them.

How to add an operation, named alike in five places:

1. `operations.py` or `aggregations.py`: a class with its signature and one sentence of meaning; type and
   domain checks follow from them (list it in `OPERATIONS` below);
2. `reference.py`: what it gives for plain values, with its null rule;
3. `language/series/`: the method a study author calls;
4. `engines/compile/`: the SQL expression every dialect shares;
5. `tests/specs/`: a small table, one line of query, a small table.

`tests/query_model/test_model_nodes.py` fails when the second is forgotten, and each engine must handle
or refuse every class in `OPERATIONS`.
"""

from __future__ import annotations

from armslength.query.model.aggregations import (
    CombineAsSet,
    Count,
    CountDistinct,
    CountEpisodes,
    Exists,
    Max,
    Mean,
    Min,
    Sum,
)
from armslength.query.model.frames import (
    ActivationFilterField,
    Filter,
    Frame,
    InlinePatientTable,
    PickOneRowPerPatient,
    Position,
    SelectPatientTable,
    SelectTable,
    Sort,
    lineage,
    table_of,
)
from armslength.query.model.measures import INTERVAL_END, INTERVAL_START, Measure, Measures
from armslength.query.model.node import (
    Node,
    children,
    rewrite,
    walk,
)
from armslength.query.model.operations import (
    EQ,
    GE,
    GT,
    LE,
    LT,
    NE,
    Absolute,
    Add,
    And,
    CastToFloat,
    CastToInt,
    DateAddDays,
    DateAddMonths,
    DateAddYears,
    DateDifferenceInDays,
    DateDifferenceInMonths,
    DateDifferenceInYears,
    DayFromDate,
    FloorDivide,
    In,
    IsNull,
    MaximumOf,
    MinimumOf,
    MonthFromDate,
    Multiply,
    Negate,
    Not,
    Or,
    Power,
    StringContains,
    Subtract,
    ToFirstOfMonth,
    ToFirstOfYear,
    TrueDivide,
    YearFromDate,
)
from armslength.query.model.outputs import (
    Dataset,
    GroupedSum,
    SeriesCollectionFrame,
)
from armslength.query.model.schema import (
    Column,
    TableSchema,
)
from armslength.query.model.series import (
    Aggregation,
    Binary,
    Case,
    FrameAggregation,
    Operation,
    Parameter,
    SelectColumn,
    Series,
    SeriesAggregation,
    Unary,
    Value,
)
from armslength.query.model.types import (
    ValueType,
)

OPERATIONS: tuple[type[Node], ...] = (
    Filter,
    InlinePatientTable,
    PickOneRowPerPatient,
    SelectPatientTable,
    SelectTable,
    Sort,
    Case,
    Parameter,
    SelectColumn,
    Value,
    Exists,
    Count,
    CountDistinct,
    CountEpisodes,
    Min,
    Max,
    Sum,
    Mean,
    CombineAsSet,
    EQ,
    NE,
    LT,
    LE,
    GT,
    GE,
    In,
    And,
    Or,
    Not,
    IsNull,
    Negate,
    Absolute,
    Add,
    Subtract,
    Multiply,
    TrueDivide,
    FloorDivide,
    Power,
    CastToInt,
    CastToFloat,
    DateAddDays,
    DateAddMonths,
    DateAddYears,
    DateDifferenceInDays,
    DateDifferenceInMonths,
    DateDifferenceInYears,
    YearFromDate,
    MonthFromDate,
    DayFromDate,
    ToFirstOfYear,
    ToFirstOfMonth,
    StringContains,
    MinimumOf,
    MaximumOf,
    SeriesCollectionFrame,
    GroupedSum,
    Dataset,
)
"""Every node class an engine must handle or refuse: frames, series, aggregations, functions, outputs."""

__all__ = [
    "EQ",
    "GE",
    "GT",
    "INTERVAL_END",
    "INTERVAL_START",
    "LE",
    "LT",
    "NE",
    "OPERATIONS",
    "Absolute",
    "ActivationFilterField",
    "Add",
    "Aggregation",
    "And",
    "Binary",
    "Case",
    "CastToFloat",
    "CastToInt",
    "Column",
    "CombineAsSet",
    "Count",
    "CountDistinct",
    "CountEpisodes",
    "Dataset",
    "DateAddDays",
    "DateAddMonths",
    "DateAddYears",
    "DateDifferenceInDays",
    "DateDifferenceInMonths",
    "DateDifferenceInYears",
    "DayFromDate",
    "Exists",
    "Filter",
    "FloorDivide",
    "Frame",
    "FrameAggregation",
    "GroupedSum",
    "In",
    "InlinePatientTable",
    "IsNull",
    "Max",
    "MaximumOf",
    "Mean",
    "Measure",
    "Measures",
    "Min",
    "MinimumOf",
    "MonthFromDate",
    "Multiply",
    "Negate",
    "Node",
    "Not",
    "Operation",
    "Or",
    "Parameter",
    "PickOneRowPerPatient",
    "Position",
    "Power",
    "SelectColumn",
    "SelectPatientTable",
    "SelectTable",
    "Series",
    "SeriesAggregation",
    "SeriesCollectionFrame",
    "Sort",
    "StringContains",
    "Subtract",
    "Sum",
    "TableSchema",
    "ToFirstOfMonth",
    "ToFirstOfYear",
    "TrueDivide",
    "Unary",
    "Value",
    "YearFromDate",
    "children",
    "domain_of",
    "lineage",
    "rewrite",
    "table_of",
    "tables_of",
    "type_of",
    "walk",
]


def type_of(series: Series) -> ValueType:
    """Return the exact value type of a series."""
    return series.value_type


def domain_of(part: Node) -> Node | None:
    """Return the rows a node ranges over: None for one per patient, else the table or Filter they are."""
    return part.domain


def tables_of(*roots: Node) -> tuple[Frame, ...]:
    """Return every table read anywhere below the roots, each once, in the order they are met."""
    kinds = (SelectTable, SelectPatientTable, InlinePatientTable)
    return tuple(each for each in walk(*roots) if isinstance(each, kinds))
