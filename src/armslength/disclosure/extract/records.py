"""JSON: records, columns, lists of lists and single values, however deep they lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.tables import Document, Passage, Table, Unreadable, make_table

Row = tuple[int, list[str]]


def read_json(text: str, *, name: str, policy: DisclosurePolicy) -> Document:
    """Read a JSON document, or one JSON value per line, as tables. Raises Unreadable."""
    document, repeated = _parse(text)
    if not isinstance(document, dict | list):
        raise Unreadable("it is JSON, but holds no record and no list")
    tables = tuple(tables_of(document, name=name, policy=policy))
    keys, strings = _names_and_texts(document, policy.maximum_cells)
    return Document(
        name=name,
        tables=tables,
        passages=tuple(Passage(text=string, line=1, kind="JSON text") for string in strings),
        hidden=tuple(Passage(text=key, line=1, kind="repeated key") for key in repeated),
        keys=keys,
        unread=() if tables else ("it is JSON without any value",),
    )


def _parse(text: str) -> tuple[Any, list[str]]:
    repeated: list[str] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # A reader takes the last of two equal keys; the first would leave unseen.
        kept: dict[str, Any] = {}
        for key, value in pairs:
            if key in kept:
                repeated.append(key)
                key = f"{key} (repeated {len(repeated)})"
            kept[key] = value
        return kept

    try:
        return json.loads(text, object_pairs_hook=keep), repeated
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            if len(lines) > 1:
                return [json.loads(line, object_pairs_hook=keep) for line in lines], repeated
        except (ValueError, RecursionError):
            pass
        raise Unreadable(f"it is not JSON: {error}") from None


def tables_of(document: Any, *, name: str, policy: DisclosurePolicy, source: str = "json") -> Iterator[Table]:
    """Yield each table in a JSON value; a table is named by its place in it. Raises Unreadable beyond the limits."""
    cells, markers = 0, policy.redaction_markers
    for number, (path, header, rows) in enumerate(_shapes(document, (), policy.maximum_depth)):
        cells += max(1, len(header)) * max(1, len(rows))
        if cells > policy.maximum_cells:
            raise Unreadable(f"it has more than {policy.maximum_cells:,} cells")
        if number >= policy.maximum_tables:
            raise Unreadable(f"it has more than {policy.maximum_tables} tables")
        label = f"{name}, {'.'.join(path)}" if path else name
        title = " ".join(path[-2:])
        yield make_table(header, rows, name=label, number=number, title=title, source=source, markers=markers)


def _shapes(
    value: Any, path: tuple[str, ...], depth: int
) -> Iterator[tuple[tuple[str, ...], list[str], list[Row]]]:
    if depth <= 0:
        raise Unreadable("it is nested too deeply")
    if isinstance(value, list):
        yield from _list_shapes(value, path, depth)
    elif isinstance(value, dict):
        yield from _object_shapes(value, path, depth)


def _list_shapes(value: list[Any], path: tuple[str, ...], depth: int) -> Iterator[Any]:
    if value and all(isinstance(row, dict) for row in value):
        yield from _record_shapes(value, path, depth)
    elif value and all(isinstance(row, list) for row in value) and not any(_nested(row) for row in value):
        yield path, *_grid(value)
    elif value and not _nested(value):
        yield (
            path,
            [path[-1] if path else "(column 1)"],
            [(i + 1, [_text(item)]) for i, item in enumerate(value)],
        )
    else:
        for position, item in enumerate(value):
            yield from _shapes(item, (*path, str(position)), depth - 1)


def _record_shapes(records: list[dict[str, Any]], path: tuple[str, ...], depth: int) -> Iterator[Any]:
    flat = [dict(_flat(record, "")) for record in records]
    header = [key for key in dict.fromkeys(key for row in flat for key in row)]
    scalar = [key for key in header if not any(isinstance(row.get(key), list) for row in flat)]
    if scalar:
        yield path, scalar, [(i + 1, [_text(row.get(key)) for key in scalar]) for i, row in enumerate(flat)]
    for position, row in enumerate(flat):
        for key in row:
            if isinstance(row[key], list):
                yield from _shapes(row[key], (*path, str(position), key), depth - 1)


def _object_shapes(value: dict[str, Any], path: tuple[str, ...], depth: int) -> Iterator[Any]:
    if (
        isinstance(value.get("columns"), list)
        and isinstance(value.get("data"), list)
        and not _nested(value["columns"])
    ):
        rows = [row for row in value["data"] if isinstance(row, list) and not _nested(row)]
        if rows and len(rows) == len(value["data"]):
            yield (
                path,
                [_text(part) for part in value["columns"]],
                [(i + 1, [_text(x) for x in row]) for i, row in enumerate(rows)],
            )
            return
    if table := _keyed_rows(value):
        yield path, *table
        return
    lists = {
        key: part for key, part in value.items() if isinstance(part, list) and part and not _nested(part)
    }
    for length in dict.fromkeys(len(part) for part in lists.values()):
        columns = {key: part for key, part in lists.items() if len(part) == length}
        if len(columns) > 1 or length > 1 or not path:
            yield (
                path,
                list(columns),
                [(i + 1, [_text(part[i]) for part in columns.values()]) for i in range(length)],
            )
        else:
            yield path, list(columns), [(1, [_text(part[0]) for part in columns.values()])]
    single = {key: part for key, part in value.items() if not isinstance(part, dict | list)}
    if single:
        yield path, list(single), [(1, [_text(part) for part in single.values()])]
    for key, part in value.items():
        if key not in lists and isinstance(part, dict | list):
            yield from _shapes(part, (*path, key), depth - 1)


def _keyed_rows(value: dict[str, Any]) -> tuple[list[str], list[Row]] | None:
    """An object of flat objects with the same keys is a table: by column when the inner keys number the rows."""
    if len(value) < 2 or not all(
        isinstance(part, dict) and part and not _nested(part.values()) for part in value.values()
    ):
        return None
    inner = list(dict.fromkeys(key for part in value.values() for key in part))
    if sum(len(part) for part in value.values()) * 2 < len(inner) * len(value):
        return None
    if all(key.isdigit() for key in inner):
        return list(value), [
            (i + 1, [_text(part.get(key)) for part in value.values()]) for i, key in enumerate(inner)
        ]
    return ["(key)", *inner], [
        (i + 1, [key, *(_text(part.get(column)) for column in inner)])
        for i, (key, part) in enumerate(value.items())
    ]


def _grid(rows: list[list[Any]]) -> tuple[list[str], list[Row]]:
    first = rows[0]
    named = (
        len(rows) > 1
        and all(isinstance(part, str) for part in first)
        and not all(isinstance(part, str) for row in rows[1:] for part in row)
    )
    header = (
        [_text(part) for part in first]
        if named
        else [f"(column {i + 1})" for i in range(max(map(len, rows)))]
    )
    return header, [(i + 1, [_text(part) for part in row]) for i, row in enumerate(rows) if i or not named]


def _flat(record: dict[str, Any], before: str, depth: int = 4) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        if isinstance(value, dict) and depth:
            yield from _flat(value, f"{before}{key}.", depth - 1)
        elif isinstance(value, list) and not _nested(value) and len(value) <= 2:
            yield f"{before}{key}", " to ".join(_text(part) for part in value)
        else:
            yield (
                f"{before}{key}",
                value if not isinstance(value, dict) else json.dumps(value, sort_keys=True),
            )


def _names_and_texts(document: Any, limit: int) -> tuple[frozenset[str], list[str]]:
    keys: set[str] = set()
    texts: list[str] = []
    waiting = [document]
    for _ in range(limit):
        if not waiting:
            break
        value = waiting.pop()
        if isinstance(value, dict):
            keys.update(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and len(value) > 3:
            texts.append(value)
    return frozenset(keys), texts + sorted(keys)


def _nested(values: Any) -> bool:
    return any(isinstance(part, dict | list) for part in values)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return str(value)
