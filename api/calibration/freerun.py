"""Fitted laws run freely for some years, until their steps are as recorded.

A chain of laws drifts a little from its record: what it draws is what it goes on from, and the
sizes of past steps act on the next ones. Widths and places of value laws are corrected for that.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from twin.arrays import Floats
from twin.climate.chain import RAIN_POWER, Chain, HazeLaws, WeatherLaws
from twin.climate.laws import RANKS
from twin.climate.memory import Memory
from twin.climate.network import Network
from twin.climate.row import Row
from twin.climate.spin import next_hour, settle

ROUNDS, HOURS = 3, 2 * 8766
STEPS = ("wind", "pressure", "temp", "dew")
_PLACE, _WIDTH = 0, 1  # outputs of a value law
_GAIN = 2.0  # of the place of the temperature, per correlation of neighbouring steps
_DAMPING = 0.8  # a free run of two years has chance in it


class Texture(NamedTuple):
    """Of hourly steps; of the roots of the amounts of wet hours their mean and variance."""

    variance: float
    follow: float = 0.0  # correlation of neighbouring steps
    middle: float = 0.0


def matched(laws: WeatherLaws, recorded: Row) -> dict[str, Network]:
    """The networks, whose free runs go from hour to hour as the record does."""
    chain, wanted = Chain.of(laws, _still_haze()), textures(recorded)
    for number in range(ROUNDS):
        found = textures(Row(*simulated(chain, HOURS, number).T))
        changed = {name: _nearer(chain, name, found[name], wanted[name]) for name in wanted}
        chain = replace(chain, networks={**chain.networks, **changed})
    return chain.networks


def textures(row: Row) -> dict[str, Texture]:
    """Of each value law; NaN is left out."""
    found = {name: _of_steps(getattr(row, name)) for name in STEPS}
    roots = row.rain[row.rain > 0] ** RAIN_POWER
    return {**found, "rain": Texture(float(np.var(roots)), middle=float(np.mean(roots)))}


def _of_steps(values: Floats) -> Texture:
    step = np.diff(values)
    variance = float(np.nanmean(step**2))
    return Texture(variance, float(np.nanmean(step[1:] * step[:-1])) / variance)


def _nearer(chain: Chain, name: str, found: Texture, wanted: Texture) -> Network:
    """Wider or narrower; a temperature that follows itself too little has a steeper place."""
    wider = 0.5 * float(np.log(wanted.variance / found.variance))
    gain = _GAIN * (wanted.follow - found.follow) if name == "temp" else 0.0
    shift = wanted.middle - found.middle
    return changed(chain.networks[name], 1 + _DAMPING * gain, shift, _DAMPING * wider)


def changed(net: Network, gain: float, shift: float, wider: float) -> Network:
    """The value law with its place times `gain` plus `shift`, and this added to its ln width."""
    straight, outer = net.straight.copy(), net.outer.copy()
    straight[_PLACE] *= gain
    outer[_PLACE] *= gain
    straight[_PLACE, -1] += shift
    straight[_WIDTH, -1] += wider
    return replace(net, straight=straight, outer=outer)


def simulated(chain: Chain, hours: int, seed: int) -> Floats:
    """(hours, columns of Row) as the station would report them."""
    memory = Memory.fresh()
    settle(chain, memory, seed, 0)
    rows = np.empty((hours, len(Row._fields)))
    for hour in range(hours):
        next_hour(chain, memory, seed, hour)
        rows[hour] = memory.rows[0]
    return rows


def _still_haze() -> HazeLaws:
    law: Mapping[str, Any] = {
        "step": 0,
        "limits": (-9.0, -9.0),
        "spread": 1.0,
        "quantiles": tuple(0.0 for _ in RANKS),
        "terms": {"one": (0.0, -9.0)},
    }
    return HazeLaws.model_validate({"haze_max_ug_m3": 500.0, "haze": law})
