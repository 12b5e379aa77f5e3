"""Real-time air quality index by HJ 633."""

from datetime import date

import numpy as np

from api.vitals.scene import Measured, Scene
from twin.arrays import Floats
from twin.clock import local_date

CHANGED = date(2026, 3, 1)  # HJ 633-2026 replaces HJ 633-2012
IAQI = (0.0, 50.0, 100.0, 150.0, 200.0, 300.0, 400.0, 500.0)
# Concentration at each IAQI node, µg/m³ (CO mg/m³): HJ 633-2026 table 3. Gases use the 1 h
# columns; particles their 1 h mean against the 24 h column, as the real-time report does.
NODES_2026 = {
    "so2": (0, 150, 500, 650, 800),
    "no2": (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    "co": (0, 5, 10, 35, 60, 90, 120, 150),
    "o3": (0, 160, 200, 300, 400, 800, 1000, 1200),
    "pm10": (0, 50, 120, 250, 350, 420, 500, 600),
    "pm25": (0, 35, 60, 115, 150, 250, 350, 500),
}
# HJ 633-2012 differs in the particles at IAQI 100 (its IAQI 500 row: expert knowledge,
# unverified) and does not compute SO2 above 800 µg/m³; applying the 1 h mean of particles to it
# as well is a design choice.
NODES_2012 = NODES_2026 | {
    "pm10": (0, 50, 150, 250, 350, 420, 500, 600),
    "pm25": (0, 35, 75, 115, 150, 250, 350, 500),
}
POLLUTANTS = tuple(NODES_2026)


def nodes(day: date) -> dict[str, tuple[int, ...]]:
    """The table in force on a day."""
    return NODES_2012 if day < CHANGED else NODES_2026


def iaqi(pollutant: str, concentration: Floats, day: date) -> Floats:
    """Individual index, rounded up; the concentration is rounded first (CO to one decimal).

    SO2 above 800 µg/m³ stays at 200 (2026) or is not computed (2012).
    """
    table = nodes(day)[pollutant]
    rounded = np.round(concentration, 1 if pollutant == "co" else 0)
    index = np.interp(rounded, table, IAQI[: len(table)])
    if pollutant == "so2" and day < CHANGED:
        index = np.where(rounded > table[-1], np.nan, index)
    return np.where(np.isnan(concentration), np.nan, np.ceil(index - 1e-9))


def aqi(scene: Scene) -> Measured:
    """AQI per zone from 1 h means; a zone without a gauge takes the mean of the area.

    When a pollutant is missing everywhere, the index is given only if the others exceed 100
    (HJ 633-2026); pollutants that the configuration does not list do not count as missing.
    """
    day = local_date(scene.t_ms)
    roles = [role for role in POLLUTANTS if scene.has(role)]
    parts = np.array([iaqi(role, scene.mean_by_entity(role), day) for role in roles])
    worst = np.fmax.reduce(parts, axis=0)
    complete = ~np.isnan(parts).any(axis=0)
    return Measured(np.where(complete | (worst > 100), worst, np.nan))
