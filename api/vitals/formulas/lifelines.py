"""Electricity, water, light."""

import numpy as np

from api.vitals.scene import Measured, Scene
from api.vitals.sun import elevation_deg
from twin.arrays import Bools
from twin.clock import DAY_MS, HOUR_MS

LAMP_MS = HOUR_MS // 4


def electrical_fire(scene: Scene) -> Measured:
    """Leakage and heat on one scale, mA equivalent: max(I, 300 (T - 40) / 30); 70 °C = 300 mA.

    The scale is a design choice; usual alarms for leakage are 300 to 500 mA (expert knowledge).
    """
    leak = scene.over_space("leakage", scene.over_time("leakage", "mean"), "max")
    heat = scene.over_space("joint", scene.over_time("joint", "mean"), "max")
    return Measured(np.fmax(leak, np.maximum(0.0, 300 * (heat - 40) / 30)))


def pressure_ratio(scene: Scene) -> Measured:
    """Lowest pressure / reference of the mains, reference = median of the same hour in 14 days.

    At least `least_days` days must have that hour.
    """
    now = scene.over_time("pressure", "mean")
    hours = scene.bins("pressure", 15 * DAY_MS, "month").means()
    same = np.sort(hours[::-1][24::24][:14], axis=0)  # NaN sorts last
    known = (~np.isnan(same)).sum(axis=0)
    column = np.arange(same.shape[1])
    low, high = np.maximum(known - 1, 0) // 2, known // 2
    median = (same[low, column] + same[np.minimum(high, len(same) - 1), column]) / 2
    enough = known >= scene.parameter("least_days")
    ratio = np.where(enough, now / median, np.nan)
    return Measured(scene.over_space("pressure", ratio, "min"))


def lamps_lit(scene: Scene) -> Measured:
    """Share of street lamps that draw power, while all of them must; by day nothing is due.

    Due while the sun has stood below `sun_deg` for a full reporting period of the lamps.
    """
    power = scene.over_time("power", "last")
    lit = scene.over_space("power", power, "share", scene.parameter("lit_w"))
    return Measured(lit, _dark(scene))


def _dark(scene: Scene) -> Bools:
    sun = [elevation_deg(scene.t_ms - ago_ms) for ago_ms in (0, LAMP_MS, 2 * LAMP_MS)]
    return np.full(scene.size, max(sun) < scene.parameter("sun_deg"))
