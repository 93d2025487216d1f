"""The tables of the `raw.core` namespace."""

from armslength.query.contracts.raw.core import *  # noqa: F403
from armslength.query.contracts.raw.core import __all__ as __all__
