"""Road traffic."""

import numpy as np

from api.vitals.scene import Measured, Scene
from twin.arrays import Floats

# Extra travel time over free flow -> index, bands of 2 (Shanghai TPI); the last node is a
# design choice.
EXTRA = (0.0, 0.2, 0.5, 0.8, 1.1, 1.7)
TPI = (0.0, 2.0, 4.0, 6.0, 8.0, 10.0)
SLOWEST_M_S = 0.5
ANALYSED_H, RANDOM_K = 0.25, 0.5  # T and k of the incremental delay, for signals of a fixed plan


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


def control_delay_s(
    flow_veh_h: Floats, capacity_veh_h: Floats, green_share: Floats, cycle_s: float
) -> Floats:
    """Mean delay of a vehicle at a signal, d1 + d2, in s; NaN without a flow.

    Highway Capacity Manual 2000, equations 16-11 and 16-12 (expert knowledge, unverified), for
    arrivals that are not coordinated, with x = flow / capacity, T = 0.25 h and k = 0.5:

        d1 = 0.5 C (1 - g/C)^2 / (1 - min(1, x) g/C)
        d2 = 900 T ((x - 1) + sqrt((x - 1)^2 + 8 k x / (c T)))
    """
    x = flow_veh_h / capacity_veh_h
    uniform = 0.5 * cycle_s * (1 - green_share) ** 2 / (1 - np.minimum(1.0, x) * green_share)
    root = np.sqrt((x - 1) ** 2 + 8 * RANDOM_K * x / (capacity_veh_h * ANALYSED_H))
    incremental: Floats = 900 * ANALYSED_H * (x - 1 + root)
    return uniform + incremental


def junction_delay(scene: Scene) -> Measured:
    """Control delay d1 + d2 of the worst arm, s, from its flow and the signal plan of the map.

    What passes the stop line never exceeds the capacity, and the plan does not know of a blocked
    exit: where the radar has tracked a longer delay than these explain, that counts.
    """
    cycle_s = scene.parameter("cycle_s")
    share = scene.attribute("flow", "green_s") / cycle_s
    saturation = scene.attribute("flow", "lanes") * scene.attribute("flow", "saturation_pcu_h")
    flow = scene.over_time("flow", "mean")
    delay = control_delay_s(flow, saturation * share, share, cycle_s)
    if scene.has("delay"):
        delay = np.fmax(delay, scene.over_time("delay", "mean"))
    return Measured(scene.over_space("flow", delay, "max"))


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
