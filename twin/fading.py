"""How an effect fades with distance from where it is, within its radius."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from twin.arrays import Floats

PLANT_M = 7.62  # where the vibration of plant is measured, 25 ft (US practice for transit works)
KERB_M = 10.0  # from a source on a street to its facades (design choice)


def _evenly(distance_m: Floats, radius_m: float) -> Floats:
    """Full within half the radius, then evenly down to nothing at it."""
    return np.asarray(np.clip(2.0 - 2.0 * distance_m / radius_m, 0.0, 1.0))


def _ground(distance_m: Floats, radius_m: float) -> Floats:
    """Particle velocity of plant, (7.62/D)^1.5 (US practice for transit works)."""
    return np.where(distance_m <= radius_m, _spread(distance_m, PLANT_M) ** 1.5, 0.0)


def _sound(distance_m: Floats, radius_m: float) -> Floats:
    """Energy of a point source, (10/D)^2: 6 dB less at twice the distance."""
    return np.where(distance_m <= radius_m, _spread(distance_m, KERB_M) ** 2, 0.0)


def _spread(distance_m: Floats, full_m: float) -> Floats:
    return np.asarray(full_m / np.maximum(distance_m, full_m))


FADES: Mapping[str, Callable[[Floats, float], Floats]] = MappingProxyType(
    {"evenly": _evenly, "ground": _ground, "sound": _sound}
)
