"""May a query run, and as what? Everything that speaks against it is found and told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import ErrorLevel, exp, parse
from sqlglot.errors import SqlglotError

from armslength.kernel.errors import Mistake, Mistakes
from armslength.query.engines.restrictions import Listed
from armslength.sqlrunner.allowed import why_not_node, why_not_statement
from armslength.sqlrunner.catalogue import DOCUMENTATION, Catalogue
from armslength.sqlrunner.proof import prove
from armslength.sqlrunner.references import Kind, Reference, line_of, names_made, references_of
from armslength.sqlrunner.rewrite import check_filtered, filtered, predicate_of

LONGEST = 200_000  # characters
MOST_PARTS = 50_000  # nodes of the syntax tree
_PLACE = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A query that may run. `sql` is what runs, written anew from the tree; `added` what was put in, by table.

    `proved` says whether the query left out by itself whom it must; if not, it was rewritten because that was asked.
    """

    asked: str
    sql: str
    tables: tuple[str, ...]
    added: dict[str, str]
    proved: bool


def judge(text: str, *, catalogue: Catalogue, rewrite: bool, where: str) -> Judgement:
    """Judge one query. Raises Mistakes Q404 to Q408; nothing has touched the database then.

    Q404 cannot be read · Q405 does more than read · Q406 a name that is not offered · Q407 a permission is
    missing · Q408 people who opted out are not left out.
    """
    try:
        query = _parsed(text, catalogue=catalogue, where=where)
        mistakes = [*_not_only_reading(query, where), *_names_taken(query, catalogue, where)]
        references = references_of(query, catalogue=catalogue)
        mistakes += _not_offered(references, catalogue, where)
        if mistakes:
            raise Mistakes(mistakes)
        proved = _check_opt_outs(query, references, catalogue=catalogue, rewrite=rewrite, where=where)
        final = filtered(query, catalogue=catalogue)
        sql = final.sql(dialect=catalogue.dialect, comments=False, pretty=True)
        check_filtered(_parsed(sql, catalogue=catalogue, where="the query as rewritten"), catalogue=catalogue)
    except RecursionError:
        raise Mistake("Q404", "the query is nested too deeply to be judged", where=where) from None
    about_people = sorted({each.name.lower() for each in references if each.kind is Kind.PEOPLE})
    return Judgement(
        asked=text,
        sql=sql,
        tables=tuple(sorted({each.name.lower() for each in references if each.kind is not Kind.MADE})),
        added={name: _shown_predicate(name, catalogue) for name in about_people if catalogue.restrictions},
        proved=proved,
    )


def _parsed(text: str, *, catalogue: Catalogue, where: str) -> exp.Query:
    if len(text) > LONGEST or "\x00" in text:
        what = (
            "the file holds a NUL" if "\x00" in text else f"the query is longer than {LONGEST:,} characters"
        )
        raise Mistake("Q404", what, where=where)
    try:
        found = [
            each for each in parse(text, read=catalogue.dialect, error_level=ErrorLevel.IMMEDIATE) if each
        ]
    except (SqlglotError, ValueError, AttributeError, TypeError, IndexError, KeyError) as error:
        first = _PLACE.sub("", str(error)).split("\n", 1)[0]
        hint = f"the query is read as {catalogue.dialect}; write it as that, or name another with `--dialect`"
        raise Mistake("Q404", f"the query cannot be read: {first}", where=where, hint=hint) from None
    if not found:
        raise Mistake("Q404", "there is no query in the file", where=where)
    if len(found) > 1:
        what = f"there are {len(found)} statements, and only one `SELECT` is run here"
        raise Mistake("Q405", what, where=where, hint="keep one query in each file")
    if why := why_not_statement(found[0]):
        raise Mistake("Q405", why, where=where, hint=DOCUMENTATION)
    statement = found[0]
    assert isinstance(statement, exp.Query)  # noqa: S101 - what why_not_statement says
    if sum(1 for _ in statement.walk()) > MOST_PARTS:
        raise Mistake("Q404", f"the query has more than {MOST_PARTS:,} parts", where=where)
    return statement


def _not_only_reading(query: exp.Query, where: str) -> Iterator[Mistake]:
    told = set()
    for node in query.walk():
        why = why_not_node(node)
        if why and why not in told:
            told.add(why)
            yield Mistake("Q405", why, where=_at(where, line_of(node)), hint=DOCUMENTATION)


def _names_taken(query: exp.Query, catalogue: Catalogue, where: str) -> Iterator[Mistake]:
    """A query that calls something of its own by the name of a table is refused: it is how a table is hidden."""
    for owner, name in names_made(query):
        same = isinstance(owner, exp.Table) and owner.name.lower() == name.lower()
        if name.lower() in catalogue.names and not same:
            what = f"`{name}` is the name of a table, and the query calls something else by it"
            yield Mistake("Q406", what, where=_at(where, line_of(owner)), hint="choose another name")


def _not_offered(references: tuple[Reference, ...], catalogue: Catalogue, where: str) -> Iterator[Mistake]:
    for each in references:
        place = _at(where, each.line)
        if each.kind is Kind.UNKNOWN:
            offered = ", ".join(sorted(catalogue.people.keys() | catalogue.nobody)[:12])
            what = f"there is no table `{each.name}` whose rows are known to be about somebody or nobody"
            yield Mistake("Q406", what, where=place, hint=f"tables are such as {offered}; views are not read")
        elif needed := catalogue.needs.get(each.name.lower()):
            what = f"the table `{each.name}` needs the data permission `{min(needed)}`"
            yield Mistake("Q407", what, where=place, hint="it is given inside, in the policy file")


def _check_opt_outs(
    query: exp.Query, references: tuple[Reference, ...], *, catalogue: Catalogue, rewrite: bool, where: str
) -> bool:
    proof = prove(query, catalogue=catalogue)
    stray = [each for each in references if each.kind is Kind.LIST and id(each.table) not in proof.lists]
    open_ = [each for each in references if each.kind is Kind.PEOPLE and id(each.table) not in proof.kept]
    if not catalogue.restrictions or not (stray or open_):
        return True
    mistakes = [_stray_list(each, where) for each in stray]
    if not rewrite:
        mistakes += [_left_open(each, catalogue, where) for each in open_]
    if mistakes:
        raise Mistakes(mistakes)
    return False


def _stray_list(each: Reference, where: str) -> Mistake:
    what = f"`{each.name}` is read in a way that leaves nobody out of the answer"
    hint = "write `t.id NOT IN (SELECT id FROM list)` at the top of a `WHERE`, or leave it to `--rewrite`"
    return Mistake("Q408", what, where=_at(where, each.line), hint=hint)


def _left_open(each: Reference, catalogue: Catalogue, where: str) -> Mistake:
    words = "; ".join(restriction.words for restriction in catalogue.restrictions)
    what = f"`{each.name}` is read here without proof that this holds: {words}"
    alias = each.table.alias_or_name
    hint = f"add `{_example(each, catalogue, alias)}` to its `WHERE`, or have it added with `--rewrite`"
    return Mistake("Q408", what, where=_at(where, each.line), hint=hint)


def _example(each: Reference, catalogue: Catalogue, alias: str) -> str:
    """Return a condition for people to read; it is never run."""
    return " AND ".join(
        f"{alias}.{column} {word} (SELECT l.{listed.column} FROM {listed.table} AS l)"  # noqa: S608
        for listed in catalogue.lists
        for word in ["NOT IN" if listed.restriction.listed is Listed.LEFT_OUT else "IN"]
        for column in catalogue.people[each.name.lower()]
    )


def _shown_predicate(name: str, catalogue: Catalogue) -> str:
    return predicate_of(name, catalogue=catalogue, alias=name).sql(dialect=catalogue.dialect)


def _at(where: str, line: int | None) -> str:
    return f"{where}:{line}" if line else where
