"""The tables of the `emisv2` namespace."""

from armslength.query.contracts.emisv2 import *  # noqa: F403
from armslength.query.contracts.emisv2 import __all__ as __all__
