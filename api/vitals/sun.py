"""Where the sun stands over the quarter."""

import math

from twin.clock import day_of_year, local_hour

LATITUDE_DEG, LONGITUDE_DEG, MERIDIAN_DEG = 31.206, 121.434, 120.0


def elevation_deg(t_ms: int) -> float:
    """Degrees above the horizon, within about 0.5° (Spencer's series of 1971)."""
    angle = 2 * math.pi * (day_of_year(t_ms) - 1) / 365
    declination = (
        0.006918
        - 0.399912 * math.cos(angle)
        + 0.070257 * math.sin(angle)
        - 0.006758 * math.cos(2 * angle)
        + 0.000907 * math.sin(2 * angle)
    )
    equation_min = 229.18 * (
        0.000075
        + 0.001868 * math.cos(angle)
        - 0.032077 * math.sin(angle)
        - 0.014615 * math.cos(2 * angle)
        - 0.040849 * math.sin(2 * angle)
    )
    solar_h = local_hour(t_ms) + (4 * (LONGITUDE_DEG - MERIDIAN_DEG) + equation_min) / 60
    hour_angle = math.radians(15 * (solar_h - 12))
    latitude = math.radians(LATITUDE_DEG)
    sine = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(
        declination
    ) * math.cos(hour_angle)
    return math.degrees(math.asin(sine))
