"""Backends: a study's tables are found where a provider keeps them, and nowhere else."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.query.api.databases import Database, find_backend, source_of
from armslength.query.api.datasets import generate_dataset, print_dataset, require_permissions
from armslength.query.api.explanations import explain
from armslength.query.api.extracts import extract, extract_all
from armslength.query.backends.core import BACKEND as CORE
from armslength.query.backends.omop import BACKEND as OMOP
from armslength.query.contracts import core, omop
from armslength.query.engines.backend import Backend, TableMapping
from armslength.query.engines.engine import DatabaseFile, ParquetFiles
from armslength.query.formats.store import StoreWriter
from armslength.query.model import nodes as n

DATE = datetime.date
PATIENTS: Any = core.patients._node
EVENTS: Any = core.clinical_events._node
PERSON: Any = omop.person._node
CONDITIONS: Any = omop.condition_occurrence._node
BORN = n.SelectColumn(PATIENTS, "date_of_birth")
QUERY = n.Dataset(
    n.Exists(PATIENTS), (("born", BORN), ("sex", n.SelectColumn(PATIENTS, "sex")), ("n", n.Count(EVENTS)))
)


def make_store(path: Path, kind: str, tables: dict[str, pa.Table], patient_id: str) -> Path:
    with StoreWriter(path, kind=kind, created_from={"maker": "test"}) as writer:
        for name, table in tables.items():
            writer.add_table(name, schema=table.schema, patient_id=patient_id)
            for batch in table.to_batches():
                writer.write(name, batch)
    return path


@pytest.fixture
def core_store(tmp_path: Path) -> Path:
    days = [DATE(1950, 1, 1), DATE(1960, 1, 1)]
    patients = pa.table(
        {
            "patient_id": [1, 2],
            "date_of_birth": days,
            "sex": ["male", "female"],
            "date_of_death": [None, days[1]],
        },
        schema=pa.schema(
            [
                ("patient_id", pa.int64()),
                ("date_of_birth", pa.date32()),
                ("sex", pa.string()),
                ("date_of_death", pa.date32()),
            ]
        ),
    )
    fields = [("patient_id", pa.int64()), ("date", pa.date32()), ("snomedct_code", pa.string())]
    fields += [("numeric_value", pa.float64())]
    events = pa.table([[2, 2], days, ["123456", None], [1.5, None]], schema=pa.schema(fields))
    tables = {"patients": patients, "clinical_events": events}
    return make_store(tmp_path / "store", "core", tables, "patient_id")


def test_a_store_of_core_tables_answers_a_study(core_store: Path, tmp_path: Path) -> None:
    made = generate_dataset(QUERY, database=Database(dsn=str(core_store)), output=tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines() == [
        "patient_id,born,sex,n",
        "1,1950-01-01,male,0",
        "2,1960-01-01,female,2",
    ]
    assert made.patients == 2


def test_only_the_tables_of_the_query_are_opened(core_store: Path) -> None:
    only_patients = n.Dataset(n.Exists(PATIENTS))
    source = source_of(str(core_store), dataset=only_patients, backend=CORE)
    assert isinstance(source, ParquetFiles) and list(source.tables) == ["patients"]


def test_an_omop_store_answers_in_the_names_of_the_model(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", "omop", omop_tables(), "person_id")
    coded = n.Filter(CONDITIONS, n.EQ(n.SelectColumn(CONDITIONS, "condition_concept_id"), n.Value(201826)))
    query = n.Dataset(
        n.Exists(PERSON),
        (
            ("born", n.SelectColumn(PERSON, "birth_datetime")),
            ("diabetes", n.Exists(coded)),
            ("first", n.Min(n.SelectColumn(coded, "condition_start_date"))),
        ),
    )
    database = Database(dsn=str(store), backend="omop")
    generate_dataset(query, database=database, output=tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines() == [
        "patient_id,born,diabetes,first",
        "7,1950-03-04,T,2019-05-06",
        "8,,F,",
    ]


def omop_tables() -> dict[str, pa.Table]:
    """Two people and one diagnosis, with every column of the contract and the model's own types."""
    moment = datetime.datetime(1950, 3, 4, 5, 6)
    values: dict[str, dict[str, list[Any]]] = {
        "person": {"person_id": [7, 8], "birth_datetime": [moment, None], "gender_concept_id": [8507, 8532]},
        "condition_occurrence": {
            "person_id": [7],
            "condition_concept_id": [201826],
            "condition_start_date": [DATE(2019, 5, 6)],
        },
    }
    kinds = {int: pa.int64(), float: pa.float64(), str: pa.string(), DATE: pa.date32()}
    tables = {}
    for node in (PERSON, CONDITIONS):
        fields = [("person_id", pa.int64())]
        fields += [(name, kinds[node.schema[name].type]) for name in node.schema.names]
        schema = pa.schema(fields)
        if "birth_datetime" in schema.names:
            schema = schema.set(
                schema.names.index("birth_datetime"), pa.field("birth_datetime", pa.timestamp("us"))
            )
        given = values[node.name]
        count = len(given["person_id"])
        tables[node.name] = pa.table(
            [pa.array(given.get(each.name, [None] * count), type=each.type) for each in schema], schema=schema
        )
    return tables


def test_a_table_of_another_world_is_refused_with_what_there_is(core_store: Path) -> None:
    with pytest.raises(Mistake) as told:
        source_of(str(core_store), dataset=n.Dataset(n.Exists(PERSON)), backend=CORE)
    assert told.value.code == "Q103"
    assert "`omop.person`" in told.value.what and "core.patients" in (told.value.hint or "")


def test_a_store_that_lacks_a_promised_table_or_column_is_told(tmp_path: Path) -> None:
    patients = pa.table({"patient_id": [1], "sex": ["male"]})
    store = make_store(tmp_path / "store", "core", {"patients": patients}, "patient_id")
    for query, lacking in ((n.Dataset(n.Exists(EVENTS)), "clinical_events"), (QUERY, "date_of_birth")):
        with pytest.raises(Mistake) as told:
            source_of(str(store), dataset=query, backend=CORE)
        assert told.value.code == "Q104" and lacking in str(told.value)


def test_database_addresses_are_understood_or_refused(tmp_path: Path) -> None:
    found = source_of("duckdb:///data/my%20records.duckdb", dataset=QUERY, backend=CORE)
    assert found == DatabaseFile(path=Path("/data/my records.duckdb"))
    for dsn in ("mysql://host/db", "duckdb://", "duckdb:///x.duckdb?threads=1"):
        with pytest.raises(Mistake) as told:
            source_of(dsn, dataset=QUERY, backend=CORE)
        assert told.value.code == "Q114"
    with pytest.raises(Mistake) as told:
        source_of(str(tmp_path / "absent"), dataset=QUERY, backend=CORE)
    assert told.value.code == "D001"


def test_a_patient_who_appears_twice_stops_everything(tmp_path: Path) -> None:
    twice = pa.table(
        {"patient_id": [1, 1], "date_of_birth": [DATE(1950, 1, 1)] * 2, "sex": ["male", "female"]}
    ).append_column("date_of_death", pa.array([None, None], pa.date32()))
    store = make_store(tmp_path / "store", "core", {"patients": twice}, "patient_id")
    query = n.Dataset(n.Exists(PATIENTS), (("sex", n.SelectColumn(PATIENTS, "sex")),))
    with pytest.raises(Mistake) as told:
        generate_dataset(query, database=Database(dsn=str(store)), output=tmp_path / "out.csv")
    assert told.value.code == "Q112"
    assert not (tmp_path / "out.csv").exists()


def test_event_rows_need_a_permission_and_a_folder(core_store: Path, tmp_path: Path) -> None:
    rows = n.SeriesCollectionFrame((("date", n.SelectColumn(EVENTS, "date")), ("born", BORN)))
    query = n.Dataset(n.Exists(PATIENTS), (("born", BORN),), (("rows", rows),))
    database = Database(dsn=str(core_store))
    with pytest.raises(Mistake) as told:
        generate_dataset(query, database=database, output=tmp_path / "out/:csv")
    assert (told.value.code, told.value.exit_status) == ("Q115", 12)
    with pytest.raises(Mistake) as told:
        generate_dataset(query, database=database, output=tmp_path / "out.csv")
    assert told.value.code == "Q124"
    granted = {"event_level_data"}
    generate_dataset(query, database=database, output=f"{tmp_path}/out/:csv", permissions=granted)
    assert (tmp_path / "out" / "rows.csv").read_text().splitlines() == [
        "patient_id,date,born",
        "2,1950-01-01,1960-01-01",
        "2,1960-01-01,1960-01-01",
    ]


def test_a_restricted_table_needs_its_permission() -> None:
    secret = n.SelectTable("secret", n.TableSchema.of({"x": int}), "tpp", "waiting_list")
    query = n.Dataset(n.Exists(secret))
    with pytest.raises(Mistake, match=r"`waiting_list` for table `tpp\.secret`"):
        require_permissions(query, granted=())
    require_permissions(query, granted=["waiting_list"])


def test_csv_goes_to_a_stream_too(core_store: Path, tmp_path: Path) -> None:
    with (tmp_path / "stream").open("wb") as stream:
        print_dataset(QUERY, database=Database(dsn=str(core_store)), stream=stream)
    assert (tmp_path / "stream").read_bytes().startswith(b"patient_id,born,sex,n\r\n1,")


def test_a_column_may_be_an_expression_over_physical_ones() -> None:
    upper = exp.Upper(this=exp.column("Sex_Code"))
    mapping = TableMapping(table="Person", patient_id="Person_ID", columns={"sex": upper})
    assert mapping.column("sex", alias="p").sql("duckdb") == 'UPPER("p".Sex_Code)'
    assert mapping.column("patient_id", alias="p").sql("duckdb") == '"p"."Person_ID"'
    assert upper.sql("duckdb") == "UPPER(Sex_Code)", "the mapping itself stays as it was"


def test_backends_are_found_by_name() -> None:
    assert (find_backend("core"), find_backend("omop")) == (CORE, OMOP)
    with pytest.raises(Mistake, match="core, emis, emisv2, files, omop, omop-uk, tpp") as told:
        find_backend("epic")
    assert told.value.code == "Q113"


def test_every_contract_table_of_a_backend_is_mapped() -> None:
    for backend, contract in ((CORE, core), (OMOP, omop)):
        assert isinstance(backend, Backend)
        for name in contract.__all__:
            assert backend.mapping_of(getattr(contract, name)._node).table == name


def test_the_plan_can_be_explained_without_a_database() -> None:
    of_some = n.Dataset(n.EQ(n.SelectColumn(PATIENTS, "sex"), n.Value("male")), (("n", n.Count(EVENTS)),))
    shared, plain = explain(of_some), explain(of_some, optimised=False)
    assert "decide who is in the population" in shared
    assert 'FROM "clinical_events"' in shared and "IN (\n" in shared and "IN (\n" not in plain


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_rows_given_in_place_are_answered_by_any_engine(engine: str) -> None:
    tables = {
        "patients": [
            {"patient_id": 1, "date_of_birth": DATE(1950, 1, 1), "sex": "male"},
            (2, None, None, None),
        ],
        "clinical_events": [{"patient_id": 1, "snomedct_code": "123456"}],
    }
    assert extract(QUERY, tables, engine=engine) == [
        {"patient_id": 1, "born": DATE(1950, 1, 1), "sex": "male", "n": 1},
        {"patient_id": 2, "born": None, "sex": None, "n": 0},
    ]
    assert list(extract_all(QUERY, tables, engine=engine)) == ["dataset"]


def test_a_row_that_does_not_fit_its_table_is_told() -> None:
    for row in ({"patient_id": 1, "sexx": "male"}, (1, 2), {"patient_id": 1, "date_of_birth": "soon"}):
        with pytest.raises(Mistake, match="patients") as told:
            extract(QUERY, {"patients": [row]})
        assert told.value.code == "Q116"


def test_interval_outside_measures_is_told(core_store: Path, tmp_path: Path) -> None:
    query = n.Dataset(n.EQ(BORN, n.Parameter("interval_start_date", DATE)))
    with pytest.raises(Mistake) as told:
        generate_dataset(query, database=Database(dsn=str(core_store)), output=tmp_path / "x.csv")
    assert told.value.code == "Q105"
