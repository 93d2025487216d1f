"""Chapters of the language from `tests/specs`: each test's title, prose, tables, query and answer."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

# In the order a reader would want. A chapter is a file `test_spec_<name>.py`.
CHAPTERS = {
    "frames": "Frames: filtering, sorting, picking",
    "ties": "Which row is picked when several come first",
    "aggregation": "One value from many rows",
    "equality_and_membership": "Equality, missing values, membership",
    "logic": "Logic and cases",
    "numbers": "Numbers",
    "dates": "Dates",
    "text_and_codes": "Text and clinical codes",
    "code_systems": "Coding systems",
    "population": "Populations",
    "measures_by_example": "Measures",
}
# What `spec` is given besides tables.
ASKED = ("asks", "gives", "population", "measures", "intervals", "disclosure_control")
HINT = """Everything here is also a test that runs on every engine. `p` is a table with one row per patient, `e` and
`e2` are tables with many. The letter of a column is its type: `b` bool, `i` int, `f` float, `s` str, `d` date, `c`
SNOMED CT code, `m` a string of many ICD-10 codes. `∅` is a missing value, `T` is true, `F` is false. Unless an example
defines a population, it is everybody in the tables shown.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One call of `spec`: tables in, lines of a query, a table out."""

    tables: dict[str, str]
    query: str
    gives: str


def language_pages(house: Path) -> dict[str, str]:
    """Return every page by file name: the chapters, and a README that lists them."""
    specs = house / "tests" / "specs"
    sys.path[:0] = [str(specs)]
    pages, contents = {}, []
    for name, title in CHAPTERS.items():
        if not (specs / f"test_spec_{name}.py").exists():
            continue
        module = importlib.import_module(f"test_spec_{name}")
        sections = [section for section in map(_section, _tests(module)) if section]
        if not sections:
            continue
        file = f"{name.replace('_', '-')}.md"
        intro = inspect.getdoc(module) or ""
        pages[file] = f"# {title}\n\n{intro}\n\n" + "\n".join(sections)
        contents.append(f"- [{title}]({file}): {len(sections)} examples")
    index = "\n".join(contents)
    pages["README.md"] = f"# The query language by example\n\n{HINT}\n{index}\n"
    return pages


def _tests(module: ModuleType) -> Iterator[Any]:
    """Yield the tests of a module that take nothing but `spec`, in the order they are written."""
    for name, function in vars(module).items():
        if name.startswith("test_") and tuple(inspect.signature(function).parameters) == ("spec",):
            yield function


def _section(test: Any) -> str:
    examples = _examples(test)
    title = test.__name__.removeprefix("test_").replace("_", " ")
    prose = textwrap.fill(inspect.getdoc(test) or "", 118)
    parts = [f"## {title[0].upper()}{title[1:]}", "", prose, ""]
    shown: dict[str, str] = {}
    for example in examples:
        for table, text in example.tables.items():
            if shown.get(table) != text:
                shown[table] = text
                parts += [f"`{table}`", "", _markdown(text), ""]
        parts += ["```python", example.query, "```", "", _markdown(example.gives), ""]
    return "\n".join(parts)


def _examples(test: Any) -> list[Example]:
    """Run a test with a `spec` that notes what it is given, and pair the notes with the source of each call."""
    noted: list[dict[str, Any]] = []
    test(spec=lambda **given: noted.append(given))
    source = textwrap.dedent(inspect.getsource(test))
    function = next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
    calls = [statement for statement in ast.walk(function) if _is_call(statement)]
    before = [ast.get_source_segment(source, each) or "" for each in function.body if _is_preparation(each)]
    queries = [_query(call, source, before) for call in calls]
    if len(queries) != len(noted):  # a call in a loop: what is asked differs in numbers only
        queries = [queries[0]] * len(noted)
    made = []
    for given, query in zip(noted, queries, strict=True):
        tables = {k: v for k, v in given.items() if k not in ASKED}
        made.append(Example(tables=tables, query=query, gives=given["gives"]))
    return made


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "spec"


def _is_preparation(statement: ast.stmt) -> bool:
    """Whether a line of a test belongs to the query: it is neither its docstring nor the check."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return False
    return not any(_is_call(node) for node in ast.walk(statement))


def _query(call: Any, source: str, before: list[str]) -> str:
    """The lines of a query as a study would write them: `dataset.name = …`."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    lines = [textwrap.dedent(line) for line in before]
    if "population" in given:
        lines.append(f"dataset.define_population({_source(given['population'], source)})")
    if "measures" in given:
        return "\n".join([*lines, *_measures(given, source)])
    asks = given["asks"]
    if isinstance(asks, ast.Dict):
        for name, value in zip(asks.keys, asks.values, strict=True):
            lines.append(f"dataset.{name.value} = {_source(value, source)}")  # type: ignore[union-attr]
    else:
        lines.append(_source(asks, source))
    return "\n".join(lines)


def _measures(given: dict[Any, ast.expr], source: str) -> Iterator[str]:
    """The lines that define measures, as a study would write them."""
    if "disclosure_control" in given:
        yield f"measures.configure_disclosure_control(enabled={_source(given['disclosure_control'], source)})"
    yield f"measures.define_defaults(intervals={_source(given['intervals'], source)})"
    for name, arguments in _pairs(given["measures"]):
        yield f'measures.define_measure(\n    "{name}",'
        for argument, value in _pairs(arguments):
            yield f"    {argument}={_source(value, source)},"
        yield ")"


def _pairs(written: Any) -> Iterator[tuple[str, ast.expr]]:
    """The keys and the source of the values of a dict that is written out."""
    for key, value in zip(written.keys, written.values, strict=True):
        yield key.value, value


def _source(node: ast.expr, source: str) -> str:
    lines = (ast.get_source_segment(source, node) or "").splitlines()
    first, rest = lines[0], textwrap.dedent("\n".join(lines[1:]))
    return f"{first}\n{rest}" if rest else first


def _markdown(text: str) -> str:
    """A table of text as a table of Markdown."""
    lines = [
        [cell.strip() for cell in line.split("|")]
        for line in text.strip().splitlines()
        if line.strip("- |\n")
    ]
    header, *rows = lines
    shown = [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows)]
    return "\n".join(shown)
