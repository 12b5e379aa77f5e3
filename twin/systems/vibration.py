"""Ground vibration from traffic and plant, as the houses feel it."""

from dataclasses import dataclass

import numpy as np
import shapely

from twin.arrays import Floats
from twin.config import Table
from twin.counts import poisson
from twin.geography import Geography
from twin.kinds import ByRoadClass, ByStructure
from twin.profiles import NotNegative, Positive
from twin.relations import Relation, attribute
from twin.state import CityState, Quantity
from twin.systems.trains import TrainParams, passes
from twin.tick import Tick

_TRUCKS = 256  # more of them in a step shake no more


class VibrationParams(Table):
    """Section [vibration] of city.toml."""

    heavy_share: ByRoadClass
    heavy_mm_s: Positive
    car_mm_s: Positive
    source_m: Positive
    exponent: Positive
    damping_per_m: NotNegative
    log_sd: NotNegative
    floor_mm_s: NotNegative
    foundation: ByStructure
    top_factor: ByStructure
    traffic_hz: Positive
    plant_hz: Positive
    metro_mm_s: Positive
    metro_depth_m: Positive
    metro_hz: Positive
    metro_lines: tuple[tuple[str, ...], ...]


QUANTITIES = (
    Quantity("building.ppv_x_mm_s", 0.02),
    Quantity("building.ppv_y_mm_s", 0.02),
    Quantity("building.ppv_z_mm_s", 0.02),
    Quantity("building.ppv_top_mm_s", 0.04),
    Quantity("building.vib_freq_hz", 12.0),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts; reach: what is left at the wall of 1 mm/s at the source distance.

    metro_reach: lines x buildings, what is left of a train's velocity above its tunnel.
    """

    link: Relation
    reach: Floats
    heavy_share: Floats
    heavy_mm_s: Floats  # the largest of 0, 1, 2 ... trucks at the source distance, but for chance
    foundation: Floats
    top_factor: Floats
    metro_reach: Floats


def prepare(geography: Geography, params: VibrationParams) -> Layout:
    """Distances are from wall to street line, at least the source distance."""
    buildings = geography["building"]
    structure = attribute(buildings, "structure")
    classes = attribute(geography["link"], "road_class")
    link = Relation.of(buildings.link, len(classes))
    return Layout(
        link=link,
        reach=attenuation(street_distance_m(geography), params),
        heavy_mm_s=_largest(params.heavy_mm_s, np.arange(_TRUCKS, dtype=np.float64), params.log_sd),
        heavy_share=link.through(params.heavy_share.rows(classes), 0.0),
        foundation=params.foundation.rows(structure),
        top_factor=params.top_factor.rows(structure),
        metro_reach=_metro_reach(geography, params),
    )


def _metro_reach(geography: Geography, params: VibrationParams) -> Floats:
    """Straight lines between the stations that the area knows (the real routes are not mapped).

    A line source: half the spreading exponent of a vehicle's, the same damping in the ground.
    """
    buildings, stations = geography["building"], geography["station"]
    walls, depth = geography.shapes["building"], params.metro_depth_m
    rows = []
    for line in params.metro_lines:
        known = [stations.index(name) for name in line if name in stations.ids]
        if len(known) >= 2:
            path = shapely.linestrings(stations.x_m[known], stations.y_m[known])
            away = np.hypot(shapely.distance(walls, path), depth)
            loss = np.exp(-params.damping_per_m * (away - depth))
            rows.append((depth / away) ** (params.exponent / 2) * loss)
    return np.array(rows).reshape(-1, len(buildings))


def street_distance_m(geography: Geography) -> Floats:
    """From each building to its street; 60 m where it has none."""
    link = geography["building"].link
    away = np.full(len(link), 60.0)
    known = link >= 0
    walls, streets = geography.shapes["building"], geography.shapes["link"]
    away[known] = shapely.distance(walls[known], streets[link[known]])
    return away


def attenuation(distance_m: Floats, params: VibrationParams) -> Floats:
    """v/v0 = (r0/r)^n exp(-alpha (r - r0)): surface wave in soft clay."""
    path = np.maximum(distance_m, params.source_m)
    spread = (params.source_m / path) ** params.exponent
    return np.asarray(spread * np.exp(-params.damping_per_m * (path - params.source_m)))


def step(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: VibrationParams,
    timetable: TrainParams,
) -> None:
    """Largest particle velocity of the step in three axes at the foundation and on the top floor.

    Lognormal passes: the largest of n is about sqrt(2 ln(n + 1)) sigmas up (extreme values), and
    half a sigma more or less by chance.
    """
    rng = tick.rng("vibration")
    cars = state["link.veh_mean_veh_h"] * (tick.dt_s / 3600)
    z = rng.standard_normal((4, len(layout.reach)))
    trucks = poisson(layout.link.through(cars, 0.0) * layout.heavy_share, rng)
    heavy = layout.heavy_mm_s.take(trucks, mode="clip")
    light = layout.link.through(_largest(params.car_mm_s, cars, params.log_sd), 0.0)
    traffic = np.maximum(heavy, light)
    traffic *= layout.reach
    traffic *= np.exp(0.5 * params.log_sd * z[0])
    train = _trains(tick, layout, params, timetable, z[1])
    street, centre = traffic, np.full(len(traffic), params.traffic_hz)
    if train is not None:
        centre[train > traffic] = params.metro_hz
        street = np.maximum(traffic, train)
    plant = state.lever("building.plant_ppv_mm_s")
    if np.count_nonzero(plant):
        plant = plant * np.exp(0.3 * z[1])
        centre[plant > street] = params.plant_hz
        street = np.hypot(street, plant)  # not in step with each other
    ground = layout.foundation * street + params.floor_mm_s
    _write(state, ground, centre, z, layout)


def _trains(
    tick: Tick, layout: Layout, params: VibrationParams, timetable: TrainParams, z: Floats
) -> Floats | None:
    """mm/s at the ground by the metro trains of the step, both directions of every line; None
    without trains."""
    strongest = None
    for line, reach in enumerate(layout.metro_reach):
        offsets = (0.37 * line, 0.37 * line + 0.45)
        number = sum(passes(tick, timetable, offset) for offset in offsets)
        if number:
            strongest = reach if strongest is None else np.maximum(strongest, reach)
    if strongest is None:
        return None
    return np.asarray(params.metro_mm_s * np.exp(0.5 * params.log_sd * z) * strongest)


def _largest(amplitude: float, passes: Floats, log_sd: float) -> Floats:
    """mm/s at the source distance, but for chance; 0 when nothing passes."""
    lift = np.sqrt(2 * np.log1p(passes))
    return np.where(passes > 0.5, amplitude * np.exp(log_sd * lift), 0.0)


def _write(
    state: CityState,
    ground: Floats,
    centre_hz: Floats,
    z: Floats,
    layout: Layout,
) -> None:
    """Vertical is strongest in the ground; the top floor answers horizontally."""
    luck = np.exp(0.1 * z[1:])
    across, along = 0.7 * ground * luck[1], 0.6 * ground * luck[2]
    state["building.ppv_x_mm_s"] = across
    state["building.ppv_y_mm_s"] = along
    state["building.ppv_z_mm_s"] = ground
    state["building.ppv_top_mm_s"] = layout.top_factor * np.maximum(across, along)
    state["building.vib_freq_hz"] = centre_hz * luck[0]
