"""An area cut from the whole quarter: rows inside it, renumbered, and its zones."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from twin.areaconfig import AreaConfig
from twin.arrays import Array, Bools, Index, Ints
from twin.assets import nearest_row
from twin.entities import Entities, Geography, table, take
from twin.whole import Whole
from twin.zones import cut_zones, zone_of

# A street on the edge belongs to the area although its centre line may lie just outside.
_EDGE_M = 25.0
# Services within a walk of the edge count for the people inside it.
_WALK_M = 1000.0
_SERVICES = ("park", "station", "culture", "service")
_WITHOUT_LINK = {"subdistrict", "node"}


def cut(whole: Whole, outline: Any, area: str, config: AreaConfig) -> Geography:
    """The tables of the area; every row of an asset lies inside the outline."""
    rows = _rows(whole, outline)
    tables = {kind: take(whole.tables[kind], kept) for kind, kept in rows.items()}
    tables = _renumber(tables, rows, whole)
    shapes = {kind: shape[rows[kind]] for kind, shape in whole.shapes.items()}
    for kind in tables.keys() - _WITHOUT_LINK:
        tables[kind] = _to_nearest_link(tables[kind], shapes["link"])
    ids, shapes["zone"] = cut_zones(outline, config.zones)
    tables = {
        kind: replace(entities, zone=zone_of(entities.x_m, entities.y_m, shapes["zone"]))
        for kind, entities in tables.items()
    }
    if "chamber" in tables:
        feeder = nearest_row(tables["chamber"], tables["feeder"]).astype(np.int32)
        chambers = tables["chamber"]
        tables["chamber"] = replace(chambers, attrs={**chambers.attrs, "feeder": feeder})
    _mark_services(tables, shapes, outline)
    tables["zone"] = _zone_table(ids, shapes["zone"], tables, shapes["subdistrict"], config)
    tables["quarter"] = _quarter_table(outline, tables["zone"])
    return Geography(area, tables, shapes)


def _rows(whole: Whole, outline: Any) -> dict[str, Ints]:
    tables = whole.tables
    inside = {
        kind: shapely.contains_xy(outline, entities.x_m, entities.y_m)
        for kind, entities in tables.items()
    }
    inside["link"] = _within(tables["link"], outline, _EDGE_M)
    inside["subdistrict"] = (
        shapely.area(shapely.intersection(whole.shapes["subdistrict"], outline)) > 0
    )
    for kind in _SERVICES:
        inside[kind] = _within(tables[kind], outline, _WALK_M)
    ends = [tables["link"].attrs[key][inside["link"]] for key in ("from_node", "to_node")]
    inside["node"] = np.isin(np.arange(len(tables["node"])), np.concatenate(ends))
    for kind, entities in tables.items():
        if kind not in ("link", "building", "home", "lift"):
            inside[kind] &= (entities.link < 0) | inside["link"][entities.link]
    return {kind: np.flatnonzero(mask) for kind, mask in inside.items()}


def _within(entities: Entities, outline: Any, distance_m: float) -> Bools:
    points = shapely.points(entities.x_m, entities.y_m)
    near: Bools = shapely.dwithin(points, outline, distance_m)
    return near


def _renumber(
    tables: Mapping[str, Entities], rows: Mapping[str, Ints], whole: Whole
) -> dict[str, Entities]:
    maps = {kind: _new_rows(rows[kind], len(whole.tables[kind])) for kind in rows}
    return {
        kind: replace(
            entities,
            link=maps["link"][entities.link],
            building=maps["building"][entities.building],
            attrs=_renumbered_attrs(entities.attrs, maps),
        )
        for kind, entities in tables.items()
    }


def _renumbered_attrs(attrs: Mapping[str, Array], maps: Mapping[str, Index]) -> dict[str, Array]:
    points_to = {"from_node": "node", "to_node": "node", "building": "building"}
    return {
        name: maps[points_to[name]][column] if name in points_to else column
        for name, column in attrs.items()
    }


def _new_rows(kept: Ints, length: int) -> Index:
    """Old row to new row, -1 for rows that went; the last entry serves old -1."""
    new = np.full(length + 1, -1, np.int32)
    new[kept] = np.arange(len(kept), dtype=np.int32)
    return new


def _to_nearest_link(entities: Entities, lines: Array) -> Entities:
    """Rows without a link, or whose link went, take the nearest one of the area."""
    lost = entities.link < 0
    points = shapely.points(entities.x_m[lost], entities.y_m[lost])
    link = entities.link.copy()
    link[lost] = shapely.STRtree(lines).nearest(points)
    return replace(entities, link=link)


def _mark_services(tables: dict[str, Entities], shapes: Mapping[str, Array], outline: Any) -> None:
    for kind in _SERVICES:
        entities = tables[kind]
        inside = shapely.contains_xy(outline, entities.x_m, entities.y_m)
        tables[kind] = replace(entities, attrs={**entities.attrs, "inside": inside})


def _zone_table(
    ids: list[str],
    shapes: Array,
    tables: Mapping[str, Entities],
    subdistricts: Array,
    config: AreaConfig,
) -> Entities:
    buildings = tables["building"]
    residents = np.bincount(
        buildings.zone, weights=buildings.attrs["residents"], minlength=len(ids)
    )
    overlap = shapely.area(shapely.intersection(shapes[:, None], subdistricts[None, :]))
    attrs = {
        "area_m2": shapely.area(shapes),
        "residents": residents,
        "elders": np.rint(residents * config.people.elder_share),
        "subdistrict": np.argmax(overlap, axis=1).astype(np.int32),
    }
    point = shapely.point_on_surface(shapes)
    names = [f"网格 {name[2:]}" for name in ids], [f"grid zone {name[2:]}" for name in ids]
    zones = table("zone", ids, names, (shapely.get_x(point), shapely.get_y(point)), attrs)
    return replace(zones, zone=np.arange(len(ids), dtype=np.int32))


def _quarter_table(outline: Any, zones: Entities) -> Entities:
    point = shapely.point_on_surface(outline)
    attrs = {
        "area_m2": np.array([outline.area]),
        "residents": np.array([zones.attrs["residents"].sum()]),
        "elders": np.array([zones.attrs["elders"].sum()]),
    }
    at = np.array([point.x]), np.array([point.y])
    quarter = table("quarter", ["hengfu"], (["衡复历史文化风貌区"], ["Hengfu quarter"]), at, attrs)
    return replace(quarter, zone=zone_row(zones, point.x, point.y))


def zone_row(zones: Entities, x_m: float, y_m: float) -> Index:
    """The zone whose representative point is nearest."""
    away = np.hypot(zones.x_m - x_m, zones.y_m - y_m)
    return np.array([np.argmin(away)], np.int32)
