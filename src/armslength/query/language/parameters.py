"""Parameters: values given on the command line after `--`, so that one definition serves many runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from armslength.query.language.errors import ParameterError

TRUE, FALSE = ("1", "true", "True"), ("0", "false", "False")


def get_parameter(name: str, type: Callable[[str], Any] = str, default: Any = None) -> Any:
    """Read `--name value` from the arguments after `--`. Several values give a list.

    `type` converts each value; `default` is used, unconverted, when the parameter is not given. Raises
    ParameterError when there is neither, and ends the program with status 2 when a value cannot be converted.
    """
    if type in (list, set, tuple):
        raise ParameterError(
            f"`type` of parameter `{name}` says what each value is, so it cannot be {type.__name__}: "
            f"give several values, `--{name} a b`, and a list is returned"
        )
    parser = argparse.ArgumentParser(prog="parameters of the definition", allow_abbrev=False, add_help=False)
    converter = str if type is bool else type
    parser.add_argument(f"--{name}", dest="found", nargs="+", action="extend", type=converter)
    found = parser.parse_known_args(sys.argv[1:])[0].found
    if found is None:
        return _default(name, default)
    values = [_to_bool(name, value) for value in found] if type is bool else found
    value = values[0] if len(values) == 1 else values
    print(f"parameter `{name}`: {value!r}", file=sys.stderr)  # noqa: T201 (a run's log shows what it was run with)
    return value


def _default(name: str, default: Any) -> Any:
    if default is None:
        _missing(name)
    return default


def _missing(name: str) -> NoReturn:
    raise ParameterError(
        f"parameter `{name}` is needed and was not given\n\n"
        f"Parameters of a definition come after `--`:\n\n    ehrql generate-dataset DEFINITION.py -- --{name} VALUE"
    )


def _to_bool(name: str, value: str) -> bool:
    if value not in (*TRUE, *FALSE):
        raise ParameterError(
            f"parameter `{name}` is true or false: one of {', '.join((*TRUE, *FALSE))}, not {value!r}"
        )
    return value in TRUE
