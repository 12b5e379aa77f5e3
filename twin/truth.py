"""What the city hands to the sensors: its quantities at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from twin.arrays import Floats


@dataclass(frozen=True, slots=True)
class Truth:
    """Named arrays, `entity.quantity_unit` -> one float per entity of that table, at t_ms."""

    t_ms: int
    arrays: Mapping[str, Floats]
