"""How good a neuron is: the error classes of the sensor error model.

All numbers are design choices in the range of data sheets (expert knowledge, unverified).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sensors.catalogue import Grade

YEAR_MS = 365 * 86_400_000


@dataclass(frozen=True, slots=True)
class Errors:
    """Spread of what is drawn once per neuron, and rates of what happens to it."""

    gain: float  # 1 σ of the relative gain error
    bias: float  # 1 σ of the offset, in units of the quantity's noise
    drift: float  # 1 σ of the change over 30 days, in units of the quantity's noise
    phi: float  # lag-1 correlation of the noise
    spikes: float  # per sample
    stuck_per_year: float
    dead_per_year: float
    skew_ppm: float  # 1 σ of the clock's rate; reset at a daily synchronisation


GRADES: Mapping[Grade, Errors] = {
    "good": Errors(0.005, 0.5, 0.05, 0.2, 1e-5, 0.02, 0.02, 1.0),
    "ordinary": Errors(0.02, 1.0, 0.3, 0.4, 1e-4, 0.1, 0.08, 20.0),
    "poor": Errors(0.08, 3.0, 1.0, 0.6, 2e-3, 0.5, 0.25, 60.0),
}
ORDER: tuple[Grade, ...] = tuple(GRADES)
