"""The tables of the `smoketest` namespace."""

from armslength.query.contracts.smoketest import *  # noqa: F403
from armslength.query.contracts.smoketest import __all__ as __all__
