"""Crowd load."""

import numpy as np

from api.vitals.scene import Measured, Scene
from twin.clock import MINUTE_MS


def carrying_ratio(scene: Scene) -> Measured:
    """Persons now / carrying capacity, C1 = sum of area / area per visitor (LB/T 034-2014).

    Only cells with data count, on both sides. Area per visitor: 1.2 m² at viewing corners
    (design choice).
    """
    persons = scene.over_time("persons", "mean")
    capacity = scene.attribute("persons", "area_m2") / scene.parameter("m2_per_visitor")
    known = np.where(np.isnan(persons), np.nan, capacity)
    total = scene.over_space("persons", persons, "mean")
    return Measured(total / scene.over_space("persons", known, "mean"))


def net_inflow(scene: Scene) -> Measured:
    """Share of the pavements' capacity that came in over the window and did not leave.

    (in - out) over the window / C1, C1 = both pavements of the counted streets / area per
    visitor (2 m²: design choice). Leaving counts as 0: it is no strain.
    """
    minutes = scene.window_ms / MINUTE_MS
    gain = scene.over_time("in", "mean") - scene.over_time("out", "mean")
    links = scene.geography["link"]
    row = scene.network.link[scene.members["in"].sensor]
    area = 2 * links.attrs["length_m"] * links.attrs["pavement_width_m"]
    capacity = np.where(np.isnan(gain), np.nan, area[row] / scene.parameter("m2_per_visitor"))
    total = minutes * scene.over_space("in", gain, "mean")
    return Measured(np.maximum(0.0, total / scene.over_space("in", capacity, "mean")))
