"""What authors build: frames keep their methods, durations make dates and intervals, datasets keep their order."""

import copy
import datetime
import subprocess
import sys

import ehrql
import pytest
from ehrql import (
    INTERVAL,
    Dataset,
    Error,
    case,
    claim_permissions,
    create_dataset,
    create_measures,
    days,
    maximum_of,
    months,
    show,
    weeks,
    when,
    years,
)
from ehrql.tables import EventFrame, PatientFrame, Series, table
from language_tables import e, p

from armslength.query.language.dataset import query_of
from armslength.query.language.measures import measures_of
from armslength.query.language.permissions import claimed_permissions, forget_claims
from armslength.query.model import nodes as n
from armslength.query.model.measures import intervals_of, parameters_of, queries_for
from armslength.query.model.reference import evaluate


def day(text):
    return datetime.date.fromisoformat(text)


STUDIES_IMPORT = """
    create_dataset Dataset create_measures Measures INTERVAL case when maximum_of minimum_of days weeks months years
    codelist_from_csv table_from_file get_parameter claim_permissions show Error
"""


def test_the_package_exports_what_studies_import():
    assert sorted(ehrql.__all__) == sorted(STUDIES_IMPORT.split())
    assert all(hasattr(ehrql, name) for name in ehrql.__all__)


def test_importing_the_language_loads_no_database_and_no_framework():
    heavy = "duckdb pandas sqlglot django pyarrow numpy pydantic rich typer"
    code = f"import sys, ehrql, ehrql.tables.tpp; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_helper_methods_survive_filters_and_sorts_but_not_picks():
    frame = e.where(e.i > 1).except_where(e.b).sort_by(e.d)
    assert type(frame).__name__ == "e"
    frame.true_rows().sort_by(e.i).where(e.b).first_for_patient()
    picked = frame.first_for_patient()
    assert isinstance(picked, PatientFrame) and type(picked).__name__ == "e"
    assert picked.i._type is int
    assert picked.double._type is int, "properties stay"
    with pytest.raises(AttributeError):
        picked.true_rows()
    with pytest.raises(AttributeError):
        picked.where(True)


def test_tables_can_extend_tables():
    class wider(e.__class__):
        extra = Series(str)

    made = table(wider)
    assert list(made._columns) == [*e._columns, "extra"]
    assert made.where(made.extra == "x").true_rows().extra._type is str


def test_a_table_says_where_it_comes_from_and_what_it_needs():
    @table
    class t(EventFrame):
        class _meta:
            table_name = "another"
            required_permission = "special"
            activation_filter_field = "d"

        d = Series(datetime.date)

    assert (t._node.name, t._node.required_permission, t._node.activation_filter_field) == (
        "another",
        "special",
        "d",
    )
    assert t._node.namespace == ""
    assert e._node.activation_filter_field is False


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (day("2003-01-29") + months(1), "2003-03-01"),
        ("2004-01-31" + months(1), "2004-03-01"),
        (months(11) + "2000-10-31", "2001-10-01"),
        (day("2004-02-29") + years(1), "2005-03-01"),
        (day("2004-02-29") - years(1), "2003-03-01"),
        ("2020-01-01" - days(1), "2019-12-31"),
        (weeks(2) + day("2020-01-01"), "2020-01-15"),
        (day("2020-01-01") + (days(3) - days(1)), "2020-01-03"),
        (day("2020-01-01") + -(days(3) + days(1)), "2019-12-28"),
    ],
)
def test_durations_and_dates_make_dates_at_once(found, expected):
    assert found == day(expected)


def test_durations_are_equal_only_in_the_same_unit():
    assert days(7) == days(7)
    assert days(7) != days(8)
    assert weeks(1) != days(7)
    assert isinstance((days(p.i) == days(3))._node, n.EQ)


@pytest.mark.parametrize("change", [years(9000), days(999_999_999), days(9_999_999_999), -years(3000)])
def test_dates_outside_the_calendar_are_errors(change):
    with pytest.raises((ValueError, OverflowError)):
        day("2020-01-01") + change


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        (weeks(2).ending_on("2020-01-14"), "2020-01-01 2020-01-07 2020-01-08 2020-01-14"),
        (months(2).starting_on("2020-11-01"), "2020-11-01 2020-11-30 2020-12-01 2020-12-31"),
        (
            months(3).starting_on("2020-01-31"),
            "2020-01-31 2020-02-29 2020-03-01 2020-03-30 2020-03-31 2020-04-30",
        ),
        (
            months(3).ending_on("2020-06-30"),
            "2020-03-31 2020-04-30 2020-05-01 2020-05-30 2020-05-31 2020-06-30",
        ),
        (
            months(4).ending_on("2020-05-31"),
            "2020-02-01 2020-03-01 2020-03-02 2020-03-31 2020-04-01 2020-05-01 2020-05-02 2020-05-31",
        ),
        (years(2).starting_on(day("2020-02-29")), "2020-02-29 2021-02-28 2021-03-01 2022-02-28"),
        (days(2).starting_on("2020-01-01"), "2020-01-01 2020-01-01 2020-01-02 2020-01-02"),
        (days(0).starting_on("2020-01-01"), ""),
    ],
)
def test_lists_of_intervals(intervals, expected):
    assert [str(edge) for interval in intervals for edge in interval] == expected.split()


def test_literals_take_the_type_of_the_series_they_meet():
    assert (p.f + 1)._node.rhs is n.Value(1.0)
    assert (p.f == True)._node.rhs is n.Value(1.0)  # noqa: E712
    assert (p.d == "2020-01-01")._node.rhs is n.Value(day("2020-01-01"))
    assert (p.c == "123456")._node.rhs.value_type.__name__ == "SNOMEDCTCode"
    assert p.f.is_in([1, 2.5])._node.rhs is n.Value(frozenset({1.0, 2.5}))
    assert (p.i > 5)._node is (p.i > 5)._node
    assert (5 - p.i)._node is (-p.i + 5)._node


def test_a_case_over_many_codes_stays_small():
    codes = {str(code): "even" if code % 2 else "odd" for code in range(100_000, 110_000)}
    assert len(p.c.to_category(codes)._node.cases) == 2


def test_constants_alone_make_a_series():
    assert maximum_of(1, 2)._node.value_type is int


def test_a_dataset_keeps_the_order_of_its_variables():
    dataset = create_dataset()
    dataset.define_population(p.exists_for_patient())
    dataset.z = p.i
    setattr(dataset, "a_1", p.s)  # noqa: B010 - studies do
    dataset.add_column("m", p.i + 1)
    assert dataset.z._node is p.i._node
    assert [name for name, _ in query_of(dataset).variables] == ["z", "a_1", "m"]
    with pytest.raises(AttributeError, match="`nothing`"):
        _ = dataset.nothing


def test_a_dataset_can_be_copied():
    dataset = create_dataset()
    dataset.define_population(p.exists_for_patient())
    dataset.add_event_table("rows", i=e.i)
    copied = copy.deepcopy(dataset)
    copied.x = p.i
    assert query_of(copied).variables != query_of(dataset).variables == ()
    assert query_of(copied).events == query_of(dataset).events


def test_a_dataset_without_population_has_no_query():
    with pytest.raises(ehrql.Error, match="define_population"):
        query_of(Dataset())


def test_a_dataset_may_not_depend_on_an_interval():
    dataset = create_dataset()
    dataset.define_population(p.exists_for_patient())
    dataset.age = (INTERVAL.start_date - p.d).years
    with pytest.raises(ehrql.Error, match="INTERVAL"):
        query_of(dataset)


def test_event_tables():
    dataset = create_dataset()
    dataset.define_population(p.b)
    dataset.add_event_table("rows", day=e.d, sex=p.s)
    dataset.rows.add_column("i", e.i)
    dataset.rows.double = e.i * 2
    assert dataset.rows.day is not None
    data = {
        "p": [{"patient_id": 1, "b": True, "s": "f"}, {"patient_id": 2, "b": False}],
        "e": [
            {"patient_id": 1, "i": 3, "d": day("2020-01-01")},
            {"patient_id": 1},
            {"patient_id": 2, "i": 1},
        ],
    }
    assert set(evaluate(query_of(dataset), data).events["rows"]) == {
        (1, day("2020-01-01"), "f", 3, 6),
        (1, None, "f", None, None),
    }
    with pytest.raises(AttributeError, match="`dataset`"):
        dataset.add_event_table("dataset", i=e.i)


def test_wishes_for_invented_data_are_kept():
    dataset = create_dataset()
    dataset.configure_dummy_data(population_size=50, additional_population_constraint=p.b)
    dataset.configure_dummy_data(timeout=5)
    kept = dataset._dummy_data
    assert (kept.population_size, kept.timeout, kept.additional_population_constraint) == (10, 5, p.b._node)
    assert create_measures()._dummy_data.population_size is None
    with pytest.raises(ValueError, match="legacy"):
        dataset.configure_dummy_data(legacy=True)
    with pytest.raises(TypeError, match="one value per patient"):
        dataset.configure_dummy_data(additional_population_constraint=e.b)


def test_measures_use_defaults_and_share_groups():
    measures = create_measures()
    intervals = [(day("2020-02-01"), day("2020-02-29")), (day("2020-01-01"), day("2020-01-31"))]
    measures.define_defaults(
        denominator=p.exists_for_patient(), group_by={"sex": p.s}, intervals=intervals * 2
    )
    measures.define_measure("a", numerator=p.i)
    measures.define_measure("b", numerator=p.b, group_by={})
    measures.configure_disclosure_control(enabled=False)
    model = measures_of(measures)
    assert len(measures) == 2 and [measure.name for measure in measures] == ["a", "b"]
    assert model.group_names == ("sex",) and model.disclosure_control is False
    assert intervals_of(model) == tuple(sorted(intervals))
    with pytest.raises(ehrql.Error, match="once"):
        measures.define_defaults(numerator=p.b)
    with pytest.raises(ehrql.Error, match="already"):
        measures.define_measure("a", numerator=p.b)
    with pytest.raises(ehrql.Error, match="something else"):
        measures.define_measure("c", numerator=p.b, group_by={"sex": p.i})
    with pytest.raises(ehrql.Error, match="define_measure"):
        measures_of(create_measures())


def test_measures_are_sums_per_interval_and_group():
    measures = create_measures()
    seen = e.where(e.d.is_during(INTERVAL))
    measures.define_defaults(
        denominator=p.exists_for_patient(), intervals=months(2).starting_on("2020-01-01")
    )
    measures.define_measure("share", numerator=seen.exists_for_patient(), group_by={"sex": p.s})
    measures.define_measure("count", numerator=seen.count_for_patient())
    data = {
        "p": [(k, True, 1, None, s, None, None, None) for k, s in enumerate(["m", "f", None, "m"])],
        "e": [{"patient_id": 0, "d": day("2020-01-05")}, {"patient_id": 0, "d": day("2020-01-06")}],
    }
    january, february = intervals_of(measures_of(measures))
    ((query, asked),) = queries_for(measures_of(measures), january)
    assert [measure.name for measure in asked] == ["share", "count"]
    assert parameters_of(query) == ()
    share, count = evaluate(query, data).measures
    assert sorted(share, key=str) == sorted([(2, 1, "m"), (1, 0, "f"), (1, 0, None)], key=str)
    assert count == [(4, 2)]
    ((query, _),) = queries_for(measures_of(measures), february)
    assert evaluate(query, data).measures[1] == [(4, 0)]


def test_claimed_permissions_add_up():
    forget_claims()
    claim_permissions("a", "b")
    claim_permissions("b", "c")
    assert claimed_permissions() == ("a", "b", "c")
    forget_claims()
    assert claimed_permissions() == ()


def test_show_only_says_that_it_was_there(capsys):
    assert show(p.i, object(), label="ages", head=3) is None
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "ages" in shown.err and "ignored" in shown.err


def test_conditions_can_be_reused_and_nested():
    inner = when(p.i > 1).then(p.s).otherwise("small")
    outer = case(when(inner == "small").then(0), otherwise=1)
    assert outer._type is int


def test_what_is_shown_of_an_object_is_what_its_author_knows():
    dataset = create_dataset()
    assert repr(dataset) == "<Dataset of no variables yet>"
    dataset.age = p.d.year
    dataset.add_event_table("visits", number=e.i)
    shown = [
        repr(each)
        for each in (dataset, dataset.visits, create_measures(), INTERVAL, p, p.d, p.d - "2020-01-01")
    ]
    assert shown == [
        "<Dataset of age>",
        "<event table visits of number>",
        "<Measures none yet>",
        "INTERVAL",
        "<table p>",
        "<DatePatientSeries>",
        "<DateDifference>",
    ]
    assert [repr(when(p.b)), repr(when(p.b).then(1))] == ["when(…)", "when(…).then(…)"]


def test_defaults_of_measures_are_given_once_even_when_empty():
    measures = create_measures()
    measures.define_defaults()
    with pytest.raises(Error, match="once only"):
        measures.define_defaults(numerator=p.b)


def test_test_suites_for_ehrql_find_what_they_look_for():
    assert e._qm_node.schema.column_types[0] == (e._node.schema.names[0], bool)
    assert p.i._qm_node is p.i._node
