"""How well the quarter is sensed."""

import numpy as np

from api.coverage.sensing import Sensing, sensing
from api.vitals.scene import Ground, Measured, Scene


def online_share(scene: Scene) -> Measured:
    """% of neurons heard within two heartbeats."""
    online = scene.windows.online(scene.t_ms)[scene.members["sensors"].sensor]
    return Measured(100 * scene.over_space("sensors", online.astype(np.float64), "mean"))


def freshness(scene: Scene) -> Measured:
    """% of neurons whose last usable reading (inside the range of its quantity) is fresh.

    Fresh: younger than two cadences, two heartbeats for those that report changes.
    """
    live = scene.windows.live(scene.t_ms)[scene.members["sensors"].sensor]
    return Measured(100 * scene.over_space("sensors", live.astype(np.float64), "mean"))


def due(ground: Ground) -> Sensing:
    """What the kinds of the minimum set are due to watch here, and who could see it."""
    return sensing(ground.geography, ground.network, ground.level, ground.rows)


def sensing_coverage(scene: Scene) -> Measured:
    """% of what each kind is due to watch that lies within its service radius of an online neuron.

    Mean over the kinds of the minimum set; radii and due places are design choices.
    """
    return Measured(100 * scene.prepared.share(scene.windows.online(scene.t_ms)))
