"""The retired name of `ehrql.tables.smoketest`."""

from typing import NoReturn

from ehrql.tables.beta import announce, gone
from ehrql.tables.smoketest import *  # noqa: F403
from ehrql.tables.smoketest import __all__ as __all__

announce("smoketest")


def __getattr__(name: str) -> NoReturn:
    raise gone("smoketest", name)
