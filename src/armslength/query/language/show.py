"""Show: look at a part of a query while developing. Silent about values outside debug mode."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

# A debugger sets this to its renderer: (elements, head, tail) -> text. None: show() only says it was here.
renderer: Callable[[tuple[Any, ...], int | None, int | None], str] | None = None


def show(
    element: Any,
    *other_elements: Any,
    label: str | None = None,
    head: int | None = None,
    tail: int | None = None,
) -> None:
    """Print a series, frame or dataset to stderr when debugging; ignored in every other run."""
    line = sys._getframe(1).f_lineno
    _say(f"Show line {line}:{f' {label}' if label else ''}")
    if renderer is None:
        _say(" - show() ignored because this is not a debug run")
    else:
        _say(renderer((element, *other_elements), head, tail))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
