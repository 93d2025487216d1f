"""What every test may use: the shared data when it is there, with the reason when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
OMOP_EXPORT = HOUSE.parent / "shared" / "data" / "omop-synthea27nj" / "Synthea27Nj_5.4.zip"


@pytest.fixture(scope="session")
def omop_export() -> Path:
    """The real OMOP CDM 5.4 export that lies beside the checkout; read in place, never committed."""
    if not OMOP_EXPORT.exists():
        pytest.skip(f"the OMOP export is not beside this checkout: {OMOP_EXPORT}")
    return OMOP_EXPORT
