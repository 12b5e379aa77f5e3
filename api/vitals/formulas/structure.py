"""Health of buildings: vibration, tilt, cracks, settlement."""

import numpy as np

from api.vitals.formulas.trend import fit
from api.vitals.scene import Measured, Scene
from twin.arrays import Floats

PER_MILLE_PER_DEG = 1000 * np.pi / 180
# DIN 4150-3, foundation, mm/s by frequency; line 3 for listed buildings, line 2 for dwellings.
DIN_HZ = (1.0, 10.0, 50.0, 100.0)
DIN_LINE3 = (3.0, 3.0, 8.0, 10.0)
DIN_LINE2 = (5.0, 5.0, 15.0, 20.0)
# Long-term vibration (traffic, metro) at the top floor, horizontal (expert knowledge,
# unverified).
TOP_LINE3, TOP_LINE2 = 2.5, 5.0


def din_limit(frequency_hz: Floats, listed: Floats) -> Floats:
    """Peak velocity limit at the foundation, mm/s, linear in frequency."""
    return np.where(
        listed,
        np.interp(frequency_hz, DIN_HZ, DIN_LINE3),
        np.interp(frequency_hz, DIN_HZ, DIN_LINE2),
    )


def vibration_ratio(scene: Scene) -> Measured:
    """Highest peak velocity / limit of any minute in the window.

    Foundation: largest axis against DIN 4150-3 at the dominant frequency of that minute; top
    floor: against the long-term limit.
    """
    listed = np.asarray(scene.local("heritage"), bool)[scene.members["frequency"].entity]
    frequency = scene.bins("frequency", scene.window_ms).means()
    limit = din_limit(frequency, listed)
    axes = [scene.bins(role, scene.window_ms).means() for role in ("x", "y", "z")]
    ratio = np.fmax.reduce(np.array(axes)) / limit
    if scene.has("top"):
        top = scene.bins("top", scene.window_ms).means()
        ratio = np.fmax(ratio, top / np.where(listed, TOP_LINE3, TOP_LINE2))
    return Measured(scene.over_space("frequency", np.fmax.reduce(ratio, axis=0), "max"))


def tilt_change(scene: Scene) -> Measured:
    """Change of inclination since the start of the 30 days, per mille, temperature removed.

    Per axis: mean of the last day minus mean of the first days, after subtracting the fitted
    effect of the wall temperature; the vector sum of the axes of a neuron; the largest neuron.
    """
    x, y = fit(scene, "x").change, fit(scene, "y").change
    change = PER_MILLE_PER_DEG * np.hypot(x, y)
    return Measured(scene.over_space("x", change, "max"))


def crack_growth(scene: Scene) -> Measured:
    """Growth in mm over the last 30 days, temperature removed; closing counts as 0."""
    growth = np.maximum(0.0, fit(scene, "width").change)
    return Measured(scene.over_space("width", growth, "max"))


def settlement_rate(scene: Scene) -> Measured:
    """Slope over the last 30 days, mm per 30 days, temperature removed, either direction.

    The mean of the building's neurons: one alone errs by 0.1 mm a month.
    """
    slope = fit(scene, "level").slope_30d
    return Measured(np.abs(scene.over_space("level", slope, "mean")))
