"""Things on the street: lamps, covers, trees, bins, signs."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Bools, clamp, confine
from twin.config import Table
from twin.geography import Geography
from twin.profiles import NotNegative, Positive, Share
from twin.relations import Relation, nearest
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems.weather import sun_elevation_sin
from twin.tick import Tick


class FurnitureParams(Table):
    """Section [furniture] of city.toml."""

    lamp_w: Positive
    lamp_lx: Positive
    lamp_fault_share: Share
    dark_w_m2: Positive
    daylight_lx_per_w_m2: Positive
    bin_per_h: NotNegative
    bin_per_person_h: NotNegative
    tree_lean_deg: NotNegative
    tree_sway_deg: NotNegative
    sign_sway_deg: NotNegative


QUANTITIES = (
    Quantity("lamp.power_w"),
    Quantity("lamp.illuminance_lx"),
    Quantity("cover.tilt_deg"),
    Quantity("tree.tilt_deg"),
    Quantity("bin.fill_frac", 0.2),
    Quantity("sign.tilt_deg"),
    Quantity("lamp.broken", truth=False),
    Quantity("tree.lean_deg", truth=False),
    Quantity("sign.lean_deg", truth=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts: who feeds a lamp, which pavement a bin stands on."""

    lamp_feeder: Relation
    bin_link: Relation


def prepare(geography: Geography) -> Layout:
    """Lamps hang on the nearest transformer."""
    feeders, links = geography["feeder"], geography["link"]
    feeder = Relation.of(nearest(geography["lamp"], feeders), len(feeders))
    return Layout(feeder, Relation.of(geography["bin"].link, len(links)))


def begin(state: CityState, params: FurnitureParams, seed: int) -> None:
    """A few lamps are broken, every tree and sign leans a little, bins are somewhere."""
    rng = stream(seed, "furniture/start")
    lamps = len(state["lamp.broken"])
    state["lamp.broken"] = (rng.random(lamps) < params.lamp_fault_share).astype(np.float64)
    trees, signs = len(state["tree.lean_deg"]), len(state["sign.lean_deg"])
    state["tree.lean_deg"] = params.tree_lean_deg * np.abs(rng.standard_normal(trees))
    state["sign.lean_deg"] = 0.3 * np.abs(rng.standard_normal(signs))
    state["bin.fill_frac"] = rng.uniform(0.05, 0.4, len(state["bin.fill_frac"]))


def step(state: CityState, tick: Tick, layout: Layout, params: FurnitureParams) -> None:
    """Lamps by daylight, bins by the people passing, leaning things by the gust squared."""
    rng = tick.rng("furniture")
    _light(state, tick, layout, params, rng)
    _fill_bins(state, tick, layout, params, rng)
    gust2 = float(state["quarter.wind_gust_m_s"][0]) ** 2
    _lean(state, "tree", params.tree_sway_deg * gust2, rng)
    _lean(state, "sign", params.sign_sway_deg * gust2, rng)
    state["cover.tilt_deg"] = np.maximum(0.0, state.lever("cover.tilt_add_deg"))


def _lean(state: CityState, kind: str, sway_deg: float, rng: np.random.Generator) -> None:
    lean = state[f"{kind}.lean_deg"]
    sway = sway_deg * (1 + 0.3 * rng.standard_normal(len(lean)))
    pushed = state.lever(f"{kind}.tilt_add_deg")
    state[f"{kind}.tilt_deg"] = clamp(lean + sway + pushed, 0, 90)


def _light(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: FurnitureParams,
    rng: np.random.Generator,
) -> None:
    """On when the sun is down or the sky too dark; lux under the lamp."""
    solar = float(state["quarter.solar_w_m2"][0])
    due = sun_elevation_sin(tick) < 0.02 or solar < params.dark_w_m2
    powered = layout.lamp_feeder.through(state["feeder.outage"], 0.0) < 0.5
    works = (state["lamp.broken"] < 0.5) & (state.lever("lamp.fault") < 0.5)
    lit: Bools = powered & works & due
    flicker = 1 + 0.02 * rng.standard_normal(len(lit))
    state["lamp.power_w"] = params.lamp_w * lit * flicker
    daylight = params.daylight_lx_per_w_m2 * solar
    state["lamp.illuminance_lx"] = params.lamp_lx * lit * flicker + daylight + 0.2


def _fill_bins(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: FurnitureParams,
    rng: np.random.Generator,
) -> None:
    """Fill grows with the people on the link, until a crew comes round."""
    persons = layout.bin_link.through(state["link.persons"], 0.0)
    rate = params.bin_per_h + params.bin_per_person_h * persons
    fill = state["bin.fill_frac"]
    luck = rng.gamma(4.0, 0.25, len(fill))
    fill += rate * luck * state.lever("bin.fill_factor") * tick.dt_s / 3600
    confine(fill, 0, 1)
