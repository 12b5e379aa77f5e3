"""Single places: crowd cells, arms of the junction, greens, stations, culture points."""

from typing import Any

import numpy as np
import shapely

from twin.areaconfig import AreaConfig
from twin.arrays import Array, Floats, Index
from twin.entities import Entities, table
from twin.frame import to_metres
from twin.geofiles import Layer
from twin.housing import Blocks
from twin.land import Land

_ARM_POINT_M = 25.0  # where an arm is drawn, from the junction centre


def plaza_table(land: Land, config: AreaConfig) -> Entities:
    """Cells where crowds gather, with the share of the day's walkers that stop there."""
    plazas = config.plazas
    at = to_metres([p.at[0] for p in plazas], [p.at[1] for p in plazas])
    attrs = {
        "area_m2": np.array([p.area_m2 for p in plazas]),
        "visit_share": np.array([p.visit_share for p in plazas]),
        "synthetic": np.ones(len(plazas), bool),
    }
    link = shapely.STRtree(land.links.shapes).nearest(shapely.points(*at))
    names = [p.name_zh for p in plazas], [p.name_en for p in plazas]
    return table("plaza", [p.id for p in plazas], names, at, attrs, link)


def arm_table(land: Land, links: Entities, config: AreaConfig) -> Entities:
    """Arms of the six-arm junction; flows of peak hours, saturation per lane, greens per cycle."""
    arms = config.arms
    link = np.array([links.index(arm.link) for arm in arms], np.int32)
    at = _outward(land, link)
    attrs = {
        "bearing_deg": np.array([arm.bearing_deg for arm in arms]),
        "peak_pcu_h": np.array([arm.peak_pcu_h for arm in arms]),
        "lanes": np.array([arm.lanes for arm in arms]),
        "saturation_pcu_h": np.array([arm.saturation_pcu_h for arm in arms]),
        "green_s": np.array([arm.green_s for arm in arms]),
    }
    names = [arm.name_zh for arm in arms], [arm.name_en for arm in arms]
    return table("arm", [arm.id for arm in arms], names, at, attrs, link)


def _outward(land: Land, link: Index) -> tuple[Floats, Floats]:
    """Points a little way out from the junction that all arms share."""
    ends = [{land.links.facts[row].start, land.links.facts[row].end} for row in link]
    centre = set.intersection(*ends)
    away = [
        _ARM_POINT_M if land.links.facts[row].start in centre else -_ARM_POINT_M for row in link
    ]
    points = shapely.line_interpolate_point(land.links.shapes[link], np.array(away))
    return shapely.get_x(points), shapely.get_y(points)


def park_table(land: Land, greens: Blocks) -> tuple[Entities, Array]:
    """Public parks, and synthetic pocket greens that stand for the unmapped small ones."""
    shapes = np.concatenate([land.parks.shapes, greens.shapes])
    facts = land.parks.facts
    made = len(greens.ids)
    labels = [name[2:] for name in greens.ids]
    names = (
        [fact.name_zh for fact in facts] + [f"合成口袋绿地 {label}" for label in labels],
        [fact.name_en for fact in facts] + [f"synthetic pocket green {label}" for label in labels],
    )
    ids = land.parks.ids + tuple(f"green-{label}" for label in labels)
    point = shapely.centroid(shapes)
    attrs = {
        "area_m2": np.r_[[fact.area_m2 for fact in facts], shapely.area(greens.shapes)],
        "synthetic": np.r_[np.zeros(len(facts), bool), np.ones(made, bool)],
    }
    return table("park", ids, names, (shapely.get_x(point), shapely.get_y(point)), attrs), shapes


def culture_table(land: Land) -> Entities:
    """Public culture points: what they are and how well their place is known."""
    facts = land.culture.facts
    attrs = {
        "culture_kind": np.array([fact.culture_kind for fact in facts]),
        "accuracy": np.array([fact.accuracy for fact in facts]),
    }
    return _points("culture", land.culture, attrs)


def station_table(land: Land) -> Entities:
    """Metro stations: their centres, not their exits."""
    return _points("station", land.stations, {})


def _points(kind: str, layer: Layer[Any], attrs: dict[str, Array]) -> Entities:
    at = shapely.get_x(layer.shapes), shapely.get_y(layer.shapes)
    names = [fact.name_zh for fact in layer.facts], [fact.name_en for fact in layer.facts]
    return table(kind, layer.ids, names, at, attrs)


def subdistrict_table(land: Land) -> Entities:
    """The two sub-districts."""
    layer = land.subdistricts
    point = shapely.point_on_surface(layer.shapes)
    names = [fact.name_zh for fact in layer.facts], [fact.name_en for fact in layer.facts]
    attrs = {"area_m2": shapely.area(layer.shapes)}
    at = shapely.get_x(point), shapely.get_y(point)
    return table("subdistrict", layer.ids, names, at, attrs)
