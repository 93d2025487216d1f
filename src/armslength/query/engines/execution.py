"""Running a plan: step after step, each told, the results one after the other. The same for every engine."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

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
    plan: Plan, *, run: Run, stream: Stream, progress: Progress, folder: Path | None = None
) -> Generator[ResultTable, None, None]:
    """Run the statements of a plan and yield its results, which must be read in order.

    `run` does one statement; `stream` is a generator of the rows of one query of a result, closed also when nobody
    reads on. Rows that wait for others of their result are kept in `folder`, None for that of temporary files.
    """
    counted: dict[str, float] = {}
    for number, statement in enumerate(plan.statements, start=1):
        began = time.monotonic()
        statement = _cheaper(statement, stream, counted)
        run(statement)
        seconds = time.monotonic() - began
        progress(Step(number=number, of=plan.steps, purpose=statement.purpose, seconds=seconds))
    for number, result in enumerate(plan.results, start=len(plan.statements) + 1):
        with contextlib.closing(
            _told(_rows(stream, result, folder), result, number, plan.steps, progress)
        ) as rows:
            reader = pa.RecordBatchReader.from_batches(result.whole, rows)
            yield ResultTable(name=result.name, rows=reader)
            for _ in rows:
                raise RuntimeError(f"result `{result.name}` must be read to its end before the next")


def _cheaper(statement: Statement, stream: Stream, counted: dict[str, float]) -> Statement:
    """Return the cheaper way to do a step. What was counted once for a query is not counted again."""
    choice = statement.choice
    if choice is None:
        return statement
    asked = choice.counted
    if asked.sql not in counted:
        with contextlib.closing(stream(asked)) as batches:
            rows = [as_promised(batch, asked.schema).to_pylist() for batch in batches]
        members, *people = next(row for batch in rows for row in batch).values()
        counted[asked.sql] = members / max(*people, 1)
    if counted[asked.sql] < choice.share:
        return replace(statement, choice=None)
    return replace(statement, sql=choice.otherwise(), purpose=choice.purpose, choice=None)


def _told(
    batches: Generator[pa.RecordBatch, None, None],
    result: ResultQuery,
    number: int,
    of: int,
    progress: Progress,
) -> Generator[pa.RecordBatch, None, None]:
    """Pass the rows of a result on and tell after each batch how many there were so far."""
    began, rows = time.monotonic(), 0
    with contextlib.closing(batches):
        for batch in batches:
            rows += batch.num_rows
            seconds = time.monotonic() - began
            yield batch
            progress(Step(number=number, of=of, purpose=result.purpose, seconds=seconds, rows=rows))
    if not rows:
        seconds = time.monotonic() - began
        progress(Step(number=number, of=of, purpose=result.purpose, seconds=seconds, rows=0))


def _rows(stream: Stream, result: ResultQuery, folder: Path | None) -> Generator[pa.RecordBatch, None, None]:
    """Stream a result. Of one in several parts, all but the first wait in files that no folder lists."""
    with contextlib.ExitStack() as open_until_read:
        others = [open_until_read.enter_context(_kept(stream, each, folder)) for each in result.others]
        batches = open_until_read.enter_context(contextlib.closing(stream(result)))
        for batch in batches:
            promised = as_promised(batch, result.schema)
            yield _beside(promised, [each(batch.num_rows) for each in others], result) if others else promised


@contextlib.contextmanager
def _kept(
    stream: Stream, part: ResultQuery, folder: Path | None
) -> Iterator[Callable[[int], pa.RecordBatch]]:
    """Write a part of a result to a file; give a function that reads its next rows."""
    with tempfile.TemporaryFile(prefix="armslength-part-", dir=folder) as file:
        with (
            pa.ipc.new_stream(file, part.schema) as writer,
            contextlib.closing(stream(part)) as batches,
        ):
            for batch in batches:
                writer.write_batch(as_promised(batch, part.schema))
        file.seek(0)
        with pa.ipc.open_stream(file) as reader:
            waiting: list[pa.RecordBatch] = []

            def following(count: int) -> pa.RecordBatch:
                while sum(each.num_rows for each in waiting) < count:
                    waiting.append(reader.read_next_batch())
                found = pa.Table.from_batches(waiting, part.schema)
                waiting[:] = found.slice(count).to_batches()
                return found.slice(0, count).combine_chunks().to_batches()[0]

            yield following


def _beside(first: pa.RecordBatch, others: list[pa.RecordBatch], result: ResultQuery) -> pa.RecordBatch:
    """Put the columns of the same patients beside one another."""
    if not all(each.column(0).equals(first.column(0)) for each in others):
        raise RuntimeError(f"the parts of result `{result.name}` are not of the same patients")
    columns = [*first.columns, *(column for each in others for column in each.columns[1:])]
    return pa.record_batch(columns, schema=result.whole)


def as_promised(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Give a batch the schema that was announced, so that a column's type never depends on its rows."""
    arrays = [array.cast(each.type) for array, each in zip(batch.columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def plan_text(plan: Plan) -> str:
    """Return each step's purpose and SQL as one text, beginning with what is held back."""
    parts = [f"-- held back: {words}\n" for words in plan.held_back]
    steps: list[Statement | ResultQuery] = [*plan.statements, *plan.results]
    for number, step in enumerate(steps, start=1):
        queries = step.parts if isinstance(step, ResultQuery) else (step,)
        texts = [each.sql if each.sql is not None else "-- rows travel with the query" for each in queries]
        told = ";\n\n-- and beside it\n".join(texts)
        choice = step.choice if isinstance(step, Statement) else None
        if choice is not None:
            told = f"-- of members only, unless {choice.share:.0%} of people or more turn out to be members\n{told}"
        parts.append(f"-- {number} of {plan.steps}: {step.purpose}\n{told};\n")
    return "\n".join(parts)
