"""The reference page of engines: which operations each has, and why it refuses the others. For `make docs`."""

from __future__ import annotations

from importlib.metadata import entry_points

from armslength.query.engines.compile import statements as _statements  # noqa: F401 - registers every operation
from armslength.query.engines.compile.expressions import EXPRESSIONS
from armslength.query.engines.compile.reductions import AGGREGATES
from armslength.query.engines.engine import Capabilities

OURS = "armslength.query.engines."
INTRODUCTION = """# Engines

An engine is a kind of database that answers queries. The address of the database names it; `--query-engine` or
`OPENSAFELY_QUERY_ENGINE` asks for one. Another package adds one with an entry point of the group `armslength.engines`.

| Engine | Database | Address |
|---|---|---|
| `duckdb` | DuckDB, embedded: the default; 1.5 and 2.0 are tested | the folder of a store, or `duckdb:///path/to/file.duckdb` |
| `mssql` | SQL Server, on a server: [how to](../how-to/run-on-sql-server.md) | `mssql://user@host/database` |
| `postgresql` | PostgreSQL, on a server: [how to](../how-to/run-on-postgresql.md) | `postgresql://user@host/database` |
| `spark` | Apache Spark, through Spark Connect: [how to](../how-to/run-on-spark.md) | `sc://host:15002/;schema=name`, or the folder of a store |
| `trino` | Trino, on a cluster: [how to](../how-to/run-on-trino.md) | `trino://user@host:8443/catalog/schema` |

All are run by the tests: every specification of the language, and queries made at random whose answers must be those of
the reference interpreter. DuckDB, PostgreSQL and Spark are the real ones. **SQL Server and Trino are checked through
stand-ins**: servers that speak their protocols in front of DuckDB, asked through the real drivers. Their SQL is read by an
independent grammar, too. `ARMSLENGTH_TEST_MSSQL_DSN` and `ARMSLENGTH_TEST_TRINO_DSN` have the same tests ask real ones.

## Operations

What the query model calls an operation, and whether an engine has it. A query that needs one which an engine refuses is
refused before anything runs (Q102), with the reason.
"""  # noqa: E501 - rows of a table are one line each


def engines_page() -> str:
    """Return the page, with the table printed from the engines that come with the project."""
    points = [point for point in entry_points(group="armslength.engines") if point.value.startswith(OURS)]
    engines: list[Capabilities] = [
        point.load().capabilities for point in sorted(points, key=lambda each: each.name)
    ]
    lines = [INTRODUCTION, f"| Operation | {' | '.join(each.title for each in engines)} |"]
    lines.append("|---|" + "---|" * len(engines))
    for operation in sorted(
        {each.__name__ for each in (*EXPRESSIONS, *AGGREGATES)} | {"PickOneRowPerPatient"}
    ):
        answers = (each.refused.get(operation) for each in engines)
        lines.append(f"| `{operation}` | {' | '.join(f'no: {why}' if why else 'yes' for why in answers)} |")
    return "\n".join(lines) + "\n"
