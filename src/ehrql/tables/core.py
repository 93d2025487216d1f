"""The tables of the `core` namespace."""

from armslength.query.contracts.core import *  # noqa: F403
from armslength.query.contracts.core import __all__ as __all__
