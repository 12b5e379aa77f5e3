"""The map as GeoJSON with the current vital signs on it."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import shapely

from api.names import Names
from api.vitals.sign import TABLES, Colour, VitalFrame
from api.vitalview import number
from twin.arrays import Array, Floats
from twin.clock import iso
from twin.datum import wgs84_to_bd09, wgs84_to_gcj02
from twin.geography import Entities, Geography, to_lonlat

ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
MEDIA_TYPE = "application/geo+json"
DIGITS = 7  # of a degree: 1 cm
Crs = Literal["wgs84", "gcj02", "bd09"]
LEVELS = {table: level for level, table in TABLES.items()}
_SHIFTS: Mapping[str, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    "gcj02": wgs84_to_gcj02,
    "bd09": wgs84_to_bd09,
}


def collection(
    geography: Geography, table: str, crs: Crs, frame: VitalFrame | None, names: Names
) -> dict[str, Any]:
    """A feature per row, with `vitals` where the table is a level of vital signs.

    `crs` other than wgs84 leaves the GeoJSON standard, for Chinese basemaps.
    """
    entities = geography[table]
    signs = {} if frame is None else _signs(frame, LEVELS.get(table, ""), names)
    shapes = _shapes(geography, entities, crs)
    return {
        "type": "FeatureCollection",
        "name": table,
        "crs_name": crs,
        "attribution": ATTRIBUTION,
        "t": None if frame is None else iso(frame.t_ms),
        "features": [
            {
                "type": "Feature",
                "id": entity,
                "geometry": shapes[row],
                "properties": {**_properties(geography, entities, row), **signs.get(entity, {})},
            }
            for row, entity in enumerate(entities.ids)
        ],
    }


def _shapes(geography: Geography, entities: Entities, crs: Crs) -> list[dict[str, Any] | None]:
    shapes = geography.shapes.get(entities.kind)
    if shapes is None:
        shapes = shapely.points(entities.x_m, entities.y_m)
    moved = shapely.transform(shapes, lambda points: degrees(points, crs))
    return [None if shape is None else shapely.geometry.mapping(shape) for shape in moved]


def degrees(points: Array, crs: Crs) -> Array:
    """Metric points as longitude and latitude."""
    lon, lat = to_lonlat(points[:, 0], points[:, 1])
    if crs in _SHIFTS:
        lon, lat = _SHIFTS[crs](lon, lat)
    return np.column_stack((lon, lat)).round(DIGITS)


def _properties(geography: Geography, entities: Entities, row: int) -> dict[str, Any]:
    zone = int(entities.zone[row])
    return {
        **{name: _plain(column[row]) for name, column in entities.attrs.items()},
        "id": entities.ids[row],
        "name_zh": entities.names_zh[row],
        "name_en": entities.names_en[row],
        "zone": geography["zone"].ids[zone] if zone >= 0 else None,
    }


def _signs(frame: VitalFrame, level: str, names: Names) -> dict[str, dict[str, Any]]:
    """Per entity: the score and colour of every indicator, of the composite on top."""
    found: dict[str, dict[str, Any]] = {}
    for (indicator, at), block in frame.blocks.items():
        if at != level:
            continue
        columns = zip(block.entities, block.value, block.score, block.colour, strict=True)
        for entity, value, score, colour in columns:
            sign = {
                "value": number(value, 4),
                "score": number(score, 2),
                "colour": None if colour < 0 else Colour(int(colour)).name_en,
            }
            place = found.setdefault(entity, {"score": None, "colour": None, "vitals": {}})
            place["vitals"][indicator] = sign
            if indicator == names.composite:
                place |= {"score": sign["score"], "colour": sign["colour"]}
    for place in found.values():
        if place["score"] is None:
            place |= _worst(place["vitals"])
    return found


def _worst(vitals: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Where there is no composite, the weakest indicator stands for the place."""
    scored = [sign for sign in vitals.values() if sign["score"] is not None]
    worst = min(scored, key=lambda sign: sign["score"], default={"score": None, "colour": None})
    return {"score": worst["score"], "colour": worst["colour"]}


def _plain(value: Any) -> Any:
    """A number, boolean or text for JSON; NaN becomes None."""
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not np.isfinite(plain) else plain
