"""The reference pages of backends: what each offers, of what it is made, and what is held back. For `make docs`."""

from __future__ import annotations

from importlib.metadata import entry_points

from sqlglot import exp

from armslength.query.engines.backend import Backend, TableMapping, qualified

OURS = "armslength.query.backends."

LISTS = (
    "Where the database holds one of these lists beside its tables, from every project without the data permission "
    "([how they are kept](../../explain/opt-outs.md))"
)


def backend_pages() -> dict[str, str]:
    """Return the pages of the backends that come with the project, by file name, the overview first."""
    points = [point for point in entry_points(group="armslength.backends") if point.value.startswith(OURS)]
    found = {point.name: point.load() for point in sorted(points, key=lambda each: each.name)}
    return {"README.md": _overview(found)} | {f"{name}.md": _page(each) for name, each in found.items()}


def _overview(backends: dict[str, Backend]) -> str:
    rows = [
        f"| [`{name}`]({name}.md) | {each.title} | {_namespaces(each)} |" for name, each in backends.items()
    ]
    return (
        "# Backends\n\nA backend says how one kind of database fulfils contracts. Name it with `--backend` or"
        " `OPENSAFELY_BACKEND`. Another package adds one with an entry point of the group `armslength.backends`.\n\n"
        "| Backend | Database | Contracts |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _namespaces(backend: Backend) -> str:
    if backend.tables is None:
        return "any"
    return ", ".join(
        f"`{name}`" for name in dict.fromkeys(namespace for namespace, _ in sorted(backend.tables))
    )


def _page(backend: Backend) -> str:
    parts = [f"# `{backend.name}`", f"{backend.title}.", "## Held back", _held_back(backend)]
    if backend.tables is None:
        parts += [
            "## Tables",
            "Every table of every contract, under its own name, with the contract's columns.",
        ]
    else:
        rows = [_row(qualified(*name), mapping) for name, mapping in sorted(backend.tables.items())]
        head = "| Table | Made of | Needs | Rows held back by |\n|---|---|---|---|\n"
        parts += ["## Tables", head + "\n".join(rows)]
    if backend.refused:
        refused = [f"- `{qualified(*name)}`: {why}." for name, why in sorted(backend.refused.items())]
        parts += ["## Not offered", "\n".join(refused)]
    return "\n\n".join(parts) + "\n"


def _held_back(backend: Backend) -> str:
    parts = []
    if backend.restrictions:
        rows = [f"- {each.words}; lifted by `{each.lifted_by}`." for each in backend.restrictions]
        parts.append("From every project without the data permission:\n\n" + "\n".join(rows))
    if backend.where_listed:
        rows = [
            f"- `{each.listed_in}`: {each.words}; lifted by `{each.lifted_by}`."
            for each in backend.where_listed
        ]
        parts.append(f"{LISTS}:\n\n" + "\n".join(rows))
    return "\n\n".join(parts) or "Nothing: whoever runs such a database puts into it only what may be seen."


def _row(name: str, mapping: TableMapping) -> str:
    made_of = [mapping.table]
    if mapping.query is not None:
        made_of = list(dict.fromkeys(table.name for table in mapping.query.find_all(exp.Table)))
    needs = f"`{mapping.needs}`" if mapping.needs else ""
    by = f"day: `{mapping.day}`" if mapping.day else "practice" if mapping.practice else ""
    return f"| `{name}` | {', '.join(f'`{each}`' for each in sorted(made_of))} | {needs} | {by} |"
