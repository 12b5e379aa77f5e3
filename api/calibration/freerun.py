"""Fitted laws run freely for some years, until their steps vary as recorded.

A chain of laws drifts a little from its record: what it draws is what it goes on from, and the
sizes of past steps act on the next ones. The widths of the value laws are corrected for that.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

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
_WIDTH = 1  # the output of a value law that is its ln width


def matched(laws: WeatherLaws, recorded: Row) -> dict[str, Network]:
    """The networks, whose free runs vary from hour to hour as the record does."""
    chain, wanted = Chain.of(laws, _still_haze()), variances(recorded)
    for number in range(ROUNDS):
        found = variances(Row(*simulated(chain, HOURS, number).T))
        changed = {
            name: wider(chain.networks[name], 0.5 * np.log(wanted[name] / found[name]))
            for name in wanted
        }
        chain = replace(chain, networks={**chain.networks, **changed})
    return chain.networks


def variances(row: Row) -> dict[str, float]:
    """Of hourly steps, and of the root of the amounts of wet hours; NaN is left out."""
    found = {name: float(np.nanmean(np.diff(getattr(row, name)) ** 2)) for name in STEPS}
    wet = row.rain[row.rain > 0]
    return {**found, "rain": float(np.var(wet**RAIN_POWER))}


def wider(net: Network, width_ln: float) -> Network:
    """The value law with this added to its ln width."""
    straight = net.straight.copy()
    straight[_WIDTH, -1] += width_ln
    return replace(net, straight=straight)


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
