"""Nodes: equal means identical, what exists is valid, and depth is no problem."""

import copy
import datetime
import pickle

import pytest

from armslength.query.model import nodes as n
from armslength.query.model.errors import (
    ConstantSortKey,
    DomainMismatch,
    ModelError,
    TypeMismatch,
    UnknownColumn,
)
from armslength.query.model.reference import AGGREGATIONS, ROW_WISE, evaluate
from armslength.query.model.types import EMPTY_SET, SetOf

SCHEMA = n.TableSchema.of({"d": datetime.date, "i": int, "b": bool, "s": str})
EVENTS = n.SelectTable("events", SCHEMA)
PEOPLE = n.SelectPatientTable("people", SCHEMA)


def column(frame, name):
    return n.SelectColumn(frame, name)


def test_the_same_expression_built_twice_is_one_node():
    def build():
        table = n.SelectTable("events", n.TableSchema.of({"d": datetime.date, "i": int, "b": bool, "s": str}))
        return n.Filter(table, n.GT(column(table, "i"), n.Value(3)))

    assert build() is build()
    assert hash(build()) == hash(build())


@pytest.mark.parametrize("other", [True, 1.0, "1"])
def test_constants_of_different_types_are_different(other):
    assert n.Value(1) is not n.Value(other)
    assert n.Value(frozenset({1})) is not n.Value(frozenset({other}))
    assert n.Value(other).value_type is type(other)


def test_copies_and_pickles_are_the_same_node():
    node = n.GT(column(EVENTS, "i"), n.Value(3))
    assert copy.deepcopy(node) is node
    assert copy.copy(node) is node
    assert pickle.loads(pickle.dumps(node)) is node


def test_nodes_cannot_be_changed():
    with pytest.raises(AttributeError):
        n.Value(1).value = 2


def test_unused_nodes_are_forgotten():
    from armslength.query.model.node import _known

    before = len(_known)
    for number in range(1000):
        n.Add(n.Value(number), n.Value(-number - 1))
    assert len(_known) < before + 100


def test_result_types_follow_from_the_operands():
    i, d = column(EVENTS, "i"), column(EVENTS, "d")
    assert n.type_of(n.Add(i, i)) is int
    assert n.type_of(n.TrueDivide(i, i)) is float
    assert n.type_of(n.Max(d)) is datetime.date
    assert n.type_of(n.CombineAsSet(d)) == SetOf(datetime.date)
    assert n.type_of(n.Value(frozenset())) == EMPTY_SET
    assert n.type_of(n.Case(((column(PEOPLE, "b"), n.Value("x")),))) is str


@pytest.mark.parametrize(
    "build",
    [
        lambda i, b, s, d: n.Add(i, n.Value(1.0)),
        lambda i, b, s, d: n.Add(s, s),
        lambda i, b, s, d: n.And(b, i),
        lambda i, b, s, d: n.LT(b, b),
        lambda i, b, s, d: n.EQ(i, b),
        lambda i, b, s, d: n.In(i, n.Value(frozenset({"a"}))),
        lambda i, b, s, d: n.In(i, i),
        lambda i, b, s, d: n.EQ(i, n.Value(frozenset({1}))),
        lambda i, b, s, d: n.Case(((i, i),)),
        lambda i, b, s, d: n.Case(((b, i),), s),
        lambda i, b, s, d: n.MaximumOf((i, d)),
        lambda i, b, s, d: n.DateAddDays(d, s),
        lambda i, b, s, d: n.StringContains(s, i),
        lambda i, b, s, d: n.Filter(EVENTS, i),
        lambda i, b, s, d: n.Sort(EVENTS, b),
        lambda i, b, s, d: n.Sum(s),
        lambda i, b, s, d: n.CountEpisodes(i, 3),
    ],
)
def test_operands_of_the_wrong_type_are_refused(build):
    with pytest.raises(TypeMismatch):
        build(*(column(EVENTS, name) for name in "ibsd"))


def test_rows_of_different_frames_do_not_mix():
    filtered = n.Filter(EVENTS, column(EVENTS, "b"))
    other = n.SelectTable("others", SCHEMA)
    for source in (filtered, other):
        with pytest.raises(DomainMismatch):
            n.Add(column(EVENTS, "i"), column(source, "i"))
    with pytest.raises(DomainMismatch):
        n.Filter(EVENTS, column(filtered, "b"))
    with pytest.raises(DomainMismatch):
        n.Sort(EVENTS, column(other, "i"))


def test_a_frame_may_be_filtered_by_rows_of_its_ancestors():
    once = n.Filter(EVENTS, column(EVENTS, "b"))
    assert n.domain_of(n.Filter(once, column(EVENTS, "b"))) is not n.domain_of(once)
    n.Sort(once, column(EVENTS, "i"))
    n.Filter(once, column(PEOPLE, "b"))


def test_the_order_of_filters_makes_different_rows():
    b, one = column(EVENTS, "b"), n.EQ(column(EVENTS, "i"), n.Value(1))
    forth = n.Filter(n.Filter(EVENTS, b), one)
    back = n.Filter(n.Filter(EVENTS, one), b)
    with pytest.raises(DomainMismatch):
        n.Add(column(forth, "i"), column(back, "i"))


def test_sorting_keeps_the_rows():
    ordered = n.Sort(EVENTS, column(EVENTS, "i"))
    assert n.domain_of(n.Add(column(ordered, "i"), column(EVENTS, "i"))) is EVENTS


@pytest.mark.parametrize(
    ("build", "error"),
    [
        (lambda: n.Sort(EVENTS, column(PEOPLE, "i")), ConstantSortKey),
        (lambda: n.Sort(EVENTS, n.Value(1)), ConstantSortKey),
        (lambda: n.PickOneRowPerPatient(EVENTS, n.Position.FIRST), ModelError),
        (lambda: n.Filter(PEOPLE, n.Value(True)), ModelError),
        (lambda: n.SelectColumn(EVENTS, "x"), UnknownColumn),
        (lambda: n.Case(()), ModelError),
        (lambda: n.Case(((n.Value(True), None),)), ModelError),
        (lambda: n.Case(((n.Value(True), n.Value(1)), (n.Value(True), n.Value(2)))), ModelError),
        (lambda: n.Sum(column(PEOPLE, "i")), ModelError),
        (lambda: n.Value([1]), ModelError),
        (lambda: n.Value(None), ModelError),
        (lambda: n.Value(datetime.datetime(2020, 1, 1)), ModelError),
        (lambda: n.Value(frozenset({1, "a"})), ModelError),
        (lambda: n.InlinePatientTable(((1, 2),), SCHEMA), ModelError),
        (lambda: n.Dataset(column(EVENTS, "b")), ModelError),
        (lambda: n.Dataset(column(PEOPLE, "i")), TypeMismatch),
        (lambda: n.Dataset(n.Exists(EVENTS), (("x", column(EVENTS, "i")),)), ModelError),
        (lambda: n.SeriesCollectionFrame((("x", column(PEOPLE, "i")),)), ModelError),
    ],
)
def test_what_has_no_meaning_cannot_be_built(build, error):
    with pytest.raises(error):
        build()


def test_a_chain_of_many_thousand_nodes_is_built_walked_compared_and_evaluated():
    def chain():
        series = column(PEOPLE, "i")
        for number in range(8000):
            series = n.Add(series, n.Value(number % 7))
        return series

    long = chain()
    assert long is chain()
    assert len(list(n.walk(long))) == 8000 + 7 + 2
    (row,) = evaluate(
        n.Dataset(n.Exists(PEOPLE), (("x", long),)), {"people": [(1, None, 0, None, None)]}
    ).rows
    assert row == (1, sum(number % 7 for number in range(8000)))
    assert repr(long)


def test_shared_parts_are_visited_once():
    series = column(PEOPLE, "i")
    for _ in range(200):
        series = n.Add(series, series)  # 2 to the power 200 paths, 200 nodes
    assert len(list(n.walk(series))) == 202


def test_walking_gives_children_before_parents():
    top = n.Add(n.Max(column(EVENTS, "i")), n.Min(column(EVENTS, "i")))
    order = list(n.walk(top))
    assert all(order.index(child) < order.index(parent) for parent in order for child in n.children(parent))
    assert n.tables_of(top) == (EVENTS,)


def test_rewriting_replaces_one_part_and_keeps_the_rest():
    kept = n.Max(column(EVENTS, "i"))
    top = n.Add(kept, n.Value(1))
    changed = n.rewrite(top, lambda each: n.Value(2) if each is n.Value(1) else each)
    assert changed is n.Add(kept, n.Value(2))
    assert n.rewrite(top, lambda each: each) is top


def test_every_operation_has_a_meaning():
    """Each class of the vocabulary is in one of the reference's tables, or is one of the shapes it matches."""
    structural = {
        *(
            n.SelectTable,
            n.SelectPatientTable,
            n.InlinePatientTable,
            n.Filter,
            n.Sort,
            n.PickOneRowPerPatient,
        ),
        *(n.SeriesCollectionFrame, n.Value, n.Parameter, n.SelectColumn, n.Case),
        *(n.Exists, n.Count, n.CountEpisodes, n.GroupedSum, n.Dataset),
    }
    assert set(n.OPERATIONS) - structural == set(ROW_WISE) | set(AGGREGATIONS)


def test_every_operation_says_what_it_means():
    assert all((operation.__doc__ or "").strip().endswith(".") for operation in n.OPERATIONS)
