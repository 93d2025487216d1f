"""The retired name of `ehrql.tables.tpp`."""

from typing import NoReturn

from ehrql.tables.beta import announce, gone
from ehrql.tables.tpp import *  # noqa: F403
from ehrql.tables.tpp import __all__ as __all__

announce("tpp")


def __getattr__(name: str) -> NoReturn:
    raise gone("tpp", name)
