"""What the runner says of itself: one JSON object per line on stderr. Never study output, never a secret."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, TextIO

from armslength.kernel.clock import Clock, to_text

Say = Callable[..., None]


def sayer(clock: Clock, *, stream: TextIO | None = None) -> Say:
    """Return a function that says one event with its facts."""

    def say(event: str, **facts: Any) -> None:
        line = {"at": to_text(clock()), "event": event, **facts}
        print(json.dumps(line, default=str), file=stream or sys.stderr, flush=True)

    return say
