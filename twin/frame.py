"""The local metric frame: WGS-84 at the edges, metres inside."""

import numpy as np
import numpy.typing as npt
import shapely

from twin.arrays import Array, Floats

ORIGIN_LON_DEG, ORIGIN_LAT_DEG = 121.44, 31.2065
# Length of a degree on a plain projection about the origin; true to 1 in 1,000 (2 m in 2 km).
M_PER_DEG_LON, M_PER_DEG_LAT = 95_210.0, 110_860.0


def to_metres(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """WGS-84 degrees to metres east and north of the origin."""
    x_m = (np.asarray(lon, np.float64) - ORIGIN_LON_DEG) * M_PER_DEG_LON
    y_m = (np.asarray(lat, np.float64) - ORIGIN_LAT_DEG) * M_PER_DEG_LAT
    return x_m, y_m


def to_lonlat(x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Metres east and north of the origin to WGS-84 degrees."""
    lon = np.asarray(x_m, np.float64) / M_PER_DEG_LON + ORIGIN_LON_DEG
    lat = np.asarray(y_m, np.float64) / M_PER_DEG_LAT + ORIGIN_LAT_DEG
    return lon, lat


def shapes_to_metres(shapes: Array) -> Array:
    """Shapely geometries in degrees to the same in metres."""
    moved: Array = shapely.transform(
        shapes, lambda points: np.column_stack(to_metres(points[:, 0], points[:, 1]))
    )
    return moved


def shapes_to_lonlat(shapes: Array) -> Array:
    """Shapely geometries in metres to the same in WGS-84 degrees."""
    moved: Array = shapely.transform(
        shapes, lambda points: np.column_stack(to_lonlat(points[:, 0], points[:, 1]))
    )
    return moved
