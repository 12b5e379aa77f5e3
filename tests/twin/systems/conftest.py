"""A city's arrays that a test may set by hand."""

from collections.abc import Callable, Mapping

import pytest

from twin.arrays import Floats
from twin.clock import parse_time
from twin.state import CityState
from twin.tick import Tick

At = Callable[..., Tick]
After = Callable[..., Mapping[str, Floats]]


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


@pytest.fixture
def after(state: CityState) -> After:
    """after(act, {"zone.rain_mm_h": 20.0}) -> all arrays after the act, begun with these changes.

    The state itself is put back, so that two of these differ by their changes alone.
    """

    def arrays(act: Callable[[], None], changes: Mapping[str, Floats | float]) -> dict[str, Floats]:
        kept = {name: array.copy() for name, array in state.arrays.items()}
        for name, value in changes.items():
            state[name] = value
        act()
        found = {name: array.copy() for name, array in state.arrays.items()}
        for name, array in kept.items():
            state[name] = array
        return found

    return arrays
