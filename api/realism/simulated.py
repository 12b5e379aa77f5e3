"""Simulated spans: only the systems that the real file is about, on the clock of the real rows.

Local minutes of the real place are taken as Shanghai's: its weekdays and holidays, not theirs.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from api.realism.partcity import PartCity, part_city
from api.realism.readers.shanghai import classes
from api.realism.series import Series
from twin.arrays import Floats
from twin.cityconfig import CityConfig
from twin.clock import HOUR_MS, MINUTE_MS, day_of_year
from twin.geography import Geography
from twin.hourly import hourly_series
from twin.streams import stream
from twin.systems import air, crowd, traffic
from twin.tick import Tick

Report = Callable[[float], None]  # called with the share done, 0 to 1
_SHANGHAI_MS = 8 * HOUR_MS


def weather_air(
    config: CityConfig, first_min: int, hours: int, seed: int, report: Report | None = None
) -> Series:
    """Weather and background PM2.5 hour by hour from a local minute on; nothing is rounded."""
    made = hourly_series(config, seed, first_min * MINUTE_MS - _SHANGHAI_MS, hours, report)
    columns = {
        "temp_c": made.temp_c,
        "dew_point_c": made.dew_point_c,
        "rh_pct": made.rh_pct,
        "pressure_hpa": made.pressure_hpa,
        "wind_m_s": made.wind_m_s,
        "wind_class": classes(made.wind_class.tolist()),
        "rain_mm": made.rain_mm,
        "pm25_ug_m3": made.pm25_ug_m3,
    }
    return Series("weather_air", first_min, 60, {k: np.asarray(v) for k, v in columns.items()})


def present_air(
    config: CityConfig, first_min: int, hours: int, seed: int, report: Report
) -> Series:
    """Background PM2.5 at today's level, and the haze that it comes from, as in fitted years."""
    made = weather_air(config, first_min, hours, seed, report)
    haze, times_ms = made["pm25_ug_m3"], made.minutes * MINUTE_MS - _SHANGHAI_MS
    pairs = zip(times_ms.tolist(), haze.tolist(), strict=True)
    today = [air.today(max(0.0, fog), day_of_year(t_ms), config.haze_level) for t_ms, fog in pairs]
    columns = {"pm25_ug_m3": np.array(today), "haze_ug_m3": haze}
    return Series("air", first_min, 60, columns)


def vehicles(
    config: CityConfig, geography: Geography, first_min: int, hours: int, seed: int, report: Report
) -> Series:
    """Vehicles per hour that want through the busiest street, with the hour's rain."""
    city = part_city(config, geography, ("weather",), seed)
    layout = traffic.prepare(geography, config.traffic)

    def wanted(tick: Tick) -> Floats:
        rng = tick.rng("traffic")
        target_s = traffic.targets_s(city.state, tick, layout, config.traffic, rng)
        return np.append(both_ways(target_s), city.state["quarter.rain_mm_h"][0] / 3600)

    per_h = _by_hour(city, first_min, hours, wanted, report)
    busiest = int(np.argmax(per_h[:, :-1].mean(axis=0)))
    columns = {"vehicles_h": per_h[:, busiest].copy(), "rain_mm": per_h[:, -1].copy()}
    return Series("vehicles", first_min, 60, columns)


def pedestrians(
    config: CityConfig, geography: Geography, first_min: int, hours: int, seed: int, report: Report
) -> Series:
    """People per hour who want to walk a street of commuters and one of shoppers, in groups.

    In the quarter every street has both, and visitors; here each kind has a street of its own.
    """
    city = part_city(config, geography, ("weather",), seed)
    layout, streets = apart(crowd.prepare(geography, config.crowd))

    def wanted(tick: Tick) -> Floats:
        per_street = both_ways(crowd.targets_s(city.state, tick, layout, config.crowd))
        return per_street[list(streets.values())]

    per_h = _by_hour(city, first_min, hours, wanted, report)
    rng = stream(seed, "realism/groups")
    counted = crowd.in_groups(per_h.ravel(), config.crowd.group_share, rng).reshape(per_h.shape)
    columns = {name: counted[:, place].copy() for place, name in enumerate(streets)}
    return Series("pedestrians", first_min, 60, columns)


def apart(layout: crowd.Layout) -> tuple[crowd.Layout, dict[str, int]]:
    """The busiest street of commuters with them alone, that of shoppers with them alone."""
    commuters, shoppers = layout.commuter_share.copy(), layout.shopping_share.copy()
    commuter = int(np.argmax(commuters))
    shopping = int(np.argmax(np.where(np.arange(len(shoppers)) == commuter, -1.0, shoppers)))
    commuters[shopping] = shoppers[commuter] = 0.0
    alone = replace(
        layout,
        visit_share=np.zeros(len(commuters)),
        commuter_share=commuters,
        shopping_share=shoppers,
    )
    return alone, {"commuter": commuter, "shopping": shopping}


def both_ways(per_direction: Floats) -> Floats:
    """Sum of the two directions of each street."""
    forth, back = np.split(per_direction, 2)
    return np.asarray(forth + back)


def sound(
    config: CityConfig,
    geography: Geography,
    first_min: int,
    minutes: int,
    seed: int,
    report: Report,
) -> Series:
    """LAeq of each minute on the street with the fewest cars: the real site is quiet."""
    names = ("signals", "weather", "crowd", "plaza", "traffic", "junction", "noise")
    city = part_city(config, geography, names, seed)
    wanted = ("link.noise_laeq_db", "link.veh_mean_veh_h")
    rows = _sampled(city, wanted, first_min, minutes, MINUTE_MS, report)
    quiet = int(np.argmin(rows["link.veh_mean_veh_h"].mean(axis=0)))
    return Series("sound", first_min, 1, {"laeq_db": rows["link.noise_laeq_db"][:, quiet].copy()})


def _by_hour(
    city: PartCity,
    first_min: int,
    hours: int,
    wanted_s: Callable[[Tick], Floats],
    report: Report,
) -> Floats:
    """What is wanted in each hour, 3600 times what is wanted per second in its middle."""
    rows = []
    start_ms = first_min * MINUTE_MS - _SHANGHAI_MS - HOUR_MS // 2
    for number, t_ms in enumerate(city.run(start_ms, hours, HOUR_MS)):
        rows.append(wanted_s(Tick(t_ms, HOUR_MS / 1000, city.seed)))
        if number % 500 == 0:
            report(number / hours)
    return np.asarray(3600 * np.array(rows))


def _sampled(
    city: PartCity, names: tuple[str, ...], first_min: int, steps: int, step_ms: int, report: Report
) -> dict[str, Floats]:
    """Every named quantity after each step: one row per step."""
    kept = {name: np.empty((steps, len(city.state[name]))) for name in names}
    start_ms = first_min * MINUTE_MS - _SHANGHAI_MS
    for number, _ in enumerate(city.run(start_ms, steps, step_ms)):
        for name, rows in kept.items():
            rows[number] = city.state[name]
        if number % 1000 == 0:
            report(number / steps)
    return kept
