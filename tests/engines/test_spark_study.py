"""A study of a hundred variables has the same answers through Spark as through DuckDB."""

from __future__ import annotations

import importlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from armslength.query.api.databases import Database
from armslength.query.api.datasets import generate_dataset
from armslength.query.language.dataset import query_of
from armslength.query.stores.sample.population import make_sample

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.timeout(1200)
def test_a_study_of_a_hundred_variables_has_the_same_answers(
    spark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    query = query_of(importlib.import_module("studies.country").study())
    make_sample(tmp_path / "store", patients=100, seed=1)
    tables = []
    for engine in ("duckdb", "spark"):
        output = tmp_path / f"{engine}.parquet"
        generate_dataset(query, database=Database(dsn=str(tmp_path / "store"), engine=engine), output=output)
        tables.append(pq.read_table(output))
    assert len(tables[0]) > 20 and len(tables[0].column_names) > 100
    assert tables[0].equals(tables[1])
