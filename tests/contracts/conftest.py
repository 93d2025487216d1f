"""The published figures of every contract, as YAML beside the checkout; read in place, never committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

PUBLISHED = Path(__file__).parents[3] / "shared" / "spec" / "contracts"


@pytest.fixture(scope="session")
def published() -> dict[str, Any]:
    """Contracts by namespace as their publisher writes it; skipped when they are not beside the checkout."""
    if not PUBLISHED.is_dir():
        pytest.skip(f"the published contracts are not beside this checkout: {PUBLISHED}")
    reader = YAML(typ="safe")
    found = [reader.load(path.read_text(encoding="utf-8")) for path in sorted(PUBLISHED.glob("*.yaml"))]
    return {contract["namespace"]: contract for contract in found}
