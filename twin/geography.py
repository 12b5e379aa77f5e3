"""The map of the quarter: public knowledge for every part of the house.

    config/geo + area.toml -> land (files) -> whole (all tables) -> cut (one area) -> Geography

The whole quarter is always built and the area cut from it, so an id, a size or a share is
the same in every area. Zones and the row numbers belong to the area.
"""

from pathlib import Path
from typing import Any

import shapely

from twin.areaconfig import AreaConfig, load_area_config
from twin.config import ConfigError
from twin.cut import cut
from twin.entities import Entities, Geography
from twin.frame import to_lonlat, to_metres
from twin.land import Land, read_land
from twin.whole import fill

__all__ = ["Entities", "Geography", "load_geography", "to_lonlat", "to_metres"]


def load_geography(config_dir: Path, area: str) -> Geography:
    """The tables of one area of config/area.toml.

    Raises ConfigError naming file, key and value when the area is unknown or the map is wrong.
    """
    config = load_area_config(config_dir)
    if area not in config.areas:
        known = f"expected one of {sorted(config.areas)}"
        raise ConfigError(config_dir / "area.toml", "area", area, known)
    land = read_land(config_dir, config)
    return cut(fill(land, config), _outline(land, config, area), area, config)


def _outline(land: Land, config: AreaConfig, area: str) -> Any:
    rule = config.areas[area]
    if rule.centre is None or rule.radius_m is None:
        return land.union
    centre = land.junctions.shapes[land.junctions.ids.index(rule.centre)]
    circle = shapely.buffer(centre, rule.radius_m, quad_segs=32)
    return shapely.intersection(circle, land.union)
