"""Fitted laws run freely for some years; scales are widened until steps vary as recorded.

A chain of regressions runs a little calmer than its record, because the sizes of past changes
feed the scales of the next ones.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from api.calibration.record import Record
from twin.arrays import Floats
from twin.climate.chain import Chain, HazeLaws, WeatherLaws
from twin.climate.laws import RANKS, ValueLaw
from twin.climate.memory import Memory
from twin.climate.row import Row
from twin.climate.spin import next_hour, settle

STEPS = ("wind", "pressure", "temp", "dew")
ROUNDS, HOURS = 2, 2 * 8766
_SEED, _LEAST, _MOST = 1, 0.8, 1.25


def widened(laws: WeatherLaws, found: Record) -> WeatherLaws:
    """The laws with the spread of each step multiplied by recorded over simulated variance."""
    recorded = {name: _variance(found, name) for name in STEPS}
    for number in range(ROUNDS):
        steps = np.var(np.diff(simulated(laws, HOURS, _SEED + number), axis=0), axis=0)
        ratios = {name: recorded[name] / steps[Row._fields.index(name)] for name in STEPS}
        laws = laws.model_copy(update={n: _wider(getattr(laws, n), r) for n, r in ratios.items()})
    return laws


def simulated(laws: WeatherLaws, hours: int, seed: int) -> Floats:
    """(hours, columns of Row) as the station would report them."""
    chain, memory = Chain.of(laws, _still_haze()), Memory.fresh()
    settle(chain, memory, seed, 0)
    rows = np.empty((hours, len(Row._fields)))
    for hour in range(hours):
        next_hour(chain, memory, seed, hour)
        rows[hour] = memory.rows[0]
    return rows


def _variance(found: Record, name: str) -> float:
    return float(np.var(getattr(found.row, name) - getattr(found.past.ago[1], name)))


def _wider(law: ValueLaw, ratio: float) -> ValueLaw:
    factor = min(max(ratio, _LEAST), _MOST)
    deviates = tuple(float(q * np.sqrt(factor)) for q in law.quantiles)
    return law.model_copy(update={"spread": law.spread * factor, "quantiles": deviates})


def _still_haze() -> HazeLaws:
    law: Mapping[str, Any] = {
        "step": 0,
        "limits": (-9.0, -9.0),
        "spread": 1.0,
        "quantiles": tuple(0.0 for _ in RANKS),
        "terms": {"one": (0.0, -9.0)},
    }
    return HazeLaws.model_validate({"haze_max_ug_m3": 500.0, "haze": law})
