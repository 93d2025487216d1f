"""Running a plan: step after step, each told, the results one after the other. The same for every engine."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator

import pyarrow as pa

from armslength.query.engines.engine import (
    Plan,
    Progress,
    ResultQuery,
    ResultTable,
    Statement,
    Step,
)

Run = Callable[[Statement], None]
Stream = Callable[[ResultQuery], Generator[pa.RecordBatch, None, None]]


def executed(
    plan: Plan, *, run: Run, stream: Stream, progress: Progress
) -> Generator[ResultTable, None, None]:
    """Run the statements of a plan and yield its results, which must be read in order.

    `run` does one statement; `stream` is a generator of one result's rows, closed also when nobody reads on.
    """
    for number, statement in enumerate(plan.statements, start=1):
        began = time.monotonic()
        run(statement)
        seconds = time.monotonic() - began
        progress(Step(number=number, of=plan.steps, purpose=statement.purpose, seconds=seconds))
    for number, result in enumerate(plan.results, start=len(plan.statements) + 1):
        with contextlib.closing(_told(stream, result, number, plan.steps, progress)) as rows:
            reader = pa.RecordBatchReader.from_batches(result.schema, rows)
            yield ResultTable(name=result.name, rows=reader)
            for _ in rows:
                raise RuntimeError(f"result `{result.name}` must be read to its end before the next")


def _told(
    stream: Stream, result: ResultQuery, number: int, of: int, progress: Progress
) -> Generator[pa.RecordBatch, None, None]:
    """Stream a result and tell after each batch how many rows there were so far."""
    began, rows = time.monotonic(), 0
    with contextlib.closing(stream(result)) as batches:
        for batch in batches:
            rows += batch.num_rows
            seconds = time.monotonic() - began
            yield as_promised(batch, result.schema)
            progress(Step(number=number, of=of, purpose=result.purpose, seconds=seconds, rows=rows))
    if not rows:
        seconds = time.monotonic() - began
        progress(Step(number=number, of=of, purpose=result.purpose, seconds=seconds, rows=0))


def as_promised(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Give a batch the schema that was announced, so that a column's type never depends on its rows."""
    arrays = [array.cast(each.type) for array, each in zip(batch.columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def plan_text(plan: Plan) -> str:
    """Return each step's purpose and SQL as one text, beginning with what is held back."""
    parts = [f"-- held back: {words}\n" for words in plan.held_back]
    steps: list[Statement | ResultQuery] = [*plan.statements, *plan.results]
    for number, step in enumerate(steps, start=1):
        sql = step.sql if step.sql is not None else "-- rows travel with the query"
        parts.append(f"-- {number} of {plan.steps}: {step.purpose}\n{sql};\n")
    return "\n".join(parts)
