"""What variables, measures and groups may be called."""

from __future__ import annotations

import re

VALID_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
NAME_RULE = "names start with a letter and continue with letters, digits and underscores (a to z, no accents)"


def is_valid_name(name: object) -> bool:
    """Whether a name can be an attribute and the header of an output column."""
    return isinstance(name, str) and VALID_NAME.fullmatch(name) is not None
