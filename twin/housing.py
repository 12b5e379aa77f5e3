"""Synthetic housing blocks in the gaps between streets and the houses that sources name."""

from dataclasses import dataclass

import numpy as np
import shapely

from twin.areaconfig import AreaConfig, HousingRule
from twin.arrays import Array, Bools, Floats, Index, Ints
from twin.dice import dice
from twin.entities import Entities
from twin.land import Land
from twin.streets import Spots, spots_along


@dataclass(frozen=True, slots=True)
class Blocks:
    """Made-up houses: rectangles in rows behind the street, row 0 at the front."""

    ids: tuple[str, ...]
    shapes: Array
    link: Index
    row: Ints
    storeys: Ints


def place_blocks(land: Land, links: Entities, config: AreaConfig) -> Blocks:
    """As many blocks as fit, front rows first; the order of the result is by id."""
    rule = config.housing
    lots = _lots(land.links.shapes, links, rule)
    free = _clear(lots.shapes, land, links, rule)
    order = np.flatnonzero(free)[np.argsort(lots.row[free], kind="stable")]
    chosen = order[_without_overlap(lots.shapes[order], rule.clear_m)]
    return _take(lots, chosen[np.argsort([lots.ids[lot] for lot in chosen])])


def split_greens(blocks: Blocks, cell_m: float) -> tuple[Blocks, Blocks]:
    """One block per grid cell becomes a pocket green: (houses, greens)."""
    at = shapely.centroid(blocks.shapes)
    cells = np.floor_divide(shapely.get_x(at), cell_m), np.floor_divide(shapely.get_y(at), cell_m)
    throw = dice(blocks.ids, "pocket green")
    order = np.lexsort((throw, cells[1], cells[0]))
    key = np.column_stack(cells)[order]
    first = np.r_[True, (key[1:] != key[:-1]).any(axis=1)]
    green = np.zeros(len(order), bool)
    green[order[first]] = True
    return _take(blocks, np.flatnonzero(~green)), _take(blocks, np.flatnonzero(green))


def _lots(lines: Array, links: Entities, rule: HousingRule) -> Blocks:
    spots = spots_along(lines, np.array(links.ids), rule.every_m)
    kerb = (links.attrs["street_width_m"] / 2 + links.attrs["pavement_width_m"])[spots.link]
    shapes, ids, rows = [], [], []
    for row in range(rule.rows):
        away = kerb + rule.setback_m + rule.depth_m / 2 + row * (rule.depth_m + rule.row_gap_m)
        for side, sign in (("l", -1.0), ("r", 1.0)):
            shapes.append(_rectangles(spots, sign * away, rule))
            ids += [
                f"b-{links.ids[link]}-{side}{row}-{number:02d}"
                for link, number in zip(spots.link, spots.number, strict=True)
            ]
            rows.append(np.full(len(spots.link), row))
    storeys = _storeys(ids, rule)
    link = np.tile(spots.link, 2 * rule.rows)
    return Blocks(tuple(ids), np.concatenate(shapes), link, np.concatenate(rows), storeys)


def _rectangles(spots: Spots, away_m: Floats, rule: HousingRule) -> Array:
    x = spots.x_m + away_m * spots.north
    y = spots.y_m - away_m * spots.east
    half = rule.length_m / 2, rule.depth_m / 2
    corners = []
    for along, across in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        a, b = along * half[0], across * half[1]
        corners.append((x + a * spots.east + b * spots.north, y + a * spots.north - b * spots.east))
    return np.asarray(shapely.polygons(np.moveaxis(np.array(corners), 2, 0)))


def _storeys(ids: list[str], rule: HousingRule) -> Ints:
    heights = np.array(list(rule.storeys))
    shares = np.cumsum(list(rule.storeys.values()))
    rank = np.searchsorted(shares / shares[-1], dice(ids, "storeys"), side="right")
    return heights[rank]


def _clear(shapes: Array, land: Land, links: Entities, rule: HousingRule) -> Bools:
    """Inside the sub-districts and off the streets, real houses and parks."""
    reserve = links.attrs["street_width_m"] / 2 + links.attrs["pavement_width_m"] + 1.0
    solid = np.concatenate([land.heritage.shapes, land.parks.shapes])
    clear = np.zeros(len(shapes), bool)
    clear[shapely.STRtree(shapes).query(land.union, predicate="contains_properly")] = True
    for barriers, distance in (
        (shapely.buffer(land.links.shapes, reserve), 0.0),
        (solid, rule.clear_m),
    ):
        hit = shapely.STRtree(barriers).query(shapes, predicate="dwithin", distance=distance)
        clear[hit[0]] = False
    return clear


def _without_overlap(shapes: Array, clear_m: float) -> Ints:
    """First come, first served: positions of the shapes that keep clear of earlier ones."""
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=clear_m)
    later, earlier = pairs[:, pairs[0] > pairs[1]]
    free = np.ones(len(shapes), bool)
    order = np.lexsort((earlier, later))
    for here, before in zip(later[order], earlier[order], strict=True):
        free[here] &= not free[before]
    return np.flatnonzero(free)


def _take(blocks: Blocks, rows: Ints) -> Blocks:
    return Blocks(
        tuple(blocks.ids[row] for row in rows),
        blocks.shapes[rows],
        blocks.link[rows],
        blocks.row[rows],
        blocks.storeys[rows],
    )
