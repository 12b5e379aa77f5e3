"""Formulas by name; an indicator names one, or is made of generic reducers alone.

scene (windows, members, map) -> formula -> Measured (one value per entity)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.coverage.supply import THEMES
from api.vitals.formulas import (
    air,
    crowd,
    lifelines,
    nearby,
    noise,
    sensing,
    service,
    structure,
    traffic,
    weather,
)
from api.vitals.scene import Ground, Measured, Scene
from twin.clock import DAY_MS, HOUR_MS


@dataclass(frozen=True, slots=True)
class Formula:
    """A function with the roles it needs and those it can use, each with its display unit.

    `also` lists windows beyond the indicator's own (ring name, span). `everyone` formulas look
    at all neurons, `map_only` ones at none, `of_cases` ones at orders and reports instead;
    `one_kind` ones read their roles neuron by neuron, so all must be quantities of one kind.
    `gathers` says which neurons decide: all alike (mean), or the highest or lowest one.
    `latest` ones look at last values, which the past has no more.
    What `prepare` makes of the ground, once, is the scene's `prepared`.
    """

    compute: Callable[[Scene], Measured]
    needs: Mapping[str, str] = field(default_factory=dict)
    may: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    also: Mapping[str, int] = field(default_factory=dict)
    everyone: bool = False
    map_only: bool = False
    one_kind: bool = False
    of_cases: bool = False
    prepare: Callable[[Ground], Any] | None = None
    gathers: str = "mean"
    latest: bool = False


def _map_formula(theme: str, parameters: Mapping[str, float]) -> Formula:
    prepare = nearby.share_of(THEMES[theme])
    return Formula(nearby.covered, parameters=parameters, map_only=True, prepare=prepare)


MONTH = {"month": 31 * DAY_MS}
WARMTH = {"temperature": "Cel"}
POLLUTANTS = dict.fromkeys(air.POLLUTANTS, "ug/m3") | {"co": "mg/m3"}
SHAKING = dict.fromkeys(("x", "y", "z"), "mm/s") | {"frequency": "Hz"}
NEAR = {"reach_m": 300.0, "on_foot": 0.0}
LARGE = {"least_m2": 400.0}
FORMULAS: Mapping[str, Formula] = {
    "carrying_ratio": Formula(
        crowd.carrying_ratio, {"persons": "ped"}, parameters={"m2_per_visitor": 1.2}
    ),
    "net_inflow": Formula(
        crowd.net_inflow,
        {"in": "ped/min", "out": "ped/min"},
        parameters={"m2_per_visitor": 2.0},
        one_kind=True,
    ),
    "tpi": Formula(traffic.tpi, {"speed": "m/s"}),
    "junction_delay": Formula(
        traffic.junction_delay,
        {"flow": "veh/h"},
        {"delay": "s"},
        parameters={"cycle_s": 140.0},
        one_kind=True,
        gathers="max",
    ),
    "illegal_parking": Formula(
        traffic.illegal_parking,
        {"vehicles": "veh", "dwell": "s"},
        parameters={"dwell_s": 300.0},
        one_kind=True,
    ),
    "aqi": Formula(air.aqi, may=POLLUTANTS),
    "noise_excess": Formula(noise.noise_excess, {"of": "dB(A)"}, gathers="max"),
    "highest_today": Formula(weather.highest_today, {"of": "Cel"}, also={"hours": DAY_MS}),
    "rain_equivalent": Formula(
        weather.rain_equivalent, {"of": "mm/h"}, also={"minutes": HOUR_MS, "hours": DAY_MS}
    ),
    "vibration_ratio": Formula(
        structure.vibration_ratio, SHAKING, {"top": "mm/s"}, one_kind=True, gathers="max"
    ),
    "tilt_change": Formula(
        structure.tilt_change, {"x": "deg", "y": "deg"}, WARMTH, also=MONTH, gathers="max"
    ),
    "crack_growth": Formula(
        structure.crack_growth, {"width": "mm"}, WARMTH, also=MONTH, gathers="max"
    ),
    "settlement_rate": Formula(structure.settlement_rate, {"level": "mm"}, WARMTH, also=MONTH),
    "electrical_fire": Formula(
        lifelines.electrical_fire, {"leakage": "mA", "joint": "Cel"}, gathers="max"
    ),
    "pressure_ratio": Formula(
        lifelines.pressure_ratio,
        {"pressure": "kPa"},
        parameters={"least_days": 3.0},
        also=MONTH,
        gathers="min",
    ),
    "lamps_lit": Formula(
        lifelines.lamps_lit,
        {"power": "W"},
        parameters={"lit_w": 10.0, "sun_deg": -6.0},
        latest=True,
    ),
    "park_coverage": _map_formula("park_coverage", NEAR | LARGE),
    "circle_coverage": _map_formula("circle_coverage", NEAR | LARGE),
    "culture_coverage": _map_formula("culture_coverage", NEAR),
    "elder_response": Formula(service.elder_response, of_cases=True),
    "dispatch_time": Formula(service.dispatch_time, of_cases=True),
    "closed_in_time": Formula(service.closed_in_time, of_cases=True),
    "contacted_in_time": Formula(service.contacted_in_time, of_cases=True),
    "solved_satisfied": Formula(service.solved_satisfied, of_cases=True),
    "online_share": Formula(sensing.online_share, everyone=True),
    "freshness": Formula(sensing.freshness, everyone=True),
    "sensing_coverage": Formula(sensing.sensing_coverage, everyone=True, prepare=sensing.due),
}
