"""The other formulas, each on a town that can be checked by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from api.vitals.sign import Status, VitalSign
from api.vitals.sun import elevation_deg
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS, parse_time

Make = Callable[..., Any]


def sign(town: Any, t_ms: int, indicator: str, level: str, entity: str) -> VitalSign:
    found: VitalSign = town.engine.evaluate(t_ms).sign(indicator, level, entity)
    return found


def test_density_is_that_of_the_fullest_cell(make_town: Make, noon: int) -> None:
    town = make_town("P1")
    cells = {"p-1:crowd_density:1:persons": 60.0, "p-2:crowd_density:1:persons": 90.0}
    town.feed(noon - 5 * MINUTE_MS, noon, 10_000, cells)
    assert sign(town, noon, "P1", "street", "a").value == pytest.approx(1.5)


def test_carrying_ratio_is_persons_over_capacity_of_the_known_cells(
    make_town: Make, noon: int
) -> None:
    town = make_town("P2")
    town.feed(noon - 5 * MINUTE_MS, noon, 10_000, {"p-1:crowd_density:1:persons": 60.0})
    assert sign(town, noon, "P2", "street", "a").value == pytest.approx(60 / (60 / 1.2))
    town.feed(noon, noon + 5 * MINUTE_MS, 10_000, {"p-2:crowd_density:1:persons": 0.0})
    assert sign(town, noon + 1, "P2", "street", "a").value == pytest.approx(0.6)


def test_net_inflow_is_what_stays_over_the_pavements(make_town: Make, noon: int) -> None:
    town = make_town("P4")
    flows = {"c:crowd_line_count:1:in": 40.0, "c:crowd_line_count:1:out": 20.0}
    town.feed(noon - 15 * MINUTE_MS, noon, MINUTE_MS, flows)
    assert sign(town, noon, "P4", "zone", "z-2").value == pytest.approx(15 * 20 / (2 * 400 * 2 / 2))


def test_leaving_crowd_is_no_inflow(make_town: Make, noon: int) -> None:
    town = make_town("P4")
    flows = {"c:crowd_line_count:1:in": 0.0, "c:crowd_line_count:1:out": 20.0}
    town.feed(noon - 15 * MINUTE_MS, noon, MINUTE_MS, flows)
    assert sign(town, noon, "P4", "zone", "z-2").value == 0


@pytest.mark.parametrize(
    ("speed_m_s", "index"), [(10, 0), (8.33334, 2), (5.55556, 6), (3, 10), (0, 10)]
)
def test_traffic_index_follows_the_extra_travel_time(
    make_town: Make, noon: int, speed_m_s: float, index: float
) -> None:
    town = make_town("M1")
    readings = {f"{link}:veh_count_speed:1:speed": speed_m_s for link in "abc"}
    town.feed(noon - 15 * MINUTE_MS, noon, MINUTE_MS, readings)
    assert sign(town, noon, "M1", "quarter", "hengfu").value == pytest.approx(index, abs=1e-3)


def test_parked_vehicles_count_once_one_stands_for_five_minutes(make_town: Make, noon: int) -> None:
    cameras = range(1, 5)
    values = []
    for dwell_s in (200.0, 400.0):
        town = make_town("M3")
        names = {f"a:illegal_parking:{n}:vehicles": 2.0 for n in cameras}
        names |= {f"a:illegal_parking:{n}:dwell": dwell_s for n in cameras}
        town.feed(noon - 15 * MINUTE_MS, noon, MINUTE_MS, names)
        values.append(sign(town, noon, "M3", "street", "a").value)
    assert values == pytest.approx([0.0, 4.0])  # 2 vehicles on 500 m


def test_noise_is_the_energetic_mean_over_the_limit_of_the_hour(make_town: Make, noon: int) -> None:
    town = make_town("E2")
    town.feed(noon - 59 * MINUTE_MS, noon, 2 * MINUTE_MS, {"a:noise_laeq:1:laeq": 60.0})
    town.feed(noon - 58 * MINUTE_MS, noon, 2 * MINUTE_MS, {"a:noise_laeq:1:laeq": 70.0})
    # 10 lg((10^6 + 10^7) / 2) = 67.4 dB against 60 by day
    assert sign(town, noon, "E2", "street", "a").value == pytest.approx(7.404, abs=0.1)


def test_noise_limit_is_lower_at_night(make_town: Make) -> None:
    values = []
    for clock in ("21:59", "22:00", "05:59", "06:00"):
        town = make_town("E2")
        t_ms = parse_time(f"2026-05-02T{clock}:00+08:00")
        town.read(t_ms, **{"a:noise_laeq:1:laeq": 60.0})
        values.append(sign(town, t_ms, "E2", "street", "a").value)
    assert values == pytest.approx([0, 10, 10, 0], abs=1e-4)


def test_the_last_noise_of_the_day_breaks_no_limit_of_the_night(make_town: Make) -> None:
    """An hour of 60 dB that ends at 22:30 is within 60 for half of it, 10 dB over for the rest."""
    town, t_ms = make_town("E2"), parse_time("2026-05-02T22:30:00+08:00")
    town.feed(t_ms - 59 * MINUTE_MS, t_ms, MINUTE_MS, {"a:noise_laeq:1:laeq": 60.0})
    value = sign(town, t_ms, "E2", "street", "a").value
    assert value == pytest.approx(10 * np.log10((29 + 31 * 10) / 60), abs=0.05)


def test_heat_is_the_highest_hour_since_midnight(make_town: Make, noon: int) -> None:
    town = make_town("E3")
    name = "z-1:air_temp:1:temperature"
    town.feed(noon - 14 * HOUR_MS, noon - 13 * HOUR_MS, MINUTE_MS, {name: 39.0})  # yesterday
    town.feed(noon - 3 * HOUR_MS, noon - 2 * HOUR_MS - 1, MINUTE_MS, {name: 36.0})
    town.feed(noon - 2 * HOUR_MS, noon, MINUTE_MS, {name: 34.0})
    assert sign(town, noon, "E3", "zone", "z-1").value == pytest.approx(36.0)


def test_rain_sums_only_what_was_observed(make_town: Make, noon: int) -> None:
    """15 min of 80 mm/h are 20 mm, not 80, when nothing is known of the time before."""
    town = make_town("E4")
    town.feed(noon - 15 * MINUTE_MS, noon, MINUTE_MS, {"z-1:rain:1:intensity": 80.0})
    assert sign(town, noon, "E4", "zone", "z-1").value == pytest.approx(20.0)


def test_long_rain_counts_by_its_six_hours(make_town: Make, noon: int) -> None:
    """80 mm in 6 h are yellow as 50 mm in 1 h are."""
    town = make_town("E4")
    town.feed(noon - 7 * HOUR_MS, noon, 10 * MINUTE_MS, {"z-1:rain:1:intensity": 80 / 6})
    found = sign(town, noon, "E4", "zone", "z-1")
    assert found.value == pytest.approx(50.0, rel=1e-3)


def test_heat_and_leakage_share_a_scale(make_town: Make, noon: int) -> None:
    town = make_town("B5")
    town.feed(noon - 300_000, noon, MINUTE_MS, {"h-1:joint_temp:1:temperature": 70.0})
    town.feed(noon - 300_000, noon, MINUTE_MS, {"h-1:residual_current:1:current": 120.0})
    town.feed(noon - 300_000, noon, MINUTE_MS, {"h-2:residual_current:1:current": 120.0})
    assert sign(town, noon, "B5", "building", "h-1").value == pytest.approx(300.0)
    assert sign(town, noon + 1, "B5", "building", "h-2").value == pytest.approx(120.0)


def pressures(town: Any, noon: int, days: int) -> VitalSign:
    name = "m-1:water_pressure:1:pressure"
    for hour in range(days * 24, 0, -1):
        at_this_hour = hour % 24 == 0
        town.read(noon - hour * HOUR_MS, **{name: 250.0 if at_this_hour else 400.0})
    town.feed(noon - 600_000, noon, 300_000, {name: 150.0})
    return sign(town, noon, "L3", "zone", "z-1")


def test_pressure_is_compared_with_the_same_hour_of_other_days(make_town: Make, noon: int) -> None:
    assert pressures(make_town("L3"), noon, 14).value == pytest.approx(0.6)


def test_pressure_without_three_days_of_history_is_missing(make_town: Make, noon: int) -> None:
    found = pressures(make_town("L3"), noon, 2)
    assert (found.value, found.status) == (None, Status.MISSING)


def lamps(make_town: Make, clock: str) -> VitalSign:
    town = make_town("L7")
    t_ms = parse_time(f"2026-05-01T{clock}:00+08:00")
    town.read(t_ms - 600_000, **{"l-1:street_light:1:power": 90.0})
    town.read(t_ms - 600_000, **{"l-2:street_light:1:power": 0.0})
    return sign(town, t_ms, "L7", "zone", "z-1")


def test_share_of_lamps_lit_at_night(make_town: Make) -> None:
    found = lamps(make_town, "23:00")
    assert (found.value, found.status) == (0.5, Status.OK)


def test_lamps_are_not_applicable_by_day(make_town: Make) -> None:
    found = lamps(make_town, "12:00")
    assert (found.value, found.score, found.status) == (None, None, Status.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("moment", "degrees"),
    [("2026-06-21T11:56:00", 82.2), ("2026-12-21T11:52:00", 35.4), ("2026-03-20T18:02:00", 0)],
)
def test_sun_stands_where_the_almanac_says(moment: str, degrees: float) -> None:
    assert elevation_deg(parse_time(moment + "+08:00")) == pytest.approx(degrees, abs=0.8)


def test_online_share_counts_neurons_heard_lately(make_town: Make, noon: int) -> None:
    town = make_town("N1", "N2")
    sensors = len(town.network.sensor_ids)
    town.read(noon, **{"p-1:crowd_density:1:persons": 3.0, "z-1:wind:1:gust": -9.0})
    frame = town.engine.evaluate(noon)
    assert frame.sign("N1", "quarter", "hengfu").value == pytest.approx(200 / sensors)
    assert frame.sign("N2", "quarter", "hengfu").value == pytest.approx(100 / sensors)


def test_neurons_fall_silent(make_town: Make, noon: int) -> None:
    town = make_town("N1")
    town.read(noon, **{"p-1:crowd_density:1:persons": 3.0})
    later = town.engine.evaluate(noon + DAY_MS)
    assert later.sign("N1", "quarter", "hengfu").value == 0


def test_residents_near_a_park_are_counted_by_weight(make_town: Make, noon: int) -> None:
    """Houses at 0, 200 and 900 m with 100, 100 and 200 residents."""
    found = sign(make_town("S1"), noon, "S1", "quarter", "hengfu")
    assert (found.value, found.confidence) == (50.0, 1.0)


def test_culture_is_reached_on_foot(make_town: Make, noon: int) -> None:
    """660 m on foot reach the houses at 0 and 200 m, not the one at 900 m."""
    assert sign(make_town("S3"), noon, "S3", "quarter", "hengfu").value == 50.0


def test_a_circle_needs_every_service_within_reach(make_town: Make, noon: int) -> None:
    """The culture room at 1,580 m is within 1,000 m of the house at 900 m alone."""
    assert sign(make_town("S2"), noon, "S2", "quarter", "hengfu").value == 50.0


def test_sensing_coverage_falls_with_the_neurons_online(make_town: Make, noon: int) -> None:
    town = make_town("N3")
    assert sign(town, noon, "N3", "quarter", "hengfu").value == 0
    town.read(noon + 1, **{f"p-{n}:crowd_density:1:persons": 3.0 for n in (1, 2, 3)})
    assert sign(town, noon + 2, "N3", "quarter", "hengfu").value > 0


def test_gas_is_published_in_percent_of_the_limit(make_town: Make, noon: int) -> None:
    town = make_town("L4")
    town.read(noon, **{"c-1:gas_ch4:1:lel": 0.35})
    assert sign(town, noon, "L4", "street", "a").value == pytest.approx(35.0)


def test_drain_fill_is_divided_by_its_depth(make_town: Make, noon: int) -> None:
    town = make_town("L2")
    town.feed(noon - 600_000, noon, MINUTE_MS, {"d-1:drain_level:1:level": 1.5})
    assert sign(town, noon, "L2", "street", "a").value == pytest.approx(0.75)
