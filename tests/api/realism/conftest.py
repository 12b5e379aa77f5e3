"""Two years of a made-up climate, shared by the tests of this room."""

import pytest
from support.realseries import weather

from api.realism.series import Series


@pytest.fixture(scope="package")
def climate() -> Series:
    """730 days."""
    return weather(730, seed=1)


@pytest.fixture(scope="package")
def same_climate() -> Series:
    """Another run of the same process."""
    return weather(730, seed=2)
