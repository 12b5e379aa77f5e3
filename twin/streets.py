"""Streets: link and junction tables, and places at even steps along them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from twin.areaconfig import AreaConfig, Walk
from twin.arrays import Array, Floats, Index, Ints
from twin.entities import Entities, table
from twin.frame import to_metres
from twin.land import Land


def link_table(land: Land, config: AreaConfig) -> Entities:
    """Street links with widths, limits, speeds and the share of walkers that pass."""
    facts = land.links.facts
    lines = land.links.shapes
    classes = [config.street_classes[fact.road_class] for fact in facts]
    widths = [
        config.street_widths_m.get(fact.street, rule.street_m)
        for fact, rule in zip(facts, classes, strict=True)
    ]
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    at = shapely.get_x(middle), shapely.get_y(middle)
    node = {name: row for row, name in enumerate(land.junctions.ids)}
    attrs = {
        "length_m": shapely.length(lines),
        "lanes": np.array([fact.lanes for fact in facts]),
        "oneway": np.array([fact.oneway for fact in facts]),
        "road_class": np.array([fact.road_class for fact in facts]),
        "street": np.array([fact.street for fact in facts]),
        "pavement_width_m": np.array([rule.pavement_m for rule in classes]),
        "street_width_m": np.array(widths, np.float64),
        "noise_limit_day_db": np.array([rule.noise_day_db for rule in classes]),
        "noise_limit_night_db": np.array([rule.noise_night_db for rule in classes]),
        "free_speed_m_s": np.array([rule.free_speed_m_s for rule in classes]),
        "from_node": np.array([node[fact.start] for fact in facts], np.int32),
        "to_node": np.array([node[fact.end] for fact in facts], np.int32),
        "visit_share": visit_share(lines, config.walk),
    }
    own = np.arange(len(facts), dtype=np.int32)
    return table("link", land.links.ids, _link_names(land), at, attrs, link=own)


def node_table(land: Land) -> Entities:
    """Junctions and street ends; degree counts the links that meet there."""
    ends = [name for fact in land.links.facts for name in (fact.start, fact.end)]
    points = land.junctions.shapes
    attrs = {
        "degree": np.array([ends.count(name) for name in land.junctions.ids]),
        "signals": np.array([fact.signals for fact in land.junctions.facts]),
    }
    names = (
        [fact.name_zh for fact in land.junctions.facts],
        [fact.name_en for fact in land.junctions.facts],
    )
    return table(
        "node", land.junctions.ids, names, (shapely.get_x(points), shapely.get_y(points)), attrs
    )


def visit_share(shapes: Array, walk: Walk) -> Floats:
    """Share 0..1 of the Wukang walk's visitors that pass: the nearest strong sight decides."""
    x_m, y_m = to_metres([s.at[0] for s in walk.sights], [s.at[1] for s in walk.sights])
    sights = shapely.points(x_m, y_m)
    away_m = shapely.distance(shapes[:, None], sights[None, :])
    strength = np.array([sight.share for sight in walk.sights])
    share: Floats = np.max(strength * np.exp(-away_m / walk.scale_m), axis=1)
    return share


@dataclass(frozen=True, slots=True)
class Spots:
    """Places along links: link row, number along it from 1, position, unit vector of travel."""

    link: Index
    number: Ints
    x_m: Floats
    y_m: Floats
    east: Floats
    north: Floats


def spots_along(lines: Array, groups: Array, every_m: float) -> Spots:
    """Even steps of about every_m along chains of links, at least one per chain.

    `groups` names the chain of each link; links of one chain are neighbours in the order of
    the rows. Steps are centred: half a step is left free at both ends.
    """
    length = shapely.length(lines)
    ends = np.cumsum(length)
    starts_at = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    begin = ends[starts_at] - length[starts_at]
    total = np.add.reduceat(length, starts_at)
    count = np.maximum(1, np.rint(total / every_m)).astype(np.int64)
    chain = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(chain)) - np.repeat(np.cumsum(count) - count, count)
    along = begin[chain] + (number + 0.5) * (total / count)[chain]
    link = np.minimum(np.searchsorted(ends, along, side="right"), len(lines) - 1)
    return _spots(lines, link, number + 1, along - (ends - length)[link])


def beside(
    spots: Spots, offset_m: Floats, side: Literal["left", "right", "alternate", "centre"]
) -> tuple[Floats, Floats]:
    """Positions offset_m to that side of the line; alternate starts on the right."""
    sign = {
        "left": np.full(len(spots.link), -1.0),
        "right": np.full(len(spots.link), 1.0),
        "centre": np.full(len(spots.link), 1.0),
        "alternate": np.where(spots.number % 2 == 1, 1.0, -1.0),
    }[side]
    return (
        spots.x_m + sign * offset_m * spots.north,
        spots.y_m - sign * offset_m * spots.east,
    )


def _spots(lines: Array, link: Array, number: Ints, along_m: Floats) -> Spots:
    here = shapely.line_interpolate_point(lines[link], along_m)
    length = shapely.length(lines[link])
    back = shapely.line_interpolate_point(lines[link], np.maximum(along_m - 2.0, 0.0))
    ahead = shapely.line_interpolate_point(lines[link], np.minimum(along_m + 2.0, length))
    east = shapely.get_x(ahead) - shapely.get_x(back)
    north = shapely.get_y(ahead) - shapely.get_y(back)
    size = np.hypot(east, north)
    return Spots(
        link.astype(np.int32),
        number,
        shapely.get_x(here),
        shapely.get_y(here),
        east / size,
        north / size,
    )


def _link_names(land: Land) -> tuple[list[str], list[str]]:
    zh = {
        n: f.name_zh.split(" / ")
        for n, f in zip(land.junctions.ids, land.junctions.facts, strict=True)
    }
    en = {
        n: f.name_en.split(" / ")
        for n, f in zip(land.junctions.ids, land.junctions.facts, strict=True)
    }
    facts = land.links.facts
    return (
        [
            f"{f.name_zh}（{_cross(zh[f.start], f.name_zh)}至{_cross(zh[f.end], f.name_zh)}）"
            for f in facts
        ],
        [
            f"{f.name_en} ({_cross(en[f.start], f.name_en)} to {_cross(en[f.end], f.name_en)})"
            for f in facts
        ],
    )


def _cross(streets: list[str], own: str) -> str:
    others = [street for street in streets if street != own]
    return others[0] if others else own
