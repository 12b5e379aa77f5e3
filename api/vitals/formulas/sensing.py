"""How well the quarter is sensed."""

import numpy as np

from api.coverage.sensing import Sensing, sensing
from api.vitals.scene import Ground, Measured, Scene


def online_share(scene: Scene) -> Measured:
    """% of neurons heard within two heartbeats."""
    online = scene.windows.online(scene.t_ms)[scene.members["sensors"].sensor]
    return Measured(100 * scene.members["sensors"].over_space(online.astype(np.float64), "mean"))


def freshness(scene: Scene) -> Measured:
    """% of neurons whose last usable reading is fresh, each weighed by its quality (0..1).

    Fresh: younger than two cadences, two heartbeats for those that report changes. Quality:
    what stuck, refused and unlikely readings leave of its trust.
    """
    live = scene.windows.live(scene.t_ms) * scene.windows.quality
    members = scene.members["sensors"]
    return Measured(100 * members.over_space(live[members.sensor], "mean"))


def due(ground: Ground) -> Sensing:
    """What the kinds of the minimum set are due to watch here, and who could see it."""
    return sensing(ground.geography, ground.network, ground.level, ground.rows)


def sensing_coverage(scene: Scene) -> Measured:
    """% of what each kind is due to watch that lies within its service radius of an online neuron.

    Mean over the kinds of the minimum set; radii and due places are design choices.
    """
    return Measured(100 * scene.prepared.share(scene.windows.online(scene.t_ms)))
