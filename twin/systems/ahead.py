"""What is drawn a minute ahead: rows of one array, one for each of the next fast steps."""

from collections.abc import Callable

from twin.arrays import Array
from twin.clock import SECOND_MS
from twin.geography import Geography
from twin.tick import Tick

STEPS = 6


def size(table: str) -> Callable[[Geography], int]:
    """How long the array of such a quantity is."""
    return lambda geography: STEPS * len(geography[table])


def row_of(tick: Tick) -> int:
    """Which row this step takes; at 0 new ones are due."""
    return tick.t_ms // round(tick.dt_s * SECOND_MS) % STEPS


def rows(values: Array) -> Array:
    """The array as steps x entities, a view."""
    return values.reshape(STEPS, -1)
