"""Road traffic."""

import numpy as np

from api.vitals.scene import Measured, Scene

# Extra travel time over free flow -> index, bands of 2 (Shanghai TPI); the last node is a
# design choice.
EXTRA = (0.0, 0.2, 0.5, 0.8, 1.1, 1.7)
TPI = (0.0, 2.0, 4.0, 6.0, 8.0, 10.0)
SLOWEST_M_S = 0.5


def tpi(scene: Scene) -> Measured:
    """Traffic performance index 0..10 from travel time T against free flow T0.

    r = sum(length / v) / sum(length / v0) - 1 over the streets with data, v the mean speed of
    the window; index = interp(r).
    """
    speed = scene.over_time("speed", "mean")
    links = scene.geography["link"].attrs
    row = scene.network.link[scene.members["speed"].sensor]
    length, free = links["length_m"][row], links["free_speed_m_s"][row]
    now = length / np.clip(speed, SLOWEST_M_S, free)
    best = np.where(np.isnan(speed), np.nan, length / free)
    ratio = scene.over_space("speed", now, "mean") / scene.over_space("speed", best, "mean")
    return Measured(np.where(np.isnan(ratio), np.nan, np.interp(ratio - 1, EXTRA, TPI)))


def illegal_parking(scene: Scene) -> Measured:
    """Vehicles per km of street that stand where they must not, once one has for 5 min.

    Counted while the longest dwell that a camera sees exceeds `dwell_s`; the camera's stretch
    is the street's length shared by its cameras.
    """
    vehicles = scene.over_time("vehicles", "mean")
    dwell_s = scene.over_time("dwell", "mean")
    active = np.where(
        dwell_s > scene.parameter("dwell_s"), vehicles, np.where(dwell_s >= 0, 0.0, np.nan)
    )
    km = np.asarray(scene.local("length_m"), np.float64) / 1000
    return Measured(scene.over_space("vehicles", active, "mean") / np.maximum(km, 0.05))
