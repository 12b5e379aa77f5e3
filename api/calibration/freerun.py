"""Fitted laws run freely for some years, until their steps are as recorded.

A chain of laws drifts a little from its record: what it draws is what it goes on from, and the
sizes of past steps act on the next ones. Widths and places of value laws are corrected for that.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from twin.arrays import Floats
from twin.climate import sight
from twin.climate.chain import Chain, HazeLaws, WeatherLaws
from twin.climate.days import LONGEST, SPIN_DAYS, Day, quarter, terms
from twin.climate.draw import RAIN_POWER, draw
from twin.climate.laws import RANKS
from twin.climate.network import Network
from twin.climate.row import Row
from twin.climate.spin import SPIN_H
from twin.climate.trace import SIZE, Trace

ROUNDS, HOURS, CITIES = 4, 365 * 24, 20
_STEEPER = 2  # first rounds in which places are mended too, the others settle the widths
STEPS = ("wind", "pressure", "temp", "dew")
_PLACE, _WIDTH = 0, 1  # outputs of a value law
_GAIN = 1.0  # of a place, per correlation of neighbouring steps; too much of it swings
_FOLLOWERS = ("wind", "pressure", "temp")  # the dew point follows the temperature, not itself


class Texture(NamedTuple):
    """Of hourly steps; of the roots of the amounts of wet hours their mean and deviation."""

    size: float  # mean without sign: rare great steps do not settle the width of all
    follow: float = 0.0  # correlation of neighbouring steps
    middle: float = 0.0


def matched(laws: WeatherLaws, recorded: Row) -> dict[str, Network]:
    """The networks, whose free runs go from hour to hour as the record does."""
    chain, wanted = Chain.of(laws, _still_haze()), textures(recorded)
    for number in range(ROUNDS):
        found, steeper = textures(simulated(chain, number)), _FOLLOWERS * (number < _STEEPER)
        changed = {
            name: _nearer(chain.networks[name], found[name], want, name in steeper)
            for name, want in wanted.items()
        }
        chain = replace(chain, networks={**chain.networks, **changed})
    return chain.networks


def textures(row: Row) -> dict[str, Texture]:
    """Of each value law; NaN is left out."""
    found = {name: _of_steps(getattr(row, name)) for name in STEPS}
    roots = row.rain[row.rain > 0] ** RAIN_POWER
    return {**found, "rain": Texture(float(np.std(roots)), middle=float(np.mean(roots)))}


def _of_steps(values: Floats) -> Texture:
    step = np.diff(values, axis=0)
    follow = float(np.nanmean(step[1:] * step[:-1]) / np.nanmean(step**2))
    return Texture(float(np.nanmean(np.abs(step))), follow)


def _nearer(net: Network, found: Texture, wanted: Texture, steeper: bool) -> Network:
    """Wider or narrower; a law that follows itself too little gets a steeper place."""
    wider = float(np.log(wanted.size / found.size))
    gain = _GAIN * (wanted.follow - found.follow) if steeper else 0.0
    return mended(net, 1 + gain, wanted.middle - found.middle, wider)


def mended(net: Network, gain: float, shift: float, wider: float) -> Network:
    """The value law with its place times `gain` plus `shift`, and this added to its ln width."""
    straight, outer = net.straight.copy(), net.outer.copy()
    straight[_PLACE] *= gain
    outer[_PLACE] *= gain
    straight[_PLACE, -1] += shift
    straight[_WIDTH, -1] += wider
    return replace(net, straight=straight, outer=outer)


def simulated(chain: Chain, seed: int) -> Row:
    """What CITIES stations would report over a year, hours by cities."""
    rng = np.random.default_rng(seed)
    days = _days(chain, rng)
    rows, values = np.zeros((sight.HOURS, len(Row._fields), CITIES)), np.zeros((SIZE, CITIES))
    temp, pressure = days[0, Day._fields.index("temp")], days[0, Day._fields.index("pressure")]
    rows[:] = Row(temp, temp - 5, pressure, temp * 0 + 4, temp * 0 + 1, temp * 0, temp * 0)
    trace, found = Trace.over(values), np.empty((HOURS, *rows[0].shape))
    trace.begin(Row(*rows[0]), 0.0)
    for number in range(-SPIN_H, HOURS):
        day, hour = number / 24 % 365, float(number % 24)
        today = (number + SPIN_H) // 24 + 1
        seen = sight.before(rows, trace, days[today - 1 : today + 3], day, hour)
        luck, one = rng.random((len(sight.LAWS), CITIES)), Row(*rows[0])
        row, _ = draw(chain.networks, chain.weather, seen, one, luck)
        trace.push(row, one, day, hour)
        rows[1:] = rows[:-1].copy()
        rows[0] = row
        if number >= 0:
            found[number] = row
    return Row(*found.swapaxes(0, 1))


def _days(chain: Chain, rng: np.random.Generator) -> Floats:
    """(days, quantities, cities) from the day before the spin begins to two days after the end."""
    law, scores, found = chain.days, np.zeros((LONGEST, len(Day._fields), CITIES)), []
    first = -SPIN_H // 24 - 1
    for number in range(first - SPIN_DAYS, HOURS // 24 + 3):
        day = float(number % 365)
        luck = rng.standard_normal(scores.shape[1:])
        drawn = law.steps @ terms(scores, day) + law.shocks[quarter(day)] @ luck
        scores = np.concatenate([drawn[None], scores[:-1]])
        if number >= first:
            found.append(np.stack([law.day(one, day) for one in drawn.T], axis=1))
    return np.array(found)


def _still_haze() -> HazeLaws:
    law: Mapping[str, Any] = {
        "step": 0,
        "limits": (-9.0, -9.0),
        "spread": 1.0,
        "quantiles": tuple(0.0 for _ in RANKS),
        "terms": {"one": (0.0, -9.0)},
    }
    return HazeLaws.model_validate({"haze_max_ug_m3": 500.0, "haze": law})
