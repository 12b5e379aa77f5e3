"""Heat and rain."""

import numpy as np

from api.vitals.scene import Measured, Scene
from twin.arrays import Floats
from twin.clock import HOUR_MS, local_midnight

# Rain warnings of Shanghai, mm: blue, yellow, orange, red (red: expert knowledge, unverified).
RAIN_1H = (0.0, 35.0, 50.0, 80.0, 100.0)
RAIN_6H = (0.0, 50.0, 80.0, 100.0, 150.0)
SIX_HOURS_MS = 6 * HOUR_MS


def highest_today(scene: Scene) -> Measured:
    """Highest hourly mean since local midnight, of the mean of the stations.

    Hourly means instead of single readings keep one spike from being the day's maximum
    (design choice).
    """
    hours = (scene.t_ms - local_midnight(scene.t_ms)) // HOUR_MS + 1
    bins = scene.bins("of", int(hours) * HOUR_MS, "hours")
    by_hour = np.array([scene.over_space("of", row, "mean") for row in bins.means()])
    return Measured(np.fmax.reduce(by_hour, axis=0))


def rain_equivalent(scene: Scene) -> Measured:
    """mm in 1 h, or what the 6 h sum is worth on the 1 h scale if that is more.

    equivalent = max(R1h, interp(R6h, warnings of 6 h -> warnings of 1 h)), beyond red in
    proportion. A sum covers no more time than the gauge has been heard.
    """
    one, six = _depth(scene, HOUR_MS), _depth(scene, SIX_HOURS_MS)
    beyond = np.maximum(0.0, six - RAIN_6H[-1]) * RAIN_1H[-1] / RAIN_6H[-1]
    depth = np.fmax(one, np.interp(six, RAIN_6H, RAIN_1H) + beyond)
    return Measured(scene.over_space("of", depth, "mean"))


def _depth(scene: Scene, window_ms: int) -> Floats:
    """mm per gauge: mean intensity (mm/h) times the hours since its first reading, at most the
    window."""
    mean = scene.over_time("of", "mean", window_ms)
    first_ms = scene.windows.first_ms[scene.members["of"].series]
    depth: Floats = mean * np.clip(scene.t_ms - first_ms, 0, window_ms) / HOUR_MS
    return depth
