"""Between WGS-84 and the two Chinese map datums, GCJ-02 and BD-09.

Arrays of degrees in, arrays of degrees out. The forward formulas are the public ones; the
way back is iterated until it agrees to 1e-9 degrees (0.1 mm), not the usual one-step guess.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from twin.arrays import Floats

Pair = tuple[Floats, Floats]
_AXIS_M = 6_378_245.0  # Krasovsky 1940
_ECCENTRICITY_2 = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """WGS-84 to GCJ-02; in Shanghai about 440 m east and 210 m south."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    d_lon, d_lat = _offset(lon - 105.0, lat - 35.0)
    phi = np.radians(lat)
    magic = 1 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_2) / magic**1.5
    parallel_m = _AXIS_M / np.sqrt(magic) * np.cos(phi)
    return lon + np.degrees(d_lon / parallel_m), lat + np.degrees(d_lat / meridian_m)


def gcj02_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """GCJ-02 to WGS-84."""
    return _invert(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """GCJ-02 to BD-09."""
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """BD-09 to GCJ-02."""
    return _invert(gcj02_to_bd09, lon, lat)


def wgs84_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """WGS-84 to BD-09."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """BD-09 to WGS-84."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _invert(
    forward: Callable[[npt.ArrayLike, npt.ArrayLike], Pair], lon: npt.ArrayLike, lat: npt.ArrayLike
) -> Pair:
    target = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    guess = target
    for _ in range(20):  # the shift is smooth: each step gains about three digits
        there = forward(*guess)
        error = target[0] - there[0], target[1] - there[1]
        guess = guess[0] + error[0], guess[1] + error[1]
        if max(np.max(np.abs(part), initial=0.0) for part in error) < 1e-9:
            break
    return guess


def _offset(x: Floats, y: Floats) -> Pair:
    root = np.sqrt(np.abs(x))
    shared = 20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (shared + _waves(x, ((20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30)))) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (shared + _waves(y, ((20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30)))) * 2 / 3
    return east, north


def _waves(x: Floats, terms: tuple[tuple[float, float], ...]) -> Floats:
    total = np.zeros_like(x)
    for height, turns in terms:
        total = total + height * np.sin(x * np.pi * turns)
    return total
