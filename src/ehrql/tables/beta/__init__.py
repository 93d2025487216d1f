"""BETA: the retired names of contract tables, kept so that older studies load. Each says once what to import today."""

import sys

RENAMED = {"hospital_admissions": "apcs"}


def announce(namespace: str) -> None:
    """Tell the author, once per import, where the tables of this namespace are today."""
    sys.stderr.write(
        f"notice: `ehrql.tables.beta.{namespace}` is retired; "
        f"its tables are loaded from `ehrql.tables.{namespace}`: please import them from there\n"
    )


def gone(namespace: str, name: str) -> AttributeError:
    """The error for a table that has another name today, or is no longer there."""
    if name in RENAMED:
        return AttributeError(
            f"`{name}` is now `{RENAMED[name]}`, with other columns: see `ehrql.tables.{namespace}`"
        )
    return AttributeError(f"there is no table `{name}` in `ehrql.tables.{namespace}`")
