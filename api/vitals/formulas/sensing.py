"""How well the quarter is sensed."""

import numpy as np

from api.vitals.scene import Measured, Scene


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
