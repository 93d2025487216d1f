"""The retired name of `ehrql.tables.core`."""

from typing import NoReturn

from ehrql.tables.beta import announce, gone
from ehrql.tables.core import *  # noqa: F403
from ehrql.tables.core import __all__ as __all__

announce("core")


def __getattr__(name: str) -> NoReturn:
    raise gone("core", name)
