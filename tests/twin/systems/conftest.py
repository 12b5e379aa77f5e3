"""A city's arrays that a test may set by hand."""

from collections.abc import Callable

import pytest

from twin.clock import parse_time
from twin.state import CityState
from twin.tick import Tick

At = Callable[..., Tick]


@pytest.fixture
def state(start) -> CityState:
    """The first state of a Monday morning in May."""
    return start("2026-05-18T10:00").state


@pytest.fixture(scope="session")
def at() -> At:
    """at("2026-05-18T10:00", dt_s=60, seed=7) -> Tick."""

    def tick(text: str, dt_s: float = 60.0, seed: int = 7) -> Tick:
        return Tick(parse_time(text), dt_s, seed)

    return tick
